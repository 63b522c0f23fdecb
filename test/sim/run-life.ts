// What the mode `runs` adds to a simulation: batch and cron jobs that run to their ends, and their laws.
import type { Controller, Tick } from '../../src/controller/controller.js'
import { jobRuns } from '../../src/controller/runs.js'
import type { World } from '../../src/controller/world.js'
import type { JobName, SlotName } from '../../src/model/names.js'
import { BatchLaws } from './batch-laws.js'
import { CronLaws } from './cron-laws.js'
import type { Law } from './laws.js'
import type { Random } from './random.js'
import { RunBook, type RunDoors } from './run-book.js'
import { wrongHistory } from './run-history.js'
import { RUN_NAMES } from './run-jobs.js'
import { Runs, type TrueRun } from './runs.js'
import type { SimTime } from './time.js'

/** All of it. */
export class RunLife {
  readonly runs: Runs
  readonly laws: readonly Law[]
  readonly names: readonly JobName[] = RUN_NAMES
  readonly #time: SimTime
  readonly #book: RunBook
  readonly #batch: BatchLaws
  readonly #cron: CronLaws
  #buckets: ReadonlyMap<SlotName, string> = new Map()

  constructor(random: Random, doors: Omit<RunDoors, 'runs'>) {
    this.#time = doors.time
    this.runs = new Runs(doors.time, random)
    const all = { ...doors, runs: this.runs }
    const book = new RunBook(all)
    this.#book = book
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

  /** Reads what `hc job show` tells of all batch and cron jobs. Throws where no host answers. */
  async history(world: World, controller: Controller): Promise<readonly string[]> {
    const askedAt = this.#time.wallMs
    const look = await controller.look(2500)
    // Times that clocks were set in say nothing of what was before or after.
    if (this.#book.clockSetAt >= 0) return []
    const jobs = Object.values(look.records?.jobs ?? {}).filter(
      ({ job }) => job.type === 'batch' || job.type === 'cron',
    )
    const found = await Promise.all(
      jobs.map(async ({ job: { name } }) => {
        const isKnown = (run: TrueRun) => this.#book.completed.has(this.#book.keyOf(run))
        return wrongHistory(name, this.runs.all, await jobRuns(world, look, name), isKnown, askedAt)
      }),
    )
    return found.flat()
  }

  #ticked({ decision: { classified } }: Tick): readonly string[] {
    const own = classified.filter(({ subject, bucket }) => subject.best && bucket !== 'nothing')
    this.#buckets = new Map(own.map(({ subject, bucket }) => [subject.slot, bucket]))
    return []
  }
}
