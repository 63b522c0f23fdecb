// What every start by hc has to rest on: a version of the store that asks for this slot on this host, every hard rule of the
// job, an open host, a wait that is over. Written down here once more, by the words of the job's file, not by hc's own code.
import { isHeld } from '../../src/controller/returns.js'
import { type HostName, jobOfSlot, placeOfSlot, type SlotName, slotOfUnit } from '../../src/model/names.js'
import type { BackOff, Records } from '../../src/model/records.js'
import { directive } from './systemd.js'

/** A start as it happened, with the records it may rest on: all versions of the last 30 s, the newest last. */
export interface Started {
  readonly slot: SlotName
  readonly host: HostName
  /** The unit that it runs by. */
  readonly text: string
  /** RFC 3339 UTC, by the wall clock of hc. */
  readonly wall: string
  readonly versions: readonly (Records | null)[]
  /** Units with a process on that host. */
  readonly running: Iterable<string>
  /** Memory of every host that nothing has which runs there, bytes. */
  readonly free: ReadonlyMap<HostName, number>
}

/** Sentences for what is wrong with a start; empty: all is well. */
export function wrongStart(started: Started): readonly string[] {
  const { slot, host, versions } = started
  const asking = versions.filter((records) => records !== null && asksForStart(records, started))
  if (asking.length === 0) return [`${slot} was started on ${host} although nothing in the store asks for it`]
  return [...crowding(started), ...ontoClosed(started), ...tooEarly(started)]
}

function asksForStart(records: Records, { slot, host, text }: Started): boolean {
  const applied = records.jobs[jobOfSlot(slot)]
  if (!applied || applied.stopped || applied.hash !== directive(text, 'X-Hc-Hash')) return false
  const { job } = applied
  const inRange = job.type === 'system' ? placeOfSlot(slot) === host : Number(placeOfSlot(slot)) < job.count
  const placed = records.placements[slot]?.host === host
  return inRange && placed && job.constraints.every(({ text: one }) => one !== `host != ${host}`)
}

/** `max_per_host` and fixed ports, by what truly runs there. */
function crowding({ slot, host, versions, running }: Started): readonly string[] {
  const name = jobOfSlot(slot)
  const most = versions.at(-1)?.jobs[name]?.job.maxPerHost ?? null
  if (most === null) return []
  const same = [...running].map(slotOfUnit).filter((one) => one !== null && jobOfSlot(one) === name)
  return same.length > most ? [`${same.join(' and ')} run on ${host}, max_per_host is ${most}`] : []
}

/** New work on a host that was cordoned, drained or held for all of the time. */
function ontoClosed(started: Started): readonly string[] {
  const { slot, host, wall, versions } = started
  const isClosed = versions.every((records) => {
    const one = records?.hosts[host]
    return one !== undefined && (one.cordoned || one.draining || (isHeld(one, wall) && hasAnother(started, records)))
  })
  const isNew = versions[0]?.placements[slot]?.host !== host
  return isClosed && isNew ? [`${slot} was started on ${host}, which takes no new slots`] : []
}

/** Could another host have taken it? One that is held takes what else has no place at all. */
function hasAnother({ slot, host, wall, free }: Started, records: Records | null): boolean {
  const name = jobOfSlot(slot)
  const job = records?.jobs[name]?.job
  if (!records || !job) return false
  const same = (other: HostName) =>
    Object.values(records.placements).filter((each) => each.host === other && jobOfSlot(each.slot) === name).length
  return Object.entries(records.hosts).some(([other, one]) => {
    const isOpen = one.verdict === 'ready' && !one.cordoned && !one.draining && !isHeld(one, wall)
    const isAllowed = job.constraints.every(({ text }) => text !== `host != ${other}`)
    const hasRoom = (free.get(other) ?? 0) >= job.resources.memory && same(other) < (job.maxPerHost ?? Infinity)
    return other !== host && isOpen && isAllowed && hasRoom
  })
}

/** Before the wait that the store holds since its last failure; one that is longer than any tells of a clock set back. */
function tooEarly({ slot, wall, versions }: Started): readonly string[] {
  const isWaiting = (records: Records | null) => {
    const left = Date.parse(records?.backOffs[slot]?.until ?? wall) - Date.parse(wall)
    const { maxDelayMs } = records?.jobs[jobOfSlot(slot)]?.job.reschedule ?? { maxDelayMs: 0 }
    return left > 0 && left <= maxDelayMs
  }
  return versions.every(isWaiting) ? [`${slot} was started before its back-off was over`] : []
}

/** Sentences for waits that are not what the job declares: `delay`, doubled with each failure, at most `max_delay`. */
export function wrongWaits(before: Records | null, after: Records | null, wall: string): readonly string[] {
  return Object.values(after?.backOffs ?? {}).flatMap((entry) => {
    const old = before?.backOffs[entry.slot]
    const rule = after?.jobs[jobOfSlot(entry.slot)]?.job.reschedule
    if (!rule || (old && isOnlyForgotten(old, entry))) return []
    return wrongWait(entry, old, rule, wall)
  })
}

/** The same wait after the same failures; hosts on which it failed may have been forgotten. */
function isOnlyForgotten(old: BackOff, { failedOn, ...entry }: BackOff): boolean {
  const { failedOn: before, ...rest } = old
  return JSON.stringify(rest) === JSON.stringify(entry) && failedOn.every((host) => before.includes(host))
}

function wrongWait(
  entry: BackOff,
  old: BackOff | undefined,
  rule: { readonly delayMs: number; readonly maxDelayMs: number },
  wall: string,
): readonly string[] {
  if (entry.failures !== (old?.failures ?? 0) + 1) {
    return [`${entry.slot} has failed ${old?.failures ?? 0} times, the store says ${entry.failures}`]
  }
  let wait = rule.delayMs
  for (let failure = 1; failure < entry.failures; failure += 1) wait = Math.min(rule.maxDelayMs, wait * 2)
  const left = Date.parse(entry.until) - Date.parse(wall)
  // The wall clock is read a little before the store is written.
  const isRight = left <= wait && left > wait - 1000
  return isRight ? [] : [`${entry.slot} waits ${left} ms after failure ${entry.failures}, ${wait} ms are declared`]
}
