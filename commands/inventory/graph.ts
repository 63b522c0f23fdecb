import { HcCommand } from '../../src/ui/command.js'

export default class InventoryGraph extends HcCommand {
  static override summary = 'Show groups and hosts as a tree, as ansible-inventory --graph does'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run(): Promise<unknown> {
    const { flags } = await this.parse(InventoryGraph)
    const { document } = await import('../../src/ui/json.js')
    const { sanitize } = await import('../../src/ui/sanitize.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const graph = await hc.inventoryGraph()
        this.print([sanitize(graph).trimEnd()])
        return document({ graph })
      },
    )
  }
}
