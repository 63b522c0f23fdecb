// What would have to be otherwise for a filter to let a slot onto a host: one change per filter, amounts left aside.
import { type Constraint, type Job, mayLeave } from '../model/job.js'
import { byName } from '../model/names.js'
import type { Candidate, Demand, Occupant } from '../model/plan.js'
import { unmet } from './constraints.js'

/** All that a question about places rests on and that a change may alter. */
export interface World {
  readonly demands: readonly Demand[]
  readonly candidates: readonly Candidate[]
  readonly occupants: readonly Occupant[]
}

/** One change that is no amount. */
export interface Fix {
  /**
   * How much of a change it is, beside shares of a host's capacity: a word of the operator is next to nothing, a host that
   * comes back is half a host, a change of a job file or a label is a whole one, other machines and systems are more.
   */
  readonly cost: number
  /** `once it is uncordoned`, `with the label ssd=true`; stands after `it would fit on HOST`. */
  readonly text: string
  /** A command that does it. */
  readonly command?: string
  apply(world: World): World
}

/** The slot and the host that a filter has refused. */
export interface Case {
  readonly demand: Demand
  readonly candidate: Candidate
  readonly occupants: readonly Occupant[]
}

const COST = { word: 0.01, host: 0.5, job: 1, image: 1.5, system: 2, rule: 3 } as const

/** The same world with another such host. */
export function changeHost(world: World, name: string, change: (host: Candidate) => Partial<Candidate>): World {
  return {
    ...world,
    candidates: world.candidates.map((host) => (host.name === name ? { ...host, ...change(host) } : host)),
  }
}

function changeJob(world: World, name: string, change: (job: Job) => Partial<Job>): World {
  return {
    ...world,
    demands: world.demands.map((each) => {
      const { applied } = each
      if (applied.job.name !== name) return each
      return { ...each, applied: { ...applied, job: { ...applied.job, ...change(applied.job) } } }
    }),
  }
}

function onHost({ candidate }: Case, cost: number, text: string, change: (host: Candidate) => Partial<Candidate>): Fix {
  return { cost, text, apply: (world) => changeHost(world, candidate.name, change) }
}

function onJob({ demand }: Case, cost: number, text: string, change: (job: Job) => Partial<Job>): Fix {
  return { cost, text, apply: (world) => changeJob(world, demand.applied.job.name, change) }
}

const BACK: Readonly<Record<Candidate['verdict'], string>> = {
  ready: 'once it is ready',
  suspect: 'once it answers',
  'cut-off': 'once it answers',
  unknown: 'once it answers',
  lost: 'once it is back',
  unmanageable: 'once hc can manage it again',
}

function constraintFix(each: Case, constraint: Constraint): Fix {
  const { attribute, op, values, text } = constraint
  const label = attribute.startsWith('labels.') ? attribute.slice('labels.'.length) : null
  const value = op === 'exists' ? 'true' : op === '==' || op === 'in' ? (values[0] ?? '') : null
  if (label !== null && value !== null) {
    return onHost(each, COST.job, `with the label ${label}=${value}`, ({ labels }) => ({
      labels: { ...labels, [label]: value },
    }))
  }
  return onJob(each, COST.rule, `without the constraint "${text}"`, ({ constraints }) => ({
    constraints: constraints.filter((one) => one.text !== text),
  }))
}

/** With these ports of the host taken from the job's fixed ones, by name. */
function anyPort(ports: Job['ports'], taken: readonly number[]): Job['ports'] {
  return Object.fromEntries(
    Object.entries(ports).map(([name, port]) => [
      name,
      port.host !== null && taken.includes(port.host) ? { ...port, host: null } : port,
    ]),
  )
}

function fixedPorts({ demand }: Case): readonly number[] {
  return Object.values(demand.applied.job.ports).flatMap(({ host }) => (host === null ? [] : [host]))
}

