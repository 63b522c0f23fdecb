// The rows of the program over contents, and the columns that stand for no content.
import type { Instance } from './instance.js'
import type { Aim } from './master.js'
import type { Column } from './simplex.js'
import { Simplex } from './simplex.js'

/** Where which row is; -1: there is none. The first rows are those of the kinds. */
export interface Rows {
  readonly program: Simplex
  /** By kind with both demands and occupants: at most so many demands may be without a place. */
  readonly cap: readonly number[]
  readonly firstGroup: number
  /** At most so many leave their home. */
  readonly moves: number
  /** At least so many demands are without a place. */
  readonly short: number
  readonly firstHost: number
}

function startOf({ kinds }: Instance, moves: number, asked: (kind: number) => Column): Map<number, Column> {
  const start = new Map<number, Column>()
  for (const [kind, { demands, members }] of kinds.entries()) {
    if (demands === members.length) start.set(kind, asked(kind))
    // Who is stopped does not move: it gives back what leaving its home took.
    else if (moves >= 0) start.set(kind, { rows: [kind, moves], values: [1, -1] })
  }
  return start
}

/** The program with all slots without a place and all hosts without a content. */
export function rowsOf(instance: Instance, aim: Aim): Rows {
  const { kinds, sites, groups } = instance
  const right: number[] = kinds.map(({ members }) => members.length)
  const cap = kinds.map(({ demands, members }) =>
    demands === 0 || demands === members.length ? -1 : right.push(demands) - 1,
  )
  const firstGroup = right.length
  for (const { most } of groups) right.push(most)
  const moves = Number.isFinite(aim.moves) ? right.push(aim.moves) - 1 : -1
  const short = (aim.short ?? 0) > 0 ? right.push(aim.short ?? 0) - 1 : -1
  const firstHost = right.length
  for (const _ of sites) right.push(1)
  const costs = right.map((_, row) => {
    const kind = kinds[row]
    if (kind !== undefined) return (kind.demands === kind.members.length ? aim.demand : aim.occupant)[row] ?? 0
    return row < firstHost ? 0 : aim.never
  })
  const asked = (...rows: readonly number[]): Column => {
    const all = short < 0 ? rows : [...rows, short]
    return { rows: all, values: all.map(() => 1) }
  }
  const start = moves < 0 && short < 0 ? new Map<number, Column>() : startOf(instance, moves, asked)
  if (short >= 0) start.set(short, { rows: [short], values: [-1] })
  const program = new Simplex(right, costs, start)
  for (const [kind, { jobId }] of kinds.entries()) {
    const own = cap[kind] ?? -1
    if (own >= 0) program.add(asked(kind, own), aim.demand[kind] ?? 0)
    if (!instance.leaders.has(jobId)) program.add({ rows: [kind], values: [-1] }, 0)
  }
  return { program, cap, firstGroup, moves, short, firstHost }
}
