import { Args, Flags } from '@oclif/core'
import { prose } from '../../src/ui/command.js'
import { ControlChangeCommand, controlFlags } from '../../src/ui/control-change.js'

export default class ControlAdd extends ControlChangeCommand {
  static override summary = 'Make hosts control machines: they hold the store together, and any of them can lead'
  static override description =
    prose(`Three hosts, so that any one of them may fail. etcd is brought up on them as hc-etcd.service from their distribution's package, with
certificates of an authority of hc's own; the store moves to it, read back and compared, and hc_store is set in the inventory. Each of them gets
this program, the inventory, sources of secrets, a certificate, a key of its own that is let in on all hosts, and the loop as hc-reconcile.service.

Everything is asked before anything is changed. Killed at any point, the same command goes on; until the move is complete the old store is in
force. Said again, or without hosts, it brings the control machines up to date: after a change of the inventory, or with a newer hc. One more
host joins the others.

Exit codes: 0 done; 1 something failed or was declined; 2 refused, or a name is wrong; 5 a loop ticks on this store elsewhere.`)
  static override usage = '<%= command.id %> [HOST...] [--overwrite] [--dry-run] [--yes]'
  static override examples = [
    '<%= config.bin %> <%= command.id %> nuc1 nuc2 nuc3',
    '<%= config.bin %> <%= command.id %> nuc4',
    '<%= config.bin %> <%= command.id %>',
  ]
  protected override leaves = 'the step that is under way is finished; the same command goes on from there.'
  static override strict = false
  static override args = { host: Args.string({ description: 'A host of the inventory', ignoreStdin: true }) }
  static override flags = {
    ...controlFlags,
    overwrite: Flags.boolean({
      default: false,
      description: 'Replace files of the inventory that were edited on another control machine by those of this one',
    }),
  }

  async run(): Promise<unknown> {
    const { flags, raw } = await this.parse(ControlAdd)
    const hosts = raw.flatMap(({ type, input }) => (type === 'arg' && input !== undefined ? [input] : []))
    if (!flags['dry-run']) this.needYes(flags.yes, 'control add')
    const { document } = await import('../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) =>
        document(
          await this.change(flags, (choices) => hc.addControl(hosts, { ...choices, overwrite: flags.overwrite })),
        ),
    )
  }
}
