import { Args } from '@oclif/core'
import { editFlags, InventoryEditCommand } from '../../src/ui/inventory-edit.js'

export default class InventoryUnset extends InventoryEditCommand {
  static override summary = 'Take variables of a host, a group or all away'
  static override description =
    'Where they stand: in the inventory, in host_vars/ and in group_vars/. What a host has from a group stays.'
  static override usage = '<%= command.id %> TARGET KEY... [--dry-run]'
  static override examples = [
    '<%= config.bin %> <%= command.id %> nuc1 hc_labels',
    '<%= config.bin %> <%= command.id %> all hc_strategy hc_moves',
  ]
  static override strict = false
  static override args = {
    target: Args.string({ description: 'A host, a group, or all', required: true, ignoreStdin: true }),
    variable: Args.string({ description: 'Its name, several of them', required: true, ignoreStdin: true }),
  }
  static override flags = editFlags

  async run(): Promise<unknown> {
    const { flags, raw } = await this.parse(InventoryUnset)
    const [target = '', ...keys] = this.words(raw)
    const { document } = await import('../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => document(await this.edit(hc, { kind: 'unset', target, keys }, flags['dry-run'])),
    )
  }
}
