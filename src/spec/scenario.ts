// One JSON scenario of hc simulate -> Scenario, or every fault in it.
import type { Fault } from '../model/errors.js'
import type { Job } from '../model/job.js'
import { type JobName, SLOT_SUFFIX, someOf } from '../model/names.js'
import type { Running, Scenario, ScenarioHost } from '../model/scenario.js'
import { LABEL_NAME } from './constraint.js'
import { devices } from './devices.js'
import { object, optional, type ReadFields, required, withDefault } from './fields.js'
import { readPlannedJob } from './job.js'
import { bytes, cpu, jobShape } from './job-fields.js'
import { readJson } from './json-text.js'
import { labelValue } from './label-value.js'
import { didYouMean } from './nearest.js'
import { list, record, type Shape, text } from './shape.js'
import { type Place, Report } from './source.js'
import { entryOf, type Value } from './value.js'

/** What became of a scenario's text. */
export type ReadScenario = { readonly scenario: Scenario } | { readonly faults: readonly Fault[] }

const capacity = object({
  cpu: withDefault(cpu, 'Cores: 4, 0.5, "500m".', 0),
  memory: withDefault(bytes, 'Memory: bytes, or with a unit "8Gi".', 0),
  disk: withDefault(bytes, 'Disk: bytes, or with a unit "100Gi".', 0),
  devices: withDefault(devices, 'Countable things: {"gpu": 1}.', {}),
})

const word = text({ wanted: 'text' })
const hostFields = {
  capacity: required(
    capacity,
    '{"cpu": 4, "memory": "8Gi", "disk": "100Gi", "devices": {"gpu": 1}}, net of any reserve',
  ),
  labels: withDefault(record(labelValue, LABEL_NAME), 'What constraints and spread can name.', {}),
  os: optional(word, 'For constraints on os; not known without it.'),
  os_version: optional(word, 'For constraints on version.os.'),
  arch: optional(word, 'For constraints on arch.'),
  kernel: optional(word, 'For constraints on version.kernel.'),
  drivers: optional(
    record(text({ wanted: 'a version' }), {
      pattern: /^(?:systemd|podman|docker)$/,
      wanted: 'systemd, podman or docker',
    }),
    'Driver -> version, as {"podman": "4.9"}; without it, no driver is asked for.',
  ),
} as const
const hostShape = object(hostFields)

const job: Shape<Job> = {
  schema: { ...jobShape.schema, required: ['name'] },
  read: readPlannedJob,
}

const runningShape = object({
  slot: required(text({ wanted: 'a slot' }), 'JOB.N, N from 0; of a system job JOB.HOST'),
  host: required(text({ wanted: 'a host' }), 'the host that it runs on'),
})

/** The whole scenario, field by field. */
export const scenarioShape = object({
  hosts: required(
    record(hostShape, { pattern: SLOT_SUFFIX, wanted: 'a host name: letters, digits, "-", "." and "_", at most 64' }),
    'name -> {capacity, labels}',
  ),
  jobs: required(list(job), 'a list of jobs, with the fields of a job file'),
  running: withDefault(list(runningShape), 'Where slots run now: [{"slot": "web.0", "host": "nuc1"}].', []),
  lose: withDefault(list(text({ wanted: 'a host' })), 'Hosts that are lost.', []),
})

type HostFields = ReadFields<typeof hostFields>

function toHost([name, { os_version: osVersion, ...rest }]: readonly [string, HostFields]): ScenarioHost {
  return { name, ...rest, osVersion }
}

/** One host of a scenario; null where it is faulty, which is then in the report. */
export function readScenarioHost(name: string, value: Value, report: Report): ScenarioHost | null {
  const read = hostShape.read(value, report, name)
  return read === undefined ? null : toHost([name, read])
}

function itemsOf(top: Value, field: string): readonly Value[] {
  const list = entryOf(top, field)?.value
  return list?.kind === 'list' ? list.items : []
}

function placeIn(value: Value | undefined, field: string, otherwise: Value): Place {
  return (entryOf(value ?? null, field)?.value ?? value ?? otherwise).place
}

/** The names in a scenario; `job` is null, and a name or host too, where that part could not be read. */
interface Names {
  /** null: not known. */
  readonly hosts: readonly string[] | null
  readonly jobs: readonly { readonly name: string | null; readonly job: Job | null }[]
  readonly running: readonly { readonly slot: string | null; readonly host: string | null }[]
  readonly lose: readonly (string | null)[]
  /** There may be jobs that are not among them. */
  readonly isPartial: boolean
}

function namesOf({ hosts, jobs, running, lose }: Scenario): Names {
  return {
    hosts: hosts.map(({ name }) => name),
    jobs: jobs.map((job) => ({ name: job.name, job })),
    running,
    lose,
    isPartial: false,
  }
}

/** Of a scenario with other faults. */
function namesIn(top: Value): Names {
  const word = (value: Value | undefined) =>
    value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : null
  const field = (value: Value, key: string) => word(entryOf(value, key)?.value)
  const hosts = entryOf(top, 'hosts')?.value
  const jobs = itemsOf(top, 'jobs').map((item) => ({ name: field(item, 'name'), job: null }))
  return {
    hosts: hosts?.kind === 'map' ? hosts.entries.map(({ key }) => key) : null,
    jobs,
    running: itemsOf(top, 'running').map((item) => ({ slot: field(item, 'slot'), host: field(item, 'host') })),
    lose: itemsOf(top, 'lose').map(word),
    isPartial: entryOf(top, 'jobs')?.value.kind !== 'list' || jobs.some(({ name }) => name === null),
  }
}

