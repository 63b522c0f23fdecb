// What one slot per host may hold, as far as the ranking looks at it.
import type { Board } from './board.js'
import type { Problem, Shape } from './problem.js'

/** Bits for what many slots want and one per host may hold. */
const MOST_MARKS = 30
/** Fewer slots than this with the same token need no bit. */
const MANY = 32

/** The tokens that most slots hold -> a bit each. */
export function marksOf(problem: Problem): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const { tokens } of problem.items) for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1)
  const most = [...counts].filter(([, count]) => count >= MANY).sort((a, b) => b[1] - a[1] || a[0] - b[0])
  return new Map(most.slice(0, MOST_MARKS).map(([token], index) => [token, 1 << index]))
}

/** A fixed port of the slot is taken there by what is not of hc, or no host can give what it asks for. */
export function hasForeign(board: Board, { doubledPort, fixedPorts }: Shape, host: number): boolean {
  if (fixedPorts.length === 0) return false
  if (doubledPort !== null) return true
  const { foreign } = board.host(host)
  for (const port of fixedPorts) if (foreign.has(port)) return true
  return false
}
