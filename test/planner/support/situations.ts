// What may be true of one allocation, as columns of a truth table, and the input of a plan that is made of it.
import type { AppliedJob, Job } from '../../../src/model/job.js'
import type { Verdict } from '../../../src/model/observation.js'
import type { Blocked, HostState, PlanInput } from '../../../src/planner/input.js'
import { applied, input, job, PHASES, placement, ready, silent, unit, WALL } from './make.js'
import type { Column } from './truth-table.js'

/** The host that the record names, another one, and one that only exists. */
const HERE = 'n1'
const ELSEWHERE = 'n2'

/** A volume that pins. */
const volume = { source: 'data', target: '/data', readOnly: false, shared: false }

const KINDS: Readonly<Record<string, Partial<Job>>> = {
  service: {},
  exclusive: { exclusive: true },
  pinned: { volumes: [volume], onHostLoss: 'wait' },
  'pinned, move': { volumes: [volume], onHostLoss: 'move' },
  'loss: wait': { onHostLoss: 'wait' },
  system: { type: 'system' },
  cron: { type: 'cron', schedule: '0 3 * * *' },
  batch: { type: 'batch' },
  'batch, rerun': { type: 'batch', rerun: true },
}

const foreign: Blocked = { kind: 'foreign', text: 'another control machine acts there' }
const busy: Blocked = { kind: 'busy', text: 'busy with earlier steps' }

/** Columns of a copy that was seen. Its record may name this host or another, with a lower or a higher number. */
export const SEEN_COLUMNS: readonly Column[] = [
  { name: 'job', values: ['wanted', 'count lowered', 'stopped', 'removed', 'unknown'] },
  { name: 'host', values: ['plain', 'draining', 'blocked'] },
  { name: 'record', values: ['here', 'none', 'none, better copy', 'elsewhere', 'elsewhere, older', 'here, older'] },
  { name: 'cluster', values: ['ours', 'other'] },
  { name: 'kind', values: ['service', 'pinned', 'system', 'cron', 'batch'] },
  { name: 'spec', values: ['same', 'other hash', 'lower generation'] },
  { name: 'phase', values: Object.keys(PHASES) },
  { name: 'back-off', values: ['no', 'yes'] },
]

/** Columns of a slot that was not seen on the host of its record, or has none. */
export const UNSEEN_COLUMNS: readonly Column[] = [
  { name: 'job', values: ['wanted', 'count lowered', 'stopped'] },
  { name: 'record', values: ['none', 'current', 'completed', 'other hash', 'lower generation', 'better copy'] },
  {
    name: 'host',
    values: ['answers', 'busy', 'foreign', 'suspect', 'unmanageable', 'cut-off', 'lost', 'unknown', 'left'],
  },
  { name: 'kind', values: Object.keys(KINDS) },
  { name: 'another', values: ['seen', 'never seen'] },
  { name: 'back-off', values: ['no', 'yes'] },
]

/** A situation: column -> value. */
export type Situation = Readonly<Record<string, string>>

/** Gives the values their columns' names. */
export function named(columns: readonly Column[], values: readonly string[]): Situation {
  return Object.fromEntries(columns.map(({ name }, index) => [name, values[index] ?? '']))
}

/** Slot under test: a system job's belongs to its host. */
export function slotOf({ kind }: Situation): string {
  return kind === 'system' ? `a.${HERE}` : 'a.0'
}

/** The job under test as applied; null: none of that name. */
function jobOf(situation: Situation): AppliedJob | null {
  const { job: wish, kind = '' } = situation
  if (wish === 'removed' || wish === 'unknown') return null
  const lowered = wish === 'count lowered'
  const unmet = { attribute: 'os', op: '==', values: ['none'], text: 'os == none' } as const
  const less: Partial<Job> = lowered ? (kind === 'system' ? { constraints: [unmet] } : { count: 0 }) : {}
  // A cron job wants one slot whatever its count; a second one is too many.
  return applied(job('a', { ...KINDS[kind], ...less }), { stopped: wish === 'stopped', generation: 1 })
}

function common(situation: Situation, hosts: readonly HostState[], records: Parameters<typeof input>[2]): PlanInput {
  const slot = situation.kind === 'cron' && situation.job === 'count lowered' ? 'a.1' : slotOf(situation)
  const wanted = jobOf(situation)
  const until = new Date(Date.parse(WALL) + 10_000).toISOString()
  return input(wanted ? [wanted] : [], hosts, records, {
    removed: situation.job === 'removed' ? { a: WALL } : {},
    backOffs: situation['back-off'] === 'yes' ? { [slot]: { slot, failures: 2, until, failedOn: [HERE] } } : {},
  })
}

const BLOCKED: Readonly<Record<string, Blocked>> = { blocked: busy, busy, foreign }

/** The input with a copy on n1. */
export function seenInput(situation: Situation): { readonly plan: PlanInput; readonly slot: string } {
  const { record, phase = '', host = '' } = situation
  const slot = situation.kind === 'cron' && situation.job === 'count lowered' ? 'a.1' : slotOf(situation)
  const copy = unit(slot, {
    ...PHASES[phase],
    hash: situation.spec === 'other hash' ? 'other' : 'h',
    generation: situation.spec === 'lower generation' ? 0 : 1,
    cluster: situation.cluster === 'ours' ? 'c1' : 'c9',
    placement: record === 'elsewhere, older' ? 3 : 1,
  })
  const rival = unit(slot, { hash: 'h', generation: 1, placement: 3 })
  const here = ready(HERE, [copy], { draining: host === 'draining', blocked: BLOCKED[host] ?? null })
  const there = ready(ELSEWHERE, record === 'none, better copy' || record === 'here, older' ? [rival] : [])
  const on = record?.startsWith('here') ? HERE : ELSEWHERE
  const records = record?.startsWith('none') ? [] : [placement(slot, on, { number: 2, generation: 1 })]
  return { plan: common(situation, [here, there], records), slot }
}

const VERDICTS: readonly Verdict[] = ['suspect', 'unmanageable', 'cut-off', 'lost', 'unknown']

/** The input with no copy on n1. */
export function unseenInput(situation: Situation): { readonly plan: PlanInput; readonly slot: string } {
  const { record, host = '' } = situation
  const slot = situation.kind === 'cron' && situation.job === 'count lowered' ? 'a.1' : slotOf(situation)
  const verdict = VERDICTS.find((one) => one === host)
  const own = verdict ? silent(HERE, verdict) : ready(HERE, [], { blocked: BLOCKED[host] ?? null })
  const newer = unit(slot, { generation: 1, placement: 3 })
  const other = ready(ELSEWHERE, record === 'better copy' ? [newer] : [])
  const third = silent('n3', 'unknown', { everReached: situation.another === 'seen' })
  const about = {
    completed: record === 'completed' || record === 'other hash' || record === 'lower generation',
    hash: record === 'other hash' ? 'other' : 'h',
    generation: record === 'lower generation' ? 0 : 1,
  }
  const records = record === 'none' ? [] : [placement(slot, HERE, about)]
  return { plan: common(situation, host === 'left' ? [other, third] : [own, other, third], records), slot }
}
