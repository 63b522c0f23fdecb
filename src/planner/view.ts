// What is, in the words of `hc status`: pure, from the same input as the plan.

import { byName, type HostName, jobOfSlot } from '../model/names.js'
import type { Measured } from '../model/observation.js'
import type { Action, Plan, Unplaced } from '../model/plan.js'
import type { Resources } from '../model/resources.js'
import { NO_RESOURCES, plus, remaining } from '../model/resources.js'
import type {
  ActionView,
  AllocationState,
  AllocationView,
  HostView,
  JobView,
  PlanView,
  StatusView,
  UnplacedView,
} from '../model/views.js'
import { NOTHING_HELD, roomOf } from '../scheduler/capacity.js'
import { type Classified, occupies } from './classify.js'
import { healthNote, healthOf } from './health.js'
import { heldByHost } from './held.js'
import { hintsFor } from './hints.js'
import type { HostState, PlanInput } from './input.js'
import { stayingOn } from './leaving.js'
import { failureText, phaseOf } from './phase.js'
import type { Prospect } from './prospect.js'
import { runNote } from './runs.js'
import { largestOn } from './spare-room.js'
import { wantedSlots } from './subjects.js'

/** What was measured of each host that answered. */
export type Measures = ReadonlyMap<HostName, Measured>

/** All allocations, wanted ones without a place included, sorted by slot. */
export function allocationViews(
  classified: readonly Classified[],
  plan: Plan,
  input: PlanInput,
  measures: Measures = new Map(),
): readonly AllocationView[] {
  const unplaced = new Set(plan.unplaced.map(({ slot }) => slot))
  const addresses = new Map(input.hosts.map(({ host }) => [host.name, host.connection.address]))
  return classified
    .filter(({ bucket, subject }) => bucket !== 'unclaimed' && bucket !== 'nothing' && subject.applied !== null)
    .map((item) => {
      const measured = item.subject.host === null ? null : (measures.get(item.subject.host) ?? null)
      return allocationView(item, unplaced.has(item.subject.slot), addresses, { input, measured })
    })
    .sort((a, b) => byName(a.slot, b.slot) || byName(a.host ?? '', b.host ?? ''))
}

function allocationView(
  item: Classified,
  unplaced: boolean,
  addresses: ReadonlyMap<HostName, string>,
  at: { readonly input: PlanInput; readonly measured: Measured | null },
): AllocationView {
  const { subject, bucket, text } = item
  const { slot, unit, placement, host, state, applied } = subject
  const nowhere = unit === null && (bucket === 'place' || unplaced)
  const ports = nowhere ? {} : (unit?.ports ?? placement?.ports ?? {})
  const moving = applied?.job.address?.replace(/\/.*$/, '')
  const address = host === null ? '' : (moving ?? addresses.get(host) ?? host)
  return {
    slot,
    job: jobOfSlot(slot),
    host: nowhere ? null : host,
    state: unplaced && !unit ? 'pending' : stateOf(item),
    healthy: healthOf(subject, at.input) ?? null,
    restarts: unit?.restarts ?? 0,
    since: nowhere ? null : sinceOf(subject, { wall: at.input.wall, measured: at.measured }),
    version: unit?.version ?? placement?.version ?? applied?.version ?? 0,
    ports: Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, { address, port }])),
    memory: unit?.memory ?? null,
    cpu: unit ? (at.measured?.slots[slot] ?? null) : null,
    unit: unit?.target ?? applied?.job.unit ?? null,
    note: unplaced ? homelessNote(item) : (noteOf(item, state, text) ?? healthNote(subject, at.input) ?? runNote(item)),
    ...(isOutdated(item) && { outdated: true }),
  }
}

function isOutdated({ subject: { unit, applied }, bucket, reason }: Classified): boolean {
  const waits = bucket === 'wait' || reason === 'spec-changed'
  return waits && !!unit && !!applied && unit.hash !== applied.hash
}

function homelessNote({ subject: { unit, placement } }: Classified): string {
  const outranked = unit === null ? placement?.outranked : undefined
  return outranked === undefined ? 'no host can take it' : `it ${outranked}; no other host can take it`
}

