// The move of the records to another store: copied, read back and compared, and only then is the other one in force.
import { createHash } from 'node:crypto'
import { UserError } from '../model/errors.js'
import { told } from '../model/event.js'
import type { Records, StoreContents } from '../model/records.js'
import type { MigrateView } from '../model/store-copies.js'
import type { Store } from '../ports.js'
import { underLock } from './change.js'
import { hostsOf } from './control/ground.js'
import { alone, type CopyDoors, countsOf, noStore } from './store-copies.js'
import { inNewTerm } from './term.js'
import type { World } from './world.js'

interface Place {
  readonly store: Store
  /** As hc_store names it. */
  readonly name: string
}

/**
 * Moves the store. While it is copied, the copy says that it is not finished; then the old one says that it was moved; then the
 * copy is in force: at no moment are there two. Whoever is killed in between begins again.
 */
export async function migrateStore(world: World, doors: CopyDoors, to: string): Promise<MigrateView> {
  const source: Place = { store: world.store, name: doors.here }
  const target = await doors.open(to)
  if (target.name === source.name) {
    throw new UserError(`the store is in ${source.name} already`, { hint: 'name where it shall move' })
  }
  const locked = <T>({ store, name }: Place, work: () => Promise<T>) =>
    alone(store, name, () => underLock({ ...world, store }, work))
  return locked(source, () => locked(target, () => move(source, target, world.clock.wall())))
}

async function move(source: Place, target: Place, at: string): Promise<MigrateView> {
  const contents = await source.store.dump()
  if (contents === null) throw noStore(source.name)
  const there = await target.store.dump()
  refuseTarget(contents.records, there?.records ?? null, source, target)
  const { moved: _, ...records } = contents.records
  const number = Math.max(records.term.number, there?.records.term.number ?? 0) + 1
  const { owner } = target.store.draft().term
  const next: Records = { ...inNewTerm(records, number), term: { number, owner } }
  await target.store.load({ ...contents, records: { ...next, moved: { to: source.name, at, unfinished: true } } })
  const eventsLeft = await compare({ ...contents, records: next }, target)
  await source.store.write({ ...records, moved: { to: target.name, at } })
  await target.store.write(next)
  const text = `the store moved from ${source.name} to ${target.name}: term ${records.term.number} -> ${number}`
  await target.store.appendEvents([told('store', text)], number)
  const counts = countsOf({ ...contents, records: next })
  return {
    from: source.name,
    to: target.name,
    ...counts,
    events: counts.events - eventsLeft,
    eventsLeft,
    unused: hostsOf(source.name) ?? [],
  }
}

function refuseTarget(records: Records, there: Records | null, source: Place, target: Place): void {
  const refuse = (text: string, hint: string) =>
    new UserError(`${text}; nothing was changed`, { code: 'store', exitCode: 2, hint })
  const { moved } = records
  const goesOn = moved && !moved.unfinished && moved.to === target.name && (!there || there.moved?.unfinished)
  if (moved && !goesOn) {
    throw moved.unfinished
      ? refuse(`what is in ${source.name} is a copy that was not finished`, `set hc_store back to ${moved.to}`)
      : refuse(`the store in ${source.name} was moved to ${moved.to} at ${moved.at}`, `set hc_store to ${moved.to}`)
  }
  if (there === null) return
  if (there.cluster !== records.cluster) {
    throw refuse(
      `in ${target.name} there is the store of another cluster (${there.cluster})`,
      'name another place; on one etcd, clusters are kept apart by a name: etcd://HOST,.../NAME',
    )
  }
  if (!there.moved) {
    throw refuse(
      `in ${target.name} there is a store of this cluster already, which was not moved away from there`,
      'look at it (set hc_store to it, hc status) and take a backup before you remove it',
    )
  }
}

/** Reads the copy back. How many of the oldest events it has no room for. Throws UserError where anything differs. */
async function compare(wanted: StoreContents, { store, name }: Place): Promise<number> {
  const found = await store.dump()
  const there = partsOf(found ?? { ...wanted, records: wanted.records, events: [], blobs: {} })
  const first = found?.events[0]?.id ?? Number.POSITIVE_INFINITY
  const left = wanted.events.filter(({ id }) => id < first)
  const room = left.length === 0 || left.length + (found?.events.length ?? 0) === wanted.events.length
  const parts = [...partsOf({ ...wanted, events: wanted.events.slice(left.length) })]
  const differing = parts.filter(([part, text]) => there.get(part) !== text).map(([part]) => part)
  if (found !== null && room && differing.length === 0) return left.length
  throw new UserError(`the copy in ${name} is not what was copied (${differing.slice(0, 3).join(', ') || 'events'})`, {
    code: 'store',
    exitCode: 1,
    hint: 'the store is as it was, and in force; run the command again',
  })
}

/** Texts of all that must arrive, by the name of the part. */
function partsOf({ records, events, blobs, incidents }: StoreContents): ReadonlyMap<string, string> {
  const { moved: _, ...fields } = records
  return new Map([
    ...Object.entries(fields).map(([name, value]) => [`records: ${name}`, JSON.stringify(value)] as const),
    ...events.map((event) => [`event ${event.id}`, JSON.stringify(event)] as const),
    ...Object.entries(blobs).map(([name, bytes]) => [`file ${name}`, sumOf(bytes)] as const),
    ['incidents', JSON.stringify(incidents)] as const,
  ])
}

function sumOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
