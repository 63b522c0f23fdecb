import { Args } from '@oclif/core'
import { prose } from '../../src/ui/command.js'
import { editFlags, InventoryEditCommand } from '../../src/ui/inventory-edit.js'

export default class InventorySet extends InventoryEditCommand {
  static override summary = 'Set variables of a host, a group or all'
  static override description =
    prose(`Each is changed where it stands now: in the inventory, in host_vars/ or in group_vars/; a new one goes into the inventory. Comments,
order and quotes stay.

A value is YAML as Ansible reads it: 8080 is a number, no is a truth value, {ssd: true} and [a, b] are what they look like, everything else
is text. A text that would be read as something else is put into quotes of its own: name='"no"'. key= sets an empty text.`)
  static override usage = '<%= command.id %> TARGET KEY=VALUE... [--dry-run]'
  static override examples = [
    '<%= config.bin %> <%= command.id %> nuc1 ansible_host=192.168.1.21',
    "<%= config.bin %> <%= command.id %> nuc1 hc_labels='{rack: a, ssd: true}'",
    '<%= config.bin %> <%= command.id %> web http_port=8080',
    "<%= config.bin %> <%= command.id %> all hc_hosts='nucs:!nuc3' --dry-run",
  ]
  static override strict = false
  static override args = {
    target: Args.string({ description: 'A host, a group, or all', required: true, ignoreStdin: true }),
    variable: Args.string({ description: 'KEY=VALUE, several of them', required: true, ignoreStdin: true }),
  }
  static override flags = editFlags

  async run(): Promise<unknown> {
    const { flags, raw } = await this.parse(InventorySet)
    const [target = '', ...assignments] = this.words(raw)
    const { document } = await import('../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => document(await this.edit(hc, { kind: 'set', target, assignments }, flags['dry-run'])),
    )
  }
}
