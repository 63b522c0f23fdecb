// No A to B to A: what hc began on another host stays there, unless something happens on that one or the operator says so.
import { type HostName, jobOfSlot, type Millis, type SlotName, slotOfUnit } from '../../src/model/names.js'
import type { ControlMachine } from './control.js'
import type { SimHost } from './host.js'
import type { Law } from './laws.js'
import type { Sight } from './sight.js'
import { directive } from './systemd.js'
import type { SimTime } from './time.js'
import type { Words } from './words.js'

/** Within so long nothing goes back by itself, ms: `failback: home` waits for as long, and no other rule brings anything back. */
const HOLD_MS: Millis = 300_000
/** What is done may rest on a look so much older, ms: deadline of a write, a slow stop, a loss that is found late. */
const RESTS_ON_MS: Millis = 30_000

/** What the law looks at. */
export interface MoveDoors {
  readonly time: SimTime
  readonly sight: Sight
  readonly words: Words
  readonly control: ControlMachine
  readonly hosts: ReadonlyMap<HostName, SimHost>
  /** Does a service do what its check asks? Absent: nobody asks. */
  readonly isSound?: ((host: SimHost, unit: string) => boolean) | undefined
}

/** Where hc began a slot, by what, and when something befell it there last. */
interface Stay {
  readonly host: HostName
  readonly at: Millis
  readonly unit: string
  readonly word: string
  readonly store: string
  troubledAt: Millis
}

/**
 * The law, for services of all kinds. It does not apply to hosts that were in trouble since, to slots or hosts of which the operator
 * said something since, nor across a store that was lost: that one does not know of the first move. What makes room for others may go
 * back too, where a loss or the operator's word has left those without a place. Where hosts are crowded
 * (mode `crowd`) slots are moved to make room, and it is not asked.
 */
export class Moves implements Law {
  readonly #doors: MoveDoors
  /** The newest last: where it is, where it was before, and so on. */
  readonly #stays = new Map<SlotName, readonly Stay[]>()
  /** How often something was begun where it could have come back. */
  asked = 0

  constructor(doors: MoveDoors) {
    this.#doors = doors
  }

  began(host: SimHost, unit: string, text: string, byHc: boolean): readonly string[] {
    const slot = slotOfUnit(unit)
    if (!slot || !byHc) return []
    const { now } = this.#doors.time
    const word = `${directive(text, 'X-Hc-Hash')} ${directive(text, 'X-Hc-Generation')}`
    const { store } = this.#doors.control.versions
    const stay = { host: host.name, at: now, unit, word, store, troubledAt: Number.NEGATIVE_INFINITY }
    const stays = this.#stays.get(slot) ?? []
    const last = stays.at(-1)
    const isMove = last !== undefined && last.host !== host.name
    this.#stays.set(slot, [...(isMove || !last ? stays : stays.slice(0, -1)), stay])
    if (!isMove) return []
    this.asked += 1
    const before = stays.findLast((each) => each.host === host.name && now - each.at < HOLD_MS)
    const way = before ? stays.slice(stays.indexOf(before)) : []
    const isSame = way.every((each) => each.word === word && each.store === store)
    if (!before || !isSame || this.#hasCause(slot, last)) return []
    return [`${slot} went ${[...way.map((each) => each.host), host.name].join(' to ')}, and nothing asked for it`]
  }

  ended(host: SimHost, unit: string, _text: string, cause: 'hc' | 'self'): readonly string[] {
    if (cause === 'self') this.#troubled(host.name, unit)
    else this.#returned(host.name, unit)
    return []
  }

  /** Its host came back before the copy elsewhere was well: that one is stopped, and it is again where it has run all the time. */
  #returned(host: HostName, unit: string): void {
    const slot = slotOfUnit(unit) ?? ''
    const stays = this.#stays.get(slot) ?? []
    const before = stays.at(-2)
    if (!before || stays.at(-1)?.host !== host || !this.#doors.hosts.get(before.host)?.running().has(unit)) return
    this.#stays.set(slot, stays.slice(0, -1))
  }

  afterStep(): readonly string[] {
    const { hosts, isSound } = this.#doors
    if (!isSound) return []
    for (const stays of this.#stays.values()) {
      const last = stays.at(-1)
      const host = last && hosts.get(last.host)
      if (last && host && !isSound(host, last.unit)) last.troubledAt = this.#doors.time.now
    }
    return []
  }

  #troubled(host: HostName, unit: string): void {
    const last = this.#stays.get(slotOfUnit(unit) ?? '')?.at(-1)
    if (last?.host === host) last.troubledAt = this.#doors.time.now
  }

  #hasCause(slot: SlotName, { host, at, troubledAt }: Stay): boolean {
    const { sight, words, time, control } = this.#doors
    const from = Math.max(at, time.now - RESTS_ON_MS)
    const said = words.since(jobOfSlot(slot), from) || words.since(host, from)
    const drained = control.versions.all().some((records) => records?.hosts[host]?.draining === true)
    const isTroubled = Math.max(sight.troubledAt(host), troubledAt) >= from
    return said || drained || isTroubled || this.#makesRoom(slot, from)
  }

  #makesRoom(slot: SlotName, from: Millis): boolean {
    const { sight, words, control, hosts } = this.#doors
    const decided = control.disk.content.events.findLast((event) => event.kind === 'decided' && event.slot === slot)
    if (decided?.reason !== 'made-room') return false
    return words.anySince(from) || [...hosts.keys()].some((name) => sight.troubledAt(name) >= from)
  }
}
