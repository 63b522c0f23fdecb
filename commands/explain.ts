import { Args, Flags } from '@oclif/core'
import { HcCommand } from '../src/ui/command.js'
import type { CommonFlags } from '../src/ui/opening.js'

export default class Explain extends HcCommand {
  static override summary = 'Tell why a slot is where it is, why not elsewhere, and what happened to it last'
  static override description =
    'Each host is judged as the planner judges it, with all other slots where they are: the decisive reason against it, or its ' +
    'points and what speaks for it. With HOST all is told that speaks against that one. With --tick it is about a tick that ' +
    'acted: what was seen, what was decided, and whether the same is decided again; without its name, those that are kept.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> web.0',
    '<%= config.bin %> <%= command.id %> web.0 nuc2',
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> --tick',
    '<%= config.bin %> <%= command.id %> --tick 20261126-123342-118',
  ]
  static override args = {
    target: Args.string({ description: 'A slot, or a job; with --tick the name of a tick', ignoreStdin: true }),
    host: Args.string({ description: 'Why not there?', ignoreStdin: true }),
  }

  static override flags = {
    tick: Flags.boolean({
      default: false,
      description: 'Show a tick that acted, and plan it again; exit code 1 where it differs',
    }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Explain)
    const { target, host } = args
    if (flags.tick && host !== undefined)
      throw this.misused(`"${host}" has no meaning with --tick`, 'hc explain --tick ID')
    if (flags.tick) return target === undefined ? this.listTicks(flags) : this.showTick(flags, target)
    if (target === undefined)
      throw this.misused('explain what?', 'hc explain web.0: a slot or a job; hc status lists them')
    return this.explain(flags, target, host ?? null)
  }

  private async listTicks(flags: CommonFlags): Promise<unknown> {
    const { document } = await import('../src/ui/json.js')
    const { ticksLines } = await import('../src/ui/replay.js')
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc) => {
        const view = await hc.keptTicks()
        this.print(ticksLines(view, this.onOut))
        const last = view.ticks.at(-1)
        if (last) this.suggest(`hc explain --tick ${last.id}`)
        return document(view)
      },
    )
  }

  private async showTick(flags: CommonFlags, id: string): Promise<unknown> {
    const { EXIT } = await import('../src/ui/exit-codes.js')
    const { document } = await import('../src/ui/json.js')
    const { replayLines } = await import('../src/ui/replay.js')
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc) => {
        const view = await hc.replayTick(id)
        this.print(replayLines(view, this.onOut))
        if (!view.same) this.endWith(EXIT.failed)
        return document(view)
      },
    )
  }

  private async explain(flags: CommonFlags, target: string, host: string | null): Promise<unknown> {
    const { explainLines } = await import('../src/ui/explain.js')
    const { document } = await import('../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc) => {
        const view = await hc.explain(target, host)
        this.print(explainLines(view, this.onOut, host !== null))
        const [first, second] = view.slots
        if (first && second && host === null) this.suggest(`hc explain ${first.slot}`)
        return document(view)
      },
    )
  }
}
