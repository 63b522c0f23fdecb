import { Args, Flags } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class JobRemove extends HcCommand {
  static override summary = 'Remove jobs: stop them everywhere and forget them'
  static override description =
    prose(`Asks on a terminal; without one it needs --yes. Several are removed one after the other, once all names were found to be right. Their
volumes stay on their hosts; their files under jobs/ stay too, and the next hc apply starts them again. To keep a job and only stop it
is hc job stop. With --json one object for each job, one per line where there are several.

Exit codes: 0 done; 1 something failed or was declined; 3 hosts out of reach left something undone: it is stopped there when they answer.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> web db --yes',
  ]
  static override args = {
    jobs: Args.string({ description: 'Their names', required: true, multiple: true, ignoreStdin: true }),
  }
  static override flags = { yes: Flags.boolean({ char: 'y', default: false, description: 'Do not ask' }) }

  protected override leaves = 'the removal is recorded; hc reconcile, or the loop, carries it out.'

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobRemove)
    this.needYes(flags.yes, 'job remove')
    const { exitOfSeveral } = await import('../../src/ui/exit-codes.js')
    const { jobLines } = await import('../../src/ui/jobs.js')
    const { document } = await import('../../src/ui/json.js')
    const { list } = await import('../../src/ui/words.js')
    const names = [...new Set(args.jobs)]
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc, signal) => {
        // A wrong name behind a right one must not come out when half is done.
        if (names.length > 1) for (const name of names) await hc.checkTarget(name, [])
        if (!flags.yes) {
          for (const name of names) this.say(jobLines(await hc.job(name), this.onErr))
          if (!(await this.confirm(`Remove ${list(names)}?`))) {
            this.endDeclined()
            return document({ declined: true })
          }
        }
        const views = []
        for (const name of names) {
          if (signal.aborted) break
          const view = await this.withProgress((onProgress) => hc.removeJob(name, onProgress))
          views.push(view)
          await this.tellOutcome(view)
          if (this.jsonEnabled() && names.length > 1) this.printJsonLine(document(view))
        }
        this.endWith(exitOfSeveral(views))
        const [only] = views
        return only && names.length === 1 ? document(only) : undefined
      },
    )
  }
}
