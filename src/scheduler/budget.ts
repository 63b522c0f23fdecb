// How much a search may work.

/** Work counted in steps and not in time, so that the same input gives the same bytes on every machine. */
export class Budget {
  #left: number

  /** `steps`: one step is about one look at one host for one slot. */
  constructor(steps: number) {
    this.#left = steps
  }

  get left(): number {
    return Math.max(0, this.#left)
  }

  get spent(): boolean {
    return this.#left <= 0
  }

  /** Takes several off at once, also more than are left. */
  spend(steps: number): void {
    this.#left -= steps
  }

  /** Takes one step off; false when none was left. */
  step(): boolean {
    this.#left -= 1
    return this.#left >= 0
  }
}
