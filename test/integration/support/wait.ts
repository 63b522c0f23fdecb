// Waiting with a bound, and telling what was measured.

/** Waits a while, ms. */
export function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}

/**
 * Asks again and again until the answer is neither null, undefined nor false; the answer. Rejects after `seconds`, with
 * the last error where there was one.
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false>,
  { seconds = 20, everyMs = 250 } = {},
): Promise<T> {
  const startedAt = performance.now()
  let last = ''
  for (;;) {
    try {
      const answer = await ask()
      if (answer !== null && answer !== undefined && answer !== false) return answer
    } catch (error) {
      last = `: ${error instanceof Error ? error.message : String(error)}`
    }
    if (performance.now() - startedAt > seconds * 1000) throw new Error(`after ${seconds} s still not: ${what}${last}`)
    await sleep(everyMs)
  }
}

/** A stopwatch: seconds since it was made. */
export function stopwatch(): () => number {
  const startedAt = performance.now()
  return () => (performance.now() - startedAt) / 1000
}

/** Prints what was measured. */
export function tell(what: string, seconds: number): void {
  process.stderr.write(`   ${what}: ${seconds.toFixed(1)} s\n`)
}
