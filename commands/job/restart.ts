import { Args } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class JobRestart extends HcCommand {
  static override summary = 'Restart jobs or single slots, one after the other where a job has several'
  static override description =
    prose(`At most update.max_parallel of a job are down at a time. What had failed is tried at once, whatever its back-off. With --json one
object for each job, one per line where there are several.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> web.1 db.0',
  ]
  static override args = {
    targets: Args.string({
      description: 'Jobs (web) or slots (web.1)',
      required: true,
      multiple: true,
      ignoreStdin: true,
    }),
  }

  protected override leaves = 'the change is recorded; hc reconcile, or the loop, carries it out.'

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobRestart)
    const { exitOfSeveral } = await import('../../src/ui/exit-codes.js')
    const { document } = await import('../../src/ui/json.js')
    const { targetsOf } = await import('../../src/ui/targets.js')
    const targets = targetsOf(args.targets)
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc, signal) => {
        // A wrong name behind a right one must not come out when half is done.
        if (targets.length > 1) for (const { job, slots } of targets) await hc.checkTarget(job, slots)
        const views = []
        for (const { job, slots } of targets) {
          if (signal.aborted) break
          const view = await this.withProgress((onProgress) => hc.restartJob(job, onProgress, slots))
          views.push(view)
          await this.tellOutcome(view)
          if (this.jsonEnabled() && targets.length > 1) this.printJsonLine(document(view))
        }
        this.suggest(`hc logs ${args.targets.join(' ')}`)
        this.endWith(exitOfSeveral(views))
        const [only] = views
        return only && targets.length === 1 ? document(only) : undefined
      },
    )
  }
}
