import { Flags } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class JobList extends HcCommand {
  static override summary = 'List the jobs that were applied'
  static override description =
    prose(`As they were applied, not as the files say now (hc plan tells the difference): how many slots each wants and how many run, from a look at
every host. Nothing is changed.`)
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> -o wide']
  static override flags = { output: Flags.string({ char: 'o', description: 'More columns', options: ['wide'] }) }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(JobList)
    const { jobListLines } = await import('../../src/ui/jobs.js')
    const { document } = await import('../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const jobs = await hc.jobs()
        this.print(jobListLines(jobs, this.onOut, flags.output === 'wide'))
        if (jobs.length === 0) this.suggest('hc apply')
        return document({ jobs })
      },
    )
  }
}
