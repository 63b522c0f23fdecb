import { Args, Flags } from '@oclif/core'
import type { ListenChoice } from '../src/model/outlook.js'
import type { TickView } from '../src/model/views.js'
import { HcCommand, prose } from '../src/ui/command.js'
import type { EndSignal } from '../src/ui/terminal.js'

export default class Reconcile extends HcCommand {
  static override summary = 'Look at every host and mend what is not as it was applied: once, or on a beat'
  static override description =
    prose(`Without flags it is one tick, for the system's cron: where a host is silent, it stays until the host answers or is lost and
replaced. --cron stays and ticks on a cron expression with seconds first (hc_reconcile if none is given). --install sets
the loop up as a systemd unit of this machine. With --listen the loop serves a status page, /metrics for Prometheus and
/healthz.

Exit codes of one tick: 0 done; 1 something failed; 3 hosts out of reach left something undone; 4 not everything could be
placed; 5 another hc acts. --cron ends with 0 when it is stopped by SIGTERM; 130 after Ctrl-C.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> --quiet',
    '<%= config.bin %> <%= command.id %> --cron',
    "<%= config.bin %> <%= command.id %> --cron '*/5 * * * * *'",
    '<%= config.bin %> <%= command.id %> --cron --listen 127.0.0.1:9464',
    '<%= config.bin %> <%= command.id %> --install',
    '<%= config.bin %> <%= command.id %> --install --listen 127.0.0.1:9464',
  ]
  static override args = {
    expression: Args.string({ description: 'With --cron: when to tick', ignoreStdin: true }),
  }
  static override flags = {
    cron: Flags.boolean({
      default: false,
      description: 'Stay and tick on the beat',
      exclusive: ['install', 'uninstall'],
    }),
    install: Flags.boolean({
      default: false,
      description: 'Set the loop up as a systemd unit of this machine',
      exclusive: ['uninstall'],
    }),
    uninstall: Flags.boolean({ default: false, description: 'Take that unit away' }),
    listen: Flags.string({
      helpValue: 'ADDRESS:PORT',
      description: 'With --cron or --install: serve a status page, metrics and health over HTTP, for reading only',
    }),
    'take-over': Flags.boolean({
      default: false,
      description: 'Take the hosts over from another control machine or an older store',
    }),
    quiet: Flags.boolean({
      char: 'q',
      default: false,
      description: 'Say nothing unless something was done or is wrong',
    }),
  }

  protected override leaves = 'the tick is ended; what runs on the hosts runs on.'
  private staying = false

  /** systemd and cron end a loop by SIGTERM: that is an end on purpose. */
  protected override exitOfSignal(signal: EndSignal): number {
    return this.staying && signal === 'SIGTERM' ? 0 : super.exitOfSignal(signal)
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Reconcile)
    if (args.expression !== undefined && !flags.cron)
      throw this.misused(
        `"${args.expression}" has no meaning without --cron`,
        `hc reconcile --cron '${args.expression}'`,
      )
    if (flags.listen !== undefined && !flags.cron && !flags.install)
      throw this.misused('--listen has no meaning without --cron or --install', 'it is the loop that serves')
    if (flags.install || flags.uninstall) return this.setUp(flags)
    this.staying = flags.cron
    return flags.cron ? this.stay(flags, args.expression ?? null) : this.once(flags)
  }

  private async setUp(flags: {
    inventory: string | undefined
    install: boolean
    listen: string | undefined
  }): Promise<unknown> {
    const { EXIT } = await import('../src/ui/exit-codes.js')
    const { document } = await import('../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc) => {
        if (flags.install) {
          const done = await hc.installLoop(flags.listen ?? null)
          this.print(done)
          this.suggest('hc status')
          return document({ done })
        }
        const gone = await hc.uninstallLoop()
        this.print(gone.done)
        this.suggest('hc reconcile --install sets it up again')
        if (gone.armed?.length !== 0) this.endWith(EXIT.outOfReach)
        return document(gone)
      },
    )
  }

  private async once(flags: { inventory: string | undefined; 'take-over': boolean; quiet: boolean }): Promise<unknown> {
    const { exitOfTick } = await import('../src/ui/exit-codes.js')
    const { tickDocument } = await import('../src/ui/json.js')
    const { tickNews, tickSummary } = await import('../src/ui/tick.js')
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc) => {
        const tick = await hc.reconcileOnce({ takeOver: flags['take-over'] })
        const news = tickNews(tick, null, this.onOut)
        this.print(news)
        if (!flags.quiet || (news.length > 0 && !tick.converged)) this.print([tickSummary(tick)])
        this.endWith(exitOfTick(tick))
        return tickDocument(tick)
      },
    )
  }

  private async stay(
    flags: { inventory: string | undefined; 'take-over': boolean; quiet: boolean; listen: string | undefined },
    expression: string | null,
  ): Promise<undefined> {
    const { tickDocument } = await import('../src/ui/json.js')
    const { tickNews } = await import('../src/ui/tick.js')
    this.leaves = 'the loop ends; what runs on the hosts runs on, but no loss is handled any more.'
    let before: TickView | null = null
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc) => {
        if (!flags.quiet) this.say([`The loop ticks for ${hc.inventoryFile}.`])
        await hc.reconcileLoop({
          expression,
          takeOver: flags['take-over'],
          listen: await this.listening(flags.listen),
          onTick: (tick) => {
            const news = tickNews(tick, before, this.onOut)
            before = tick
            if (!this.jsonEnabled()) return this.print(news)
            if (!flags.quiet || news.length > 0) this.printJsonLine(tickDocument(tick))
          },
          onNote: (text) => this.say([text]),
        })
        return undefined
      },
    )
  }

  private async listening(address: string | undefined): Promise<ListenChoice | null> {
    if (address === undefined) return null
    const { EVENT_KINDS } = await import('../src/ui/events.js')
    const { PAGE_POLICY, statusPage } = await import('../src/ui/page/page.js')
    const eventKinds = Object.keys(EVENT_KINDS)
    return { address, page: statusPage, policy: PAGE_POLICY, eventKinds, version: this.config.version }
  }
}
