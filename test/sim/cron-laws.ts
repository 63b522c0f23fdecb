// Laws of cron jobs, by what truly runs: on their hosts at their times, whether or not hc is there, and beside their times only
// what hc makes up for.
import type { Job } from '../../src/model/job.js'
import { jobOfSlot, type Millis, type SlotName, slotName } from '../../src/model/names.js'
import type { SimHost } from './host.js'
import type { Law } from './laws.js'
import type { RunBook, RunDoors } from './run-book.js'
import { isDue } from './run-jobs.js'
import type { Armed, TrueRun } from './runs.js'
import { directive } from './units.js'

/** After clocks were set for so long what is due is not known, ms. */
const UNSURE_MS: Millis = 120_000
/** A run begins within so much of its second, ms: a timer's accuracy, and the stop of the run before. */
const WITHIN_MS: Millis = 1300
/** So late it is looked whether one began, ms. */
const LOOK_MS: Millis = 2500

/** The laws of cron jobs. */
export class CronLaws implements Law {
  readonly #doors: RunDoors
  readonly #book: RunBook
  #lookedAt = 0
  /** Runs that were cut off and have been made up for. */
  readonly #madeUp = new Set<TrueRun>()
  #found: string[] = []

  constructor(doors: RunDoors, book: RunBook) {
    this.#doors = doors
    this.#book = book
    doors.runs.onArmed = (armed, byHc) => {
      if (byHc) this.#found.push(...this.#twice(armed))
    }
  }

