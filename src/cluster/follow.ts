// Journals followed over all hosts, wherever their slots go: a lost host, a drain, a restart, a new slot.
import type { Host } from '../model/host.js'
import { byName, type HostName, type Millis, type SlotName } from '../model/names.js'
import type { LogLine } from '../model/views.js'
import type { Clock, Transport } from '../ports.js'
import { type FollowedUnit, Journal, type JournalDoors } from './journal.js'
import type { LogOptions } from './logs.js'
import { Reorder } from './reorder.js'

/** Between two looks at where the slots are, ms: at records on this machine, not at hosts. */
const LOOK_MS: Millis = 1000
/** How long a slot's old place is listened to for its last words. */
const LAST_WORDS_MS: Millis = 20_000
/** How long the first lines wait for a host that does not answer, so that they can be told in the order of time. */
const FIRST_LINES_MS: Millis = 3000
/** Told of a new place: from so long before it was decided, s. */
const SLACK_S = 2

/** Where a slot is, or was. */
export interface Place {
  readonly slot: SlotName
  readonly unit: string
  readonly host: HostName
  /** RFC 3339 by this machine's clock: when it was decided. */
  readonly since: string
}

/** What is to be followed, asked again and again. */
export interface Whereabouts {
  readonly places: readonly Place[]
  readonly hosts: readonly Host[]
}

/** The doors that following needs. */
export interface FollowDoors {
  readonly clock: Clock
  readonly transport: Transport
  readonly signal: AbortSignal
  /** Throws while it can't be told; the last answer holds meanwhile. */
  where(): Promise<Whereabouts>
}

interface Known extends Place {
  readonly first: boolean
  /** When it is forgotten, by the clock; null: it is where the slot is. */
  leaveAt: Millis | null
}

/** Tells lines until the signal is aborted. */
export async function followLogs(doors: FollowDoors, options: LogOptions): Promise<void> {
  const follower = new Follower(doors, options)
  await follower.run()
}

class Follower {
  readonly #places = new Map<string, Known>()
  readonly #journals = new Map<HostName, Journal>()
  readonly #streams = new Set<Promise<void>>()
  readonly #reorder: Reorder<LogLine>
  #hosts: readonly Host[] = []

  constructor(
    private readonly doors: FollowDoors,
    private readonly options: LogOptions,
  ) {
    this.#reorder = new Reorder(doors.clock, (line) => options.onLine(line))
  }

  async run(): Promise<void> {
    const { clock, signal } = this.doors
    this.#update(await this.doors.where(), true)
    const ready = Promise.all([...this.#journals.values()].map((journal) => journal.ready))
    void Promise.race([ready, clock.sleep(FIRST_LINES_MS, signal)]).then(() => this.#reorder.open())
    while (!signal.aborted) {
      await clock.sleep(LOOK_MS, signal)
      const where = await this.doors.where().catch(() => null)
      if (where !== null && !signal.aborted) this.#update(where, false)
    }
    for (const journal of this.#journals.values()) journal.end()
    await Promise.all(this.#streams)
    this.#reorder.flush()
  }

  #update({ places, hosts }: Whereabouts, first: boolean): void {
    this.#hosts = hosts
    const wanted = new Map(places.map((place) => [keyOf(place), place]))
    const { clock } = this.doors
    for (const place of [...places].sort((a, b) => byName(a.slot, b.slot))) {
      const known = this.#places.get(keyOf(place))
      if (known && known.leaveAt === null) continue
      if (!first) this.#noteArrival(place)
      this.#places.set(keyOf(place), { ...place, first, leaveAt: null })
    }
    for (const [key, known] of this.#places) {
      if (wanted.has(key)) continue
      if (known.leaveAt === null) {
        known.leaveAt = clock.now() + LAST_WORDS_MS
        if (!places.some(({ slot }) => slot === known.slot)) this.#note(`${known.slot} is gone from ${known.host}`)
      } else if (known.leaveAt <= clock.now()) this.#places.delete(key)
    }
    this.#direct()
  }

  #noteArrival({ slot, host }: Place): void {
    const before = [...this.#places.values()].filter((known) => known.slot === slot && known.host !== host)
    const from = before.find(({ leaveAt }) => leaveAt === null) ?? before.at(-1)
    this.#note(from ? `${slot} moved from ${from.host} to ${host}` : `${slot} is new, on ${host}`)
  }

  #note(text: string): void {
    this.options.onNote?.(text)
  }

  /** Tells each journal its units. */
  #direct(): void {
    const byHost = new Map<HostName, FollowedUnit[]>()
    for (const place of this.#places.values()) {
      byHost.set(place.host, [...(byHost.get(place.host) ?? []), this.#followed(place)])
    }
    for (const [name, journal] of this.#journals) {
      if (byHost.has(name)) continue
      journal.end()
      this.#journals.delete(name)
    }
    for (const [name, units] of byHost) {
      const host = this.#hosts.find((one) => one.name === name)
      if (host) this.#journal(host).want(host, units)
    }
  }

  #journal(host: Host): Journal {
    const kept = this.#journals.get(host.name)
    if (kept) return kept
    const journal = new Journal(host, this.#doorsOfJournal())
    this.#journals.set(host.name, journal)
    // Begun when it has been told its units.
    const stream = Promise.resolve()
      .then(() => journal.follow())
      .finally(() => this.#streams.delete(stream))
    this.#streams.add(stream)
    return journal
  }

  #doorsOfJournal(): JournalDoors {
    const { clock, transport, signal } = this.doors
    const { grep, onWarning } = this.options
    return {
      clock,
      transport,
      signal,
      grep,
      onLine: (line) => this.#reorder.push(line),
      onWarning: (text) => onWarning(text),
      onNote: (text) => this.#note(text),
    }
  }

  /** Of a new place all is told since it was decided: by spans, because the clocks of two machines differ. */
  #followed({ slot, unit, since, first }: Known): FollowedUnit {
    const { lines, since: bound, grep } = this.options
    if (first) return { slot, unit, backlog: lines === 0 ? null : { lines, since: bound, grep } }
    const age = (Date.parse(this.doors.clock.wall()) - Date.parse(since)) / 1000
    const seconds = Math.max(0, Math.ceil(Number.isNaN(age) ? 0 : age)) + SLACK_S
    return { slot, unit, backlog: { lines: null, since: `-${seconds}s`, grep } }
  }
}

function keyOf({ slot, host, unit }: Place): string {
  return `${slot} ${host} ${unit}`
}