/** Since when it is as it is: by the host's own account, else since it was placed there. RFC 3339 UTC. */
function sinceOf(
  { unit, state, placement }: Classified['subject'],
  { wall, measured }: { readonly wall: string; readonly measured: Measured | null },
): string | null {
  const facts = state?.facts
  const at = unit?.activeSinceMs ?? unit?.activatingSinceMs ?? unit?.inactiveSinceMs ?? null
  if (!facts || at === null) return placement?.since ?? null
  const zeroMs = measured?.zeroMs ?? Date.parse(wall) - facts.monotonicMs
  return new Date(zeroMs + Math.min(at, facts.monotonicMs)).toISOString()
}

function noteOf({ bucket, subject }: Classified, state: HostState | null, text: string): string | null {
  if (bucket === 'failed' || bucket === 'wait') return text
  const { unit } = subject
  if (unit && state?.facts && subject.applied) {
    const phase = phaseOf(unit, subject.applied.job, state.facts.monotonicMs)
    if (unit.sub === 'auto-restart' || phase === 'failed' || phase === 'broken') return failureText(unit)
  }
  return text === '' ? null : text
}

/** State of an allocation as people and programs are told. */
export function stateOf({ subject, bucket }: Classified): AllocationState {
  const { unit, applied, state } = subject
  if (bucket === 'complete') return 'complete'
  if (!unit || !applied || !state?.facts) {
    if (bucket === 'wait' && state && state.facts === null && subject.placement) return 'unknown'
    if (bucket === 'wait' && !state && subject.placement) return 'unknown'
    return 'pending'
  }
  switch (phaseOf(unit, applied.job, state.facts.monotonicMs)) {
    case 'running':
      return 'running'
    case 'starting':
      return 'starting'
    case 'stopping':
      return 'stopping'
    case 'scheduled':
      return 'scheduled'
    case 'failed':
    case 'broken':
      return 'failed'
    case 'ended':
      return applied.job.type === 'batch' && bucket !== 'failed' ? 'complete' : 'failed'
    case 'fresh':
      return bucket === 'failed' ? 'failed' : 'pending'
  }
}

/** States that count as "runs as wanted". */
const WELL: ReadonlySet<AllocationState> = new Set(['running', 'scheduled', 'complete'])

/** All applied jobs with their counts. */
export function jobViews(allocations: readonly AllocationView[], input: PlanInput): readonly JobView[] {
  const wanted = wantedSlots(input)
  return [...input.jobs]
    .sort((a, b) => byName(a.job.name, b.job.name))
    .map(({ job, version, stopped, appliedAt }) => {
      const own = allocations.filter((allocation) => allocation.job === job.name)
      const well = own.filter(({ state, slot }) => WELL.has(state) && wanted.has(slot))
      return {
        name: job.name,
        type: job.type,
        driver: job.driver,
        version,
        wanted: [...wanted].filter((slot) => jobOfSlot(slot) === job.name).length,
        running: well.length,
        healthy: well.filter(({ healthy }) => healthy === true || (healthy === null && job.health === null)).length,
        stopped,
        image: job.image,
        resources: job.resources,
        appliedAt,
      }
    })
}

/** All hosts of the inventory. `lastContact`: RFC 3339 UTC by host. */
export function hostViews(
  classified: readonly Classified[],
  input: PlanInput,
  lastContact: ReadonlyMap<HostName, string | null>,
  measures: Measures = new Map(),
): readonly HostView[] {
  const held = heldByHost(classified)
  return input.hosts.map((state) => {
    const { host, belief, facts, lastFacts, cordoned, draining } = state
    const known = facts ?? lastFacts
    // What a host said before its last steps had ended is out of date for a plan, but not for its boot and use.
    const present = facts ?? (belief.verdict === 'ready' ? lastFacts : null)
    const measured = measures.get(host.name) ?? null
    const bootedAtMs = measured?.bootedAtMs ?? (present && Date.parse(input.wall) - present.uptimeMs)
    const room = known || host.capacity ? roomOf(host, known, held.get(host.name) ?? NOTHING_HELD) : null
    const capacity = room?.jobs ?? null
    const reserved = reservedOn(host.name, classified)
    return {
      name: host.name,
      address: host.connection.address,
      verdict: belief.verdict,
      reason: belief.verdict === 'ready' ? null : belief.reason,
      cordoned,
      draining,
      ...(state.drainUntil !== undefined && draining && { drainUntil: state.drainUntil }),
      held: state.held ?? null,
      takesJobs: host.takesJobs,
      lastContact: lastContact.get(host.name) ?? null,
      bootId: known?.bootId ?? null,
      bootedAt: present && bootedAtMs !== null ? new Date(Math.round(bootedAtMs / 1000) * 1000).toISOString() : null,
      capacity,
      reserved,
      used: present ? usedOn(present, measured) : null,
      others: room?.others ?? null,
      os: known?.os ? [known.os, known.osVersion].filter(Boolean).join(' ') : null,
      drivers: known?.drivers ?? {},
      labels: host.labels,
      free: capacity === null || belief.verdict !== 'ready' ? null : remaining(capacity, reserved),
      largest: largestOn(state, capacity, classified),
      holds: classified.filter((item) => item.subject.host === host.name && occupies(item)).length,
      leaving: classified.filter(({ subject, bucket }) => subject.host === host.name && bucket === 'migrate').length,
    }
  })
}

