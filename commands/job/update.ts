import { Args, Flags } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class JobUpdate extends HcCommand {
  static override summary = 'Look for newer images behind the tags of jobs, and roll them out'
  static override description =
    prose(`Asks the registries again what each tag stands for, on the hosts that may run the job, shows what would change and asks on a
terminal. A job whose tag stands for another image becomes a new version, rolled out as any other: update.max_parallel,
health, auto_revert. Images that were built on the hosts (localhost/...) are taken as the most of them have them. Secrets and
environment files are read again, as by hc apply.

Exit codes: as of hc apply; 0 also when nothing is new.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> web --dry-run',
  ]
  static override args = {
    jobs: Args.string({ description: 'Their names; all jobs if none is given', multiple: true, ignoreStdin: true }),
  }
  static override flags = {
    yes: Flags.boolean({ char: 'y', default: false, description: 'Do not ask' }),
    'dry-run': Flags.boolean({ default: false, description: 'Show what would change, and stop' }),
  }

  protected override leaves =
    'what is under way is finished, nothing more is begun; hc reconcile, or the loop, carries it on.'

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobUpdate)
    const { exitOfApply } = await import('../../src/ui/exit-codes.js')
    const { document } = await import('../../src/ui/json.js')
    const { planLines } = await import('../../src/ui/plan.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const dry = flags['dry-run']
        const view = await this.withProgress((onProgress) =>
          hc.updateJobs(args.jobs ?? [], {
            confirm: async (plan) => {
              const isNew = plan.newImages !== undefined || plan.changes
              const canvas = dry ? this.onOut : this.onErr
              const lines = isNew ? planLines(plan, canvas) : ['No tag stands for another image than before.']
              if (dry) this.print(lines)
              // The plan and the question are no result: they go to stderr.
              else this.say(lines)
              return !dry && this.mayGoOn(plan, flags.yes, 'Update them?')
            },
            onProgress,
          }),
        )
        if (dry) return document(view)
        await this.tellOutcome(view)
        this.endWith(exitOfApply(view))
        return document(view)
      },
    )
  }
}
