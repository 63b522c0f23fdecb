import { Args, Flags } from '@oclif/core'
import { HcCommand, prose } from '../src/ui/command.js'
import { effortFlag } from '../src/ui/common-flags.js'
import { exitOfPlanError } from '../src/ui/exit-codes.js'

export default class Plan extends HcCommand {
  static override summary = 'Show what apply would do, host by host, and why'
  static override description =
    prose(`Changes nothing. Signs: + start, - stop, ~ restart, > move, = adopt what already runs, x forget a copy on a lost host.

Exit codes: 0; 4 when not everything could be placed. With --exit-code: 0 no changes, 2 changes, 1 any error.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> jobs/web.yml -v',
    '<%= config.bin %> <%= command.id %> --exit-code || echo "not as the files say"',
  ]
  static override args = {
    path: Args.string({
      description: 'Job files, or folders of them; jobs/ beside the inventory if none is given',
      multiple: true,
      ignoreStdin: true,
    }),
  }
  static override flags = {
    prune: Flags.boolean({ default: false, description: 'Plan the removal of jobs that are no longer in the folder' }),
    'exit-code': Flags.boolean({ default: false, description: 'End with 2 when there are changes' }),
    effort: effortFlag,
    verbose: Flags.boolean({ char: 'v', default: false, description: 'Each action with its sentence and its numbers' }),
  }

  protected override exitOfError(error: unknown): number {
    return this.argv.includes('--exit-code') ? exitOfPlanError(error) : super.exitOfError(error)
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Plan)
    const { exitOfPlan } = await import('../src/ui/exit-codes.js')
    const { document } = await import('../src/ui/json.js')
    const { planLines } = await import('../src/ui/plan.js')
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc) => {
        const plan = await hc.plan(args.path ?? [], { prune: flags.prune, effort: flags.effort })
        this.print(planLines(plan, this.onOut, flags.verbose))
        if (plan.changes) this.suggest('hc apply')
        this.endWith(exitOfPlan(plan, { exitCode: flags['exit-code'] }))
        return document(plan)
      },
    )
  }
}
