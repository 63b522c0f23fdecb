// Questions to a person (a passphrase, an unknown host key) that come up while hosts are asked.

/** Notices questions, so that a look in which hosts waited for a person can be made again. */
export class Questions {
  readonly #open = new Set<Promise<unknown>>()
  #asked = false
  #held: Promise<unknown> | null = null

  /** Nobody is asked anything before `until` has resolved; where it rejects, nobody ever is. */
  hold(until: Promise<unknown>): void {
    this.#held = until
  }

  /** The same question, noticed; null where nobody can be asked. */
  noticed<A extends readonly unknown[], R>(
    ask: ((...about: A) => Promise<R>) | undefined,
  ): ((...about: A) => Promise<R>) | null {
    if (ask === undefined) return null
    return (...about) => {
      this.#asked = true
      const asking = (this.#held?.then(() => ask(...about)) ?? ask(...about)).finally(() => this.#open.delete(asking))
      this.#open.add(asking)
      return asking
    }
  }

  /** Waits until no question is open. True: there was one since the last call. */
  async answered(): Promise<boolean> {
    if (!this.#asked) return false
    while (this.#open.size > 0) await Promise.allSettled([...this.#open])
    this.#asked = false
    return true
  }
}
