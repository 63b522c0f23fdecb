// What an operator says of a host: cordon, uncordon, drain. Recorded under the lock, carried out by whoever ticks.
import { type NewEvent, told } from '../model/event.js'
import { byName, type HostName, type Millis, type SlotName } from '../model/names.js'
import type { HostRecord, Records } from '../model/records.js'
import type { HostWordView } from '../model/views.js'
import { changeRecords } from './change.js'
import type { Controller } from './controller.js'
import { newHostRecord } from './record.js'
import { firstRecords } from './recover.js'
import { isHeld } from './returns.js'
import { claim } from './term.js'
import type { World } from './world.js'

/** What is said. */
export type HostVerb = 'cordon' | 'uncordon' | 'drain'

/** The records with the word in them, and whether anything is new. */
interface Said {
  readonly records: Records
  readonly words: readonly HostWordView[]
}

/** What an operator says, of which hosts. */
interface Order {
  readonly hosts: readonly HostName[]
  readonly verb: HostVerb
  readonly patienceMs: Millis
  /** Of a drain; absent: none. */
  readonly deadlineMs?: Millis
}

/** Records the operator's word about hosts of the inventory. Writes nothing where all is so already. */
export async function sayOfHosts(world: World, controller: Controller, order: Order): Promise<Said> {
  // A store begins with what the hosts still tell of an earlier one; they are asked before the lock is taken.
  const isNew = (await world.store.read()) === null
  const said = await say(world, order, isNew ? await beginning(world, controller, order.patienceMs) : null)
  // It was there, and then was not: somebody has removed it meanwhile.
  const again = said ?? (await say(world, order, await beginning(world, controller, order.patienceMs)))
  if (again === null) throw new Error('bug: there are no records to begin with')
  return again
}

/** null: there are no records, nor `first` ones. */
function say(world: World, order: Order, first: Records | null): Promise<Said | null> {
  return changeRecords(world, (read) => {
    const records = claim(read, world.owner) ?? first
    if (!records) return { records: null, value: null }
    const value = intend(records, order.hosts, order.verb, world.clock.wall(), order.deadlineMs)
    const changed = value.words.filter((word) => word.changed)
    if (changed.length === 0) return { records: null, value }
    return { records: value.records, events: changed.map((word) => eventOf(word, order.verb)), value }
  })
}

async function beginning(world: World, controller: Controller, patienceMs: Millis): Promise<Records> {
  return firstRecords(world, await controller.look(patienceMs))
}

/** Pure: what the records are after the word, and a sentence for each host. */
export function intend(
  records: Records,
  names: readonly HostName[],
  verb: HostVerb,
  wall: string,
  deadlineMs?: Millis,
): Said {
  const hosts: Record<HostName, HostRecord> = { ...records.hosts }
  const words = names.map((host): HostWordView => {
    const before = hosts[host] ?? newHostRecord(wall)
    const held = isHeld(before, wall)
    const after = intent(before, verb, wall, deadlineMs)
    const opened = verb === 'uncordon' && held
    const changed =
      after.cordoned !== before.cordoned ||
      after.draining !== before.draining ||
      after.drainUntil !== before.drainUntil ||
      opened
    if (changed) hosts[host] = after
    const slots = slotsOn(records, host)
    const { cordoned, draining } = after
    return { host, cordoned, draining, changed, slots, text: sentence(host, { before, verb, changed, slots }) }
  })
  return { records: words.some(({ changed }) => changed) ? { ...records, hosts } : records, words }
}

function intent(before: HostRecord, verb: HostVerb, wall: string, deadlineMs?: Millis): HostRecord {
  switch (verb) {
    case 'cordon':
      return { ...before, cordoned: true }
    case 'uncordon': {
      const { returns: _forgiven, drainUntil: _over, ...rest } = before
      return { ...rest, cordoned: false, draining: false, uncordonedAt: wall }
    }
    case 'drain':
      return {
        ...before,
        cordoned: true,
        draining: true,
        ...(deadlineMs !== undefined && { drainUntil: new Date(Date.parse(wall) + deadlineMs).toISOString() }),
      }
  }
}

/** Slots that the records place there. */
function slotsOn({ placements }: Records, host: HostName): readonly SlotName[] {
  return Object.values(placements)
    .filter((placement) => placement.host === host && !placement.completed)
    .map(({ slot }) => slot)
    .sort(byName)
}

interface Change {
  readonly before: HostRecord
  readonly verb: HostVerb
  readonly changed: boolean
  readonly slots: readonly SlotName[]
}

function sentence(host: HostName, { before, verb, changed, slots }: Change): string {
  const there = slots.length === 1 ? 'the allocation' : `the ${slots.length} allocations`
  switch (verb) {
    case 'cordon':
      if (before.draining) return `${host} is being drained, and so is cordoned already`
      if (!changed) return `${host} is cordoned already`
      return slots.length === 0
        ? `${host} is cordoned: it takes no allocations`
        : `${host} is cordoned: it takes no new allocations; ${there} there ${slots.length === 1 ? 'stays' : 'stay'}`
    case 'uncordon':
      if (!changed) return `${host} is not cordoned`
      return before.draining
        ? `${host} takes allocations again: it is no longer drained, and what has left it stays where it is now (but for failback: home)`
        : `${host} takes allocations again`
    case 'drain':
      if (changed && before.draining) return `${host} is being drained already; its time is new`
      return changed ? `${host} is being drained` : `${host} is being drained already`
  }
}

const EVENTS: Readonly<Record<HostVerb, string>> = {
  cordon: 'cordoned by hc host cordon',
  uncordon: 'uncordoned by hc host uncordon',
  drain: 'drained by hc host drain',
}

function eventOf({ host }: HostWordView, verb: HostVerb): NewEvent {
  return told('cordon', `${host} ${EVENTS[verb]}`, { host })
}
