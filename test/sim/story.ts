// What happened in a simulation, line by line, for the person who has to understand it.
import type { SimTime } from './time.js'

/** Lines that are kept: the last of a long story. */
const KEPT = 4000

/** The story of one seed. */
export class Story {
  readonly #time: SimTime
  #lines: string[] = []
  #last = ''

  constructor(time: SimTime) {
    this.#time = time
  }

  tell(who: string, text: string): void {
    const line = `${who.padEnd(9)} ${text}`
    if (line === this.#last) return
    this.#last = line
    this.#lines.push(`${(this.#time.now / 1000).toFixed(3).padStart(8)}  ${line}`)
    if (this.#lines.length > KEPT) this.#lines = this.#lines.slice(-KEPT / 2)
  }

  /** The last lines. */
  end(count: number): string {
    return this.#lines.slice(-count).join('\n')
  }

  get lines(): readonly string[] {
    return this.#lines
  }
}
