import { Args } from '@oclif/core'
import { prose } from '../../src/ui/command.js'
import { editFlags, InventoryEditCommand } from '../../src/ui/inventory-edit.js'

export default class InventoryRename extends InventoryEditCommand {
  static override summary = 'Give a host or a group another name, everywhere'
  static override description =
    prose(`In all groups, in hc_hosts, and of its files in host_vars/ or group_vars/. Other places that name it are told and left alone.
Refused while the records place allocations on the host: they know it by its name.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> nuc1 tower',
    '<%= config.bin %> <%= command.id %> web frontends --dry-run',
  ]
  static override args = {
    old: Args.string({ description: 'A host or a group', required: true, ignoreStdin: true }),
    new: Args.string({ description: 'Its new name', required: true, ignoreStdin: true }),
  }
  static override flags = editFlags

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(InventoryRename)
    const { document } = await import('../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => document(await this.edit(hc, { kind: 'rename', from: args.old, to: args.new }, flags['dry-run'])),
    )
  }
}
