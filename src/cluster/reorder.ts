// Lines of several hosts as they come, told nearly in the order of time: each waits a moment for earlier ones.
import type { Millis } from '../model/names.js'
import type { Clock } from '../ports.js'

/** How long a line waits for earlier ones of other hosts, ms: more than a network and journald take, less than a person sees. */
const WINDOW_MS: Millis = 250
/** Most lines that wait. */
const MOST = 10_000

/** A line with the time that it is sorted by. */
export interface Timed<T> {
  /** Microseconds since 1970, by the clock of its host. */
  readonly micros: number
  readonly line: T
}

interface Waiting<T> extends Timed<T> {
  readonly arrivedAt: Millis
}

/** Sorts by time, stably. */
export function byTime(a: { readonly micros: number }, b: { readonly micros: number }): number {
  return a.micros - b.micros
}

/** Holds lines back for a moment and tells them in the order of time. Closed at first: see `open`. */
export class Reorder<T> {
  #waiting: Waiting<T>[] = []
  #open = false
  #timed = false

  constructor(
    private readonly clock: Pick<Clock, 'now' | 'sleep'>,
    private readonly tell: (line: T) => void,
  ) {}

  /** Takes the next line. */
  push({ micros, line }: Timed<T>): void {
    this.#waiting.push({ micros, line, arrivedAt: this.clock.now() })
    if (!this.#open) return
    if (this.#waiting.length > MOST) this.flush()
    else this.#later()
  }

  /** What was there before has come from all hosts: from now on lines wait only a moment. */
  open(): void {
    this.#open = true
    this.#release(Number.POSITIVE_INFINITY)
  }

  /** Tells all that waits. */
  flush(): void {
    this.#release(Number.POSITIVE_INFINITY)
  }

  #later(): void {
    const [oldest] = this.#waiting
    if (this.#timed || !oldest) return
    this.#timed = true
    const left = oldest.arrivedAt + WINDOW_MS - this.clock.now()
    void this.clock.sleep(Math.max(1, left)).then(() => {
      this.#timed = false
      const due = this.clock.now() - WINDOW_MS
      // With a line that has waited long enough go all that are earlier than it.
      const times = this.#waiting.filter(({ arrivedAt }) => arrivedAt <= due).map(({ micros }) => micros)
      this.#release(times.reduce((latest, micros) => Math.max(latest, micros), Number.NEGATIVE_INFINITY))
      this.#later()
    })
  }

  #release(upTo: number): void {
    const due = this.#waiting.filter(({ micros }) => micros <= upTo).sort(byTime)
    this.#waiting = this.#waiting.filter(({ micros }) => micros > upTo)
    for (const { line } of due) this.tell(line)
  }
}
