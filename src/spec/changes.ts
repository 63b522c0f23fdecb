// What hc simulate is told to think otherwise: `--set web.count=3`, `--add nuc4:cpu=4,memory=8Gi,label.zone=a`.
import type { Fault } from '../model/errors.js'
import type { Job } from '../model/job.js'
import { byName, SLOT_SUFFIX, someOf } from '../model/names.js'
import type { ScenarioHost } from '../model/scenario.js'
import type { AskedDevices } from './devices.js'
import { jobFields } from './job-fields.js'
import { didYouMean } from './nearest.js'
import { readScenarioHost } from './scenario.js'
import { faultAt, type Place, Report, Source } from './source.js'
import { type Entry, entryOf, type Value } from './value.js'
import { readYaml } from './yaml.js'

/** What became of a change. */
export type ReadChange<T> = T | { readonly faults: readonly Fault[] }

/** Fields of a job file that decide where its slots may be, and what they are called in a Job. */
const SETTABLE = {
  type: 'type',
  count: 'count',
  resources: 'resources',
  ports: 'ports',
  constraints: 'constraints',
  affinity: 'affinity',
  spread: 'spread',
  max_per_host: 'maxPerHost',
  distinct: 'distinct',
  conflict_group: 'conflictGroup',
  conflicts: 'conflicts',
  with: 'with',
  priority: 'priority',
  exclusive: 'exclusive',
  on_host_loss: 'onHostLoss',
} as const
type Settable = keyof typeof SETTABLE

function isSettable(name: string): name is Settable {
  return Object.hasOwn(SETTABLE, name)
}

class Wrong extends Error {
  readonly hint: string | null

  constructor(message: string, hint: string | null) {
    super(message)
    this.hint = hint
  }
}

/** Values that stand in a flag's text. */
function valueAt(source: Source, offset: number, text: string): Value {
  const own = new Report()
  const read = readYaml(source.file, text, { dialect: 'yaml-1.2', duplicates: 'fault' }, own)
  if (read === null) throw new Wrong(own.faults[0]?.message ?? 'it is no value', null)
  const moved = (value: Value): Value => {
    const place: Place = { source, offset }
    if (value.kind === 'list') return { ...value, place, items: value.items.map(moved) }
    if (value.kind === 'map') {
      return {
        ...value,
        place,
        entries: value.entries.map((entry) => ({ ...entry, place, value: moved(entry.value) })),
      }
    }
    return { ...value, place }
  }
  return moved(read.value)
}

function nest(path: readonly string[], value: Value): Value {
  return path.reduceRight<Value>((inner, key): Value => {
    const entry: Entry = { key, place: inner.place, value: inner }
    return { kind: 'map', entries: [entry], place: inner.place }
  }, value)
}

/** `resources` as they are read from a job file. */
type Asked = Omit<Job['resources'], 'devices'> & { readonly devices: AskedDevices }

/** Only what was written of `resources` is changed. */
function merged(job: Job, field: Settable, read: unknown, written: Value): Job {
  if (field !== 'resources') return { ...job, [SETTABLE[field]]: read }
  const resources = jobFields.resources.shape.read(written, new Report(), field) as Asked | undefined
  if (resources === undefined) return job
  const { amounts, constraints } = resources.devices
  const has = (key: string) => entryOf(written, key) !== null
  return {
    ...job,
    resources: {
      cpu: has('cpu') ? resources.cpu : job.resources.cpu,
      memory: has('memory') ? resources.memory : job.resources.memory,
      disk: has('disk') ? resources.disk : job.resources.disk,
      devices: has('devices') ? { ...job.resources.devices, ...amounts } : job.resources.devices,
    },
    constraints: [...job.constraints, ...constraints],
  }
}

