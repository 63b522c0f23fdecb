// Changes of the records: pure functions from records to records. What will be done is recorded before it is sent.

import type { StepResult } from '../cluster/execute.js'
import type { NewEvent } from '../model/event.js'
import type { RescheduleRule } from '../model/job.js'
import { byName, type HostName, jobOfSlot, type SlotName } from '../model/names.js'
import type { Belief, Observation, Verdict } from '../model/observation.js'
import { type Action, homeOf, REASONS } from '../model/plan.js'
import type { BackOff, HostRecord, Records } from '../model/records.js'
import type { Classified } from '../planner/classify.js'
import { delayAfter } from '../planner/rules.js'
import { revived, seenRunning, spent } from '../planner/runs.js'
import { armEvents, armedSlots } from './armed.js'
import type { Look } from './controller.js'
import { acknowledge, watched } from './lease.js'
import { isBack, recordSettled, returnsOf } from './returns.js'
import { holds } from './term.js'
import { noteHealthy } from './versions.js'

/** Hosts' last contacts are written so often at most, ms. */
const CONTACT_EVERY_MS = 600_000

/** Verdicts that are written down; a suspicion of seconds is not. */
const WRITTEN: ReadonlySet<Verdict> = new Set(['ready', 'unmanageable', 'cut-off', 'lost'])

/** The records with the plan's placements in them, to be written before anything is sent. */
export function recordDecision(records: Records, actions: readonly Action[], completed: readonly SlotName[]): Records {
  const placements = { ...records.placements }
  const unwell = { ...records.unwell }
  for (const { slot, placement, reason, text } of actions) {
    const before = placements[slot]
    if (placement) placements[slot] = placement
    // Its record stays until it is seen to be stopped: should its host fall silent before, it is not started elsewhere.
    else if (reason === 'outranked' && before) placements[slot] = { ...before, outranked: text }
    else if (reason === 'went-home' && before) placements[slot] = { ...before, wish: homeOf(before) }
  }
  for (const { slot, host, reason, kind } of actions) {
    const before = unwell[slot]
    if (reason === 'unhealthy') unwell[slot] = { host, times: (before?.host === host ? before.times : 0) + 1 }
    else if (before && kind !== 'adopt') delete unwell[slot]
  }
  for (const slot of completed) {
    const placement = placements[slot]
    if (placement) placements[slot] = { ...placement, completed: true }
  }
  const same = JSON.stringify(unwell) === JSON.stringify(records.unwell ?? {})
  return { ...records, placements, ...(same ? {} : { unwell }) }
}

/** The records with what was given up on its host, and when it may be tried again; and without what has recovered. */
export function recordFailures(records: Records, classified: readonly Classified[], wall: string): Records {
  const backOffs = { ...records.backOffs }
  const unwell = { ...records.unwell }
  let changed = false
  for (const { subject, givenUp, recovered } of classified) {
    const { slot, host, applied } = subject
    if (recovered) {
      delete backOffs[slot]
      delete unwell[slot]
      changed = true
    }
    if (!givenUp || host === null || !applied) continue
    backOffs[slot] = {
      ...failed(backOffs[slot], slot, host, applied.job.reschedule, wall),
      error: givenUp.error,
      gaveUp: givenUp.run,
    }
    changed = true
  }
  return changed ? { ...records, backOffs, unwell } : records
}

/** The records with slots that have failed for good, and such as run and must not be begun twice: their host may be lost. */
function recordRuns(records: Records, classified: readonly Classified[]): Records {
  const found = classified.flatMap((item) => {
    const { slot, placement } = item.subject
    const recorded = records.placements[slot]
    if (!recorded || recorded.number !== placement?.number) return []
    const [failed, ranIn] = [spent(item), seenRunning(item)]
    if (failed !== null && placement.failed === undefined) return [[slot, { ...recorded, failed }] as const]
    if (ranIn !== null) return [[slot, { ...recorded, ranIn }] as const]
    const { failed: _over, ...alive } = recorded
    return revived(item) ? [[slot, alive] as const] : []
  })
  return found.length === 0
    ? records
    : { ...records, placements: { ...records.placements, ...Object.fromEntries(found) } }
}

