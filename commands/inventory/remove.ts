import { Args, Flags } from '@oclif/core'
import type { EditReview } from '../../src/model/inventory-edit.js'
import { prose } from '../../src/ui/command.js'
import { editFlags, InventoryEditCommand } from '../../src/ui/inventory-edit.js'

export default class InventoryRemove extends InventoryEditCommand {
  static override summary = 'Remove a host from the inventory, from all of its groups'
  static override description =
    prose(`Asks on a terminal; without one it needs --yes. The file is edited in place; a host of a range (nuc[1:3]) leaves the rest of the
range as it is. What runs on the host is not touched: drain it first (hc host drain NAME). A host that is in the records and not in the
inventory counts as cordoned and out of reach.`)
  static override usage = '<%= command.id %> NAME... [--dry-run] [--yes]'
  static override examples = [
    '<%= config.bin %> <%= command.id %> nuc3',
    '<%= config.bin %> <%= command.id %> nuc2 nuc3 --dry-run',
  ]
  static override strict = false
  static override args = { name: Args.string({ description: 'Its name', required: true, ignoreStdin: true }) }
  static override flags = {
    ...editFlags,
    yes: Flags.boolean({ char: 'y', default: false, description: 'Do not ask' }),
  }

  async run(): Promise<unknown> {
    const { flags, raw } = await this.parse(InventoryRemove)
    const hosts = [...new Set(this.words(raw))]
    if (!flags['dry-run']) this.needYes(flags.yes, 'inventory remove')
    const { document } = await import('../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const edit = { kind: 'remove' as const, hosts }
        return document(
          await this.edit(hc, edit, flags['dry-run'], async (review) => {
            await this.warnOfPlaced(review)
            return flags.yes || this.asked(review, hosts)
          }),
        )
      },
    )
  }

  private async asked(review: EditReview, hosts: readonly string[]): Promise<boolean> {
    const { list } = await import('../../src/ui/words.js')
    this.showFirst(review)
    return this.confirm(`Remove ${list(hosts)} from the inventory?`)
  }

  private async warnOfPlaced({ placed }: EditReview): Promise<void> {
    const { list } = await import('../../src/ui/words.js')
    for (const host of [...new Set(placed.map((each) => each.host))]) {
      const slots = placed.filter((each) => each.host === host).map(({ slot }) => slot)
      const are = slots.length === 1 ? 'is' : 'are'
      this.warnOf(
        `${list(slots)} ${are} placed on ${host}, and would be out of reach there: drain it first: hc host drain ${host}`,
      )
    }
  }
}
