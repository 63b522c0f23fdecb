import { Args, Flags } from '@oclif/core'
import type { PlanView } from '../../src/model/views.js'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class HostDrain extends HcCommand {
  static override summary = 'Cordon hosts and move away what is there'
  static override description =
    prose(`Shows what would move where, asks on a terminal, and follows until nothing moves any more: stopped here first, then started
there, update.max_parallel of a job at a time. What finds no other place stays and runs on; so does what belongs to the host:
slots with a volume of their own, system jobs, batch runs. It lasts until hc host uncordon.

With --deadline, what has not left after that time goes at once: no longer in turns, and without waiting for the jobs that it
depends on. What finds no other place stays and runs on all the same.

Exit codes: 0 done; 1 something failed or was declined; 3 hosts out of reach left something undone; 4 something found no place.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> nuc2',
    '<%= config.bin %> <%= command.id %> nuc2 --dry-run',
    '<%= config.bin %> <%= command.id %> rack-a --yes',
  ]
  static override args = {
    hosts: Args.string({ description: 'Hosts, groups or patterns', required: true, multiple: true, ignoreStdin: true }),
  }
  static override flags = {
    yes: Flags.boolean({ char: 'y', default: false, description: 'Do not ask' }),
    deadline: Flags.string({ description: 'From then on nothing waits for its turn: 10m', helpValue: 'TIME' }),
    'dry-run': Flags.boolean({ default: false, description: 'Show what would move where, and stop' }),
  }

  protected override leaves = 'the drain is recorded; hc reconcile, or the loop, carries it on.'

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(HostDrain)
    const { exitOfApply, exitOfPlan } = await import('../../src/ui/exit-codes.js')
    const { document } = await import('../../src/ui/json.js')
    const { drainedLines, drainPlanLines } = await import('../../src/ui/drain.js')
    const { parseDuration } = await import('../../src/ui/flags.js')
    const deadlineMs = flags.deadline === undefined ? null : parseDuration(flags.deadline)
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const names = await hc.hostNames(args.hosts)
        if (flags['dry-run']) {
          const plan = await hc.planDrain(names)
          this.print(drainPlanLines(plan, names, this.onOut))
          this.endWith(exitOfPlan(plan, { exitCode: false }))
          return document({ ...plan, results: [] })
        }
        const view = await this.withProgress((onProgress) =>
          hc.drainHosts(names, {
            ...(deadlineMs !== null && { deadlineMs }),
            confirm: (plan) => this.agree(plan, names, flags.yes, drainPlanLines(plan, names, this.onErr)),
            onProgress,
          }),
        )
        if (view.declined) {
          this.endDeclined()
          return document(view)
        }
        this.print(drainedLines(view, names, this.onOut))
        await this.tellNext(names, view.loopTicking)
        this.endWith(exitOfApply(view))
        return document(view)
      },
    )
  }

  /** What would move and the question are no result: they go to stderr. */
  private async agree(
    plan: PlanView,
    names: readonly string[],
    yes: boolean,
    lines: readonly string[],
  ): Promise<boolean> {
    this.say(lines)
    return this.mayGoOn(plan, yes, `Drain ${names.join(', ')}?`)
  }

  private async tellNext(names: readonly string[], ticking: boolean | undefined): Promise<void> {
    if (ticking === false) this.warnOf('no loop is ticking: a later loss is not handled: hc reconcile --install')
    this.suggest(`hc host uncordon ${names.join(' ')} ends the drain`)
  }
}
