// At most so many at once; the rest wait in the order they came.

/** Gives out `size` places. */
export class Limit {
  private free: number
  private readonly waiting: (() => void)[] = []

  constructor(size: number) {
    this.free = size
  }

  /** Resolves when a place is free, with the function that gives it back (calling it again does nothing). */
  async take(): Promise<() => void> {
    if (this.free > 0) this.free -= 1
    else await new Promise<void>((resolve) => this.waiting.push(resolve))
    let held = true
    return () => {
      if (!held) return
      held = false
      const next = this.waiting.shift()
      if (next) next()
      else this.free += 1
    }
  }
}
