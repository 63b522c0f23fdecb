// The journal of one host, followed over lost connections and while units come and go: no line twice, none left out.
import type { Host } from '../model/host.js'
import type { HostName, Millis, SlotName } from '../model/names.js'
import type { LogLine } from '../model/views.js'
import type { Clock, Transport } from '../ports.js'
import {
  type LogLine as Entry,
  followScript,
  LIVE_LINE,
  type LogsOptions,
  parseLogLine,
  parseNowLine,
  positionOf,
} from '../remote/logs.js'
import type { Timed } from './reorder.js'

/** Between two tries of a host that does not answer, ms: the first, doubled up to the last. */
const AGAIN_MS: Millis = 1000
const AGAIN_AT_MOST_MS: Millis = 10_000
/** How long a host is tried without an answer. */
const GIVE_UP_MS: Millis = 3_600_000
/** What journalctl says where the host's inotify watches are used up: it prints what is there, and ends. */
const CANNOT_WAIT = /insufficient watch descriptors/i
/** Between two readings of such a journal, ms. */
const POLL_MS: Millis = 1000
/** A stream that held so long was in order: the next loss is a new one. */
const HELD_MS: Millis = 5000

/** One unit that is followed on a host. */
export interface FollowedUnit {
  readonly unit: string
  readonly slot: SlotName
  /** What is told first of what was there before; null: nothing. */
  readonly backlog: Omit<LogsOptions, 'units'> | null
}

/** What a journal is followed with. */
export interface JournalDoors {
  readonly clock: Clock
  readonly transport: Transport
  readonly grep: string | null
  readonly signal: AbortSignal
  onLine(line: Timed<LogLine>): void
  onWarning(text: string): void
  onNote(text: string): void
}

interface Unit extends FollowedUnit {
  /** Its backlog was told. */
  begun: boolean
  /** The last entry that was told, by sequence; and what it was when the present script began. */
  readonly told: Map<string, bigint>
  floor: ReadonlyMap<string, bigint>
}

/** Follows some units of one host until it is ended. */
export class Journal {
  readonly name: HostName
  readonly #units = new Map<string, Unit>()
  /** Of the last line that came while following. */
  #cursor: string | null = null
  /** The host's clock when it was first asked, seconds since 1970. */
  #since: number | null = null
  #running: AbortController | null = null
  #live = false
  #ended = false
  #polling = false
  /** Since when it does not answer, by the clock. */
  #lostAt: Millis | null = null
  #againMs = AGAIN_MS
  #settle: () => void = () => {}
  /** Resolves when what was there before has been told, or can't be. */
  readonly ready = new Promise<void>((resolve) => {
    this.#settle = resolve
  })

  constructor(
    private host: Host,
    private readonly doors: JournalDoors,
  ) {
    this.name = host.name
  }

