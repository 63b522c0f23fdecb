import { Args, Flags } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class InventoryGraph extends HcCommand {
  static override summary = 'Show groups and hosts as a tree, as ansible-inventory --graph does'
  static override description =
    prose(`Groups with the groups and hosts below them, as Ansible sees them, from the files alone: nothing is connected to. With --vars the variables of
each host and group stand below it.`)
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> web --vars']
  static override args = { group: Args.string({ description: 'Begin at this group', ignoreStdin: true }) }
  static override flags = { vars: Flags.boolean({ description: 'Show the variables too' }) }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(InventoryGraph)
    const { document } = await import('../../src/ui/json.js')
    const { sanitize } = await import('../../src/ui/sanitize.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const { shown: graph, unusable } = await hc.inventoryGraph({ group: args.group ?? null, variables: flags.vars })
        this.print([sanitize(graph).trimEnd()])
        if (unusable !== null) this.warnOf(unusable)
        return document({ graph })
      },
    )
  }
}
