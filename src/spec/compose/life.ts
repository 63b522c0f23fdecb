// restart, healthcheck, depends_on, stop_*, and how many there are.
import type { Json } from '../../model/host.js'
import { entryOf } from '../value.js'
import { composeDuration, durationText } from './amounts.js'
import { words } from './container.js'
import type { Work } from './draft.js'
import { namesAsMap } from './merge.js'
import type { Fields } from './teller.js'

const DAY = 86_400_000
const SIGNAL = /^SIG(?:HUP|INT|QUIT|ABRT|KILL|USR1|USR2|TERM|WINCH|PWR|RTMIN\+\d{1,2})$/
/** What Compose waits at a stop where nothing is said, ms. */
const USUAL_GRACE = 10_000

/** scale, deploy.mode, deploy.replicas. */
export function countOf({ from, draft, shared, teller }: Work, deploy: Fields): void {
  const mode = deploy.text('mode')
  const replicas = deploy.text('replicas') ?? from.text('scale')
  from.take('scale')
  if (mode?.text === 'global') draft.fields.type = 'system'
  else if (mode?.text === 'replicated-job' || shared.ending.has(draft.service)) draft.fields.type = 'batch'
  else if (mode !== null && mode.text !== 'replicated')
    teller.leftOut(
      'deploy.mode',
      mode.place,
      `hc has no mode ${mode.text}`,
      'type: system is one on every host, type: batch runs to its end',
    )
  if (replicas === null || draft.fields.type === 'system') return
  if (/^\d{1,3}$/.test(replicas.text)) draft.fields.count = Number(replicas.text)
  else teller.leftOut('deploy.replicas', replicas.place, `"${replicas.text}" is no number of copies that hc takes`)
}

/** restart, deploy.restart_policy. */
export function restartOf(work: Work, deploy: Fields): void {
  const { from, draft, teller } = work
  const policy = deploy.below('restart_policy')
  const plain = from.text('restart')
  const condition = policy.text('condition') ?? plain
  const [word = '', given] = (condition?.text ?? '').split(':')
  const attempts = policy.text('max_attempts')?.text ?? given
  const restart: Record<string, Json> = {}
  if (condition !== null && ['no', 'none', 'false'].includes(word)) {
    if (draft.fields.type !== 'batch') {
      restart.attempts = 'never'
      draft.fields.reschedule = { attempts: 'never' }
    }
  } else if (condition !== null && !['always', 'unless-stopped', 'any', 'on-failure'].includes(word)) {
    teller.leftOut(
      'restart',
      condition.place,
      `"${condition.text}" is no way to restart`,
      'restart: {attempts: 10, window: 5m}',
    )
  } else if (attempts !== undefined && /^\d{1,4}$/.test(attempts) && attempts !== '0')
    restart.attempts = Number(attempts)
  if (condition !== null && word === 'on-failure' && draft.fields.type !== 'batch')
    teller.differs(
      'restart',
      condition.place,
      'hc starts a service again also after an end without a failure',
      'type: batch where it is meant to end',
    )
  for (const key of ['delay', 'window'] as const) {
    const ms = duration(policy, key, 0)
    if (ms !== null && ms > 0) restart[key] = durationText(ms)
  }
  if (Object.keys(restart).length > 0) draft.fields.restart = restart
  policy.rest()
}

function duration(fields: Fields, key: string, least: number, most = 30 * DAY): number | null {
  const written = fields.text(key)
  if (written === null) return null
  const ms = composeDuration(written.text)
  if (ms === null) {
    fields.teller.leftOut(
      fields.name(key),
      written.place,
      `"${written.text}" is no span of time that hc reads`,
      'write it as 30s, 500ms or 1m30s',
    )
    return null
  }
  return Math.min(most, Math.max(least, ms))
}

/** healthcheck. */
export function healthOf({ from, draft, teller }: Work): void {
  const check = from.below('healthcheck')
  const entry = check.take('test')
  const off = check.text('disable')?.text === 'true'
  const [how = '', ...argv] = entry?.value.kind === 'list' ? (words(entry.value) ?? []) : []
  const line = entry?.value.kind === 'scalar' ? entry.value.text : how === 'CMD-SHELL' ? argv.join(' ') : null
  const command = line !== null ? ['sh', '-c', line] : how === 'CMD' ? argv : []
  const [interval, timeout] = [duration(check, 'interval', 100, DAY), duration(check, 'timeout', 1, 3_600_000)]
  const start = duration(check, 'start_period', 0)
  const retries = check.text('retries')
  const first = check.text('start_interval')
  check.rest()
  if (off || how === 'NONE' || (line ?? 'x').trim() === 'NONE') return
  if (command.length === 0 || command[0] === '') {
    const stands = entry ?? from.take('healthcheck')
    if (stands !== null && (entry !== null || check.entries().some(({ key }) => key !== 'disable')))
      teller.leftOut(
        'healthcheck',
        stands.place,
        entry === null ? "has no test: hc does not know the image's own" : 'its test is none that hc can run',
        'health: {command: [...]}, {http: /PATH} or {tcp: PORT}',
      )
    return
  }
  if (draft.fields.type === 'batch') {
    if (entry !== null) teller.leftOut('healthcheck', entry.place, 'a batch job is asked for no health: its end tells')
    return
  }
  draft.fields.health = {
    command,
    interval: durationText(interval ?? 30_000),
    timeout: durationText(timeout ?? 30_000),
    failures: Math.min(1000, Number(/^[1-9]\d{0,8}$/.exec(retries?.text ?? '')?.[0] ?? 3)),
    start: durationText(start ?? 0),
  }
  if (first !== null)
    teller.differs(
      'healthcheck.start_interval',
      first.place,
      'hc asks every second until it is healthy for the first time',
    )
}

