import { Args, Flags } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class JobRollback extends HcCommand {
  static override summary = 'Go back to an earlier version of a job'
  static override description =
    prose(`Without --to it is the last version of which all slots were healthy. What it was (fields, files, image) is applied anew, as a
new version; secrets are read from where they come from. The file under jobs/ stays as it is: the next apply of it applies
what stands in it. It does not ask: what is bad is to be gone soon, and hc job rollback --to goes forward again as well.

Exit codes: 0 done; 1 something failed; 3 hosts out of reach left something undone; 4 not everything could be placed.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> web --to 3',
  ]
  static override args = { job: Args.string({ description: 'Its name', required: true, ignoreStdin: true }) }
  static override flags = {
    to: Flags.integer({
      min: 1,
      helpValue: 'VERSION',
      description: 'As hc job history shows it; else the last that was healthy',
    }),
    yes: Flags.boolean({ char: 'y', default: false, description: 'For scripts that always say it: it never asks' }),
  }

  protected override leaves = 'the change is recorded; hc reconcile, or the loop, carries it out.'

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobRollback)
    const { exitOfSeveral } = await import('../../src/ui/exit-codes.js')
    const { document } = await import('../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const view = await this.withProgress((onProgress) => hc.rollbackJob(args.job, onProgress, flags.to ?? null))
        await this.tellOutcome(view)
        this.suggest(`hc job history ${args.job}`)
        this.endWith(exitOfSeveral([view]))
        return document(view)
      },
    )
  }
}
