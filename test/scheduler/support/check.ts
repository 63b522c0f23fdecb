// An independent judge of placements: it knows the rules from the words of the model alone and nothing of the
// scheduler's own data structures.
import type { Job } from '../../../src/model/job.js'
import type { Candidate } from '../../../src/model/plan.js'
import type { PlaceInput, PlaceResult } from '../../../src/scheduler/place.js'

interface Resident {
  readonly slot: string
  readonly job: Job
  readonly host: string
  readonly ports: Readonly<Record<string, number>>
  readonly placed: boolean
}

type Tell = (text: string) => void

function amounts(job: Job): readonly (readonly [string, number])[] {
  const { cpu, memory, disk, devices } = job.resources
  return [['cpu', cpu], ['memory', memory], ['disk', disk], ...Object.entries(devices)]
}

function capacityOf(host: Candidate, name: string): number {
  if (name === 'cpu' || name === 'memory' || name === 'disk') return host.capacity[name]
  return host.capacity.devices[name] ?? 0
}

function checkAmounts(host: Candidate, here: readonly Resident[], slot: Resident, tell: Tell): void {
  for (const [name, need] of amounts(slot.job)) {
    const used = here
      .flatMap(({ job }) => amounts(job))
      .reduce((sum, [of, amount]) => sum + (of === name ? amount : 0), 0)
    if (need > 0 && used > capacityOf(host, name)) tell(`${name}: ${used} of ${capacityOf(host, name)}`)
  }
}

/** Tries all ways to lay shares of one device (thousandths) on devices with that much room. */
function canLie([share, ...others]: readonly number[], rooms: readonly number[]): boolean {
  if (share === undefined) return true
  return rooms.some((room, at) => room >= share && canLie(others, rooms.with(at, room - share)))
}

/** What is below one device lies on one device; what is not gets whole ones. */
function checkDevices(host: Candidate, here: readonly Resident[], slot: Resident, tell: Tell): void {
  for (const [name, need] of Object.entries(slot.job.resources.devices)) {
    if (need === 0) continue
    const all = here.map(({ job }) => job.resources.devices[name] ?? 0)
    const whole = all.reduce((sum, amount) => sum + Math.floor(amount / 1000), 0)
    const shares = all.map((amount) => amount % 1000).filter((amount) => amount > 0)
    const has = host.capacity.devices[name] ?? 0
    const rooms = Array.from({ length: Math.max(0, Math.floor(has / 1000) - whole) }, () => 1000)
    if (!canLie(shares, [...rooms, has % 1000])) tell(`${name}: the shares ${shares} do not lie on single devices`)
  }
}

function checkPorts(host: Candidate, others: readonly Resident[], slot: Resident, tell: Tell): void {
  const own = Object.values(slot.ports)
  if (new Set(own).size !== own.length) tell('a port twice')
  for (const [name, spec] of Object.entries(slot.job.ports)) {
    const port = slot.ports[name]
    if (port === undefined) tell(`no port ${name}`)
    else if (spec.host !== null && spec.host !== port) tell(`port ${name} is ${port}`)
    else if (spec.host === null && (port < 20_000 || port > 29_999)) tell(`auto port ${port} out of range`)
    if (port === undefined) continue
    if (host.foreignPorts.includes(port)) tell(`foreign port ${port}`)
    const fixed = ({ job, ports }: Resident) => [
      ...Object.values(ports),
      ...Object.entries(job.ports).flatMap(([of, each]) =>
        each.host === null || ports[of] !== undefined ? [] : [each.host],
      ),
    ]
    if (others.some((other) => fixed(other).includes(port))) tell(`port ${port} is another's`)
  }
}

