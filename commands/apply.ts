import { Args, Flags } from '@oclif/core'
import type { PlanView } from '../src/model/views.js'
import { HcCommand, prose } from '../src/ui/command.js'
import { effortFlag } from '../src/ui/common-flags.js'

export default class Apply extends HcCommand {
  static override summary = 'Make what runs match the job files'
  static override description =
    prose(`Validates the files, shows the plan, asks on a terminal, acts, and shows progress until everything runs and its ports
listen. Without a terminal it acts without asking, except for --prune, which then needs --yes.

Exit codes: 0 done; 1 something failed or was declined; 2 files or usage wrong; 3 hosts out of reach left something undone;
4 not everything could be placed, or hc_survive is 1 and the
loss of a host would not be survived; 5 another hc acts; 130 interrupted.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> jobs/web.yml --dry-run',
    '<%= config.bin %> <%= command.id %> jobs/ --prune --yes',
  ]
  static override args = {
    path: Args.string({
      description: 'Job files, or folders of them; jobs/ beside the inventory if none is given',
      multiple: true,
      ignoreStdin: true,
    }),
  }
  static override flags = {
    yes: Flags.boolean({ char: 'y', default: false, description: 'Do not ask' }),
    prune: Flags.boolean({
      default: false,
      description: 'Remove jobs that were applied from the same folder and are no longer there',
    }),
    'dry-run': Flags.boolean({ default: false, description: 'Show the plan and stop', exclusive: ['detach'] }),
    effort: effortFlag,
    force: Flags.boolean({ default: false, description: 'Apply also what hc_survive refuses' }),
    detach: Flags.boolean({ default: false, description: 'Record the change and return; the loop carries it out' }),
  }

  protected override leaves =
    'what is under way is finished, nothing more is begun; the next hc apply carries on from there.'

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Apply)
    const paths = args.path ?? []
    if (flags.prune && !flags['dry-run']) this.needYes(flags.yes, '--prune')
    const { exitOfApply, exitOfPlan } = await import('../src/ui/exit-codes.js')
    const { document } = await import('../src/ui/json.js')
    const { planLines } = await import('../src/ui/plan.js')
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc) => {
        if (flags['dry-run']) {
          const plan = await hc.plan(paths, { prune: flags.prune, effort: flags.effort })
          this.print(planLines(plan, this.onOut))
          this.endWith(exitOfPlan(plan, { exitCode: false }))
          return document({ ...plan, results: [] })
        }
        const view = await this.withProgress((onProgress) =>
          hc.apply(paths, {
            prune: flags.prune,
            detach: flags.detach,
            force: flags.force,
            effort: flags.effort,
            confirm: (plan) => this.agree(plan, flags.yes, planLines(plan, this.onErr)),
            onProgress,
          }),
        )
        await this.tellOutcome(view)
        this.endWith(exitOfApply(view, { detach: flags.detach }))
        return document(view)
      },
    )
  }

  /** The plan and the question are no result: they go to stderr. */
  private async agree(plan: PlanView, yes: boolean, lines: readonly string[]): Promise<boolean> {
    if (plan.changes || plan.unplaced.length > 0 || plan.warnings.length > 0) this.say(lines)
    return this.mayGoOn(plan, yes, 'Apply this plan?')
  }
}
