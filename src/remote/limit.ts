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

/** What becomes of each, in their order, at most `size` at once. Rejects with the first failure, once all that was begun has ended. */
export async function eachWithin<T, R>(
  items: readonly T[],
  size: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const limit = new Limit(size)
  const failures: unknown[] = []
  const results = await Promise.all(
    items.map(async (item) => {
      const release = await limit.take()
      try {
        return failures.length === 0 ? [await work(item)] : []
      } catch (error) {
        failures.push(error)
        return []
      } finally {
        release()
      }
    }),
  )
  if (failures.length > 0) throw failures[0]
  return results.flat()
}