/** The jobs with one thing set: `web.count=3`, `web.resources.memory=1Gi`; null, as in job files, is the default. */
export function setInJobs(jobs: readonly Job[], text: string): ReadChange<readonly Job[]> {
  const source = new Source(`--set ${text}`, text)
  const whole: Place = { source, offset: null }
  const wrong = (message: string, hint: string | null) => ({ faults: [faultAt(whole, message, hint)] })
  const [, name = '', path = '', written = ''] = /^([^.=]*)\.([^=]*)=(.*)$/s.exec(text) ?? []
  if (name === '' || path === '') return wrong('it does not say what to set', 'write JOB.FIELD=VALUE: web.count=3')
  const job = jobs.find((each) => each.name === name)
  const names = jobs.map((each) => each.name).sort(byName)
  if (job === undefined)
    return wrong(`there is no job "${name}"`, didYouMean(name, names) ?? `jobs are ${someOf(names)}`)
  const [field = '', ...below] = path.split('.')
  if (!isSettable(field)) {
    if (Object.hasOwn(jobFields, field)) return wrong(`${field} has no effect on where a job runs`, null)
    const near = didYouMean(field, Object.keys(SETTABLE))
    return wrong(`unknown field "${field}"`, near ?? `fields that count are ${Object.keys(SETTABLE).join(', ')}`)
  }
  if (job.type === 'system' && field === 'count') return wrong('a system job has one slot on each matching host', null)
  try {
    const report = new Report()
    const value = nest(below, valueAt(source, 0, written))
    const nothing = value.kind === 'scalar' && value.value === null
    if (nothing) return wrong(`${path} is given no value`, 'write JOB.FIELD=VALUE: web.count=3')
    const read = jobFields[field].shape.read(value, report, path.split('.')[0] ?? path)
    if (report.faults.length > 0)
      return { faults: report.faults.map((fault) => ({ ...fault, at: whole.source.at(null), lineText: null })) }
    return jobs.map((each) => (each === job ? merged(job, field, read, value) : each))
  } catch (error) {
    if (error instanceof Wrong) return wrong(error.message, error.hint)
    throw error
  }
}

/** A host that is thought to be there too: `NAME:cpu=4,memory=8Gi,disk=100Gi,device.gpu=1,label.zone=a`. */
export function hostToAdd(text: string): ReadChange<ScenarioHost> {
  const source = new Source(`--add ${text}`, text)
  const place: Place = { source, offset: null }
  const form = 'write NAME:cpu=4,memory=8Gi,disk=100Gi,device.gpu=1,label.zone=a'
  const wrong = (message: string, hint: string | null = form) => ({ faults: [faultAt(place, message, hint)] })
  const colon = text.indexOf(':')
  const name = colon < 0 ? text : text.slice(0, colon)
  if (!SLOT_SUFFIX.test(name)) return wrong(`"${name}" is no host name that hc can use`)
  const groups: Record<'capacity' | 'devices' | 'labels', Entry[]> = { capacity: [], devices: [], labels: [] }
  for (const part of colon < 0 ? [] : text.slice(colon + 1).split(',')) {
    const [, key = '', value = ''] = /^\s*([^=\s]+)\s*=\s*(.+?)\s*$/.exec(part) ?? []
    if (key === '') return wrong(`"${part}" is no KEY=VALUE`)
    const [, kind, rest = ''] = /^(device|label)s?\.(.+)$/.exec(key) ?? []
    const scalar: Value = { kind: 'scalar', value, text: value, place }
    if (kind === undefined && !['cpu', 'memory', 'disk'].includes(key)) {
      const near = didYouMean(key, ['cpu', 'memory', 'disk', 'device.', 'label.'])
      return wrong(`a host has no "${key}"`, near ?? form)
    }
    const into = kind === 'device' ? groups.devices : kind === 'label' ? groups.labels : groups.capacity
    const entry: Entry = { key: kind === undefined ? key : rest, place, value: scalar }
    if (into.some((other) => other.key === entry.key)) return wrong(`${key} stands twice`, 'keep one of the two')
    into.push(entry)
  }
  const map = (entries: readonly Entry[]): Value => ({ kind: 'map', entries, place })
  const capacity = map([...groups.capacity, { key: 'devices', place, value: map(groups.devices) }])
  const report = new Report()
  const top = map([
    { key: 'capacity', place, value: capacity },
    { key: 'labels', place, value: map(groups.labels) },
  ])
  const host = readScenarioHost(name, top, report)
  return host === null || report.faults.length > 0 ? { faults: report.faults } : host
}
