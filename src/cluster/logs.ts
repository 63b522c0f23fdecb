// Journals of allocations over all hosts, interleaved by time.
import type { Host } from '../model/host.js'
import { type HostName, type Millis, type SlotName, unitOfSlot } from '../model/names.js'
import type { AllocationView, LogLine } from '../model/views.js'
import type { Transport } from '../ports.js'
import { logsScript, parseLogLine } from '../remote/logs.js'

/** How long reading a journal that is not followed may take, ms. */
const READ_MS: Millis = 60_000

/** Options of `logs`. */
export interface LogOptions {
  readonly follow: boolean
  readonly lines: number | null
  /** As journalctl takes it (`-1h`, `2026-11-22 10:00`); null: no bound. */
  readonly since: string | null
  readonly grep: string | null
  /** Ends the following, beside Ctrl-C. */
  readonly signal?: AbortSignal
  onLine(line: LogLine): void
  onWarning(text: string): void
}

interface Timed {
  readonly micros: number
  readonly line: LogLine
}

/**
 * Tells the lines of these allocations. Not followed, all hosts are read first and told in the order of time; followed,
 * lines are told as they come.
 */
export async function followLogs(
  transport: Transport,
  hosts: readonly Host[],
  allocations: readonly AllocationView[],
  options: LogOptions,
  signal: AbortSignal | null,
): Promise<void> {
  const collected: Timed[] = []
  const tell = (timed: Timed) => (options.follow ? options.onLine(timed.line) : collected.push(timed))
  const byHost = new Map<HostName, AllocationView[]>()
  for (const allocation of allocations) {
    if (allocation.host === null) options.onWarning(`${allocation.slot} has no place yet, and no journal`)
    else byHost.set(allocation.host, [...(byHost.get(allocation.host) ?? []), allocation])
  }
  await Promise.all(
    hosts
      .filter(({ name }) => byHost.has(name))
      .map((host) => readHost(transport, host, byHost.get(host.name) ?? [], options, signal, tell)),
  )
  const sorted = collected.sort((a, b) => a.micros - b.micros)
  for (const { line } of options.lines === null ? sorted : sorted.slice(-options.lines)) options.onLine(line)
}

async function readHost(
  transport: Transport,
  host: Host,
  allocations: readonly AllocationView[],
  options: LogOptions,
  signal: AbortSignal | null,
  tell: (timed: Timed) => void,
): Promise<void> {
  const units = new Map<string, SlotName>()
  for (const { slot, unit } of allocations) units.set(unit ?? unitOfSlot(slot), slot)
  let rest = ''
  let said = ''
  const onText = (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      const entry = parseLogLine(part)
      const slot = entry && (entry.slot ?? (entry.unit === null ? null : (units.get(entry.unit) ?? null)))
      if (entry && slot) {
        tell({ micros: entry.micros, line: { slot, host: host.name, time: entry.time, text: entry.message } })
      }
    }
  }
  const { lines, since, grep, follow } = options
  const result = await transport.command(host, {
    script: logsScript({ units: [...units.keys()], lines, since, grep, follow }),
    timeoutMs: follow ? null : READ_MS,
    ...(signal && { signal }),
    onStdout: onText,
    onStderr: (text) => {
      said = (said + text).slice(-500)
    },
  })
  if (!result.ok && result.failure.kind !== 'aborted') options.onWarning(`${host.name}: ${result.failure.message}`)
  // journalctl ends with 1 when --grep finds nothing.
  else if (result.ok && result.exitCode > 1) options.onWarning(`${host.name}: journalctl: ${said.trim()}`)
}

/** Lines of each journal that are looked through for last words, and how long that may take, ms. */
const LAST_LINES = 12
const LAST_MS: Millis = 5000

/** The last line that each allocation itself wrote, systemd's remarks left out: what a person wants to see of a failure. */
export async function lastWords(
  transport: Transport,
  hosts: readonly Host[],
  places: readonly { readonly slot: SlotName; readonly host: HostName | null }[],
): Promise<ReadonlyMap<SlotName, string>> {
  const words = new Map<SlotName, string>()
  await Promise.all(
    places.map(async ({ slot, host: name }) => {
      const host = hosts.find((one) => one.name === name)
      if (!host) return
      let output = ''
      const script = logsScript({
        units: [unitOfSlot(slot)],
        lines: LAST_LINES,
        since: null,
        grep: null,
        follow: false,
      })
      const keep = (text: string) => {
        output += text
      }
      await transport.command(host, { script, timeoutMs: LAST_MS, onStdout: keep, onStderr: () => {} })
      const said = output
        .split('\n')
        .map((line) => parseLogLine(line))
        .filter((line) => line !== null && line.identifier !== 'systemd' && line.message.trim() !== '')
      const last = said.at(-1)
      if (last) words.set(slot, last.message)
    }),
  )
  return words
}
