// Work that must not overlap.

/** Does one after the other, in the order of asking. What fails holds nobody else up. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Begins once all that asked before has ended; resolves or rejects with `work`. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => undefined)
    return result
  }

  /** Resolves once all that has asked until now has ended, well or not. */
  async ended(): Promise<void> {
    await this.#last
  }
}
