import { Args } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class JobHistory extends HcCommand {
  static override summary = 'Show the versions of a job that are kept, and which of them were healthy'
  static override description =
    prose(`The last 10 are kept, newest first: when each was applied, when all of its slots were healthy for the first time, and what went back to
what. Read from the records, without contact to a host. hc job rollback goes back to one.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> web --json',
  ]
  static override args = { job: Args.string({ description: 'Its name', required: true, ignoreStdin: true }) }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobHistory)
    const { historyLines, wantsRollback } = await import('../../src/ui/job-history.js')
    const { document } = await import('../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const view = await hc.jobHistory(args.job)
        this.print(historyLines(view, this.onOut))
        if (wantsRollback(view)) this.suggest(`hc job rollback ${args.job}`)
        return document(view)
      },
    )
  }
}
