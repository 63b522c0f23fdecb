// Decides, and remembers what was searched. A loop waits but a moment for a search: what is left open then is searched in
// full beside it, and what comes of that is news for the next tick.
import type { PlanInput } from '../planner/input.js'
import { type Decision, decide } from '../planner/plan.js'
import type { Searched } from '../planner/searched.js'
import type { Vain } from '../planner/vain.js'
import type { Solver } from '../ports.js'

/** Steps that a loop waits for: about a fifth of a second of one core of a small machine. */
export const HASTY_STEPS = 250_000

/** What is searched in full: all that a plan is made from, but for what earlier ones have searched. */
export type FullQuestion = Omit<PlanInput, 'vain' | 'searched' | 'hasty' | 'searchSteps'>

/** What is known after it. */
export interface FullAnswer {
  readonly searched: readonly Searched[]
  readonly vain: Vain | null
}

/** Searches beside the loop. */
export type FullSolver = Solver<FullQuestion, FullAnswer>

/** The answer, worked out here and now. */
export function answerInFull(question: FullQuestion): FullAnswer {
  const { searched = [], vain = null } = decide(question)
  return { searched, vain }
}

/** How it goes about it. */
export interface DeciderOptions {
  /** Searches in full beside the loop; null: each decision waits for its own searches. */
  readonly solver: FullSolver | null
  /** An answer has come: it is time to decide again. */
  onAnswer(): void
  debug(line: string): void
}

/** Decides for one process. */
export class Decider {
  readonly #options: DeciderOptions
  #solver: FullSolver | null
  #searched: readonly Searched[] = []
  /** What was searched through without finding a place for anything. */
  #vain: Vain | null = null
  /** What is searched in full now. */
  #pending: { readonly open: string; readonly abort: AbortController } | null = null

  constructor(options: DeciderOptions) {
    this.#options = options
    this.#solver = options.solver
  }

  /** Decides with what is known of earlier searches. `steps`: of a command that was told how long to look. */
  decide(whole: FullQuestion, steps?: number): { readonly input: PlanInput; readonly decision: Decision } {
    const hasty = this.#solver !== null
    const given = steps ?? (hasty ? HASTY_STEPS : undefined)
    const input: PlanInput = {
      ...whole,
      vain: this.#vain,
      searched: this.#searched,
      ...(hasty && { hasty }),
      ...(given !== undefined && { searchSteps: given }),
    }
    const decision = decide(input)
    this.#vain = decision.vain ?? null
    this.#searched = decision.searched ?? []
    return { input, decision }
  }

  /** After a tick: what it left open is searched in full, once nothing is under way that makes it another question. */
  pursue(input: PlanInput, { open = null, plan }: Decision): void {
    const solver = this.#solver
    if (solver === null || this.#pending?.open === open) return
    this.#pending?.abort.abort()
    this.#pending = null
    if (open === null || plan.actions.length > 0) return
    const abort = new AbortController()
    const pending = { open, abort }
    this.#pending = pending
    const { vain: _, searched: __, hasty: ___, searchSteps: ____, ...question } = input
    solver.solve(question, abort.signal).then(
      (answer) => {
        if (this.#pending !== pending) return
        this.#pending = null
        if (answer === null) return
        this.#searched = [...answer.searched, ...this.#searched]
        this.#vain = answer.vain ?? this.#vain
        this.#options.onAnswer()
      },
      (error: unknown) => {
        if (this.#pending !== pending) return
        // Without a thread the loop waits for its searches: slow is better than never.
        this.#pending = null
        this.#solver = null
        this.#options.debug(`searching beside the loop: ${String(error)}`)
        this.#options.onAnswer()
      },
    )
  }

  /** Ends what is under way. */
  close(): void {
    this.#pending?.abort.abort()
    this.#pending = null
    this.#options.solver?.close()
  }
}
