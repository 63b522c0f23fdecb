import { Flags } from '@oclif/core'
import { HcCommand } from '../../src/ui/command.js'

export default class InventoryList extends HcCommand {
  static override summary = 'List the hosts of the inventory with address and groups'
  static override description = 'With --json it prints exactly what ansible-inventory --list prints.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    "<%= config.bin %> <%= command.id %> --limit 'web:!nuc3' --json",
  ]
  static override flags = {
    limit: Flags.string({ char: 'l', helpValue: 'PATTERN', description: "Only hosts that match Ansible's pattern" }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(InventoryList)
    const { inventoryLines } = await import('../../src/ui/inventory.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const inventory = await hc.inventoryList(flags.limit ?? null)
        this.print(inventoryLines(inventory, this.onOut))
        return inventory
      },
    )
  }
}