/** What the parts say about each other. */
class Check {
  private readonly byName: ReadonlyMap<JobName, Job | null>

  constructor(
    private readonly scenario: Names,
    private readonly top: Value,
    private readonly report: Report,
  ) {
    const named = scenario.jobs.flatMap(({ name, job }) => (name === null ? [] : [[name, job] as const]))
    this.byName = new Map(named.reverse())
  }

  all(): void {
    const hosts = this.scenario.hosts && new Set(this.scenario.hosts)
    this.jobsOnce()
    const lost = itemsOf(this.top, 'lose')
    for (const [index, name] of this.scenario.lose.entries()) {
      if (name !== null && hosts && !hosts.has(name))
        this.unknownHost(name, hosts, `lose[${index}]`, (lost[index] ?? this.top).place)
    }
    const running = itemsOf(this.top, 'running')
    const first = new Map<string, number>()
    for (const [index, { slot, host }] of this.scenario.running.entries()) {
      const at = (field: string) => placeIn(running[index], field, this.top)
      const path = `running[${index}]`
      if (host !== null && hosts && !hosts.has(host)) this.unknownHost(host, hosts, `${path}.host`, at('host'))
      if (slot === null) continue
      const message = this.slotFault({ slot, host: host ?? '' })
      if (message !== null) this.report.add(at('slot'), `${path}.slot: ${message[0]}`, message[1])
      const other = first.get(slot)
      if (other === undefined) first.set(slot, index)
      else {
        this.report.add(at('slot'), `${path}.slot: ${slot} runs already in running[${other}]`, 'a slot runs once')
      }
    }
  }

  private jobsOnce(): void {
    const items = itemsOf(this.top, 'jobs')
    const first = new Map<JobName, number>()
    for (const [index, { name }] of this.scenario.jobs.entries()) {
      if (name === null) continue
      const other = first.get(name)
      if (other === undefined) first.set(name, index)
      else {
        const message = `jobs[${index}].name: there is already a job "${name}" in jobs[${other}]`
        this.report.add(placeIn(items[index], 'name', this.top), message, 'give one of the two another name')
      }
    }
  }

  private unknownHost(name: string, hosts: ReadonlySet<string>, path: string, place: Place): void {
    const hint = didYouMean(name, hosts) ?? `hosts are ${someOf([...hosts])}`
    this.report.add(place, `${path}: there is no host "${name}" in hosts`, hint)
  }

  private slotFault({ slot, host }: Running): readonly [string, string | null] | null {
    const dot = slot.indexOf('.')
    const name = dot < 0 ? slot : slot.slice(0, dot)
    const found = this.byName.get(name)
    if (found === undefined) {
      // It may be the one whose name could not be read.
      if (this.scenario.isPartial) return null
      const names = [...this.byName.keys()]
      return [`"${slot}" is a slot of no job in jobs`, didYouMean(name, names) ?? `jobs are ${someOf(names)}`]
    }
    if (found === null) return null
    const number = dot < 0 ? '' : slot.slice(dot + 1)
    if (found.type === 'system') {
      const wanted = `${name} is a system job, whose slot there is ${name}.${host}`
      return number === host ? null : [`"${slot}" can't run on ${host}`, wanted]
    }
    const count = found.type === 'cron' ? 1 : found.count
    if (/^(?:0|[1-9]\d*)$/.test(number) && Number(number) < count) return null
    const slots =
      count === 0 ? 'no slots' : count === 1 ? `one slot, ${name}.0` : `slots ${name}.0 to ${name}.${count - 1}`
    return [`there is no slot "${slot}"`, `${name} has ${slots}`]
  }
}

/** Where a path of the JSON ends: `jobs[3].resources.cpu`; '' for the top. */
function pathAt(value: Value, offset: number): string {
  if (value.kind === 'map') {
    const index = value.entries.findLastIndex(({ place }) => (place.offset ?? 0) <= offset)
    const entry = value.entries[index]
    if (entry === undefined) return ''
    const below = pathAt(entry.value, offset)
    return `${entry.key}${below === '' || below.startsWith('[') ? '' : '.'}${below}`
  }
  if (value.kind !== 'list') return ''
  const index = value.items.findLastIndex(({ place }) => (place.offset ?? 0) <= offset)
  const item = value.items[index]
  if (item === undefined) return ''
  const below = pathAt(item, offset)
  return `[${index}]${below === '' || below.startsWith('[') ? '' : '.'}${below}`
}

/** Says with each sentence which part of the JSON it is about: of a text without line breaks the column tells little. */
class PathReport extends Report {
  constructor(private readonly top: Value) {
    super()
  }

  override add(place: Place, message: string, hint: string | null = null): void {
    const path = place.offset === null ? '' : pathAt(this.top, place.offset)
    super.add(place, path === '' || message.startsWith(path) ? message : `${path}: ${message}`, hint)
  }
}

/** Reads one scenario. Every fault is found, not only the first. `file` is what it is called in them. */
export function parseScenario(file: string, text: string): ReadScenario {
  const syntax = new Report()
  const top = readJson(file, text, syntax)
  if (top === null) return { faults: syntax.faults }
  const report = new PathReport(top)
  report.take(syntax)
  const read = scenarioShape.read(top, report, '')
  if (read === undefined || report.faults.length > 0) {
    new Check(namesIn(top), top, report).all()
    return { faults: report.faults }
  }
  const scenario: Scenario = { ...read, hosts: Object.entries(read.hosts).map(toHost) }
  new Check(namesOf(scenario), top, report).all()
  return report.faults.length > 0 ? { faults: report.faults } : { scenario }
}
