// The metrics in Prometheus' text format, by prom-client. Counters are numbers that ticks add to; all else is read off the
// snapshot when somebody asks.
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { TickFigures } from '../../model/outlook.js'
import { type ActionKind, REASONS } from '../../model/plan.js'
import type { LiveView } from '../../model/views.js'
import { FAMILIES, type Family } from './families.js'

/** Rows that one metric may have: with more, the first so many are served and the rest counted. */
const MOST_ROWS = 5000

const ACTIONS: Readonly<Record<ActionKind, true>> = {
  start: true,
  stop: true,
  restart: true,
  move: true,
  adopt: true,
  forget: true,
  run: true,
}

/** Names and help of what is not read off a snapshot. */
export const OWN: Readonly<Record<string, string>> = {
  hc_build_info: '1; the label is the version of hc.',
  hc_loop_healthy: '1 while the loop ticks and sees (what /healthz says), else 0.',
  hc_tick_duration_seconds: 'How long ticks took.',
  hc_ticks_total: 'Ticks by result.',
  hc_actions_total: 'Decided actions by kind.',
  hc_action_reasons_total: 'Decided actions by reason.',
  hc_steps_total: 'Steps on hosts that ended within their tick, by result.',
  hc_events_total: 'Recorded events by kind, of all programs on this store, since this loop began.',
  hc_metrics_rows_left_out: 'Rows that are not served since there are too many.',
  process_start_time_seconds: 'When this process began, Unix time.',
  process_cpu_seconds_total: 'Processor time that this process has used.',
  process_resident_memory_bytes: 'Memory of this process.',
}

/** Words that the caller knows. Counters are there, at zero, before they first count. */
export interface MetricWords {
  readonly version: string
  readonly eventKinds: readonly string[]
}

/** Adds up, and writes down. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #gauges: readonly { readonly family: Family; readonly metric: Gauge | Counter }[]
  readonly #duration: Histogram
  readonly #counters: ReadonlyMap<string, Counter>
  readonly #own: ReadonlyMap<string, Gauge>

  constructor(words: MetricWords) {
    const registers = [this.#registry]
    const about = (name: string) => ({ name, help: OWN[name] ?? '', registers })
    const gauge = (name: string, ...labelNames: string[]) => [name, new Gauge({ ...about(name), labelNames })] as const
    this.#own = new Map([
      gauge('hc_build_info', 'version'),
      gauge('hc_loop_healthy'),
      gauge('hc_metrics_rows_left_out'),
      gauge('process_start_time_seconds'),
      gauge('process_resident_memory_bytes'),
    ])
    this.#own.get('hc_build_info')?.set({ version: words.version }, 1)
    this.#own.get('process_start_time_seconds')?.set(Math.round(Date.now() / 1000 - process.uptime()))
    this.#duration = new Histogram({
      ...about('hc_tick_duration_seconds'),
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    })
    const counter = (name: string, label: string, values: readonly string[]) => {
      const made = new Counter({ ...about(name), labelNames: [label] })
      for (const value of values) made.inc({ [label]: value }, 0)
      return [name, made] as const
    }
    this.#counters = new Map([
      counter('hc_ticks_total', 'result', ['ok', 'failed']),
      counter('hc_actions_total', 'kind', Object.keys(ACTIONS)),
      counter('hc_action_reasons_total', 'reason', Object.keys(REASONS)),
      counter('hc_steps_total', 'result', ['ok', 'failed']),
      counter('hc_events_total', 'kind', words.eventKinds),
      ['process_cpu_seconds_total', new Counter(about('process_cpu_seconds_total'))],
    ])
    this.#gauges = FAMILIES.map((family) => {
      const options = { name: family.name, help: family.help, labelNames: [...family.labels], registers }
      return { family, metric: family.counter ? new Counter(options) : new Gauge(options) }
    })
  }

  /** Media type of the text. */
  get contentType(): string {
    return this.#registry.contentType
  }

  /** A tick that went well. */
  ticked({ tookMs, actions, results }: TickFigures): void {
    this.#duration.observe(tookMs / 1000)
    this.#count('hc_ticks_total', 'result', 'ok')
    for (const { kind, reason } of actions) {
      this.#count('hc_actions_total', 'kind', kind)
      this.#count('hc_action_reasons_total', 'reason', reason)
    }
    for (const { ok } of results) this.#count('hc_steps_total', 'result', ok ? 'ok' : 'failed')
  }

  /** A tick that failed. */
  failed(): void {
    this.#count('hc_ticks_total', 'result', 'failed')
  }

  /** An event that was recorded. */
  event(kind: string): void {
    this.#count('hc_events_total', 'kind', kind)
  }

  #count(name: string, label: string, value: string): void {
    this.#counters.get(name)?.inc({ [label]: value })
  }

  /** All of it as text. `view`: null: nothing is known of the cluster, and nothing is told of it. */
  async text(view: LiveView | null, healthy: boolean): Promise<string> {
    let leftOut = 0
    for (const { family, metric } of this.#gauges) {
      metric.reset()
      // One without labels is 0 after that, which would tell of a cluster that nobody has seen.
      if (family.labels.length === 0) metric.remove()
      const rows = view === null ? [] : family.rows(view)
      for (const [labels, value] of rows.slice(0, MOST_ROWS)) metric.inc(labelled(family, labels), value)
      leftOut += Math.max(0, rows.length - MOST_ROWS)
    }
    this.#own.get('hc_loop_healthy')?.set(healthy ? 1 : 0)
    this.#own.get('hc_metrics_rows_left_out')?.set(leftOut)
    this.#own.get('process_resident_memory_bytes')?.set(process.memoryUsage.rss())
    const { user, system } = process.cpuUsage()
    const cpu = this.#counters.get('process_cpu_seconds_total')
    cpu?.reset()
    cpu?.inc((user + system) / 1e6)
    return this.#registry.metrics()
  }
}

function labelled({ labels }: Family, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(labels.map((label, index) => [label, values[index] ?? '']))
}