  /** What is followed from now on; new units are asked for at once. */
  want(host: Host, units: readonly FollowedUnit[]): void {
    this.host = host
    const names = new Set(units.map(({ unit }) => unit))
    for (const name of this.#units.keys()) if (!names.has(name)) this.#units.delete(name)
    const fresh = units.filter(({ unit }) => !this.#units.has(unit))
    for (const unit of fresh) {
      this.#units.set(unit.unit, { ...unit, begun: false, told: new Map(), floor: new Map() })
    }
    if (units.length === 0) this.end()
    else if (fresh.length > 0) this.#running?.abort()
  }

  /** Ends it. */
  end(): void {
    this.#ended = true
    this.#running?.abort()
  }

  /** Follows until it is ended; never rejects. */
  async follow(): Promise<void> {
    const { clock, signal, onWarning } = this.doors
    while (!this.#over) {
      const begunAt = clock.now()
      const problem = await this.#stream()
      this.#settle()
      if (this.#over) return
      if (problem === null) continue
      if (CANNOT_WAIT.test(problem)) {
        this.#sayPolling()
        await clock.sleep(POLL_MS, signal)
        continue
      }
      if (clock.now() - begunAt > HELD_MS) this.#lostAt = null
      if (this.#lostAt === null) onWarning(`${problem}; ${this.name} is tried again, and its lines follow`)
      this.#lostAt ??= clock.now()
      if (clock.now() - this.#lostAt > GIVE_UP_MS) {
        return onWarning(`${this.name} did not answer for an hour and is left out from now on`)
      }
      await clock.sleep(this.#againMs, signal)
      this.#againMs = Math.min(AGAIN_AT_MOST_MS, this.#againMs * 2)
    }
  }

  #sayPolling(): void {
    if (this.#polling) return
    this.#polling = true
    this.doors.onWarning(
      `${this.name}: its inotify watches are used up, so its journal is read once per second: raise fs.inotify.max_user_instances there`,
    )
  }

  get #over(): boolean {
    return this.#ended || this.doors.signal.aborted
  }

  /** One journalctl, to its end. null: it was ended to be asked anew; else what went wrong. */
  async #stream(): Promise<string | null> {
    const { transport, signal } = this.doors
    const running = new AbortController()
    this.#running = running
    const asked = [...this.#units.values()]
    for (const unit of asked) unit.floor = new Map(unit.told)
    this.#live = false
    let rest = ''
    let said = ''
    const result = await transport.command(this.host, {
      script: this.#script(asked),
      timeoutMs: null,
      signal: AbortSignal.any([running.signal, signal]),
      onStdout: (text) => {
        const lines = (rest + text).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) {
          if (line === LIVE_LINE) this.#goLive(asked)
          else this.#take(line)
        }
      },
      onStderr: (text) => {
        said = (said + text).slice(-500)
      },
    })
    if (running.signal.aborted) return null
    if (!result.ok) return `${this.name}: ${result.failure.message}`
    return `${this.name}: journalctl ended with ${result.exitCode}${said.trim() === '' ? '' : `: ${said.trim()}`}`
  }

  #script(units: readonly Unit[]): string {
    return followScript({
      units: units.map(({ unit }) => unit),
      grep: this.doors.grep,
      backlogs: units.flatMap(({ unit, backlog, begun }) =>
        backlog === null || begun ? [] : [{ ...backlog, units: [unit] }],
      ),
      from: this.#cursor !== null ? { cursor: this.#cursor } : this.#since !== null ? { second: this.#since } : null,
    })
  }

  #goLive(asked: readonly Unit[]): void {
    this.#live = true
    for (const unit of asked) unit.begun = true
    if (this.#lostAt !== null) this.doors.onNote(`${this.name} answers again`)
    this.#lostAt = null
    this.#againMs = AGAIN_MS
    this.#settle()
  }

  #take(line: string): void {
    this.#since ??= parseNowLine(line)
    const entry = parseLogLine(line)
    if (entry === null) return
    if (this.#live && entry.cursor !== null) this.#cursor = entry.cursor
    const unit = this.#unitOf(entry)
    if (unit === null || !this.#isNew(unit, entry)) return
    const { micros, time, message } = entry
    this.doors.onLine({ micros, line: { slot: unit.slot, host: this.name, time, text: message } })
  }

  #unitOf({ unit, slot }: Entry): Unit | null {
    const named = unit === null ? undefined : this.#units.get(unit)
    if (named) return named
    // What systemd says of a timer belongs to the slot too.
    return [...this.#units.values()].find((one) => slot !== null && one.slot === slot) ?? null
  }

  /** A backlog may come in any order, so there only what an earlier script told is old. */
  #isNew({ told, floor }: Unit, { cursor }: Entry): boolean {
    const position = positionOf(cursor)
    if (position === null) return true
    const { sequence, number } = position
    const last = (this.#live ? told : floor).get(sequence)
    if (last !== undefined && number <= last) return false
    const highest = told.get(sequence)
    if (highest === undefined || number > highest) told.set(sequence, number)
    return true
  }
}
