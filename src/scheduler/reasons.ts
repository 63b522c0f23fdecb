// Why hosts do not take what is left over: one reason per host, as long as somebody could read that.
import type { Candidate, Rejection } from '../model/plan.js'
import type { Board } from './board.js'
import { refusal } from './filters.js'
import type { Item, Shape } from './problem.js'
import { NO_HOST } from './problem.js'

/** So many hosts are told for every slot. */
const HOSTS_TOLD = 100
/** On more hosts than that: reasons in all, after which slots are told the first HOSTS_TOLD hosts only. */
const MOST_REASONS = 100_000

/**
 * Reasons for one slot after the other. With up to 100 hosts each slot is told all of them. With more, the first slots
 * are, until 100,000 reasons have been given; the rest are told the first 100 hosts by name, so that a big cluster
 * that is full does not drown in sentences (10,000 slots left over on 10,000 hosts would have a hundred million).
 */
export class Reasons {
  readonly #board: Board
  #left = MOST_REASONS
  /** Of slots that may go anywhere: those of one shape are told the same, as the board stays as it is meanwhile. */
  readonly #told = new Map<Shape, readonly Rejection[]>()

  constructor(board: Board) {
    this.#board = board
  }

  of(item: Item): readonly Rejection[] {
    const { hosts } = this.#board.problem
    const told = hosts.length <= HOSTS_TOLD || this.#left >= hosts.length ? hosts : hosts.slice(0, HOSTS_TOLD)
    this.#left -= told.length
    const known = item.only === NO_HOST ? this.#told.get(item.shape) : undefined
    if (known?.length === told.length) return known
    if (known !== undefined && known.length > told.length) return known.slice(0, told.length)
    const reasons = this.#reasons(item, told)
    if (item.only === NO_HOST) this.#told.set(item.shape, reasons)
    return reasons
  }

  #reasons(item: Item, told: readonly Candidate[]): readonly Rejection[] {
    return told.map((candidate, host) => ({
      host: candidate.name,
      reason: refusal(this.#board, item, host)?.reason ?? 'it would fit, but no search reached it',
    }))
  }
}
