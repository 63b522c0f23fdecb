// What was said and done: journals of allocations, and the record of events.
import { type EventOptions, followEvents } from '../../cluster/events.js'
import { followLogs, type Whereabouts } from '../../cluster/follow.js'
import { type LogOptions, readLogs } from '../../cluster/logs.js'
import { type JobName, jobOfSlot, type SlotName } from '../../model/names.js'
import type { Records } from '../../model/records.js'
import { checkEventNames } from '../event-names.js'
import { findTargets } from '../targets.js'
import { type Ways, wayNotes, waysOf } from '../ways.js'
import { placeless, whereabouts } from '../whereabouts.js'
import { endOf, type Wiring } from './desk.js'

/** Journals and events. */
export interface JournalDesk {
  /** `targets`: jobs and slots; empty: all. */
  logs(targets: readonly (JobName | SlotName)[], options: LogOptions): Promise<void>
  events(options: EventOptions): Promise<void>
}

/** The desk over the real doors. */
export function journalDesk(wiring: Wiring): JournalDesk {
  const { world } = wiring
  return {
    logs: (targets, options) => logs(wiring, targets, options),
    events: async (options) => {
      if (options.filter) await checkEventNames(world, options.filter)
      await followEvents(world.store, world.clock, options, endOf(wiring, options.signal))
    },
  }
}

async function logs(wiring: Wiring, names: readonly string[], options: LogOptions): Promise<void> {
  const { clock, transport, store } = wiring.world
  const records = await store.read()
  const targets = names.length === 0 ? null : findTargets(records, names, (await wiring.world.inventory()).hosts)
  if (Object.keys(records?.jobs ?? {}).length === 0)
    options.onNote?.('no job is applied: hc apply jobs/ applies the first ones')
  if (options.allHosts !== true) warnOfPlaceless(records, placeless(records, targets), options)
  const signal = endOf(wiring, options.signal)
  const where = byTheWays(wiring, options, () => whereabouts(wiring.world, targets, options.allHosts ?? false))
  if (options.follow) {
    const end = signal ?? new AbortController().signal
    return followLogs({ clock, transport, signal: end, where }, options)
  }
  const { hosts, places } = await where()
  await readLogs(transport, hosts, places, options, signal)
}

/** Hosts that are cut off from here are asked through their peers, and each new way is told once. */
function byTheWays({ world }: Wiring, { onNote }: LogOptions, where: () => Promise<Whereabouts>) {
  const take = waysOf(world)
  let before: Ways = new Map()
  return async (): Promise<Whereabouts> => {
    const found = await where()
    const ways = await take(found.hosts)
    const names = found.places.map(({ host }) => host).filter((name) => ways.get(name) !== before.get(name))
    for (const note of wayNotes(ways, names, 'its journal is read')) onNote?.(note)
    before = ways
    return found
  }
}

function warnOfPlaceless(records: Records | null, slots: readonly SlotName[], options: LogOptions): void {
  const isStopped = (slot: SlotName) => records?.jobs[jobOfSlot(slot)]?.stopped === true
  const say = (some: readonly SlotName[], why: string) => {
    if (some.length === 0) return
    const more = options.follow
      ? 'followed from when they have one'
      : '--all-hosts shows what they may have left in journals'
    options.onWarning(`${why}: ${some.join(', ')}; ${more}`)
  }
  say(slots.filter(isStopped), 'stopped, and without a place')
  say(
    slots.filter((slot) => !isStopped(slot)),
    'without a place yet',
  )
}
