// A better balance, when it is asked for.
import type { RebalanceView } from '../../model/rebalance.js'
import { planRebalance, type RebalanceRequest, rebalanceSlots } from '../rebalance.js'
import { SHOW_PATIENCE_MS } from '../status.js'
import { controllerOf, type Wiring } from './desk.js'

/** How it is done. */
export type RebalanceOptions = Pick<RebalanceRequest, 'moves' | 'confirm' | 'onProgress'>

/** Rebalancing. */
export interface RebalanceDesk {
  /** At most so many moves that gain. Throws UserError while the cluster is not at rest. */
  planRebalance(moves: number): Promise<RebalanceView>
  rebalance(options: RebalanceOptions): Promise<RebalanceView>
}

/** The desk over the real doors. */
export function rebalanceDesk(wiring: Wiring): RebalanceDesk {
  const { world, signal } = wiring
  return {
    planRebalance: (moves) => planRebalance(world, controllerOf(wiring), { moves, patienceMs: SHOW_PATIENCE_MS }),
    rebalance: ({ moves, confirm, onProgress }) =>
      rebalanceSlots(world, controllerOf(wiring), {
        moves,
        patienceMs: SHOW_PATIENCE_MS,
        signal,
        confirm: (view) => confirm(view),
        onProgress: (progress) => onProgress(progress),
      }),
  }
}
