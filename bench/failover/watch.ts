// What a user sees: a connection to each service every 20 ms, from where commands are given.
import net from 'node:net'
import { sleep } from '../peers/ground.js'

/** Between two looks at one place, ms. */
export const LOOK_EVERY_MS = 20
/** No look waits longer, ms; on a network that loses nothing an answer takes a few. */
const PATIENCE_MS = 250

/** Does something accept a connection there? */
export function answers(address: string, port: number, patienceMs = PATIENCE_MS): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: address, port })
    const end = (is: boolean) => {
      clearTimeout(timer)
      // No state is left behind on either side by thousands of looks.
      socket.resetAndDestroy()
      resolve(is)
    }
    const timer = setTimeout(() => end(false), patienceMs)
    socket.once('connect', () => end(true))
    socket.on('error', () => end(false))
  })
}

/** A place where a service may answer. */
interface Place {
  readonly address: string
  readonly port: number
  busy: boolean
}

/** What was seen of a host that is taken away: times of `performance.now()`, ms. */
export interface Outage {
  /** The last look that it answered began then: it was there that long. */
  readonly lastAnswer: number
  /** Port -> first answer from elsewhere; the look began then. */
  readonly elsewhere: ReadonlyMap<number, number>
}

/** Looks at services of one host there and on the other hosts, until each has answered elsewhere. */
export class OutageWatch {
  readonly #there: readonly Place[]
  readonly #elsewhere: readonly Place[]
  readonly #found = new Map<number, number>()
  readonly #wanted: number
  #lastAnswer = Number.NaN
  #over = false

  constructor(ports: readonly number[], there: string, others: readonly string[]) {
    const places = (addresses: readonly string[]) =>
      addresses.flatMap((address) => ports.map((port) => ({ address, port, busy: false })))
    this.#wanted = ports.length
    this.#there = places([there])
    this.#elsewhere = places(others)
    void this.#go()
  }

  get lastAnswer(): number {
    return this.#lastAnswer
  }

  async #go(): Promise<void> {
    while (!this.#over) {
      const at = performance.now()
      for (const place of this.#there) this.#look(place, () => (this.#lastAnswer = Math.max(at, this.#lastAnswer || 0)))
      for (const place of this.#elsewhere) {
        if (this.#found.has(place.port)) continue
        this.#look(place, () => this.#found.set(place.port, Math.min(at, this.#found.get(place.port) ?? at)))
      }
      await sleep(Math.max(1, LOOK_EVERY_MS - (performance.now() - at)))
    }
  }

  /** One look at a place at a time. */
  #look(place: Place, seen: () => void): void {
    if (place.busy) return
    place.busy = true
    void answers(place.address, place.port).then((is) => {
      place.busy = false
      if (is && !this.#over) seen()
    })
  }

  /** Until all have answered elsewhere, or the bound is over; then no more looks. */
  async end(boundMs: number): Promise<Outage> {
    const end = performance.now() + boundMs
    while (this.#found.size < this.#wanted && performance.now() < end) await sleep(LOOK_EVERY_MS)
    this.#over = true
    return { lastAnswer: this.#lastAnswer, elsewhere: this.#found }
  }
}

/** Seconds from the last answer of the host to the last first answer elsewhere; null: not all did. */
export function outageSeconds({ lastAnswer, elsewhere }: Outage, wanted: number): number | null {
  if (elsewhere.size < wanted) return null
  return (Math.max(...elsewhere.values()) - lastAnswer) / 1000
}
