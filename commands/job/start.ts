import { Args } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class JobStart extends HcCommand {
  static override summary = 'Start a job that was stopped'
  static override description =
    prose(`Ends hc job stop: its slots are placed anew and started, in the version that was applied last, and it waits until they are healthy.
What it depends on has to be healthy first. A job that fails is not mended by it: hc job restart tries that at once.

Exit codes: 0 done; 1 something failed; 3 hosts out of reach left something undone; 4 not everything could be placed.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> web --json',
  ]
  static override args = { job: Args.string({ description: 'Its name', required: true, ignoreStdin: true }) }

  protected override leaves = 'the change is recorded; hc reconcile, or the loop, carries it out.'

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobStart)
    const { exitOfApply } = await import('../../src/ui/exit-codes.js')
    const { document } = await import('../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const view = await this.withProgress((onProgress) => hc.startJob(args.job, onProgress))
        await this.tellOutcome(view)
        this.suggest(`hc status ${args.job}`)
        this.endWith(exitOfApply(view))
        return document(view)
      },
    )
  }
}