function usedOn(facts: NonNullable<HostState['facts']>, measured: Measured | null): Resources {
  return {
    cpu: measured?.cpu ?? Math.round(facts.load * 1000),
    memory: Math.max(0, facts.capacity.memory - facts.memoryAvailable),
    disk: Math.max(0, facts.capacity.disk - facts.diskFree),
    devices: {},
  }
}

function reservedOn(host: HostName, classified: readonly Classified[]): Resources {
  return classified
    .filter((item) => item.subject.host === host && occupies(item))
    .reduce((sum, { subject }) => plus(sum, subject.applied?.job.resources ?? NO_RESOURCES), NO_RESOURCES)
}

/**
 * Is everything there that can be, and nothing left to do? A system job's slot on a lost host counts for nothing: it is
 * neither missing elsewhere nor to be had.
 */
export function isConverged(allocations: readonly AllocationView[], plan: Plan, input: PlanInput): boolean {
  const lost = new Set(input.hosts.flatMap(({ host, belief }) => (belief.verdict === 'lost' ? [host.name] : [])))
  const system = new Set(input.jobs.flatMap(({ job }) => (job.type === 'system' ? [job.name] : [])))
  const excused = ({ job, host }: AllocationView) => system.has(job) && host !== null && lost.has(host)
  return (
    plan.actions.length === 0 &&
    plan.unplaced.length === 0 &&
    allocations.every((one) => (WELL.has(one.state) && !one.outdated) || excused(one))
  )
}

/** Slots without a place as JSON shows them. */
export function unplacedViews(unplaced: readonly Unplaced[]): readonly UnplacedView[] {
  return unplaced.map(({ job: _, ...view }) => view)
}

/** The plan as JSON shows it; with `shown`, also how full hosts are and why each slot goes where it goes. */
export function planView(
  plan: Plan,
  images: PlanView['images'],
  warnings: readonly string[],
  shown: Prospect | null = null,
): PlanView {
  return {
    changes: plan.actions.length > 0,
    actions: plan.actions.map((action) => actionView(action, shown)),
    unplaced: unplacedViews(shown?.unplaced ?? plan.unplaced),
    waiting: plan.waiting,
    unclaimed: plan.unclaimed,
    survives: plan.survives,
    images,
    warnings,
    ...(shown && { hosts: shown.hosts, remedy: shown.remedy }),
  }
}

function actionView({ kind, slot, host, from, reason, text }: Action, shown: Prospect | null): ActionView {
  const choice = kind === 'start' || kind === 'move' ? shown?.choices.get(slot) : undefined
  const points = choice?.host === host ? { score: choice.score, next: choice.next, why: choice.why } : {}
  return { kind, slot, host, from, reason, text, ...points }
}

/** The whole snapshot, or the part of it that concerns one job or host. */
export function statusView(
  input: PlanInput,
  plan: Plan,
  classified: readonly Classified[],
  loop: StatusView['loop'],
  lastContact: ReadonlyMap<HostName, string | null>,
  measures: Measures = new Map(),
): StatusView {
  const allocations = allocationViews(classified, plan, input, measures)
  const converged = isConverged(allocations, plan, input)
  const view = {
    converged,
    loop,
    hosts: hostViews(classified, input, lastContact, measures),
    jobs: jobViews(allocations, input),
    allocations,
    unplaced: unplacedViews(plan.unplaced),
    waiting: plan.waiting,
    unclaimed: plan.unclaimed,
    staying: stayingOn(classified, input),
  }
  return { ...view, hints: hintsFor(view, input.wall) }
}
