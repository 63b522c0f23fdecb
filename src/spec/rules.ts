// The rules of a job's life: restart, reschedule, health, update, stop.
import type { HealthCheck, HealthRule, RescheduleRule, RestartRule, UpdateRule } from '../model/job.js'
import { object, optional, withDefault } from './fields.js'
import { argvShape } from './mounts.js'
import { parseDuration } from './quantity.js'
import { amount, choice, flag, integer, refine, type Shape, text, word } from './shape.js'
import { entryOf } from './value.js'

const DAY = 86_400_000

/** A span of time within bounds (ms). */
export function duration(least: number, most: number, bounds: string): Shape<number> {
  return amount(parseDuration, { least, most, bounds, examples: ['5s', '1m30s'] })
}

const anySpan = duration(0, 30 * DAY, 'at most 30d')
const someSpan = duration(1, 30 * DAY, 'from 1ms to 30d')

/** `restart:`. */
export const restartShape: Shape<RestartRule> = refine(
  object(
    {
      attempts: withDefault(
        word('never', 0, integer(0, 10_000)),
        'Starts again at most so often within the window; never is 0.',
        10,
      ),
      window: withDefault(someSpan, 'The time that attempts are counted in.', '5m'),
      delay: withDefault(anySpan, 'Wait before each restart.', '200ms'),
    },
    {
      hint: (value) =>
        value.kind === 'scalar'
          ? `write {attempts: ${value.text === 'never' || value.text === 'no' ? 'never' : '10'}}`
          : null,
    },
  ),
  ({ attempts, window, delay }) => ({ attempts, windowMs: window, delayMs: delay }),
)

/** `reschedule:`. */
export const rescheduleShape: Shape<RescheduleRule> = refine(
  object({
    delay: withDefault(someSpan, 'Wait before the first move; doubled each time.', '5s'),
    max_delay: withDefault(someSpan, 'Longest wait.', '1h'),
    attempts: withDefault(
      word<number, number | null>('unlimited', null, word('never', 0, integer(0, 10_000))),
      'Moves until it is given up.',
      'unlimited',
    ),
  }),
  ({ delay, max_delay, attempts }, place, report, name) => {
    if (delay > max_delay) report.add(place, `${name}: delay is longer than max_delay`)
    return { delayMs: delay, maxDelayMs: max_delay, attempts }
  },
)

const healthFields = object({
  http: optional(
    text({ pattern: /^\//, wanted: 'a path that begins with "/"' }),
    'Asks for this path; 2xx and 3xx are healthy.',
  ),
  tcp: optional(text({ wanted: 'the name of a port' }), 'Connects to this port.'),
  command: optional(argvShape(), 'Runs this beside the process; exit 0 is healthy.'),
  port: optional(
    text({ wanted: 'the name of a port' }),
    'The port that http asks; not needed where the job has one port only.',
  ),
  status: optional(integer(100, 599), 'The status that http must give.'),
  body: optional(text({ holds: 'any' }), 'Text that the answer to http must hold.'),
  interval: withDefault(duration(100, DAY, 'from 100ms to 1d'), 'Time between two checks.', '5s'),
  timeout: withDefault(duration(1, 3_600_000, 'from 1ms to 1h'), 'Longest wait for an answer.', '2s'),
  failures: withDefault(integer(1, 1000), 'Failures in a row until it is unhealthy.', 3),
  successes: withDefault(integer(1, 1000), 'Successes in a row until it is healthy.', 1),
  start: withDefault(anySpan, 'Time to start in, in which failures do not count.', '30s'),
})

/** A health rule whose port may still be open: `port` '' is the job's only one. */
export const healthShape: Shape<HealthRule> = {
  schema: healthFields.schema,
  read(value, report, name) {
    const read = healthFields.read(value, report, name)
    if (read === undefined) return undefined
    const kinds = ['http', 'tcp', 'command'].filter((kind) => entryOf(value, kind) !== null)
    if (kinds.length !== 1) {
      report.add(
        value.place,
        `${name} needs exactly one of http, tcp and command`,
        'write {http: /healthz, port: NAME}, {tcp: NAME} or {command: [...]}',
      )
      return undefined
    }
    for (const field of ['port', 'status', 'body'] as const) {
      const entry = entryOf(value, field)
      if (entry !== null && kinds[0] !== 'http') report.add(entry.place, `${name}.${field} belongs to an http check`)
    }
    const check = healthCheck(read)
    if (check === null) return undefined
    const { interval, timeout, failures, successes, start } = read
    return { check, intervalMs: interval, timeoutMs: timeout, failures, successes, startMs: start }
  },
}

function healthCheck(read: {
  readonly http: string | null
  readonly tcp: string | null
  readonly command: readonly string[] | null
  readonly port: string | null
  readonly status: number | null
  readonly body: string | null
}): HealthCheck | null {
  if (read.http !== null)
    return { kind: 'http', port: read.port ?? '', path: read.http, status: read.status, body: read.body }
  if (read.tcp !== null) return { kind: 'tcp', port: read.tcp }
  return read.command === null ? null : { kind: 'command', argv: read.command }
}

/** `update:`. */
export const updateShape: Shape<UpdateRule> = refine(
  object({
    max_parallel: withDefault(integer(1, 1000), 'Slots that are changed at the same time.', 1),
    order: withDefault(choice(['stop-first', 'start-first']), 'What comes first when a slot is changed.', 'stop-first'),
    canary: withDefault(
      integer(0, 1000),
      'So many slots are changed first, alone, and have to run well for 30 seconds.',
      0,
    ),
    healthy_deadline: withDefault(someSpan, 'Time within which a changed slot must be healthy.', '5m'),
    auto_revert: withDefault(
      flag,
      'Goes back to the version before when a changed slot does not become healthy.',
      true,
    ),
  }),
  (read) => ({
    maxParallel: read.max_parallel,
    order: read.order,
    canary: read.canary,
    healthyDeadlineMs: read.healthy_deadline,
    autoRevert: read.auto_revert,
  }),
)

const SIGNALS = ['HUP', 'INT', 'QUIT', 'ABRT', 'KILL', 'USR1', 'USR2', 'TERM', 'WINCH', 'PWR'].map(
  (name) => `SIG${name}`,
)
const signalWord = choice(SIGNALS)
const signal: Shape<string> = {
  schema: { anyOf: [signalWord.schema, { type: 'string', pattern: '^SIGRTMIN[+][0-9]{1,2}$' }] },
  read(value, report, name) {
    const written = value.kind === 'scalar' ? value.text.toUpperCase() : ''
    const full = written.startsWith('SIG') ? written : `SIG${written}`
    return SIGNALS.includes(full) || /^SIGRTMIN\+[0-9]{1,2}$/.test(full) ? full : signalWord.read(value, report, name)
  },
}

/** `stop:`. */
export const stopShape = refine(
  object({
    signal: withDefault(signal, 'The signal that asks the process to end.', 'SIGTERM'),
    timeout: withDefault(duration(0, 3_600_000, 'at most 1h'), 'Time until it is killed.', '5s'),
  }),
  ({ signal: chosen, timeout }) => ({ signal: chosen, timeoutMs: timeout }),
)