  began(host: SimHost, unit: string, text: string, byHc: boolean): readonly string[] {
    const { runs } = this.#doors
    const run = runs.all.at(-1)
    const job = this.#book.jobOf(text)
    if (job?.type !== 'cron' || run?.text !== text) return []
    const others = runs.all.filter((one) => one.slot === run.slot && one.end === null && one.host !== host)
    const beside = others
      .filter((one) => !this.#isLeft(run.slot, one.host) && !this.#isLeft(run.slot, host))
      .map((one) => `${run.slot} runs on ${one.host.name} and ${host.name} at once`)
    return [...beside, ...(byHc ? this.#made(run, job) : this.#atItsTime(run, unit))]
  }

  afterStep(): readonly string[] {
    const { time } = this.#doors
    const found = this.#found
    this.#found = []
    const second = Math.floor((time.wallMs - LOOK_MS) / 1000)
    if (second === this.#lookedAt) return found
    this.#lookedAt = second
    if (this.#isUnsure()) return found
    return [...found, ...this.#live().flatMap((armed) => this.#missing(armed, second))]
  }

  /** Sentences for timers that are not where they should be, and for what was not made up for. */
  divergence(unplaced: ReadonlySet<SlotName>): readonly string[] {
    const { records } = this.#book
    return Object.values(records?.jobs ?? {}).flatMap(({ job, stopped, hash }) => {
      const slot = slotName(job.name, 0)
      if (job.type !== 'cron' || unplaced.has(slot)) return []
      const there = this.#live().filter((armed) => armed.slot === slot)
      const wanted = stopped ? undefined : records?.placements[slot]?.host
      const faults = there
        .filter(({ host }) => host.name !== wanted)
        .map(({ host }) => `the timer of ${slot} waits on ${host.name}, its place is ${wanted ?? 'nowhere'}`)
      const own = there.find(({ host }) => host.name === wanted)
      if (stopped) return faults
      if (!own) return [...faults, `the timer of ${slot} waits nowhere`]
      const text = own.host.files.get(`hc-${slot}.service`) ?? ''
      if (directive(text, 'X-Hc-Hash') !== hash) faults.push(`the timer of ${slot} starts an old version`)
      return [...faults, ...this.#notMadeUp(own, job)]
    })
  }

  #isUnsure(): boolean {
    return this.#doors.time.now - this.#book.clockSetAt < UNSURE_MS
  }

  #live(): readonly Armed[] {
    return [...this.#doors.runs.timers.values()].filter(
      ({ host, slot, bootId }) => host.isUp && host.bootId === bootId && host.runs?.timers.all.has(`hc-${slot}.timer`),
    )
  }

  /** A timer there is one that hc took for lost with its host, or that this store has not begun. */
  #isLeft(slot: SlotName, host: SimHost): boolean {
    const came = this.#book.cameOf(jobOfSlot(slot))
    const since = this.#doors.runs.timers.get(`${slot} ${host.name}`)?.placedAt ?? 0
    return this.#book.wasLost(host.name, since) || came === null || came.at > since
  }

  #twice({ slot, host }: Armed): readonly string[] {
    return this.#live()
      .filter((other) => other.slot === slot && other.host !== host)
      .filter((other) => !this.#isLeft(slot, other.host))
      .map((other) => `the timer of ${slot} was started on ${host.name} while that on ${other.host.name} waits`)
  }

  /** A run by its timer: when it was due. */
  #atItsTime(run: TrueRun, unit: string): readonly string[] {
    const { host, slot, job, wall } = run
    if (this.#isUnsure() || host.sleptWithin(WITHIN_MS)) return []
    // It may have waited for a word since.
    const waited = host.systemd.monotonic - (host.systemd.units.get(unit)?.leftAt ?? host.systemd.monotonic)
    const second = Math.floor((wall - waited) / 1000)
    const due = [second, second - 1].find((at) => isDue(job, at))
    const late = due === undefined ? Number.POSITIVE_INFINITY : wall - waited - due * 1000
    return late <= WITHIN_MS ? [] : [`${slot} ran on ${host.name} by itself at ${iso(wall)}, when it was not due`]
  }

  /** Where a timer waited over a time, there was a run then. */
  #missing({ host, slot, wall }: Armed, second: number): readonly string[] {
    const due = second * 1000
    const job = jobOfSlot(slot)
    if (!isDue(job, second) || wall >= due || host.sleptWithin(LOOK_MS * 2)) return []
    const unit = `hc-${slot}.service`
    if (host.systemd.units.get(unit)?.sub === 'start-pre') return []
    const replaces = this.#book.jobOf(host.files.get(unit) ?? '')?.overlap === 'replace'
    const own = this.#doors.runs.all.filter((run) => run.slot === slot && run.host === host)
    // It may have waited for its host's word; whether it was begun in time is looked at as it begins.
    const began = own.some((run) => run.wall >= due && run.wall <= due + LOOK_MS)
    const goesOn = own.some((run) => run.wall < due + 1000 && (run.end?.wall ?? due) >= due)
    return began || (goesOn && !replaces) ? [] : [`${slot} was due on ${host.name} at ${iso(due)} and did not run`]
  }

  /** A run by hc beside the schedule: once for what was cut off or missed, where the job says so. */
  #made(run: TrueRun, job: Job): readonly string[] {
    const { slot, host } = run
    const before = this.#before(run)
    const cut = before.filter((one) => !this.#madeUp.has(one) && this.#isCutOff(one, host))
    if (job.rerun && cut.length > 0) {
      for (const one of cut) this.#madeUp.add(one)
      return []
    }
    if (job.catchUp === 'one') {
      const armed = this.#doors.runs.timers.get(`${slot} ${host.name}`)
      // What a host did that was lost to hc by then is not known to it, nor what a full disk did not take.
      const isKnown = (one: TrueRun) =>
        !one.forgotten && (one.host === host || !this.#book.wasLost(one.host.name, one.at))
      const known = before.filter(isKnown)
      const isMissed = armed !== undefined && this.#missed(armed, known) !== null
      return isMissed || this.#book.clockSetAt > 0 ? [] : [`hc made a run of ${slot} on ${host.name}: none was missed`]
    }
    return [`hc made a run of ${slot} on ${host.name} beside its schedule, and catch_up is none`]
  }

  #before(run: Pick<TrueRun, 'slot' | 'at'>): readonly TrueRun[] {
    return this.#doors.runs.all.filter((one) => one.slot === run.slot && one !== run && one.at <= run.at)
  }

  #isCutOff({ end, host, at }: TrueRun, now: SimHost): boolean {
    return end?.how === 'cut' || (host !== now && this.#book.wasLost(host.name, at))
  }

  /** A time at which it was due since it ran last, before its timer was there; null: none, or it has run since. */
  #missed({ wall, at, slot }: Armed, before: readonly TrueRun[]): Millis | null {
    if (before.some((run) => run.at >= at)) return null
    const came = this.#book.cameOf(jobOfSlot(slot))?.wall ?? wall
    const from = Math.max(came, ...before.map((run) => run.end?.wall ?? run.wall))
    for (let second = Math.floor(wall / 1000); second * 1000 > from; second -= 1)
      if (isDue(jobOfSlot(slot), second) && second * 1000 <= wall) return second * 1000
    return null
  }

  #notMadeUp(own: Armed, { rerun, catchUp }: Job): readonly string[] {
    const { slot, host } = own
    const before = this.#before({ slot, at: this.#doors.time.now })
    const last = before.at(-1)
    if (rerun && last?.end?.how === 'cut' && last.host === host && !this.#madeUp.has(last))
      return [`${slot} was cut off on ${host.name} and not run again`]
    const missed = catchUp === 'one' && this.#book.clockSetAt < 0 ? this.#missed(own, before) : null
    const { since, awaySince = since } = this.#book.records?.placements[slot] ?? { since: '' }
    // A timer that is replaced in the second in which it is to fire, since its job has changed, is no downtime.
    if (missed !== null && missed <= Date.parse(awaySince)) return []
    return missed === null ? [] : [`${slot} was due at ${iso(missed)}, and that was not made up for`]
  }
}

function iso(wall: Millis): string {
  return new Date(wall).toISOString()
}
