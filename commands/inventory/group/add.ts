import { Args, Flags } from '@oclif/core'
import { prose } from '../../../src/ui/command.js'
import { editFlags, InventoryEditCommand } from '../../../src/ui/inventory-edit.js'

export default class InventoryGroupAdd extends InventoryEditCommand {
  static override summary = 'Make a group, or add hosts to one'
  static override description =
    prose(`A group that is not there yet is made, below all or below --parent; hosts that are named become members and stay in the groups that they are
in. The hosts have to be in the inventory: hc inventory add NAME --group GROUP brings new ones. The file is edited in place.

Exit codes: 0 written, or nothing to change; 2 usage or files wrong.`)
  static override usage = '<%= command.id %> NAME [HOST...] [--parent PARENT] [--dry-run]'
  static override examples = [
    '<%= config.bin %> <%= command.id %> web nuc1 nuc2',
    '<%= config.bin %> <%= command.id %> edge --parent web',
  ]
  static override strict = false
  static override args = {
    name: Args.string({ description: 'The group', required: true, ignoreStdin: true }),
    host: Args.string({ description: 'Hosts that become members', ignoreStdin: true }),
  }
  static override flags = {
    parent: Flags.string({ helpValue: 'PARENT', description: 'The group that it is below; all else' }),
    ...editFlags,
  }

  async run(): Promise<unknown> {
    const { flags, raw } = await this.parse(InventoryGroupAdd)
    const [name = '', ...hosts] = this.words(raw)
    const { document } = await import('../../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../../src/hc.js'),
      async (hc) => {
        const edit = { kind: 'group-add' as const, name, hosts, parent: flags.parent ?? null }
        return document(await this.edit(hc, edit, flags['dry-run']))
      },
    )
  }
}
