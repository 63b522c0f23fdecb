// Virtual time: a queue of events. Nothing of it waits for a real clock.
import type { Millis } from '../../src/model/names.js'
import type { Clock } from '../../src/ports.js'

interface Due {
  readonly at: Millis
  readonly order: number
  readonly run: () => void
  readonly isAlive: () => boolean
}

/** 2024-01-01T00:00:00Z. */
const EPOCH = 1_704_067_200_000

/** The time of a simulated world. */
export class SimTime {
  #now = 0
  #order = 0
  #wallShift = 0
  readonly #wallSet: (() => void)[] = []
  readonly #heap: Due[] = []

  /** Wall clocks are set forward or back by so much, ms. */
  get wallShift(): Millis {
    return this.#wallShift
  }

  set wallShift(ms: Millis) {
    this.#wallShift = ms
    for (const listener of this.#wallSet) listener()
  }

  /** Told whenever wall clocks were set. */
  onWallSet(listener: () => void): void {
    this.#wallSet.push(listener)
  }

  /** ms since the simulation began. */
  get now(): Millis {
    return this.#now
  }

  /** The wall clock, ms since 1970. */
  get wallMs(): Millis {
    return EPOCH + this.#now + this.#wallShift
  }

  wall(): string {
    return new Date(this.wallMs).toISOString()
  }

  /** Calls back after `ms`; `isAlive` is asked first: what a killed process waits for never comes. */
  after(ms: Millis, run: () => void, isAlive: () => boolean = () => true): void {
    this.#push({ at: this.#now + Math.max(0, ms), order: this.#order++, run, isAlive })
  }

  sleep(ms: Millis): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve))
  }

  /** Runs everything that is due up to `until`; all that each event sets off is settled before the next. */
  async run(until: Millis, afterEach: () => void): Promise<void> {
    await settle()
    for (let due = this.#heap[0]; due && due.at <= until; due = this.#heap[0]) {
      this.#pop()
      if (!due.isAlive()) continue
      this.#now = Math.max(this.#now, due.at)
      due.run()
      await settle()
      afterEach()
    }
    this.#now = until
  }

  #push(due: Due): void {
    const heap = this.#heap
    heap.push(due)
    for (let at = heap.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1
      const [child, above] = [heap[at], heap[parent]]
      if (!child || !above || !isBefore(child, above)) break
      heap[at] = above
      heap[parent] = child
      at = parent
    }
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (!last || heap.length === 0) return
    heap[0] = last
    for (let at = 0; ; ) {
      const left = 2 * at + 1
      const [a, b, here] = [heap[left], heap[left + 1], heap[at]]
      if (!a || !here) break
      const [next, child] = b && isBefore(b, a) ? [left + 1, b] : [left, a]
      if (!isBefore(child, here)) break
      heap[at] = child
      heap[next] = here
      at = next
    }
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

/** Until no promise can go on by itself: everything in the simulated world is microtasks. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** How a beat misbehaves. */
export interface BeatFaults {
  skips(): boolean
  doubles(): boolean
}

/** The clock of one process: monotonic from a start of its own; stands still for ever when the process is killed. */
export class ProcessClock implements Clock {
  readonly #time: SimTime
  readonly #offset: Millis
  readonly #isAlive: () => boolean
  readonly #faults: BeatFaults

  constructor(time: SimTime, offset: Millis, isAlive: () => boolean, faults: BeatFaults) {
    this.#time = time
    this.#offset = offset
    this.#isAlive = isAlive
    this.#faults = faults
  }

  now(): Millis {
    return this.#time.now + this.#offset
  }

  wall(): string {
    return this.#time.wall()
  }

  sleep(ms: Millis, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      let open = true
      const end = () => {
        if (!open) return
        open = false
        signal?.removeEventListener('abort', end)
        resolve()
      }
      if (Number.isFinite(ms)) this.#time.after(ms, end, () => open && this.#isAlive())
      signal?.addEventListener('abort', end)
    })
  }

  /** Every second, whatever the expression: cron itself is not simulated. */
  beat(_expression: string, onBeat: () => Promise<void>): { stop(): void } {
    let stopped = false
    let running = false
    const fire = () => {
      if (running || stopped) return
      running = true
      void onBeat().finally(() => {
        running = false
      })
    }
    const next = () => {
      const wait = 1000 - (this.#time.now % 1000)
      const isAlive = () => !stopped && this.#isAlive()
      this.#time.after(
        wait,
        () => {
          next()
          if (this.#faults.skips()) return
          fire()
          if (this.#faults.doubles()) this.#time.after(30, fire, isAlive)
        },
        isAlive,
      )
    }
    next()
    return {
      stop: () => {
        stopped = true
      },
    }
  }
}
