// Names that events are filtered by: a name that nobody knows is a mistake, not an empty list.
import type { EventFilter } from '../cluster/events.js'
import { UserError } from '../model/errors.js'
import { byName, jobOfSlot, quoted, someOf } from '../model/names.js'
import { didYouMean } from '../spec/nearest.js'
import type { World } from './world.js'

/** Throws UserError (not-found) where a job, slot or host of the filter is in neither files, records nor events. */
export async function checkEventNames({ store, inventory }: World, filter: EventFilter): Promise<void> {
  if (filter.job === undefined && filter.host === undefined) return
  const [records, events] = await Promise.all([store.read(), store.events({ limit: Number.MAX_SAFE_INTEGER })])
  const slots = new Set(events.flatMap(({ slot }) => (slot === null ? [] : [slot])))
  for (const slot of Object.keys(records?.placements ?? {})) slots.add(slot)
  const jobs = new Set([...slots].map(jobOfSlot))
  for (const name of [...Object.keys(records?.jobs ?? {}), ...Object.keys(records?.removed ?? {})]) jobs.add(name)
  const { job, host } = filter
  if (job !== undefined && !jobs.has(job) && !slots.has(job))
    throw unknown('job', job, job.includes('.') ? slots : jobs)
  if (host === undefined) return
  const hosts = new Set(events.flatMap((event) => (event.host === null ? [] : [event.host])))
  for (const one of (await inventory()).hosts) hosts.add(one.name)
  if (!hosts.has(host)) throw unknown('host', host, hosts)
}

function unknown(what: string, name: string, known: ReadonlySet<string>): UserError {
  const names = [...known].sort(byName)
  const all = names.length === 0 ? `no ${what} is known yet` : `known are: ${someOf(names)}`
  const near = didYouMean(name, names)
  return new UserError(`no ${what} ${quoted(name)} is known, nor any event of it`, {
    code: 'not-found',
    hint: near === null ? all : `${near} ${all}`,
  })
}
