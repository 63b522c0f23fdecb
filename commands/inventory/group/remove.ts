import { Args } from '@oclif/core'
import { prose } from '../../../src/ui/command.js'
import { editFlags, InventoryEditCommand } from '../../../src/ui/inventory-edit.js'

export default class InventoryGroupRemove extends InventoryEditCommand {
  static override summary = 'Take hosts out of a group, or a group out of the inventory'
  static override description =
    prose(`With hosts only these leave the group, else the group goes with its variables. No host ever leaves the inventory this way: where a
group is a host's only one, it is refused, with the command that keeps the host.`)
  static override usage = '<%= command.id %> NAME [HOST...] [--dry-run]'
  static override examples = [
    '<%= config.bin %> <%= command.id %> web nuc1',
    '<%= config.bin %> <%= command.id %> web --dry-run',
  ]
  static override strict = false
  static override args = {
    name: Args.string({ description: 'The group', required: true, ignoreStdin: true }),
    host: Args.string({ description: 'Hosts that leave it; none: the group itself goes', ignoreStdin: true }),
  }
  static override flags = editFlags

  async run(): Promise<unknown> {
    const { flags, raw } = await this.parse(InventoryGroupRemove)
    const [name = '', ...hosts] = this.words(raw)
    const { document } = await import('../../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../../src/hc.js'),
      async (hc) => document(await this.edit(hc, { kind: 'group-remove', name, hosts }, flags['dry-run'])),
    )
  }
}
