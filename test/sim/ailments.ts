// How services of a simulated cluster are when they are asked: by their version, and by what befalls them for a while.
import { type JobName, jobOfSlot, type Millis, slotOfUnit } from '../../src/model/names.js'
import type { Fault } from './faults.js'
import { Flaws } from './flaws.js'
import type { SimHost } from './host.js'
import { gradeOf, LIFE, LIFE_NAMES } from './life-jobs.js'
import type { Random } from './random.js'

/** A version of grade `slow` passes its check so long after its start, ms. */
const SLOW_MS = 30_000

/** Jobs without a check: whatever their grade, they are well as long as they run. */
const UNASKED: ReadonlySet<JobName> = new Set(
  LIFE.filter(({ lines }) => !lines.some((line) => line.startsWith('health:'))).map(({ name }) => name),
)

/** Flaws, and what checks find. */
export class Ailments extends Flaws {
  readonly #random: Random
  /** `JOB` or `JOB HOST`, with how often. */
  readonly #sick = new Map<string, number>()

  constructor(random: Random) {
    super(random.fork())
    this.#random = random
  }

  /** From now on its check fails, on that host or everywhere. Returns what ends it. */
  befall(name: JobName, host: string | null): () => void {
    const key = host === null ? name : `${name} ${host}`
    this.#sick.set(key, (this.#sick.get(key) ?? 0) + 1)
    return () => this.#sick.set(key, (this.#sick.get(key) ?? 0) - 1)
  }

  override mendAll(): void {
    super.mendAll()
    this.#sick.clear()
  }

  /** Does anything befall this job now? */
  troubles(name: JobName): boolean {
    const isOf = (key: string) => key === name || key.startsWith(`${name} `)
    return this.isFailing(name) || [...this.#sick].some(([key, times]) => isOf(key) && times > 0)
  }

  override lifeOf(unit: string, text: string): Millis | null {
    return gradeOf(text) === 'crash' ? this.#random.between(20, 700) : super.lifeOf(unit, text)
  }

  /** Would whoever asks it be content? What has no check is asked nothing. */
  isSound(host: SimHost, name: string): boolean {
    const unit = host.systemd.units.get(name)
    if (unit?.active !== 'active' || unit.activeSince === null || host.frozen) return false
    const grade = gradeOf(unit.text)
    const age = host.systemd.monotonic - unit.activeSince
    const job = jobOfSlot(slotOfUnit(name) ?? '')
    if (grade === 'crash') return false
    if (UNASKED.has(job)) return true
    if (grade === 'sick' || (grade === 'slow' && age < SLOW_MS)) return false
    return !(this.#sick.get(job) || this.#sick.get(`${job} ${host.name}`))
  }
}

/** All of them. */
export const LIFE_FAULTS: readonly Fault[] = [
  {
    name: 'service sick',
    weight: 14,
    begin: (faults) => {
      const { flaws, random } = faults.doors
      const name = random.pick(LIFE_NAMES)
      const host = random.chance(0.6) ? faults.anyHost().name : null
      const end = flaws instanceof Ailments ? flaws.befall(name, host) : () => {}
      return { text: `${name} ${host ?? 'everywhere'}`, end }
    },
  },
  {
    name: 'service fails',
    weight: 8,
    begin: (faults) => {
      const { flaws, random } = faults.doors
      const name = random.pick(LIFE_NAMES)
      const times = random.pick([1, 2, 3, 5, 8, 12])
      flaws?.fails(name, times)
      return { text: `${name}, ${times} times`, end: () => flaws?.mend(name) }
    },
  },
]
