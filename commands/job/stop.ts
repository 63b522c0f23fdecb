import { Args } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class JobStop extends HcCommand {
  static override summary = 'Stop a job and keep it: nothing of it runs until hc job start'
  static override description =
    prose(`Stops all slots on their hosts and remembers that they are to stay stopped, through reboots and applies. Its versions, its volumes and its file
stay. Only whole jobs can be stopped, not single slots. To take a job away for good is hc job remove.

Exit codes: 0 done; 1 something failed; 3 hosts out of reach left something undone: it is stopped there when they answer.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> web --json',
  ]
  static override args = { job: Args.string({ description: 'Its name', required: true, ignoreStdin: true }) }

  protected override leaves = 'the change is recorded; hc reconcile, or the loop, carries it out.'

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobStop)
    const { exitOfApply } = await import('../../src/ui/exit-codes.js')
    const { document } = await import('../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const view = await this.withProgress((onProgress) => hc.stopJob(args.job, onProgress))
        await this.tellOutcome(view)
        this.suggest(`hc job start ${args.job}`)
        this.endWith(exitOfApply(view))
        return document(view)
      },
    )
  }
}
