// The record of events in etcd: one key per event, named by its number, and a key with the last number.
import { randomUUID } from 'node:crypto'
import type { Event, NewEvent } from '../../model/event.js'
import type { Keys } from './keys.js'
import { type Compare, changedAt, encoded, put, removeRange, textOf } from './wire.js'

/** Events that are kept, at least. */
export const KEPT_EVENTS = 10_000
/** Events of one transaction: etcd takes 128 operations. */
const BATCH = 100

const LAST = 'events-last'
const nameOf = (id: number): string => `events/${String(id).padStart(16, '0')}`

/** Number of the last event, and the revision of the key that says so. */
async function lastOf(keys: Keys): Promise<{ readonly id: number; readonly revision: string; readonly by: string }> {
  const { kv } = await keys.read(LAST)
  const [id = '0', by = ''] = textOf(kv?.value).split(' ')
  return { id: Number(id), revision: kv?.mod_revision ?? '0', by }
}

/** Appends under rising numbers; `conditions`: the locks of the writer. `refuse` says why where they do not hold. */
export async function appendEvents(
  keys: Keys,
  events: readonly NewEvent[],
  how: {
    readonly term: number
    readonly time: string
    readonly conditions: readonly Compare[]
    refuse(): Promise<Error>
  },
): Promise<readonly Event[]> {
  const recorded: Event[] = []
  for (let from = 0; from < events.length; from += BATCH) {
    const { id, revision } = await lastOf(keys)
    const batch = events.slice(from, from + BATCH).map((event, index): Event => {
      return { id: id + 1 + index, time: how.time, ...event, term: how.term }
    })
    await writeEvents(keys, batch, [...how.conditions, changedAt(keys.of(LAST), revision)], how.refuse)
    recorded.push(...batch)
  }
  return recorded
}

/** Replaces all events by these, with their numbers. */
export async function replaceEvents(
  keys: Keys,
  events: readonly Event[],
  conditions: readonly Compare[],
  refuse: () => Promise<Error>,
): Promise<void> {
  const all = removeRange(keys.of(nameOf(0)), encoded(keys.of(nameOf(Number.MAX_SAFE_INTEGER))))
  const emptied = await keys.transact(conditions, [all, put(keys.of(LAST), '0 ')])
  if (!emptied.ok) throw await refuse()
  for (let from = 0; from < events.length; from += BATCH) {
    await writeEvents(keys, events.slice(from, from + BATCH), conditions, refuse)
  }
}

async function writeEvents(
  keys: Keys,
  events: readonly Event[],
  conditions: readonly Compare[],
  refuse: () => Promise<Error>,
): Promise<void> {
  const by = randomUUID()
  const last = events.at(-1)?.id ?? 0
  const tooOld = last - KEPT_EVENTS
  const done = await keys.transact(conditions, [
    ...events.map((event) => put(keys.of(nameOf(event.id)), JSON.stringify(event))),
    put(keys.of(LAST), `${last} ${by}`),
    ...(tooOld > 0 ? [removeRange(keys.of(nameOf(0)), encoded(keys.of(nameOf(tooOld))))] : []),
  ])
  if (!done.ok && !(done.repeated && (await lastOf(keys)).by === by)) throw await refuse()
}

/** The newest `limit` events after `afterId`, oldest first. */
export async function newestEvents(keys: Keys, limit: number, afterId: number): Promise<readonly Event[]> {
  if (limit <= 0) return []
  const { id } = await lastOf(keys)
  const from = Math.max(afterId, id - limit, id - 2 * KEPT_EVENTS) + 1
  if (from > id) return []
  const kvs = await keys.between(nameOf(from), nameOf(id + 1))
  return kvs.map(({ value }) => JSON.parse(textOf(value)) as Event)
}