/** One failure more, and a wait that is twice as long. */
function failed(
  before: BackOff | undefined,
  slot: SlotName,
  host: HostName,
  rule: RescheduleRule,
  wall: string,
): BackOff {
  const failures = (before?.failures ?? 0) + 1
  const until = new Date(Date.parse(wall) + delayAfter(failures, rule)).toISOString()
  return { slot, failures, until, failedOn: [...new Set([...(before?.failedOn ?? []), host])].sort(byName) }
}

/** Events of the decision, one per action. */
export function decisionEvents(actions: readonly Action[]): readonly NewEvent[] {
  return actions.map(({ kind, slot, host, from, reason, text }) => ({
    kind: 'decided',
    host,
    slot,
    reason,
    text: `${describe(kind, from)}: ${REASONS[reason]}${text ? ` (${text})` : ''}`,
  }))
}

function describe(kind: Action['kind'], from: HostName | null): string {
  if (from === null) return kind
  return kind === 'move' ? `move from ${from}` : `${kind}, instead of ${from}`
}

/** The records with the inventory that is in force, for the day when its file is faulty; the same where it is there. */
export function recordInventory(records: Records, texts: Readonly<Record<string, string>>): Records {
  const kept = records.inventory ?? {}
  const paths = Object.keys(texts)
  const same = paths.length === Object.keys(kept).length && paths.every((path) => kept[path] === texts[path])
  return same || paths.length === 0 ? records : { ...records, inventory: texts }
}

/** What became of the steps: failed starts are tried again later and later, successful ones are forgotten. */
export function recordResults(records: Records, results: readonly StepResult[], wall: string): Records {
  const backOffs = { ...records.backOffs }
  for (const { slot, host, ok, unknown, error, step } of results) {
    // A stop tells nothing of whether the slot can be started: not its own, and not that of another copy.
    if (unknown || step === 'stop') continue
    const rule = records.jobs[jobOfSlot(slot)]?.job.reschedule
    const before = backOffs[slot]
    if (ok || !rule) {
      // What was given up elsewhere has only begun again: its failures are forgotten once it has run well for a while.
      if (before?.gaveUp === undefined) delete backOffs[slot]
      continue
    }
    backOffs[slot] = { ...failed(before, slot, host, rule, wall), ...(error !== null && { error }) }
  }
  return { ...records, backOffs }
}

/** Events of the results, one per step. */
export function resultEvents(results: readonly StepResult[]): readonly NewEvent[] {
  return results.map(({ slot, host, ok, error }) => ({
    kind: ok ? 'done' : 'failed',
    host,
    slot,
    reason: null,
    text: ok ? 'done' : (error ?? 'failed'),
  }))
}

/** Batch slots that have ended well, and of which that is not written down yet. */
export function newlyCompleted(classified: readonly Classified[]): readonly SlotName[] {
  return classified
    .filter(({ bucket, subject }) => bucket === 'complete' && subject.placement && !subject.placement.completed)
    .map(({ subject }) => subject.slot)
}

/** The records with what a look shows of jobs and files; the same where that is nothing new. */
export function recordSeen(
  records: Records,
  { decision: { classified }, input }: Pick<Look, 'decision' | 'input'>,
  texts: Readonly<Record<string, string>>,
): Records {
  const tried = recordRuns(recordFailures(records, classified, input.wall), classified)
  const failed = recordSettled(tried, classified, input)
  return recordInventory(noteHealthy(failed, classified, input, input.wall), texts)
}

/**
 * New host records and the events that tell what changed; the same records where nothing worth a write did. `ended`: a loop
 * that ends has just disarmed its hosts.
 */
