import { Args } from '@oclif/core'
import { HcCommand } from '../../src/ui/command.js'

export default class JobHistory extends HcCommand {
  static override summary = 'Show the versions of a job that are kept, and which of them were healthy'
  static override examples = ['<%= config.bin %> <%= command.id %> web']
  static override args = { job: Args.string({ description: 'Its name', required: true, ignoreStdin: true }) }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobHistory)
    const { historyLines } = await import('../../src/ui/job-history.js')
    const { document } = await import('../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const view = await hc.jobHistory(args.job)
        this.print(historyLines(view, this.onOut))
        if (view.versions.length > 1) this.suggest(`hc job rollback ${args.job}`)
        return document(view)
      },
    )
  }
}
