// Asks every allocation that has a health check how it is, each at its own pace, beside the ticks.
import { randomBytes } from 'node:crypto'
import type { HealthAnswer, HealthAsk, SlotHealth } from '../model/health.js'
import type { Host } from '../model/host.js'
import type { DriverName, HealthRule } from '../model/job.js'
import type { HostName, JobName, Millis, SlotName } from '../model/names.js'
import type { Clock, Prober, SessionNear, Transport } from '../ports.js'
import { within } from '../remote/wait.js'
import { execOn } from './exec.js'
import { OutsideWatch } from './outside.js'

/** Until it is healthy for the first time it is asked so often at the least, ms: who waits for it shall not wait longer. */
const STARTING_EVERY_MS: Millis = 1000

/** Whom to ask. */
export interface HealthTarget {
  readonly slot: SlotName
  readonly job: JobName
  readonly host: Host
  readonly run: string
  readonly rule: HealthRule
  /** Host port of the check; null where it has none, or the allocation lacks it. */
  readonly port: number | null
  readonly driver: DriverName
  /** The unit whose process a command stands beside. */
  readonly unit: string
  /** How long it had been running when it was seen, and when that was (hc's monotonic clock), ms. */
  readonly runningMs: Millis
  readonly seenAt: Millis
}

/** What is needed to ask. */
export interface HealthDoors {
  readonly clock: Clock
  readonly transport: Transport
  readonly prober: Prober
  /** An allocation has become healthy or unhealthy. */
  readonly onNews?: () => void
}

/** What was asked of one start of an allocation. */
interface Watched {
  target: HealthTarget
  healthy: boolean | null
  failures: number
  successes: number
  text: string
  /** The last answer was a failure. */
  failing: boolean
  readonly outside: OutsideWatch
  readonly end: AbortController
}

/** Keeps asking, until it is told otherwise. */
export class HealthWatch {
  readonly #doors: HealthDoors
  readonly #watched = new Map<SlotName, Watched>()
  #hung: ReadonlySet<HostName> = new Set()

  constructor(doors: HealthDoors) {
    this.#doors = doors
  }

  /**
   * These are there now. A slot that is not among them is forgotten, unless it is in `unseen`: its host is silent, and what
   * is known of it is kept. On hosts in `hung` it is asked from the control machine instead.
   */
  know(targets: readonly HealthTarget[], unseen: ReadonlySet<SlotName>, hung: ReadonlySet<HostName> = new Set()): void {
    this.#hung = hung
    const named = new Set(targets.map(({ slot }) => slot))
    for (const [slot, { end }] of this.#watched) {
      if (named.has(slot) || unseen.has(slot)) continue
      end.abort()
      this.#watched.delete(slot)
    }
    for (const target of targets) {
      const known = this.#watched.get(target.slot)
      if (known && keyOf(known.target) === keyOf(target)) {
        known.target = target
        continue
      }
      known?.end.abort()
      const outside = new OutsideWatch(this.#doors.prober)
      const watched = {
        target,
        healthy: null,
        failures: 0,
        successes: 0,
        text: '',
        failing: false,
        outside,
        end: new AbortController(),
      }
      this.#watched.set(target.slot, watched)
      void this.#ask(watched)
    }
  }

  /** What is known now. */
  report(): Readonly<Record<SlotName, SlotHealth>> {
    return Object.fromEntries(
      [...this.#watched].map(([slot, { target, healthy, text, failing, outside }]) => {
        const { host, run, rule } = target
        const seen = this.#hung.has(host.name) ? { outside: outside.report(rule) } : {}
        return [slot, { slot, host: host.name, run, healthy, text, ...(failing && { failing }), ...seen }]
      }),
    )
  }

