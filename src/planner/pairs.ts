// What is done to one slot in a plan: a stop, a start, or both.
import { byName, type HostName, type SlotName } from '../model/names.js'
import type { Action } from '../model/plan.js'

/** A step, or two of one slot that go together: a stop where it was and a start where it will be. */
export interface Pair {
  readonly stop: Action | null
  readonly start: Action | null
  readonly from: HostName | null
  readonly to: HostName | null
  readonly slot: SlotName
}

/** It is moved for the sake of others. */
export function movesForOthers({ kind, reason }: Action): boolean {
  return kind === 'move' && (reason === 'made-room' || reason === 'outranked')
}

/** The slot where it leaves. */
export const keyOf = ({ slot, from }: Pair) => `${slot} ${from}`

/** Actions as what is done to one slot, in the order in which they are tried. */
export function pairsOf(actions: readonly Action[]): Pair[] {
  const starts = new Map(actions.filter(({ kind }) => kind === 'start').map((action) => [action.slot, action]))
  const paired = new Set<Action>()
  const pairs: Pair[] = []
  const sent = actions.filter(({ kind }) => kind !== 'adopt' && kind !== 'forget')
  for (const action of [...sent].sort((a, b) => byName(a.slot, b.slot) || byName(a.host, b.host))) {
    const { kind, slot, host, from } = action
    if (kind === 'move') pairs.push({ stop: action, start: action, from, to: host, slot })
    if (kind === 'restart') pairs.push({ stop: null, start: action, from: host, to: host, slot })
    if (kind !== 'stop') continue
    const start = starts.get(slot)
    if (start && !paired.has(start)) {
      paired.add(start)
      pairs.push({ stop: action, start, from: host, to: start.host, slot })
    } else pairs.push({ stop: action, start: null, from: host, to: null, slot })
  }
  for (const start of starts.values()) {
    if (!paired.has(start)) pairs.push({ stop: null, start, from: null, to: start.host, slot: start.slot })
  }
  // What leaves a host comes before what only arrives, so that nothing takes the room that a move is on its way to.
  const rank = ({ from, to }: Pair) => (from === null ? 2 : from === to ? 1 : 0)
  return pairs.sort((a, b) => rank(a) - rank(b) || byName(a.slot, b.slot) || byName(a.from ?? '', b.from ?? ''))
}
