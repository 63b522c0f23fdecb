// What the mode `life` adds to a simulation: ailing services, laws of updates and health, and an operator who mends files.
import type { JobName } from '../../src/model/names.js'
import { Ailments } from './ailments.js'
import type { Law } from './laws.js'
import { LIFE_NAMES } from './life-jobs.js'
import { LifeKeeper } from './life-keeper.js'
import { type LifeLawDoors, LifeLaws } from './life-laws.js'
import type { Operator } from './operator.js'
import type { Random } from './random.js'
import { RevertLaws } from './revert-laws.js'
import type { Story } from './story.js'

/** All of it. */
export class Life {
  readonly ailments: Ailments
  readonly laws: readonly Law[]
  readonly names: readonly JobName[] = [...LIFE_NAMES, 'bot']
  readonly #random: Random
  readonly #doors: Omit<LifeLawDoors, 'ailments'> & { readonly story: Story }
  #keeper: LifeKeeper | null = null

  constructor(random: Random, doors: Omit<LifeLawDoors, 'ailments'> & { readonly story: Story }) {
    this.#random = random
    this.#doors = doors
    this.ailments = new Ailments(random.fork())
    const { ailments } = this
    this.laws = [new LifeLaws({ ...doors, ailments }), new RevertLaws({ ...doors, ailments })]
  }

  /** Whose files they are. */
  meets(operator: Operator): void {
    this.#keeper = new LifeKeeper({ ...this.#doors, random: this.#random, ailments: this.ailments, operator })
  }

  /** The faults are over. */
  faultsEnded(): void {
    this.#keeper?.begin()
  }

  /** See LifeKeeper. */
  mend(): boolean {
    return this.#keeper?.mend() ?? false
  }

  /** See LifeKeeper. */
  divergence(): readonly string[] {
    return this.#keeper?.divergence() ?? []
  }
}
