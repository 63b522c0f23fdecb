import { Args } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class JobShow extends HcCommand {
  static override summary = 'Show one job: does it run, and if not, what is wrong and why'
  static override description =
    prose(`A look at the hosts, then of each slot: where it runs, since when, how often it was restarted, and what is wrong; of batch and cron jobs
the last runs. hc explain tells why a slot is where it is, hc logs what it says. Nothing is changed.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> web --json',
  ]
  static override args = { job: Args.string({ description: 'Its name', required: true, ignoreStdin: true }) }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobShow)
    const { jobLines } = await import('../../src/ui/jobs.js')
    const { document } = await import('../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const view = await hc.job(args.job)
        this.print(jobLines(view, this.onOut))
        if (view.hints.length === 0) this.suggest(`hc logs ${args.job}`)
        return document(view)
      },
    )
  }
}
