// Laws of stores that are older than what hosts were told, and of control machines that hosts do not obey yet.
import type { Tick } from '../../src/controller/controller.js'
import { isSameOwner } from '../../src/controller/term.js'
import { type HostName, jobOfSlot, type Millis, type SlotName } from '../../src/model/names.js'
import type { Records } from '../../src/model/records.js'
import type { SimHost } from './host.js'
import { directive } from './systemd.js'

/** What hc has just stopped may be begun elsewhere for so long, ms: it was seen to run. */
const MOVES_MS: Millis = 40_000

/**
 * A sentence for a tick that acts on a store that is recognizably older: a host that answered in it was told more, under
 * the same cluster and owner. Null: all is well.
 */
export function actsOnOlder({ observation, records, decision }: Pick<Tick, 'observation' | 'records' | 'decision'>) {
  const { actions, arms = [], greet } = decision.plan
  if (!records || actions.length + arms.length + greet.length === 0) return null
  const { term, order = 0, cluster } = records
  const ahead = observation.hosts.find(({ facts }) => {
    if (!facts?.term || facts.cluster !== cluster || !isSameOwner(facts.term.owner, term.owner)) return false
    if (facts.term.number !== term.number) return facts.term.number > term.number
    return facts.orders?.term === term.number && facts.orders.order > order
  })
  if (!ahead) return null
  const told = `order ${ahead.facts?.orders?.order ?? 0} of term ${ahead.facts?.term?.number}`
  return `acts on order ${order} of term ${term.number}, but ${ahead.host} was told ${told}`
}

/** Which hosts have taken up which term, and what was begun before they had. */
export class Doubts {
  readonly #hosts: ReadonlyMap<HostName, SimHost>
  /** `HOST OWNER` -> the highest term. */
  readonly #taken = new Map<string, number>()
  /** When hc stopped it last. */
  readonly #stoppedAt = new Map<SlotName, Millis>()

  constructor(hosts: ReadonlyMap<HostName, SimHost>) {
    this.#hosts = hosts
  }

  /** After every step. */
  look(): void {
    for (const [name, host] of this.#hosts) {
      const term = host.highestTerm()
      if (term) this.#taken.set(`${name} ${term.owner}`, Math.max(term.number, this.#takenBy(name, term.owner)))
    }
  }

  ended(slot: SlotName, byHc: boolean, now: Millis): void {
    if (byHc) this.#stoppedAt.set(slot, now)
    else this.#stoppedAt.delete(slot)
  }

  /**
   * A sentence for exclusive work that was not seen to run and was begun while a host might obey whoever acted before; null:
   * all is well. `versions`: of the store that it was begun by, the newest last.
   */
  began(slot: SlotName, host: SimHost, text: string, versions: readonly (Records | null)[]): string | null {
    const stoppedAt = this.#stoppedAt.get(slot) ?? Number.NEGATIVE_INFINITY
    if (host.doors.time.now - stoppedAt < MOVES_MS) return null
    const [number = '0'] = (directive(text, 'X-Hc-Term') ?? '').split(' ')
    const newest = versions.at(-1)
    const doubt = newest?.doubt
    if (!newest?.jobs[jobOfSlot(slot)]?.job.exclusive || doubt === undefined || Number(number) < doubt) return null
    const open = [...this.#hosts.keys()].filter((name) => {
      if (name === host.name || this.#takenBy(name, host.writer) >= doubt) return false
      return !versions.some((records) => records?.hosts[name]?.confirmedLost ?? records?.hosts[name]?.fenced)
    })
    return open.length === 0
      ? null
      : `exclusive ${slot} was begun on ${host.name} under term ${number}, which ${open.join(', ')} did not take up yet`
  }

  #takenBy(name: HostName, owner: string): number {
    return this.#taken.get(`${name} ${owner}`) ?? 0
  }
}
