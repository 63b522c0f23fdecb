// Whose answer is it? Hardware addresses by which hosts were heard while they were well, and what answers at theirs later.
import type { Vantage } from '../model/observation.js'
import type { Watched } from './watched.js'

/**
 * The host is well, and this vantage hears it by this hardware address. What stands between them may answer in its place (a
 * Wi-Fi repeater): then it is the repeater's that is learnt. Where the vantage was once heard to hear one of the host's own
 * cards, a strange one is another machine that has the same address, and is not learnt. null: none is known.
 */
export function learnCard(watched: Watched, vantage: Vantage, card: string | null): void {
  if (card === null) return
  const own = watched.facts?.macs ?? []
  const known = watched.cards.get(vantage) ?? new Set<string>()
  if (!own.includes(card) && [...known].some((one) => own.includes(one))) return
  watched.cards.set(vantage, new Set([...known, card]))
}

/** Is it another machine that answers this vantage at the host's address? null where that can't be told, or it is the host. */
export function strangerOf(watched: Watched, vantage: Vantage, card: string | null): string | null {
  const known = watched.cards.get(vantage)
  if (card === null || known === undefined || known.has(card)) return null
  return watched.facts?.macs?.includes(card) ? null : card
}

/** For a look: it is known that the host itself has answered. */
export function ownCard(watched: Watched, vantage: Vantage, card: string | null): { readonly own?: true } {
  const known = card !== null && watched.cards.get(vantage) !== undefined
  return known && strangerOf(watched, vantage, card) === null ? { own: true } : {}
}

/** The address by which this machine's kernel knows its neighbour: the inventory may give a name. */
export function addressOf({ host, facts }: Watched): string {
  return facts?.connection?.own ?? host.connection.address
}