/** depends_on. */
export function dependsOf({ from, draft, shared, teller }: Work): void {
  const entry = from.take('depends_on')
  const value = entry === null ? null : namesAsMap(entry.value)
  const names: string[] = []
  for (const { key, place, value: how } of value?.kind === 'map' ? value.entries : []) {
    const job = shared.jobs.get(key)
    const part = (name: string) => {
      const found = entryOf(how, name)?.value
      return found?.kind === 'scalar' ? found.text : null
    }
    if (job === undefined)
      teller.leftOut(
        'depends_on',
        place,
        `the service ${key} is not imported`,
        'depends_on: [JOB], once there is such a job',
      )
    else if (!names.includes(job)) names.push(job)
    if (part('condition') === 'service_healthy' && !shared.checked.has(key))
      teller.differs(
        'depends_on',
        place,
        `${key} has no healthcheck here, so it counts as healthy once it runs`,
        `give ${job ?? key} health: {command: [...]} or {tcp: PORT}`,
      )
    if (part('restart') === 'true')
      teller.leftOut('depends_on', place, `is not restarted with ${key}`, `hc job restart ${draft.job}`)
  }
  if (names.length > 0) draft.fields.depends_on = names
}

/** stop_signal, stop_grace_period. */
export function stopOf({ from, draft, teller }: Work): void {
  const signal = from.text('stop_signal')
  const written = from.take('stop_grace_period')
  const grace = duration(from, 'stop_grace_period', 0, 3_600_000)
  const stop: Record<string, Json> = {}
  if (signal !== null) {
    const name = signal.text.toUpperCase().replace(/^(?!SIG)/, 'SIG')
    if (SIGNAL.test(name)) stop.signal = name
    else teller.leftOut('stop_signal', signal.place, `hc sends no ${signal.text}`, 'stop: {signal: SIGTERM}')
  }
  const moves = draft.volumes.some(({ shared }) => shared === true)
  if (grace !== null || !moves) stop.timeout = durationText(grace ?? USUAL_GRACE)
  if (grace !== null && moves && written !== null)
    teller.differs(
      'stop_grace_period',
      written.place,
      'a job with shared storage must stop within hc_stop_bound (5s unless the inventory says otherwise)',
      'make it shorter, or raise hc_stop_bound',
    )
  if (Object.keys(stop).length > 0) draft.fields.stop = stop
}

/** deploy.update_config, and all of deploy that is left. */
export function updateOf({ draft, teller }: Work, deploy: Fields): void {
  const config = deploy.below('update_config')
  const [parallel, order, failing] = [config.text('parallelism'), config.text('order'), config.text('failure_action')]
  const update: Record<string, Json> = {}
  if (parallel !== null && /^[1-9]\d{0,2}$/.test(parallel.text)) update.max_parallel = Number(parallel.text)
  else if (parallel?.text === '0') update.max_parallel = 1000
  const plain = (draft.fields.type ?? 'service') === 'service' && draft.volumes.length === 0
  if (order?.text === 'start-first' && plain) update.order = 'start-first'
  else if (order?.text === 'start-first')
    teller.leftOut(
      'deploy.update_config.order',
      order.place,
      'no second copy can run beside the first: it keeps its data on its host, or is no service',
    )
  if (failing !== null && failing.text !== 'rollback') update.auto_revert = false
  if (Object.keys(update).length > 0) draft.fields.update = update
  config.rest({
    delay: ['hc waits for health between two slots, for no time besides', 'health: {...}'],
    monitor: ['hc watches until a slot is healthy', 'update: {healthy_deadline: 5m}'],
    max_failure_ratio: ['one slot that fails is enough for hc to go back', null],
  })
  deploy.rest({
    labels: ['jobs of hc have no labels', null],
    endpoint_mode: ['hc has no addresses of services', 'hc endpoints says where each slot answers'],
    rollback_config: ['hc goes back as it went forth', 'update: {...}'],
  })
}
