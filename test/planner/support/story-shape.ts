// The form of observed.yml, read as job files are: a misspelt field is an error with its line. See test/golden/README.md.
import { object, optional, type ReadFields, withDefault } from '../../../src/spec/fields.js'
import { bytes } from '../../../src/spec/job-fields.js'
import { duration } from '../../../src/spec/rules.js'
import {
  choice,
  either,
  flag,
  integer,
  isMapping,
  list,
  record,
  refine,
  type Shape,
  text,
} from '../../../src/spec/shape.js'
import { Report } from '../../../src/spec/source.js'
import { readYaml } from '../../../src/spec/yaml.js'

const ANY_NAME = { pattern: /^\S+$/, wanted: 'a name' }
const PHASE_NAMES = ['running', 'starting', 'stopping', 'fresh', 'ended', 'failed', 'broken', 'scheduled'] as const
const FAILURES = ['refused', 'unreachable', 'timeout', 'auth', 'host-key', 'no-privileges', 'broken'] as const

const number = integer(0, 1_000_000)
const word = text()
const words = list(word)
const numbers = record(number, ANY_NAME)
const span = duration(0, 86_400_000, 'at most a day')
const phase = choice(PHASE_NAMES)

const runFields = {
  phase: withDefault(phase, 'Where it is in its life.', 'running'),
  hash: optional(word, 'Of what it runs; by default that of the job.'),
  version: optional(number, 'Version of the job that it runs.'),
  generation: optional(number, 'Of restarts asked for.'),
  placement: optional(number, 'Number of the allocation.'),
  term: optional(number, 'Term under which it was written.'),
  cluster: optional(word, 'Cluster id; by default ours.'),
  ports: optional(numbers, 'Host ports.'),
}
const runShape = object(runFields)
/** One unit of a host. */
export type StoryRun = ReadFields<typeof runFields>
const runOfPhase: Shape<StoryRun> = refine(phase, (name) => ({ ...RUN, phase: name }))
const RUN = readBy(runShape, '{}')

const hostFields = {
  silent: optional(span, 'It has not answered for so long.'),
  seenBy: withDefault(words, 'Hosts that reach it meanwhile.', []),
  failure: optional(choice(FAILURES), 'Why the last probe failed.'),
  never: withDefault(flag, 'It never answered under this store.', false),
  cordoned: withDefault(flag, 'Takes nothing new.', false),
  draining: withDefault(flag, 'Gives away what it has.', false),
  busy: withDefault(flag, 'Earlier steps are under way there.', false),
  term: optional(
    object({ number: withDefault(number, 'The number.', 1), owner: withDefault(word, 'Whose.', 'other-2') }),
    'Who wrote there.',
  ),
  cpu: withDefault(number, 'Cores.', 4),
  memory: withDefault(bytes, 'Physical.', '8Gi'),
  disk: withDefault(bytes, 'Of /var/lib.', '100Gi'),
  available: optional(bytes, 'Memory that is available; without it all but a little.'),
  diskFree: optional(bytes, 'Disk that is free; without it all.'),
  drivers: withDefault(list(choice(['systemd', 'podman', 'docker'])), 'What it has.', ['systemd', 'podman']),
  os: withDefault(word, 'Its system.', 'debian'),
  arch: withDefault(word, 'Its processor.', 'amd64'),
  listening: withDefault(list(number), 'Ports that something not of hc listens on.', []),
  lacks: withDefault(record(word, ANY_NAME), 'Job -> why its image is not to be had.', {}),
  runs: withDefault(
    record(
      either((value) => (isMapping(value) ? runShape : runOfPhase), [runShape, runOfPhase]),
      ANY_NAME,
    ),
    'Slot -> its unit.',
    {},
  ),
  containers: withDefault(
    record(choice(['podman', 'docker']), ANY_NAME),
    'Slot -> engine: containers that bear our label.',
    {},
  ),
}
const hostShape = object(hostFields)
/** One host. */
export type StoryHost = ReadFields<typeof hostFields>
/** A host that answers and shows nothing. */
export const PLAIN_HOST: StoryHost = readBy(hostShape, '{}')

const recordFields = {
  host: withDefault(word, 'Where it is placed.', 'nowhere'),
  number: optional(number, 'Rises with each allocation.'),
  version: optional(number, 'Of the job.'),
  hash: optional(word, 'Of the job.'),
  generation: optional(number, 'Of restarts asked for.'),
  completed: withDefault(flag, 'A batch job that has ended.', false),
  ports: optional(numbers, 'Host ports.'),
}
const recordShape = object(recordFields)
/** One record of a slot. */
export type StoryRecord = ReadFields<typeof recordFields>
const recordOnHost: Shape<StoryRecord> = refine(word, (name) => ({ ...readBy(recordShape, '{}'), host: name }))

const backOffFields = {
  failures: withDefault(number, 'Starts that failed.', 1),
  left: withDefault(span, 'Until the next try.', '30s'),
}
/** A slot whose start failed. */
export type StoryBackOff = ReadFields<typeof backOffFields>

const outsideFields = {
  host: withDefault(word, 'Where it was when it answered last.', 'nowhere'),
  failing: withDefault(flag, 'It answered so while all was well, and fails now.', false),
  text: withDefault(word, 'What it said last.', 'http 200'),
}
/** What the control machine gets by asking a slot of a host that hangs. */
export type StoryOutside = ReadFields<typeof outsideFields>

const observedFields = {
  term: withDefault(number, 'Of this store.', 1),
  versions: withDefault(numbers, 'Job -> version.', {}),
  generations: withDefault(numbers, 'Job -> restarts asked for.', {}),
  stopped: withDefault(words, 'Jobs stopped by hc job stop.', []),
  removed: withDefault(words, 'Jobs removed on purpose.', []),
  witness: optional(flag, 'Did a witness answer?'),
  hosts: withDefault(record(hostShape, ANY_NAME), 'What each host shows.', {}),
  records: withDefault(
    record(
      either((value) => (isMapping(value) ? recordShape : recordOnHost), [recordShape, recordOnHost]),
      ANY_NAME,
    ),
    'Slot -> where the store has it.',
    {},
  ),
  outside: withDefault(record(object(outsideFields), ANY_NAME), 'Slot of a host that hangs -> how it answers.', {}),
  backOffs: withDefault(record(object(backOffFields), ANY_NAME), 'Slot -> its back-off.', {}),
}
/** observed.yml, with every default filled in. */
export type Observed = ReadFields<typeof observedFields>

/** Reads observed.yml. Throws with every fault. */
export function readObserved(source: string): Observed {
  return readBy(object(observedFields), source)
}

function readBy<T>(shape: Shape<T>, source: string): T {
  const report = new Report()
  const read = readYaml('observed.yml', source, { dialect: 'yaml-1.2', duplicates: 'fault' }, report)
  const value = read === null ? undefined : shape.read(read.value, report, '')
  if (value !== undefined && report.faults.length === 0) return value
  throw new Error(
    report.faults.map(({ at, message, hint }) => `observed.yml:${at?.line}: ${message} ${hint ?? ''}`).join('\n'),
  )
}
