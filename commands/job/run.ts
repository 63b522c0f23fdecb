import { Args } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'
import { exitOfOwnError } from '../../src/ui/exit-codes.js'

export default class JobRun extends HcCommand {
  static override summary = 'Run a batch job again, or a cron job once now, and wait for its end'
  static override description =
    prose(`A cron job keeps its schedule; where a run of it goes on already, it is not run beside that. Ctrl-C ends the watching, not the run.

Exit codes: the command's own (of several slots the first that is not 0), 1 where a signal or a time-out ended it; 125 where hc could
not begin it or lost sight of it.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> backup',
    '<%= config.bin %> <%= command.id %> backup --json',
  ]
  static override args = { job: Args.string({ description: 'Its name', required: true, ignoreStdin: true }) }

  protected override leaves = 'the run goes on; hc job show tells how it ends.'

  protected override exitOfError(error: unknown): number {
    return exitOfOwnError(error)
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobRun)
    const { document } = await import('../../src/ui/json.js')
    const { runEndLines } = await import('../../src/ui/runs.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const view = await this.withProgress((onProgress) => hc.runJob(args.job, onProgress))
        this.print(runEndLines(view, this.onOut))
        this.suggest(`hc logs ${args.job}`)
        this.endWith(view.exitCode)
        return document(view)
      },
    )
  }
}
