import { HcCommand, prose } from '../../src/ui/command.js'

export default class InventoryCheck extends HcCommand {
  static override summary = 'Check the inventory and the variable files beside it, without contact to any host'
  static override description =
    prose(`Every fault is shown with file, line and column. Where there is none, remarks tell what hc does not use: files
that belong to no host or group, encrypted files, Jinja, settings without effect yet.

Exit codes: 0 valid; 2 not.`)
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> -i hosts.ini']

  async run(): Promise<unknown> {
    const { flags } = await this.parse(InventoryCheck)
    const { inventoryCheckLines } = await import('../../src/ui/inventory.js')
    const { document } = await import('../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const view = await hc.inventoryCheck()
        this.print(inventoryCheckLines(view, this.onOut))
        return document(view)
      },
    )
  }
}