function checkCompany(input: PlaceInput, host: Candidate, all: readonly Resident[], slot: Resident, tell: Tell): void {
  const others = all.filter((other) => other !== slot && other.host === slot.host)
  const { job } = slot
  const siblings = others.filter((other) => other.job.name === job.name).length
  if (job.maxPerHost !== null && siblings + 1 > job.maxPerHost) tell('max_per_host')
  if (job.conflictGroup !== null && others.some((other) => other.job.conflictGroup === job.conflictGroup)) tell('group')
  if (job.unit !== null && others.some((other) => other.job.unit === job.unit)) tell('unit')
  if (others.some((other) => job.conflicts.includes(other.job.name))) tell('conflicts')
  if (others.some((other) => other.job.conflicts.includes(job.name))) tell('conflicts, named by the other')
  for (const name of job.with) if (!others.some((other) => other.job.name === name)) tell(`without ${name}`)
  const { distinct } = job
  if (distinct === null) return
  const value = host.labels[distinct]
  if (value === undefined) tell('distinct without the label')
  const same = new Set(input.candidates.filter(({ labels }) => labels[distinct] === value).map(({ name }) => name))
  const sharing = all.filter((other) => other !== slot && other.job.name === job.name && same.has(other.host))
  if (sharing.length > 0) tell('distinct')
}

function checkHost(input: PlaceInput, host: Candidate, slot: Resident, tell: Tell): void {
  const demand = input.demands.find((each) => each.slot === slot.slot)
  if (demand === undefined) {
    tell('nobody asked for it')
    return
  }
  if (demand.only !== null && demand.only !== host.name) tell(`only ${demand.only}`)
  if (!host.takesJobs || host.cordoned || host.verdict !== 'ready') tell('host is not open')
  if (host.drivers !== null && host.drivers[slot.job.driver] === undefined) tell('driver')
  const { imageRef } = demand.applied
  if (imageRef !== null && host.lackingImages[imageRef] !== undefined) tell('image')
  for (const { attribute, op, values } of slot.job.constraints) {
    const value = host.labels[attribute.replace('labels.', '')]
    // The generators use == on labels only.
    if (op === '==' && attribute.startsWith('labels.') && value !== values[0]) tell(`${attribute} is ${value}`)
  }
}

/** Every breach of a rule, and every demand that is neither placed nor unplaced with its reasons; empty: all is well. */
export function breaches(input: PlaceInput, result: PlaceResult): readonly string[] {
  const found: string[] = []
  const jobs = new Map(input.demands.map((demand) => [demand.slot, demand.applied.job]))
  const all: Resident[] = [
    ...input.occupants.map(({ slot, host, ports, applied }) => ({
      slot,
      host,
      ports,
      job: applied.job,
      placed: false,
    })),
    ...result.placed.flatMap(({ slot, host, ports }) => {
      const job = jobs.get(slot)
      return job === undefined ? [] : [{ slot, host, ports, job, placed: true }]
    }),
  ]
  for (const slot of all.filter(({ placed }) => placed)) {
    const tell: Tell = (text) => found.push(`${slot.slot} on ${slot.host}: ${text}`)
    const host = input.candidates.find(({ name }) => name === slot.host)
    if (host === undefined) {
      tell('no such host')
      continue
    }
    const here = all.filter((other) => other.host === slot.host)
    checkHost(input, host, slot, tell)
    checkAmounts(host, here, slot, tell)
    checkDevices(host, here, slot, tell)
    checkPorts(
      host,
      here.filter((other) => other !== slot),
      slot,
      tell,
    )
    checkCompany(input, host, all, slot, tell)
  }
  const answered = [...result.placed, ...result.unplaced].map(({ slot }) => slot).sort()
  const asked = input.demands.map(({ slot }) => slot).sort()
  if (answered.join() !== asked.join()) found.push(`asked for ${asked}, answered ${answered}`)
  const hosts = input.candidates.map(({ name }) => name).sort()
  for (const { slot, reasons } of result.unplaced) {
    if (
      reasons
        .map(({ host }) => host)
        .sort()
        .join() !== hosts.join()
    )
      found.push(`${slot}: not one reason per host`)
    if (reasons.some(({ reason }) => reason.trim() === '')) found.push(`${slot}: an empty reason`)
  }
  return found
}
