// What every simulation does in the end: time passes, the operator says the last word, all converges, and then all is silent.
import type { Tick } from '../../src/controller/controller.js'
import type { Millis } from '../../src/model/names.js'
import type { Checker } from './checker.js'
import type { Operator } from './operator.js'
import type { Outcome } from './stage.js'
import type { Story } from './story.js'
import type { SimTime } from './time.js'

/** After the faults have ended and the operator has said the last word: converged within so many ticks (of a second). */
const TICKS_TO_CONVERGE = 90
/** Then nothing is done for so many ticks. */
const QUIET_TICKS = 30
/** An operator's command may take so long after the faults, ms. */
const LAST_WORD_MS: Millis = 200_000
/** What converged may still be written down: a tick or two more, then all is silent. */
const SETTLES_MS: Millis = 3000

/** What it works with. */
export interface CourseDoors {
  readonly seed: number
  readonly time: SimTime
  readonly story: Story
  readonly checker: Checker
  readonly operator: Operator
  /** Sentences for what is not as it should be, or is under way. */
  found(): readonly string[]
  /** The operator sets right what hc refuses to go on with; false: there is nothing. */
  mend?(): boolean
  /** A hold, which is none of the ticks within which all has to converge. */
  isHeld?(): boolean
}

/** The course of one simulation. */
export class Course {
  readonly #doors: CourseDoors
  #actions = 0
  #convergedAfter: number | null = null

  constructor(doors: CourseDoors) {
    this.#doors = doors
  }

  get isOver(): boolean {
    return this.#doors.checker.violations.length > 0
  }

  get hasConverged(): boolean {
    return this.#convergedAfter !== null
  }

  /** What a tick does. */
  count({ decision: { plan } }: Tick): void {
    this.#actions += plan.actions.length + (plan.arms ?? []).length
  }

  outcome(): Outcome {
    const { seed, checker, story } = this.#doors
    return {
      seed,
      violations: checker.violations,
      story: story.lines,
      convergedAfter: this.#convergedAfter,
      effects: checker.effects,
    }
  }

  /** Time passes, until something is violated. */
  async until(until: Millis): Promise<void> {
    const { time, checker } = this.#doors
    while (time.now < until && !this.isOver) {
      await time.run(Math.min(until, time.now + 1000), () => checker.afterStep())
    }
  }

  /** Interrupted commands are said again; ends when none runs. False: something was violated. */
  async lastWord(): Promise<boolean> {
    const { time, operator, checker, mend } = this.#doors
    const until = time.now + LAST_WORD_MS
    while (operator.isBusy || operator.isDirty || operator.drains) {
      if (!operator.isBusy && !mend?.()) operator.lastWord()
      await this.until(time.now + 1000)
      if (this.isOver) return false
      if (time.now > until) {
        checker.violated('the operator cannot have a word recorded long after all faults have ended')
        return false
      }
    }
    return true
  }

  /** False where the operator had to set something right meanwhile. */
  async converges(bound = TICKS_TO_CONVERGE): Promise<boolean> {
    const { time, checker, found, mend, isHeld } = this.#doors
    for (let ticks = 0; ; ticks += isHeld?.() ? 0 : 1) {
      await this.until(time.now + 1000)
      if (this.isOver) return true
      if (mend?.()) return false
      const left = found()
      if (left.length === 0) {
        this.#convergedAfter = ticks
        break
      }
      if (ticks >= bound) {
        for (const text of left) checker.violated(`not converged after ${bound} ticks: ${text}`)
        return true
      }
    }
    await this.#staysSilent()
    return true
  }

  async #staysSilent(): Promise<void> {
    const { time, checker, found } = this.#doors
    await this.until(time.now + SETTLES_MS)
    const before = { actions: this.#actions, effects: checker.effects }
    await this.until(time.now + QUIET_TICKS * 1000)
    if (this.#actions !== before.actions || checker.effects !== before.effects)
      checker.violated(`converged, but ${this.#actions - before.actions} actions followed`)
    for (const text of found()) checker.violated(`converged, but then: ${text}`)
  }
}
