// Is there room for each step at the time when it is carried out, and does only that make room which may?
import { type Job, mayLeave } from '../model/job.js'
import { type HostName, type JobName, jobOfSlot, type SlotName } from '../model/names.js'
import type { Action, Plan } from '../model/plan.js'
import type { Resources } from '../model/resources.js'
import { packAmounts } from '../scheduler/shares.js'
import { type Classified, occupies } from './classify.js'
import { fixedPorts } from './demands.js'
import { capacityByHost } from './held.js'
import type { PlanInput } from './input.js'
import { isOverdue } from './leaving.js'
import { runs } from './rollout.js'

/** Something that is on a host, or comes. */
interface Held {
  readonly slot: SlotName
  readonly ports: readonly number[]
}

/** What of a plan it is about. */
interface Case {
  readonly plan: Plan
  readonly classified: readonly Classified[]
  readonly input: PlanInput
}

/** Sentences for what asks a host for more than it has, at whatever step. */
export function roomFaults(plan: Plan, classified: readonly Classified[], input: PlanInput): readonly string[] {
  const about = { plan, classified, input }
  const capacities = capacityByHost(classified, input)
  return input.hosts.flatMap(({ host: { name } }) => {
    const capacity = capacities.get(name)
    return capacity && plan.actions.some((action) => arrivesAt(action, name)) ? onHost(name, capacity, about) : []
  })
}

/** Does a copy that was not there begin on the host? */
export function arrivesAt({ kind, host }: Action, name: HostName): boolean {
  return (kind === 'start' || kind === 'move') && host === name
}

/** When it is begun there. */
export function arrival({ kind, wave }: Action): number {
  return kind === 'move' ? wave + 1 : wave
}

/** The host on which a copy ends. */
export function leavesFrom({ kind, host, from }: Action): HostName | null {
  return kind === 'stop' ? host : kind === 'move' ? from : null
}

/** Wave by wave: what leaves in one makes room from the next one on. */
function onHost(name: HostName, capacity: Resources, { plan, classified, input }: Case): readonly string[] {
  const unplaced = new Set(plan.unplaced.map(({ slot }) => slot))
  const stopped = new Set(plan.actions.filter((action) => leavesFrom(action) === name).map(({ slot }) => slot))
  // What runs by an older version and fits nowhere by the new one stays as it is: how much it holds is not known.
  const there = new Map(
    classified
      .filter((item) => item.subject.host === name && occupies(item))
      .filter(({ subject }) => stopped.has(subject.slot) || !unplaced.has(subject.slot))
      .map(({ subject }): [SlotName, Held] => [subject.slot, { slot: subject.slot, ports: portsOf(subject) }]),
  )
  const faults: string[] = []
  const last = Math.max(...plan.actions.map(arrival))
  for (let wave = 0; wave <= last; wave += 1) {
    for (const action of plan.actions) {
      if (!arrivesAt(action, name) || arrival(action) !== wave) continue
      const comes: Held = { slot: action.slot, ports: Object.values(action.placement?.ports ?? {}) }
      const others = [...there.values()].filter(({ slot }) => slot !== action.slot)
      faults.push(...faultsOf(name, comes, others, { capacity, input, wave }))
      there.set(action.slot, comes)
    }
    for (const action of plan.actions) {
      if (leavesFrom(action) === name && action.wave === wave && !isBack(action, name, plan)) there.delete(action.slot)
    }
  }
  return faults
}

/** Stopped there and started there again in a later wave. */
export function isBack({ slot }: Action, name: HostName, { actions }: Plan): boolean {
  return actions.some((action) => action.slot === slot && arrivesAt(action, name) && action.wave === 0)
}

function portsOf({ unit, placement, host, applied }: Classified['subject']): readonly number[] {
  const known = unit?.ports ?? (placement?.host === host ? placement?.ports : null)
  if (known) return Object.values(known)
  return Object.values(fixedPorts(applied?.job.ports ?? {}))
}

function faultsOf(
  name: HostName,
  comes: Held,
  others: readonly Held[],
  { capacity, input, wave }: { readonly capacity: Resources; readonly input: PlanInput; readonly wave: number },
): readonly string[] {
  const job = (slot: SlotName) => input.jobs.find((applied) => applied.job.name === jobOfSlot(slot))?.job
  const own = job(comes.slot)
  if (!own) return []
  const when = wave === 0 ? '' : ` in wave ${wave}`
  const faults: string[] = []
  const add = (what: string, unit: string, room: number, of: (resources: Resources) => number) => {
    const asked = of(own.resources)
    const sum = others.reduce((total, { slot }) => total + of(job(slot)?.resources ?? NONE), asked)
    if (asked > 0 && sum > room) faults.push(`${name} would hold ${sum} ${unit} of ${what}${when}, ${room} are there`)
  }
  add('memory', 'bytes', capacity.memory, ({ memory }) => memory)
  add('disk', 'bytes', capacity.disk, ({ disk }) => disk)
  add('cpu', 'thousandths', capacity.cpu, ({ cpu }) => cpu)
  faults.push(
    ...deviceFaults(
      own,
      comes,
      others.map(({ slot }) => job(slot)?.resources ?? NONE),
      { name, capacity, when },
    ),
  )
  for (const other of others) {
    const port = comes.ports.find((each) => other.ports.includes(each))
    if (port !== undefined)
      faults.push(`${comes.slot} and ${other.slot} would both have port ${port} of ${name}${when}`)
    const group = own.conflictGroup
    if (group !== null && job(other.slot)?.conflictGroup === group) {
      faults.push(`${comes.slot} and ${other.slot} of conflict group ${group} would both be on ${name}${when}`)
    }
  }
  return faults
}

