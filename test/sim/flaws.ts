// Services whose processes end with a failure soon after each start: so many times, or until they are mended.
import { type JobName, jobOfSlot, type Millis, slotOfUnit } from '../../src/model/names.js'
import type { Fault } from './faults.js'
import { FLAWED_NAMES } from './jobs.js'
import type { Random } from './random.js'

/** Which services fail. */
export class Flaws {
  readonly #left = new Map<JobName, number>()
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  fails(name: JobName, times: number): void {
    this.#left.set(name, times)
  }

  mend(name: JobName): void {
    this.#left.delete(name)
  }

  mendAll(): void {
    this.#left.clear()
  }

  /** Will a process of it that begins fail? */
  isFailing(name: JobName): boolean {
    return (this.#left.get(name) ?? 0) > 0
  }

  /** A process of that unit begins, by that text: how long it lives, ms; null: it does not fail. */
  lifeOf(unit: string, _text: string): Millis | null {
    const name = jobOfSlot(slotOfUnit(unit) ?? '')
    const left = this.#left.get(name) ?? 0
    if (left <= 0) return null
    this.#left.set(name, left - 1)
    return this.#random.between(20, 1500)
  }
}

/** All of them. */
export const FLAW_FAULTS: readonly Fault[] = [
  {
    name: 'service fails',
    weight: 24,
    begin: (faults) => {
      const { flaws, random } = faults.doors
      const name = random.pick(['web', 'mail', 'agent', ...FLAWED_NAMES, ...FLAWED_NAMES])
      const times = random.pick([1, 2, 3, 5, 8, 12, Number.POSITIVE_INFINITY])
      flaws?.fails(name, times)
      // What runs ends too: it is the beginning that fails from now on.
      for (const { systemd } of faults.doors.hosts.values())
        for (const unit of systemd.units.keys()) if (jobOfSlot(slotOfUnit(unit) ?? '') === name) systemd.crash(unit)
      return { text: `${name}, ${times} times`, end: () => flaws?.mend(name) }
    },
  },
]
