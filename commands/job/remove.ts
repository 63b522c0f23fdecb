import { Args, Flags } from '@oclif/core'
import { HcCommand } from '../../src/ui/command.js'

export default class JobRemove extends HcCommand {
  static override summary = 'Remove a job: stop it everywhere and forget it'
  static override description =
    'Asks on a terminal; without one it needs --yes. Its volumes stay on their hosts; its file under jobs/ stays too.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> web --yes',
  ]
  static override args = { job: Args.string({ description: 'Its name', required: true, ignoreStdin: true }) }
  static override flags = { yes: Flags.boolean({ char: 'y', default: false, description: 'Do not ask' }) }

  protected override leaves = 'the removal is recorded; hc reconcile, or the loop, carries it out.'

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobRemove)
    this.needYes(flags.yes, 'job remove')
    const { EXIT, exitOfApply } = await import('../../src/ui/exit-codes.js')
    const { jobLines } = await import('../../src/ui/jobs.js')
    const { document } = await import('../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        if (!flags.yes) {
          const detail = await hc.job(args.job)
          this.say(jobLines(detail, this.onErr))
          if (!(await this.confirm(`Remove ${args.job}?`))) {
            this.say(['Nothing was changed.'])
            this.endWith(EXIT.failed)
            return document({ declined: true })
          }
        }
        const view = await this.withProgress((onProgress) => hc.removeJob(args.job, onProgress))
        await this.tellOutcome(view)
        this.endWith(exitOfApply(view))
        return document(view)
      },
    )
  }
}
