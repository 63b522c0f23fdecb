// The store's lock, as decisions share it with the steps that are under way: held until the last of them is recorded.
import type { Millis } from '../model/names.js'
import { Turns } from '../model/turns.js'
import type { Lock } from '../ports.js'

/** Held by whoever needs it, given back by the last. */
export class SharedLock {
  readonly #take: (timeoutMs: Millis) => Promise<Lock>
  #lock: Lock | null = null
  /** Who needs it: decisions, and plans whose steps have not all ended and been recorded. */
  #users = 0
  /** Changes of the records, from reading to writing: one of them would take back what another has written meanwhile. */
  readonly #changes = new Turns()

  /** `take`: takes the lock, or throws UserError. */
  constructor(take: (timeoutMs: Millis) => Promise<Lock>) {
    this.#take = take
  }

  get isHeld(): boolean {
    return this.#lock !== null
  }

  /** Does the work under the lock, which steps under way may hold already, and apart from every other change. */
  async under<T>(timeoutMs: Millis, work: () => Promise<T>): Promise<T> {
    this.#users += 1
    try {
      return await this.#changes.take(async () => {
        this.#lock ??= await this.#take(timeoutMs)
        return work()
      })
    } finally {
      await this.#leave()
    }
  }

  /** Keeps the lock, which is held, until `work` has ended and `record` has written down how. */
  async keepFor<T>(work: Promise<T>, record: (result: T) => Promise<void>): Promise<void> {
    this.#users += 1
    try {
      const result = await work
      await this.#changes.take(() => record(result))
    } finally {
      await this.#leave()
    }
  }

  async #leave(): Promise<void> {
    this.#users -= 1
    if (this.#users > 0) return
    const lock = this.#lock
    this.#lock = null
    await lock?.release()
  }
}
