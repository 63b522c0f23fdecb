// What the mode `runs` adds to a simulation: batch and cron jobs that run to their ends, and their laws.
import type { Tick } from '../../src/controller/controller.js'
import type { JobName, SlotName } from '../../src/model/names.js'
import { BatchLaws } from './batch-laws.js'
import { CronLaws } from './cron-laws.js'
import type { Law } from './laws.js'
import type { Random } from './random.js'
import { RunBook, type RunDoors } from './run-book.js'
import { RUN_NAMES } from './run-jobs.js'
import { Runs } from './runs.js'

/** All of it. */
export class RunLife {
  readonly runs: Runs
  readonly laws: readonly Law[]
  readonly names: readonly JobName[] = RUN_NAMES
  readonly #batch: BatchLaws
  readonly #cron: CronLaws
  #buckets: ReadonlyMap<SlotName, string> = new Map()

  constructor(random: Random, doors: Omit<RunDoors, 'runs'>) {
    this.runs = new Runs(doors.time, random)
    const all = { ...doors, runs: this.runs }
    const book = new RunBook(all)
    this.#batch = new BatchLaws(all, book)
    this.#cron = new CronLaws(all, book)
    const read: Law = {
      began: () => {
        book.look()
        return []
      },
      afterStep: () => {
        book.look()
        return []
      },
    }
    this.laws = [read, this.#batch, this.#cron, { ticked: (tick) => this.#ticked(tick) }]
  }

  /** Sentences for what has not come to its end, or is not known right. */
  divergence(unplaced: ReadonlySet<SlotName>): readonly string[] {
    return [...this.#batch.divergence(this.#buckets, unplaced), ...this.#cron.divergence(unplaced)]
  }

  #ticked({ decision: { classified } }: Tick): readonly string[] {
    const own = classified.filter(({ subject, bucket }) => subject.best && bucket !== 'nothing')
    this.#buckets = new Map(own.map(({ subject, bucket }) => [subject.slot, bucket]))
    return []
  }
}