export function recordHosts(
  records: Records,
  observation: Observation,
  beliefs: readonly Belief[],
  wall: string,
  ended: 'loop-ended' | null = null,
): { readonly records: Records; readonly events: readonly NewEvent[] } {
  const hosts: Record<HostName, HostRecord> = { ...records.hosts }
  const events: NewEvent[] = []
  let changed = false
  for (const { host, verdict, reason } of beliefs) {
    const seen = observation.hosts.find((one) => one.host === host)
    const before = hosts[host]
    const after = hostRecord(before, verdict, seen ?? null, records, wall)
    if (after === null) continue
    changed = true
    hosts[host] = after
    events.push(...armEvents(host, before?.armed, after.armed, records, ended))
    // The first answer of a host that was merely named before is no return.
    const known = before !== undefined && before.verdict !== 'unknown'
    if (before?.verdict !== after.verdict && (known || verdict !== 'ready')) {
      const text = verdict === 'ready' ? 'ready again' : `${verdict}: ${reason}`
      events.push({ kind: 'verdict', host, slot: null, reason: verdict, text })
    }
  }
  const settled = { ...records, hosts }
  return { records: changed ? withoutDoubt(settled, observation) : records, events }
}

/** Once all hosts have answered since, the records know as much as they do. */
function withoutDoubt(records: Records, observation: Observation): Records {
  const { doubt, ...rest } = records
  if (doubt === undefined) return records
  const open = observation.hosts.some(({ host }) => (records.hosts[host]?.seenInTerm ?? 0) < doubt)
  return open ? records : rest
}

/** The record of a host that nothing is known of. */
export function newHostRecord(wall: string): HostRecord {
  return {
    cordoned: false,
    draining: false,
    lastContact: null,
    bootId: null,
    machineId: null,
    verdict: 'unknown',
    verdictSince: wall,
    provenVantages: [],
  }
}

function hostRecord(
  before: HostRecord | undefined,
  verdict: Verdict,
  seen: Observation['hosts'][number] | null,
  { term, doubt, heirOf: first }: Pick<Records, 'term' | 'doubt' | 'heirOf'>,
  wall: string,
): HostRecord | null {
  const facts = seen?.facts ?? null
  // In doubt, who has not taken up the term still obeys whoever acted before.
  const isIn = facts !== null && (doubt === undefined || holds(facts.term, term))
  const judged = WRITTEN.has(verdict) ? verdict : (before?.verdict ?? 'unknown')
  const base = before ?? newHostRecord(wall)
  const stale = Date.parse(wall) - Date.parse(base.lastContact ?? '1970-01-01T00:00:00Z') >= CONTACT_EVERY_MS
  const vantages = seen && facts ? [...seen.provenVantages].sort(byName) : base.provenVantages
  const sameVantages = vantages.join(' ') === base.provenVantages.join(' ')
  const sameBoot = facts === null || facts.bootId === base.bootId
  const freed = facts !== null && (base.fenced ?? base.confirmedLost) !== undefined
  const returns = returnsOf(base, judged, facts !== null, wall)
  const lease = facts ? acknowledge(base.lease, facts, term, first) : watched(base.lease, seen?.lastFacts ?? null)
  const armed = armedSlots(base, facts, { term })
  const sameTerm = !isIn || base.seenInTerm === undefined || base.seenInTerm === term.number
  const same =
    sameBoot &&
    sameVantages &&
    sameTerm &&
    lease === base.lease &&
    armed === base.armed &&
    returns === base.returns &&
    !freed
  if (before && judged === before.verdict && same && !(facts && stale)) return null
  if (!before && facts === null && judged === 'unknown') return null
  const { fenced, confirmedLost, armed: _, ...known } = base
  return {
    ...known,
    ...(fenced && !facts && { fenced }),
    ...(confirmedLost && !facts && { confirmedLost }),
    ...(returns && { returns }),
    lastContact: facts ? wall : base.lastContact,
    bootId: facts?.bootId ?? base.bootId,
    machineId: facts?.machineId ?? base.machineId,
    verdict: judged,
    verdictSince: judged === base.verdict ? base.verdictSince : wall,
    ...(isBack(base, judged) && { backAt: wall }),
    provenVantages: vantages,
    ...(isIn && { seenInTerm: term.number }),
    ...(lease && { lease }),
    ...(armed && { armed }),
  }
}
