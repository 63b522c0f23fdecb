// What there should be after all faults, compared with what truly runs.
import type { Tick } from '../../src/controller/controller.js'
import { type AppliedJob, generationOf } from '../../src/model/job.js'
import { type HostName, jobOfSlot, type SlotName, slotName, slotOfUnit } from '../../src/model/names.js'
import type { Records } from '../../src/model/records.js'
import type { MemoryDisk } from '../support/memory-store.js'
import type { SimHost } from './host.js'
import { readable } from './readable.js'
import { directive } from './systemd.js'

function forbids({ job }: AppliedJob, host: HostName): boolean {
  return job.constraints.some(({ text }) => text === `host != ${host}`)
}

function wantedSlots(applied: AppliedJob, hosts: readonly HostName[]): SlotName[] {
  const { job, stopped } = applied
  if (stopped || job.type === 'batch' || job.type === 'cron') return []
  if (job.type === 'system') {
    return hosts.filter((host) => !forbids(applied, host)).map((host) => slotName(job.name, host))
  }
  return Array.from({ length: job.count }, (_, place) => slotName(job.name, place))
}

/**
 * Sentences for everything that is not as it should be; empty: converged. `unplaced`: what no host has room for, as the
 * last plan says. `ownRuns`: batch and cron jobs are judged elsewhere.
 */
export function divergence(
  hosts: ReadonlyMap<HostName, SimHost>,
  disk: MemoryDisk,
  unplaced: ReadonlySet<SlotName>,
  ownRuns = false,
): readonly string[] {
  const records = readable(disk.content.records)
  if (!records) return ['there are no records']
  const faults: string[] = []
  const running = new Map<SlotName, Copy[]>()
  for (const [name, host] of hosts) {
    if (!host.isUp) faults.push(`${name} is not up`)
    for (const slot of host.lease.stopping) faults.push(`${name} is stopping ${slot} by itself`)
    for (const [unit, text] of host.running()) {
      const slot = slotOfUnit(unit)
      if (slot) running.set(slot, [...(running.get(slot) ?? []), { host: name, text }])
    }
  }
  const names = [...hosts.keys()]
  const blocked = new Set([...unplaced].map(jobOfSlot))
  const wanted = new Map(
    Object.values(records.jobs).flatMap((job) => wantedSlots(job, names).map((slot) => [slot, job] as const)),
  )
  for (const [slot, applied] of wanted) {
    const copies = claimed(running.get(slot) ?? [], records)
    // What runs by an old version of a job waits for its turn behind the slot that has no place.
    const waits = copies.length === 1 ? blocked.has(applied.job.name) : copies.length === 0 && unplaced.has(slot)
    if (!waits) faults.push(...wrongWith(slot, applied, copies, records))
  }
  for (const slot of running.keys()) {
    const name = jobOfSlot(slot)
    // What a store that was lost had removed is unclaimed: nothing may stop it.
    const known = records.jobs[name] !== undefined || records.removed[name] !== undefined
    const type = records.jobs[name]?.job.type
    if (known && !wanted.has(slot) && type !== 'batch' && type !== 'cron')
      faults.push(`${slot} runs, but is not wanted`)
  }
  for (const { job, stopped, hash } of Object.values(records.jobs)) {
    if (ownRuns || job.type !== 'batch' || stopped || unplaced.has(slotName(job.name, 0))) continue
    const placement = records.placements[slotName(job.name, 0)]
    if (!placement?.completed || placement.hash !== hash) faults.push(`${job.name} has not ended well`)
  }
  return faults
}

/** Sentences for what a tick did, or waits for since its steps have not ended. */
export function underWayIn({ beliefs, decision, input }: Tick): readonly string[] {
  const { actions, waiting, unplaced } = decision.plan
  // Once a host may take new slots again, there may be room for what has no place now.
  const held = unplaced.length > 0 ? input.hosts.filter((each) => each.held !== undefined) : []
  return [
    ...beliefs.filter(({ verdict }) => verdict !== 'ready').map(({ host, verdict }) => `${host} is ${verdict}`),
    ...held.map(({ host }) => `${host.name} ${HELD}`),
    ...actions.map(({ kind, slot, host }) => `${kind} ${slot} on ${host} is under way`),
    ...waiting.filter(({ reason }) => /busy|next try/.test(reason)).map(({ slot, reason }) => `${slot}: ${reason}`),
  ]
}

/** The word for a host that takes no new slots while one has no place. */
const HELD = 'takes nothing new yet'

/** A hold may take half an hour, and is none of the ticks within which all has to converge. */
export function isHold(sentence: string): boolean {
  return sentence.endsWith(HELD)
}

interface Copy {
  readonly host: HostName
  readonly text: string
}

/**
 * The copies without those that bear the id of an earlier store beside one that bears ours: where the store was lost and
 * made anew while their host was out of reach they are unclaimed, shown and never stopped.
 */
function claimed(copies: readonly Copy[], { cluster }: Records): readonly Copy[] {
  const own = copies.filter(({ text }) => directive(text, 'X-Hc-Cluster') === cluster)
  return own.length > 0 ? own : copies
}

function wrongWith(slot: SlotName, applied: AppliedJob, copies: readonly Copy[], records: Records): readonly string[] {
  const [copy] = copies
  if (!copy) return [`${slot} does not run`]
  if (copies.length > 1) return [`${slot} runs on ${copies.map(({ host }) => host).join(' and ')}`]
  const faults: string[] = []
  if (forbids(applied, copy.host)) faults.push(`${slot} runs on ${copy.host}, where it must not be`)
  if (directive(copy.text, 'X-Hc-Hash') !== applied.hash) faults.push(`${slot} runs an old version`)
  if (Number(directive(copy.text, 'X-Hc-Generation')) < generationOf(applied, slot))
    faults.push(`${slot} was not restarted as asked`)
  if (records.placements[slot]?.host !== copy.host)
    faults.push(`${slot} runs on ${copy.host}, the store says otherwise`)
  return faults
}
