import { Args } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class JobMove extends HcCommand {
  static override summary = 'Move a slot, or all slots of a job, to a host'
  static override description =
    prose(`Moved as a drain moves: stopped here first, then started there, update.max_parallel of a job at a time. What the host can't take is
refused with the reason, and nothing is changed. The host is the slot's home from then on (failback).`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> web.0 nuc3',
    '<%= config.bin %> <%= command.id %> web nuc3',
  ]
  static override args = {
    target: Args.string({ description: 'A slot, or a job for all of its slots', required: true, ignoreStdin: true }),
    host: Args.string({ description: 'Where to', required: true, ignoreStdin: true }),
  }

  protected override leaves = 'the wish is recorded; hc reconcile, or the loop, carries it out.'

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(JobMove)
    const { exitOfApply } = await import('../../src/ui/exit-codes.js')
    const { document } = await import('../../src/ui/json.js')
    const { movedThereLines } = await import('../../src/ui/host-verbs.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const view = await this.withProgress((onProgress) => hc.moveJob(args.target, args.host, onProgress))
        this.print(movedThereLines(view, args.host, this.onOut))
        if (view.actions.length > 0) await this.tellOutcome(view)
        this.endWith(view.actions.length > 0 ? exitOfApply(view) : 0)
        return document(view)
      },
    )
  }
}
