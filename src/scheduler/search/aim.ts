// What a search is to keep small, as one number: by priority from high to low the slots without a place, then who is
// stopped, then who moves.
import type { Instance } from './instance.js'
import type { Aim } from './master.js'

/** How far a search may go with what runs. */
export interface Leave {
  /** Most occupants that may change host. */
  readonly moves: number
  /** Does a move cost anything? Where only the number of placed slots is asked about, none does. */
  readonly counts: boolean
  readonly preempt: boolean
}

/** Beyond this the numbers of the program lose their meaning. */
const MOST = 2 ** 30

/**
 * Costs that put each priority above all that lies below it: one demand of a higher priority outweighs all lower ones.
 * Occupants of a priority outweigh its demands, since they are stopped for strictly higher ones only. Null where there
 * are too many priorities and slots for that.
 */
export function aimOf({ kinds }: Instance, { moves, counts, preempt }: Leave): Aim | null {
  const occupants = kinds.reduce((sum, { members, demands }) => sum + members.length - demands, 0)
  let below = counts ? occupants : 0
  const demand = kinds.map(() => 0)
  const occupant = kinds.map(() => 0)
  const steps = [...new Set(kinds.map(({ priority }) => priority))].sort((a, b) => a - b)
  for (const priority of steps) {
    const here = [...kinds.keys()].filter((kind) => kinds[kind]?.priority === priority)
    const number = (of: 'demands' | 'occupants') =>
      here.reduce((sum, kind) => {
        const { members, demands } = kinds[kind] ?? { members: [], demands: 0 }
        return sum + (of === 'demands' ? demands : members.length - demands)
      }, 0)
    for (const kind of here) demand[kind] = below + 1
    below += number('demands') * (below + 1)
    if (!preempt) continue
    for (const kind of here) occupant[kind] = below + 1
    below += number('occupants') * (below + 1)
  }
  const never = below + 1
  if (never > MOST) return null
  return { demand, occupant: preempt ? occupant : kinds.map(() => never), move: counts ? 1 : 0, moves, never }
}