/** Who on the host has a port, and which. */
function holders(each: Case): readonly { readonly port: number; readonly slot: string }[] {
  const here = each.occupants.filter(({ host }) => host === each.candidate.name)
  return [...new Set(fixedPorts(each))].flatMap((port) => {
    const holder = here.find(
      ({ ports, applied }) =>
        Object.values(ports).includes(port) || Object.values(applied.job.ports).some(({ host }) => host === port),
    )
    return holder ? [{ port, slot: holder.slot }] : []
  })
}

function takenFix(each: Case): Fix {
  const found = holders(each)
  const ports = found.map(({ port }) => port)
  const who = found.map(({ port, slot }) => `${port} (${slot} has it there)`).join(' and ')
  return onJob(each, COST.job, `with another port than ${who || 'the one that is taken'}`, (job) => ({
    ports: anyPort(job.ports, ports),
  }))
}

function foreignFix(each: Case): Fix {
  const ports = fixedPorts(each).filter((port) => each.candidate.foreignPorts.includes(port))
  return onHost(each, COST.job, `once nothing else listens on port ${ports.join(' and ')}`, ({ foreignPorts }) => ({
    foreignPorts: foreignPorts.filter((port) => !ports.includes(port)),
  }))
}

function doubledFix(each: Case): Fix {
  const all = fixedPorts(each)
  const twice = all.find((port, index) => all.indexOf(port) !== index) ?? 0
  return onJob(each, COST.job, `with port ${twice} asked for once`, ({ ports }) => {
    const [first] = Object.entries(ports).find(([, port]) => port.host === twice) ?? []
    return { ports: { ...anyPort(ports, [twice]), ...(first !== undefined && { [first]: ports[first] ?? anyOne }) } }
  })
}

const anyOne: Job['ports'][string] = { host: null, container: null }

function maxFix(each: Case): Fix {
  const { name } = each.demand.applied.job
  const here = each.occupants.filter(({ host, applied }) => host === each.candidate.name && applied.job.name === name)
  const most = here.length + 1
  return onJob(each, COST.job, `with max_per_host ${most}`, () => ({ maxPerHost: most }))
}

function distinctFix(each: Case): Fix | null {
  const { name, distinct } = each.demand.applied.job
  const label = distinct ?? ''
  // One of the job on the very host has the same value, whatever that is.
  const here = each.occupants.some(({ host, applied }) => host === each.candidate.name && applied.job.name === name)
  if (here) return null
  if (label === 'host') return onJob(each, COST.job, 'without distinct: host', () => ({ distinct: null }))
  // A value that no other host can have.
  const value = `another than ${Object.values(each.candidate.labels).join(' ')} of ${each.candidate.name}`
  const has = each.candidate.labels[label] !== undefined
  const text = has ? `with a value of its own of the label ${label}` : `with the label ${label}, of another value`
  return onHost(each, COST.job, text, ({ labels }) => ({ labels: { ...labels, [label]: value } }))
}

function groupFix(each: Case): Fix {
  const { conflictGroup, unit } = each.demand.applied.job
  const here = each.occupants.filter(({ host }) => host === each.candidate.name)
  const same = here.some(({ applied }) => unit !== null && applied.job.unit === unit)
  if (same) return onJob(each, COST.rule, `for another unit than ${unit}`, () => ({ unit: null, conflictGroup: null }))
  return onJob(each, COST.system, `without conflict_group: ${conflictGroup}`, () => ({ conflictGroup: null }))
}

function conflictFix(each: Case): Fix {
  const { job } = each.demand.applied
  const here = each.occupants.filter(({ host }) => host === each.candidate.name).map(({ applied }) => applied.job)
  const others = here.filter((other) => job.conflicts.includes(other.name) || other.conflicts.includes(job.name))
  const names = [...new Set(others.map(({ name }) => name))].sort(byName)
  const text = `without the conflict with ${names.join(' and ')}`
  return {
    cost: COST.system,
    text,
    apply: (world) => {
      const next = changeJob(world, job.name, ({ conflicts }) => ({
        conflicts: conflicts.filter((name) => !names.includes(name)),
      }))
      const occupants = next.occupants.map((occupant) => {
        if (!names.includes(occupant.applied.job.name)) return occupant
        const conflicts = occupant.applied.job.conflicts.filter((name) => name !== job.name)
        return { ...occupant, applied: { ...occupant.applied, job: { ...occupant.applied.job, conflicts } } }
      })
      return { ...next, occupants }
    },
  }
}