/** Each share lies on one device: that they add up to what is there is not enough. */
function deviceFaults(
  { resources }: Job,
  { slot }: Held,
  others: readonly Resources[],
  { name, capacity, when }: { readonly name: HostName; readonly capacity: Resources; readonly when: string },
): readonly string[] {
  return Object.entries(resources.devices).flatMap(([device, asked]) => {
    const held = others.map(({ devices }) => devices[device] ?? 0)
    const room = capacity.devices[device] ?? 0
    // Where too many odd shares leave it open, there is no fault to tell of.
    return asked === 0 || packAmounts([asked, ...held], room) !== 'no'
      ? []
      : [
          `${slot} would have no ${asked} thousandths of ${device} on ${name}${when}: ${room} are there, and others have ${held.filter((each) => each > 0).join(', ')}`,
        ]
  })
}

const NONE: Resources = { cpu: 0, memory: 0, disk: 0, devices: {} }

/** Sentences for what makes room and must not, or too much of it. */
export function moveFaults(plan: Plan, classified: readonly Classified[], input: PlanInput): readonly string[] {
  const making = plan.actions.filter(({ reason }) => reason === 'made-room' || reason === 'outranked')
  if (making.length === 0) return []
  const seen = new Map(classified.filter((item) => item.subject.unit).map((item) => [keyOf(item), item]))
  const faults = making.flatMap((action) => {
    const item = seen.get(`${action.slot} ${leavesFrom(action)}`)
    const job = item?.subject.applied?.job
    const may = item?.bucket === 'keep' && job && mayLeave(job) && !job.exclusive && runs(item)
    return may ? [] : [`${action.kind} ${action.slot} to make room, which it may not`]
  })
  const moves = making.filter(({ reason }) => reason === 'made-room').length
  const afterLoss = plan.actions.some(
    ({ reason, kind }) => kind === 'start' && (reason === 'host-lost' || reason === 'host-hung'),
  )
  if (moves > input.settings.moves && !afterLoss) {
    faults.push(`${moves} slots would be moved to make room, hc_moves is ${input.settings.moves}`)
  }
  return [...faults, ...rankFaults(making, { plan, classified, input }), ...turnFaults({ plan, classified, input })]
}

const keyOf = ({ subject }: Classified) => `${subject.slot} ${subject.host}`

function rankFaults(making: readonly Action[], { plan, input }: Case): readonly string[] {
  const priorities = new Map<JobName, number>(input.jobs.map(({ job }) => [job.name, job.priority]))
  const rank = ({ job }: Action) => priorities.get(job) ?? 0
  const highest = Math.max(
    Number.NEGATIVE_INFINITY,
    ...plan.actions.filter(({ kind }) => kind === 'start' || kind === 'restart').map(rank),
    ...plan.actions
      .filter(({ kind, reason }) => kind === 'move' && reason !== 'made-room' && reason !== 'outranked')
      .map(rank),
  )
  return making
    .filter((action) => action.reason === 'outranked' && rank(action) >= highest)
    .map(({ slot }) => `${slot} would be stopped, though nothing of higher priority starts`)
}

/** No more of a job is taken down than its update.max_parallel, where any of it makes room; what leaves at the end of a drain's time aside. */
function turnFaults({ plan, classified, input }: Case): readonly string[] {
  const overdue = ({ subject, bucket }: Classified) =>
    bucket === 'migrate' && subject.state !== null && isOverdue(subject.state, input)
  const up = new Set(classified.filter((item) => runs(item) && !overdue(item)).map(keyOf))
  return input.jobs.flatMap(({ job }) => {
    const own = plan.actions.filter((action) => action.job === job.name)
    if (!own.some(({ kind, reason }) => kind === 'move' && (reason === 'made-room' || reason === 'outranked')))
      return []
    const down = own.filter(
      ({ kind, slot, from, host }) => (kind === 'move' || kind === 'restart') && up.has(`${slot} ${from ?? host}`),
    )
    return down.length > job.update.maxParallel
      ? [`${down.length} slots of ${job.name} would be down at once, update.max_parallel is ${job.update.maxParallel}`]
      : []
  })
}
