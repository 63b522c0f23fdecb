// Journals of allocations: the command, and its lines read.
import { type SlotName, slotOfUnit } from '../model/names.js'
import { PROLOGUE } from './layout.js'
import { printableLine, printableText } from './printable.js'
import { number, quote, words } from './quote.js'

/** What is wanted of the journal of one host. */
export interface LogsOptions {
  /** Units: `hc-web.0.service`, or the target of a `unit:` job. */
  readonly units: readonly string[]
  /** The newest so many lines of each unit; null: all. */
  readonly lines: number | null
  /** As journalctl takes it: `2026-01-01 10:00:00`, `-1h`; null: from the beginning. */
  readonly since: string | null
  /** The same; null: to the end. */
  readonly until?: string | null
  /** A pattern that messages match; null: all. */
  readonly grep: string | null
}

/** What is wanted of a journal that is followed. */
export interface FollowRequest {
  /** All units that are followed. */
  readonly units: readonly string[]
  readonly grep: string | null
  /** What is read first, a part of the units each; it ends with `LIVE_LINE`. */
  readonly backlogs: readonly LogsOptions[]
  /** Where it goes on: at the entry with this cursor, which is told again; from a time of the host's clock, in seconds
   * since 1970; null: from now. */
  readonly from: { readonly cursor: string } | { readonly second: number } | null
}

/** Fields that are asked for; journalctl adds time and cursor. */
const FIELDS = ['MESSAGE', 'PRIORITY', '_PID', '_SYSTEMD_UNIT', 'UNIT', 'SYSLOG_IDENTIFIER']

const JOURNALCTL = ['journalctl', '--no-pager', '--output=json', `--output-fields=${FIELDS.join(',')}`]

function unitWords(units: readonly string[], grep: string | null): string[] {
  return [...units.flatMap((unit) => ['--unit', unit]), ...(grep === null ? [] : ['--grep', grep])]
}

/** One journalctl for all units where all their lines are wanted, else one for each: they come in order only by unit. */
function readCommands({ units, lines, since, until = null, grep }: LogsOptions): string[] {
  const bounds = [...(since === null ? [] : ['--since', since]), ...(until === null ? [] : ['--until', until])]
  if (lines === null) return [words([...JOURNALCTL, ...bounds, ...unitWords(units, grep)])]
  return units.map((unit) => words([...JOURNALCTL, `--lines=${number(lines)}`, ...bounds, ...unitWords([unit], grep)]))
}

/** The script: prints one JSON object a line. Ends with the worst code of its journalctls; 1: nothing found, or wrong words. */
export function logsScript(options: LogsOptions): string {
  const commands = readCommands(options).map((command) => `${command} || hc_code=$?`)
  return `${PROLOGUE}hc_code=0\n${commands.join('\n')}\nexit "$hc_code"\n`
}

/** Comes once, when what was there before has been told. */
export const LIVE_LINE = 'hc-live'

/**
 * The script that follows: it tells the host's clock, what was there before, and then what comes. Lines may come twice:
 * told apart by `Position`. `--cursor`, not `--after-cursor`: that one skips a line where a unit is asked for too
 * (systemd before 255, its issue 30288); `--no-tail`, since -f alone shows ten lines only, also from a cursor (4739).
 */
export function followScript({ units, grep, backlogs, from }: FollowRequest): string {
  const begin = from === null ? '"@$hc_now"' : 'cursor' in from ? quote(from.cursor) : `"@${number(from.second)}"`
  const bound = from !== null && 'cursor' in from ? '--cursor' : '--since'
  const follow = words([...JOURNALCTL, '--follow', '--no-tail', ...unitWords(units, grep)])
  return [
    `${PROLOGUE}hc_now=$(date +%s)`,
    'echo "hc-now $hc_now"',
    ...backlogs.flatMap(readCommands),
    `echo ${LIVE_LINE}`,
    `exec ${follow} ${bound} ${begin}`,
    '',
  ].join('\n')
}

/** The host's clock as `followScript` tells it first, seconds since 1970; null for any other line. */
export function parseNowLine(line: string): number | null {
  const [, seconds] = /^hc-now (\d{1,12})$/.exec(line) ?? []
  return seconds === undefined ? null : Number(seconds)
}

/** Where an entry stands in its journal: the number rises with each entry of one sequence. */
export interface Position {
  readonly sequence: string
  readonly number: bigint
}

/** The position that a cursor holds (`s=...;i=...;...`: sequence, and number in hex), or null. */
export function positionOf(cursor: string | null): Position | null {
  const [, sequence, number] = /^s=([0-9a-f]+);i=([0-9a-f]{1,16});/.exec(cursor ?? '') ?? []
  return sequence === undefined || number === undefined ? null : { sequence, number: BigInt(`0x${number}`) }
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
    message: printableText(messageOf(entry.MESSAGE), LINE_LIMIT),
    cursor: text('__CURSOR'),
  }
}
