// Laws of batch jobs, by what truly runs: what is begun again, how often, and what never is.
import type { Tick } from '../../src/controller/controller.js'
import { generationOf, type Job } from '../../src/model/job.js'
import { type HostName, type SlotName, slotName } from '../../src/model/names.js'
import type { SimHost } from './host.js'
import type { Law } from './laws.js'
import type { RunBook, RunDoors } from './run-book.js'
import type { TrueRun } from './runs.js'
import { directive } from './units.js'

/** The laws of batch jobs. */
export class BatchLaws implements Law {
  readonly #doors: RunDoors
  readonly #book: RunBook
  readonly #keys = new Map<TrueRun, string>()
  readonly #judged = new Set<TrueRun>()
  readonly #begun = new Map<string, TrueRun[]>()

  constructor(doors: RunDoors, book: RunBook) {
    this.#doors = doors
    this.#book = book
  }

  began(_host: SimHost, _unit: string, text: string, byHc: boolean): readonly string[] {
    const run = this.#doors.runs.all.at(-1)
    const job = this.#book.jobOf(text)
    if (job?.type !== 'batch' || run?.text !== text) return []
    // Another try belongs to the word that its first one was begun by, whatever has become of the store since.
    const first = byHc ? undefined : this.#doors.runs.all.findLast((one) => one !== run && isBefore(one, run))
    const key = (first && this.#keys.get(first)) ?? this.#book.keyOf(run)
    this.#keys.set(run, key)
    const before = this.#begun.get(key) ?? []
    this.#begun.set(key, [...before, run])
    return byHc ? this.#byHc(key, job, before) : this.#byItself(job, run)
  }

  /** What a tick has seen to have failed for good: while steps go on on its host nothing is judged there. */
  ticked({ decision: { classified } }: Tick): readonly string[] {
    for (const { subject, bucket } of classified) {
      const { slot, applied, host } = subject
      if (bucket !== 'failed' || applied?.job.type !== 'batch') continue
      const run = this.#doors.runs.all.findLast((one) => one.slot === slot && one.host.name === host)
      if (run) this.#judged.add(run)
    }
    return []
  }

  /** A start by hc: the first, or after all before it were cut off, where the job says so. */
  #byHc(key: string, { rerun }: Job, before: readonly TrueRun[]): readonly string[] {
    if (before.length === 0) return []
    const found: string[] = []
    if (this.#book.completed.has(key)) found.push(`${key} was begun again after it was recorded as complete`)
    if (!rerun) found.push(`${key} was begun again, and rerun is false`)
    for (const one of before) {
      const { host, end, bootId, given, at } = one
      const away = host.bootId !== bootId || this.#book.wasLost(host.name, at)
      if (end === null && !away) found.push(`${key} was begun again while it ran on ${host.name}`)
      if (end?.how === 'success' && !away) found.push(`${key} was begun again after it had ended well on ${host.name}`)
      if (given && this.#judged.has(one))
        found.push(`${key} was begun again after it had failed for good on ${host.name}`)
    }
    return found
  }

  /** A start by its host: another try after a failure, as often as declared. */
  #byItself({ restart: { attempts, windowMs } }: Job, run: TrueRun): readonly string[] {
    const here = this.#doors.runs.all.filter(({ slot, host }) => slot === run.slot && host === run.host)
    const before = here.at(-2)
    if (before?.end?.how !== 'exit-code' || before.bootId !== run.bootId)
      return [`${run.slot} began by itself on ${run.host.name} although no try of it had failed`]
    const first = here.findLastIndex(({ byHc }) => byHc)
    const tries = here.slice(first + 1).filter(({ at }) => run.at - at < windowMs)
    return tries.length > attempts
      ? [`${run.slot} was tried again ${tries.length} times on ${run.host.name}, ${attempts} are declared`]
      : []
  }

  /** Sentences for what hc does not know right of how they ended. `bucketOf`: by its last tick. */
  divergence(bucketOf: ReadonlyMap<SlotName, string>, unplaced: ReadonlySet<SlotName>): readonly string[] {
    const { records } = this.#book
    return Object.values(records?.jobs ?? {}).flatMap((applied) => {
      const { job, stopped, hash } = applied
      if (job.type !== 'batch' || stopped) return []
      const slots = Array.from({ length: job.count }, (_, place) => slotName(job.name, place))
      return slots
        .filter((slot) => !unplaced.has(slot))
        .flatMap((slot) => {
          const own = this.#doors.runs.all.filter(
            (run) => run.slot === slot && isOf(run, hash, generationOf(applied, slot)),
          )
          const { completed = false, host: place = null } = records?.placements[slot] ?? {}
          return this.#wrongEnd({
            slot,
            rerun: job.rerun,
            own,
            completed,
            place,
            bucket: bucketOf.get(slot) ?? 'nothing',
          })
        })
    })
  }

  #wrongEnd({ slot, rerun, own, completed, place, bucket }: Ended): readonly string[] {
    const good = own.find(({ end }) => end?.how === 'success')
    const last = own.at(-1)
    if (bucket === 'complete') {
      if (!good) return [`${slot} counts as complete, and has never ended well`]
      return completed ? [] : [`${slot} has ended well, and that is not recorded`]
    }
    if (bucket !== 'failed' && bucket !== 'wait') return [`${slot} is ${bucket}, and has not ended`]
    // What ended well, and was cut off before hc had looked, is not known to have. Where the store was lost while a host with an
    // earlier copy was away, that copy bears the higher number and is the one that counts.
    if (good && good.host.name !== place && this.#book.wasGone(good.job)) return []
    if (good && good.host.bootId === good.bootId && !this.#book.wasLost(good.host.name, good.at))
      return [`${slot} has ended well, and counts as ${bucket}`]
    if (last?.given && bucket === 'failed') return []
    // Its host may have gone down between two tries.
    const isCut = last !== undefined && (last.end?.how !== 'exit-code' || last.host.bootId !== last.bootId)
    if (rerun) return [`${slot} counts as ${bucket}, and is to be run again`]
    return isCut || this.#book.wasLost(last?.host.name ?? '', last?.at ?? 0)
      ? []
      : [`${slot} counts as ${bucket}, and was neither cut off nor given up`]
  }
}

/** A batch slot at rest. */
interface Ended {
  readonly slot: SlotName
  readonly rerun: boolean
  readonly own: readonly TrueRun[]
  readonly completed: boolean
  /** Where it is recorded. */
  readonly place: HostName | null
  readonly bucket: string
}

function isBefore(one: TrueRun, { slot, host }: TrueRun): boolean {
  return one.slot === slot && one.host === host
}

function isOf({ text }: TrueRun, hash: string, generation: number): boolean {
  return directive(text, 'X-Hc-Hash') === hash && Number(directive(text, 'X-Hc-Generation')) >= generation
}
