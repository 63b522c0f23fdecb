// Control machines that share a store.
import { byName, someOf } from './names.js'
import { type Cause, withMend } from './words.js'

/** One that leads, or stands by. */
export interface ControlMachine {
  /** Its host name. */
  readonly name: string
  readonly pid: number
  /** RFC 3339 UTC. */
  readonly since: string
  /** sha256 of the inventory that it goes by, hex; absent: it does not tell. */
  readonly inventory?: string
}

/** Who leads, and who would take over; `trouble`: why the store can't be written at the moment, null where it can. */
export interface ControlView {
  readonly leader: ControlMachine | null
  readonly standbys: readonly ControlMachine[]
  readonly trouble: string | null
  /** Machines that go by another inventory than the one that leads, sorted; this one too. Absent: none. */
  readonly otherInventory?: readonly string[]
}

/** Who goes by another inventory than the one that leads. `own`: this machine, where no loop of it may be known. */
export function otherInventories(
  { leader, standbys }: ControlView,
  own: Required<Pick<ControlMachine, 'name' | 'inventory'>> | null,
): readonly string[] {
  const machines = [...standbys, ...(own && own.name !== leader?.name ? [own] : [])]
  const others = machines.filter(({ inventory }) => inventory !== undefined && inventory !== leader?.inventory)
  return leader?.inventory === undefined ? [] : [...new Set(others.map(({ name }) => name))].sort(byName)
}

/** What is to be said of it, and what mends it; null: all go by the same. */
export function otherInventoryCause({ leader, otherInventory: others = [] }: ControlView): Cause | null {
  if (leader === null || others.length === 0) return null
  const go = others.length === 1 ? 'goes' : 'go'
  return {
    text: `${someOf(others)} ${go} by another inventory than ${leader.name}, which leads`,
    mend: 'hc control check names the files, hc control add on the machine whose inventory is right brings it to all',
  }
}

/** The sentence for people, with the mend; null: all go by the same. */
export function otherInventoryText(view: ControlView): string | null {
  const cause = otherInventoryCause(view)
  return cause && withMend(cause)
}

/** `nuc1 leads, nuc2, nuc3 stand by`. */
export function leadersText({ leader, standbys }: ControlView): string {
  const names = standbys.map(({ name }) => name).sort(byName)
  const waiting =
    names.length === 0 ? 'nobody stands by' : `${names.join(', ')} ${names.length === 1 ? 'stands' : 'stand'} by`
  return leader ? `${leader.name} leads, ${waiting}` : `nobody leads, ${waiting}`
}
