// A row of numbers that looks random and is always the same: for breaking ties in a search.

/** xorshift32 (Marsaglia: Xorshift RNGs, 2003): period 2^32 - 1, the same row for the same seed everywhere. */
export class Dice {
  #state: number

  /** Any seed but 0. */
  constructor(seed: number) {
    this.#state = seed >>> 0 || 1
  }

  /** An integer from 0 to below `sides` (at most 2^31). */
  below(sides: number): number {
    let x = this.#state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#state = x >>> 0
    return this.#state % sides
  }

  /** One of a list; undefined where it is empty. */
  pick<T>(list: readonly T[]): T | undefined {
    return list.length === 0 ? undefined : list[this.below(list.length)]
  }
}
