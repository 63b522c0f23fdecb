import { Args } from '@oclif/core'
import { prose } from '../../src/ui/command.js'
import { ControlChangeCommand, controlFlags } from '../../src/ui/control-change.js'

export default class ControlRemove extends ControlChangeCommand {
  static override summary = 'Take a control machine away: its loop, its member of etcd, its key'
  static override description =
    prose(`What runs on the host as a host runs on. Refused where the others could not write without it. A host that is gone for good is taken
out of the etcd all the same; hc control add OTHER then takes its place. When it comes back, the same command takes away what of hc is left there.
With the store in a folder again (hc store migrate file) it takes away what nothing uses any more.
Asks on a terminal; without one it needs --yes.

Exit codes: 0 done; 1 something failed or was declined; 2 refused, or a name is wrong.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> nuc3 --dry-run',
    '<%= config.bin %> <%= command.id %> nuc3',
  ]
  static override args = { host: Args.string({ description: 'Its name', required: true, ignoreStdin: true }) }
  static override flags = controlFlags

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ControlRemove)
    if (!flags['dry-run']) this.needYes(flags.yes, 'control remove')
    const { document } = await import('../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => document(await this.change(flags, (choices) => hc.removeControl(args.host, choices))),
    )
  }
}
