// When a script that may run twice is sent again, by a new connection, and which of the two answers counts.

import type { Failure } from '../model/observation.js'
import type { ShellProcess } from './shell.js'

/** A shell that is being started. */
export type Opening = Promise<{ readonly process: ShellProcess } | { readonly failure: Failure }>

/** Two sendings of one script: over once one has answered, or both have not. */
export interface Race {
  over: boolean
}

/** Without an answer for so long it is sent again, ms: a lost packet holds up an old connection for longer than a new one takes. */
const SOONEST_MS = 350
/** Where answers usually take longer: after so many times that. */
const USUAL_TIMES = 3
/** Weight of an answer in what is usual: one that was held up by a lost packet says little of the next. */
const SLOWER = 0.03
const FASTER = 0.5

/** Kinds of failures after which the script is sent again at once, where there is time left. */
export const PASSING: ReadonlySet<string> = new Set(['unreachable', 'reply-lost'])

/** Learns how long answers take. */
export class Patience {
  private usualMs: number | null = null

  /** How long to wait for an answer before the script is sent again, ms. */
  get ms(): number {
    return Math.max(SOONEST_MS, USUAL_TIMES * (this.usualMs ?? 0))
  }

  /** An answer took so long, ms. */
  took(ms: number): void {
    const usual = this.usualMs ?? ms
    const weight = ms > usual ? SLOWER : FASTER
    this.usualMs = (1 - weight) * usual + weight * ms
  }
}

/** The answer that comes first; where neither has one, what became of the first, unless only the second was told why. */
export async function firstAnswer<
  T extends { readonly ok: true } | { readonly ok: false; readonly failure: Pick<Failure, 'kind'> },
>(first: Promise<T>, second: Promise<T>): Promise<T> {
  const sooner = await Promise.race([first, second])
  if (sooner.ok) return sooner
  const both = await Promise.all([first, second])
  const told = both.find((one) => !one.ok && !PASSING.has(one.failure.kind))
  return both.find(({ ok }) => ok) ?? told ?? both[0]
}
