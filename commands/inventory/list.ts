import { Flags } from '@oclif/core'
import { HcCommand } from '../../src/ui/command.js'

export default class InventoryList extends HcCommand {
  static override summary = 'List the hosts of the inventory with address and groups'
  static override description =
    'With --json it prints exactly what ansible-inventory --list prints, with --host too what ansible-inventory --host prints.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    "<%= config.bin %> <%= command.id %> --limit 'web:!nuc3' --json",
    '<%= config.bin %> <%= command.id %> --host nuc1',
  ]
  static override flags = {
    limit: Flags.string({
      char: 'l',
      helpValue: 'PATTERN',
      description: "Only hosts that match Ansible's pattern; @FILE in it stands for the lines of a file",
    }),
    host: Flags.string({ helpValue: 'HOST', description: 'All variables of one host', exclusive: ['limit'] }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(InventoryList)
    const { hostVariableLines, inventoryLines } = await import('../../src/ui/inventory.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const { host, limit } = flags
        const { shown, unusable } = await (host === undefined
          ? hc.inventoryList(limit ?? null)
          : hc.inventoryHost(host))
        this.print((host === undefined ? inventoryLines : hostVariableLines)(shown, this.onOut))
        if (unusable !== null) this.warnOf(unusable)
        return shown
      },
    )
  }
}
