// Journals of allocations: the command, and its lines read.
import { type SlotName, slotOfUnit } from '../model/names.js'
import { PROLOGUE } from './layout.js'
import { printableLine } from './printable.js'
import { number, words } from './quote.js'

/** What is wanted of the journal. */
export interface LogsOptions {
  /** Units: `hc-web.0.service`, or the target of a `unit:` job. */
  readonly units: readonly string[]
  /** The newest so many lines; null: all. */
  readonly lines: number | null
  /** As journalctl takes it: `2026-01-01 10:00:00`, `-1h`; null: from the beginning. */
  readonly since: string | null
  /** Stay and print what comes. */
  readonly follow: boolean
  /** A pattern that messages match; null: all. */
  readonly grep: string | null
}

/** Fields that are asked for; journalctl adds time and cursor. */
const FIELDS = ['MESSAGE', 'PRIORITY', '_PID', '_SYSTEMD_UNIT', 'UNIT', 'SYSLOG_IDENTIFIER']

/** The script: prints one JSON object a line. */
export function logsScript(options: LogsOptions): string {
  const argv = ['journalctl', '--no-pager', '--output=json', `--output-fields=${FIELDS.join(',')}`]
  for (const unit of options.units) argv.push('--unit', unit)
  if (options.lines !== null) argv.push(`--lines=${number(options.lines)}`)
  else if (options.follow) argv.push('--no-tail')
  if (options.since !== null) argv.push('--since', options.since)
  if (options.grep !== null) argv.push('--grep', options.grep)
  if (options.follow) argv.push('--follow')
  return `${PROLOGUE}exec ${words(argv)}\n`
}

/** One line of a journal. */
export interface LogLine {
  /** RFC 3339 UTC, by the host's clock. */
  readonly time: string
  /** Microseconds since 1970 as journald has it: for sorting. */
  readonly micros: number
  readonly unit: string | null
  /** null for a unit that is not named by hc. */
  readonly slot: SlotName | null
  /** 0 (worst) to 7, as of syslog. */
  readonly priority: number
  readonly pid: number | null
  readonly identifier: string | null
  /** Control characters taken out. */
  readonly message: string
  readonly cursor: string | null
}

/** Longest message that is shown. */
const LINE_LIMIT = 16_000

function messageOf(value: unknown): string {
  if (typeof value === 'string') return value
  // What is not UTF-8 comes as an array of bytes.
  if (Array.isArray(value) && value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256)) {
    return new TextDecoder().decode(Uint8Array.from(value))
  }
  return ''
}

/** Reads one line of `logsScript`'s output; null for what is no journal entry. */
export function parseLogLine(line: string): LogLine | null {
  if (!line.startsWith('{')) return null
  let entry: Record<string, unknown>
  try {
    entry = JSON.parse(line) as Record<string, unknown>
  } catch {
    return null
  }
  const text = (key: string): string | null => {
    const value = entry[key]
    return typeof value === 'string' ? value : null
  }
  const micros = Number(text('__REALTIME_TIMESTAMP') ?? Number.NaN)
  if (!Number.isSafeInteger(micros) || micros < 0 || micros > 8.64e18) return null
  // A message of systemd about a unit has the unit in UNIT, and its own in _SYSTEMD_UNIT.
  const unit = text('UNIT') ?? text('_SYSTEMD_UNIT')
  const pid = Number(text('_PID') ?? Number.NaN)
  return {
    time: new Date(micros / 1000).toISOString(),
    micros,
    unit: unit === null ? null : printableLine(unit),
    slot: unit === null ? null : slotOfUnit(unit),
    priority: /^[0-7]$/.test(text('PRIORITY') ?? '') ? Number(text('PRIORITY')) : 6,
    pid: Number.isInteger(pid) ? pid : null,
    identifier: text('SYSLOG_IDENTIFIER') === null ? null : printableLine(text('SYSLOG_IDENTIFIER') ?? ''),
    message: printableLine(messageOf(entry.MESSAGE), LINE_LIMIT),
    cursor: text('__CURSOR'),
  }
}