  /** Asks no more. */
  close(): void {
    for (const { end } of this.#watched.values()) end.abort()
    this.#watched.clear()
  }

  async #ask(watched: Watched): Promise<void> {
    const { clock } = this.#doors
    const { signal } = watched.end
    while (!signal.aborted) {
      const at = clock.now()
      const { target, outside } = watched
      const { rule } = target
      const asked = { host: target.host, rule, ask: askOf(target) }
      const judge = (answer: HealthAnswer) => judged(answer, rule.check, target.port ?? 0)
      if (this.#hung.has(target.host.name)) {
        if ((await outside.ask(asked, judge)) && !signal.aborted) this.#doors.onNews?.()
      } else {
        const verdict = await this.#once(target, signal)
        if (verdict && !signal.aborted) this.#note(watched, verdict)
        if (verdict?.ok && !signal.aborted) await outside.prove(asked, judge)
      }
      if (signal.aborted) return
      const every = watched.healthy === null ? Math.min(STARTING_EVERY_MS, rule.intervalMs) : rule.intervalMs
      await clock.sleep(Math.max(0, every - (clock.now() - at)), signal)
    }
  }

  #note(watched: Watched, { ok, text }: { readonly ok: boolean; readonly text: string }): void {
    const { rule, runningMs, seenAt } = watched.target
    const before = watched.healthy
    watched.text = text
    watched.failing = !ok
    watched.successes = ok ? watched.successes + 1 : 0
    // In its time to start a failure says only that it has not started yet.
    const starting = before === null && runningMs + this.#doors.clock.now() - seenAt < rule.startMs
    watched.failures = ok || starting ? 0 : watched.failures + 1
    if (watched.successes >= rule.successes) watched.healthy = true
    if (watched.failures >= rule.failures) watched.healthy = false
    if (watched.healthy !== before) this.#doors.onNews?.()
  }

  /** null: it could not be asked, which says nothing of it. */
  async #once(target: HealthTarget, signal: AbortSignal): Promise<{ ok: boolean; text: string } | null> {
    const { check } = target.rule
    if (check.kind === 'command') return this.#command(target, check.argv, signal)
    const ask = askOf(target)
    if (ask === null) return { ok: false, text: `it has no port ${check.port}` }
    return judged(await this.#doors.prober.ask(target.host, ask), check, ask.port)
  }

  async #command(target: HealthTarget, argv: readonly string[], signal: AbortSignal) {
    const { clock, transport } = this.#doors
    const late = new AbortController()
    const abort = () => late.abort()
    signal.addEventListener('abort', abort, { once: true })
    const request = { ...target, host: target.host.name, command: argv, mark: randomBytes(8).toString('hex') }
    const running = execOn(transport, target.host, request, DEAF, late.signal)
    const ended = await within(clock, target.rule.timeoutMs, running)
    late.abort()
    signal.removeEventListener('abort', abort)
    const name = argv[0] ?? ''
    if (!ended.inTime) return { ok: false, text: `${name}: no end within ${target.rule.timeoutMs} ms` }
    if (!ended.value.ok) return null
    const code = ended.value.exitCode
    return { ok: code === 0, text: code === 0 ? `${name} ended with 0` : `${name} ended with ${code}` }
  }
}

function keyOf({ host, run, rule, port, unit }: HealthTarget): string {
  return JSON.stringify([host.name, host.connection, run, rule, port, unit])
}

function askOf({ rule: { check, timeoutMs }, port }: HealthTarget): HealthAsk | null {
  if (check.kind === 'command' || port === null) return null
  return check.kind === 'tcp' ? { kind: 'tcp', port, timeoutMs } : { kind: 'http', port, path: check.path, timeoutMs }
}

/** Without a status that is asked for, 2xx and 3xx are well. null: it could not be asked, which says nothing of it. */
function judged(
  answer: HealthAnswer,
  check: HealthRule['check'],
  port: number,
): { readonly ok: boolean; readonly text: string } | null {
  if (answer.kind === 'unasked') return null
  if (answer.kind === 'silent') return { ok: false, text: `${check.kind} port ${port}: ${answer.text}` }
  if (check.kind !== 'http') return { ok: true, text: `tcp port ${port} answers` }
  const { status, body } = answer
  const right = check.status === null ? status !== null && status >= 200 && status < 400 : status === check.status
  if (!right) return { ok: false, text: `http ${status ?? 'without a status'}` }
  if (check.body !== null && !body.includes(check.body)) {
    return { ok: false, text: `http ${status}, without the text that health.body asks for` }
  }
  return { ok: true, text: `http ${status}` }
}

/** Nobody reads what a check prints. */
const DEAF: SessionNear = {
  pty: null,
  begin: (far) => far.end(),
  lend: () => undefined,
  stdout: async () => undefined,
  stderr: async () => undefined,
}