/** That company comes: null where none of it may, for it is pinned elsewhere, waits for its host or is no job at all. */
function companyFix(each: Case): Fix | null {
  const { job } = each.demand.applied
  const here = new Set(
    each.occupants.filter(({ host }) => host === each.candidate.name).map(({ applied }) => applied.job.name),
  )
  const missing = job.with.filter((name) => !here.has(name))
  const mayCome = (name: string) =>
    each.occupants.some(({ applied }) => applied.job.name === name && !applied.job.exclusive && mayLeave(applied.job))
  if (!missing.every(mayCome)) return null
  return onJob(each, COST.rule, `once a slot of ${missing.join(' and ')} is there`, () => ({
    with: job.with.filter((name) => here.has(name)),
  }))
}

function unmetFixes(each: Case): readonly Fix[] {
  return each.demand.applied.job.constraints
    .filter((constraint) => unmet(each.candidate, constraint) !== null)
    .map((constraint) => constraintFix(each, constraint))
}

function byFilter(filter: string, each: Case): readonly Fix[] | null {
  const { candidate, demand } = each
  const { job, imageRef } = demand.applied
  switch (filter) {
    case 'takes-jobs':
      return [onHost(each, COST.system, 'once hc_hosts takes it in', () => ({ takesJobs: true }))]
    case 'verdict':
      return [onHost(each, COST.host, BACK[candidate.verdict], () => ({ verdict: 'ready' }))]
    case 'cordoned': {
      const fix = onHost(each, COST.word, 'once it is uncordoned', () => ({ cordoned: false, draining: false }))
      return [{ ...fix, command: `hc host uncordon ${candidate.name}` }]
    }
    case 'driver': {
      const change = ({ drivers }: Candidate) => ({ drivers: { ...drivers, [job.driver]: '' } })
      return [onHost(each, COST.system, `with ${job.driver} installed`, change)]
    }
    case 'constraints':
      return unmetFixes(each)
    case 'image': {
      const image = imageRef ?? job.image ?? ''
      const change = ({ lackingImages }: Candidate) => {
        return { lackingImages: Object.fromEntries(Object.entries(lackingImages).filter(([ref]) => ref !== image)) }
      }
      return [onHost(each, COST.image, `with the image ${job.image ?? image}`, change)]
    }
    case 'address': {
      const change = ({ lackingSubnets = {} }: Candidate) => {
        return {
          lackingSubnets: Object.fromEntries(Object.entries(lackingSubnets).filter(([one]) => one !== job.address)),
        }
      }
      return [onHost(each, COST.system, `with an interface in the subnet of ${job.address}`, change)]
    }
    case 'port-twice':
      return [doubledFix(each)]
    case 'port-foreign':
      return [foreignFix(each)]
    case 'port-taken':
      return [takenFix(each)]
    case 'max-per-host':
      return [maxFix(each)]
    case 'distinct': {
      const fix = distinctFix(each)
      return fix === null ? null : [fix]
    }
    case 'conflict-group':
      return [groupFix(each)]
    case 'conflicts':
      return [conflictFix(each)]
    case 'with': {
      const fix = companyFix(each)
      return fix === null ? null : [fix]
    }
    default:
      return null
  }
}

/** The filters that ask for amounts: what they refuse is mended by more of it. */
const AMOUNTS: ReadonlySet<string> = new Set(['cpu', 'memory', 'disk', 'devices'])

/** What would mend all that these filters refuse but for amounts; null where nothing would (a slot that stays elsewhere). */
export function fixesOf(filters: readonly string[], each: Case): readonly Fix[] | null {
  const found = filters.filter((filter) => !AMOUNTS.has(filter)).map((filter) => byFilter(filter, each))
  return found.some((fixes) => fixes === null) ? null : found.flatMap((fixes) => fixes ?? [])
}
