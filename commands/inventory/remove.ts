import { Args, Flags } from '@oclif/core'
import type { EditReview } from '../../src/model/inventory-edit.js'
import type { PurgeView } from '../../src/model/leftovers.js'
import { prose } from '../../src/ui/command.js'
import { editFlags, InventoryEditCommand, waysOut } from '../../src/ui/inventory-edit.js'

export default class InventoryRemove extends InventoryEditCommand {
  static override summary = 'Remove a host from the inventory, from all of its groups'
  static override description =
    prose(`Asks on a terminal; without one it needs --yes. The file is edited in place; a host of a range (nuc[1:3]) leaves the rest of the
range as it is. What runs on the host is not touched: drain it first (hc host drain NAME). A host that is in the records and not in the
inventory counts as cordoned and out of reach.

With --purge all that hc left on the host is taken away first: its units, containers and files. Volumes are listed, and deleted only after
a question of their own; where nobody can be asked they stay.

Exit codes: 0 written; 1 something could not be taken away, or it was declined; 2 usage or files wrong.`)
  static override usage = '<%= command.id %> NAME... [--purge] [--dry-run] [--yes]'
  static override examples = [
    '<%= config.bin %> <%= command.id %> nuc3',
    '<%= config.bin %> <%= command.id %> nuc3 --purge',
    '<%= config.bin %> <%= command.id %> nuc2 nuc3 --dry-run',
  ]
  static override strict = false
  static override args = { name: Args.string({ description: 'Its name', required: true, ignoreStdin: true }) }
  static override flags = {
    purge: Flags.boolean({ default: false, description: 'Take all that hc left on the host away' }),
    ...editFlags,
    yes: Flags.boolean({ char: 'y', default: false, description: 'Do not ask' }),
  }

  /** There are some on the hosts. */
  private volumes = false
  private purged: readonly PurgeView[] = []
  /** Says it once more after the host has left the inventory: until then a loop may have greeted it. */
  private again: () => Promise<unknown> = async () => undefined

  async run(): Promise<unknown> {
    const { flags, raw } = await this.parse(InventoryRemove)
    const hosts = [...new Set(this.words(raw))]
    if (!flags['dry-run']) this.needYes(flags.yes, 'inventory remove')
    const { document } = await import('../../src/ui/json.js')
    const { list } = await import('../../src/ui/words.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const edit = { kind: 'remove' as const, hosts }
        const view = await this.edit(hc, edit, flags['dry-run'], async (review) => {
          await this.warnOfPlaced(review, flags.purge)
          if (!flags.yes) this.showFirst(review)
          if (flags.purge) await this.showLeftovers(review)
          const question = `Remove ${list(hosts)} from the inventory${flags.purge ? ', and all of this from it' : ''}?`
          if (!flags.yes && !(await this.confirm(question))) return false
          return !flags.purge || this.purge(review)
        })
        if (view.changed) await this.again()
        return document({ ...view, purged: this.purged })
      },
    )
  }

  private async warnOfPlaced({ placed }: EditReview, purge: boolean): Promise<void> {
    const { list } = await import('../../src/ui/words.js')
    for (const host of [...new Set(placed.map((each) => each.host))]) {
      const there = placed.filter((each) => each.host === host)
      const slots = there.map(({ slot }) => slot)
      const are = `${list(slots)} ${slots.length === 1 ? 'is' : 'are'} placed on ${host}`
      if (purge) throw this.misused(`${are}: nothing is taken away there`, waysOut(host, there))
      this.warnOf(`${are}, and would be out of reach there: drain it first: hc host drain ${host}`)
    }
  }

  private async showLeftovers(review: EditReview): Promise<void> {
    const { leftoversLines, refusalToPurge } = await import('../../src/ui/leftovers.js')
    const left = await review.leftovers()
    const refusal = refusalToPurge(left)
    if (refusal !== null) throw refusal
    this.say(leftoversLines(left, this.onErr))
    this.volumes = left.some(({ volumes }) => volumes.length > 0)
  }

  private async purge(review: EditReview): Promise<boolean> {
    const { sanitizeLine } = await import('../../src/ui/sanitize.js')
    const asked = this.volumes && this.interactive
    const volumes = asked && (await this.confirm('Delete the volumes too, with all that is in them?'))
    if (this.volumes && !volumes) this.warnOf('the volumes stay on the host')
    this.again = () => review.purge(volumes)
    this.purged = await review.purge(volumes)
    const failing = this.purged.filter(({ ok }) => !ok)
    if (failing.length === 0) return true
    this.say(failing.map(({ host, error }) => sanitizeLine(`${host}: ${error}`)))
    this.refusal = 'say it again: what is gone by now stays gone'
    this.endWith(1)
    return false
  }
}
