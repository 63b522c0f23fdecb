// Journals of allocations over all hosts, read once and told in the order of time.
import { UserError } from '../model/errors.js'
import type { Host } from '../model/host.js'
import { type HostName, type Millis, type SlotName, unitOfSlot } from '../model/names.js'
import type { LogLine } from '../model/views.js'
import type { Transport } from '../ports.js'
import { logsScript, parseLogLine } from '../remote/logs.js'
import type { Place } from './follow.js'
import { byTime, type Timed } from './reorder.js'

/** How long reading a journal that is not followed may take, ms. */
const READ_MS: Millis = 60_000
/** What journalctl says of words that it can't take: the operator's mistake, the same on every host. */
const WRONG_WORDS = /failed to parse timestamp|bad pattern|compil\w+ (?:pattern|error)|pcre2/i

/** Options of `logs`. */
export interface LogOptions {
  readonly follow: boolean
  /** The newest so many of each slot; null: all. */
  readonly lines: number | null
  /** As journalctl takes it (`-1h`, `2026-11-22 10:00`); null: no bound. */
  readonly since: string | null
  /** The same, where it is not followed. */
  readonly until?: string | null
  readonly grep: string | null
  /** Also what earlier allocations of the slots left on other hosts. */
  readonly allHosts?: boolean
  /** Ends the following, beside Ctrl-C. */
  readonly signal?: AbortSignal
  onLine(line: LogLine): void
  onWarning(text: string): void
  /** What happens to what is followed: a slot has moved, a host answers again. */
  onNote?(text: string): void
  /** This host's journal could not be read. */
  onMissing?(host: HostName): void
}

/** Tells the lines of these places: all hosts are read at once and told in the order of time. Throws UserError. */
export async function readLogs(
  transport: Transport,
  hosts: readonly Host[],
  places: readonly Place[],
  options: LogOptions,
  signal: AbortSignal | null,
): Promise<void> {
  const collected: Timed<LogLine>[] = []
  const asked = hosts.filter(({ name }) => places.some(({ host }) => host === name))
  // One journal that is told as a whole comes in order, and need not be held.
  const direct = asked.length === 1 && options.lines === null
  const tell = (timed: Timed<LogLine>) => (direct ? options.onLine(timed.line) : collected.push(timed))
  const own = (name: HostName) => places.filter(({ host }) => host === name)
  const ends = await Promise.all(asked.map((host) => readHost(transport, host, own(host.name), options, signal, tell)))
  const wrong = ends.find((end) => end !== null)
  if (wrong) throw wrong
  for (const { line } of collected.sort(byTime)) options.onLine(line)
}

/** Reads one host; the operator's mistake where it is one. */
async function readHost(
  transport: Transport,
  host: Host,
  places: readonly Place[],
  options: LogOptions,
  signal: AbortSignal | null,
  tell: (timed: Timed<LogLine>) => void,
): Promise<UserError | null> {
  const units = new Map(places.map(({ unit, slot }) => [unit, slot]))
  let rest = ''
  let said = ''
  const onText = (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      const entry = parseLogLine(part)
      const slot = entry && ((entry.unit === null ? null : units.get(entry.unit)) ?? entry.slot)
      if (entry && slot) {
        tell({ micros: entry.micros, line: { slot, host: host.name, time: entry.time, text: entry.message } })
      }
    }
  }
  const { lines, since, until = null, grep, onWarning, onMissing } = options
  const result = await transport.command(host, {
    script: logsScript({ units: [...units.keys()], lines, since, until, grep }),
    timeoutMs: READ_MS,
    ...(signal && { signal }),
    onStdout: onText,
    onStderr: (text) => {
      said = (said + text).slice(-500)
    },
  })
  if (!result.ok && result.failure.kind === 'aborted') return null
  // It also ends with 1 when --grep finds nothing, and says nothing then.
  const problem = result.ok ? (result.exitCode === 0 ? '' : said.trim()) : result.failure.message
  if (problem === '') return null
  if (result.ok && WRONG_WORDS.test(problem)) return wrongWords(problem)
  onMissing?.(host.name)
  onWarning(
    result.ok ? `${host.name}: journalctl: ${problem}` : `${host.name}: ${problem}: its journal is missing here`,
  )
  return null
}

function wrongWords(said: string): UserError {
  return new UserError(`journalctl does not take it: ${said.split('\n')[0] ?? said}`, {
    code: 'usage',
    hint: 'times are written as -1h, -30m, today, 10:00 or "2026-11-22 10:00"; patterns as grep -P takes them',
  })
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
