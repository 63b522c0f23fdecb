// What truly runs of batch and cron jobs in a simulation, and how long each run lasts and how it ends.
import { type JobName, jobOfSlot, type Millis, type SlotName } from '../../src/model/names.js'
import type { SimHost } from './host.js'
import type { Random } from './random.js'
import { isCronText, lengthOf } from './run-jobs.js'
import type { SimTime } from './time.js'
import { directive, type Fate } from './units.js'

/** A process of a run that truly began. */
export interface TrueRun {
  readonly slot: SlotName
  readonly job: JobName
  readonly host: SimHost
  readonly text: string
  readonly bootId: string
  /** Time of the simulation, and of the wall clock, ms. */
  readonly at: Millis
  readonly wall: Millis
  /** By a write of hc, not by its timer or as another try. */
  byHc: boolean
  /** `cut`: with the power. null: it goes on. */
  end: {
    readonly how: 'success' | 'exit-code' | 'stopped' | 'cut'
    readonly code: number | null
    readonly at: Millis
    readonly wall: Millis
  } | null
  /** Its host has nothing written down of it: its disk was full, its job was removed, or it was cut off and its slot has left since. */
  forgotten: boolean
  /** It has ended well, and its unit is kept for hc to see: nothing is written down of its end. */
  kept: boolean
  /** It failed, and nothing on its host starts it again. */
  given: boolean
}

/** A timer that was started, or was linked at a boot. */
export interface Armed {
  readonly host: SimHost
  readonly slot: SlotName
  readonly at: Millis
  readonly wall: Millis
  readonly bootId: string
  /** When hc started it there, before all boots since. */
  readonly placedAt: Millis
}

/** Of all hosts. */
export class Runs {
  readonly all: TrueRun[] = []
  /** The newest of each timer: `SLOT HOST`. */
  readonly timers = new Map<string, Armed>()
  readonly random: Random
  readonly #time: SimTime
  /** Tries of a batch job that are still to fail, by what it runs by. */
  readonly #toFail = new Map<string, number>()
  /** A timer is started by hc, or by its host. */
  onArmed: (armed: Armed, byHc: boolean) => void = () => {}

  constructor(time: SimTime, random: Random) {
    this.#time = time
    this.random = random
  }

  begun(host: SimHost, slot: SlotName, text: string): TrueRun {
    const { now: at, wallMs: wall } = this.#time
    const base = { slot, job: jobOfSlot(slot), host, text, bootId: host.bootId, at, wall }
    const run: TrueRun = {
      ...base,
      byHc: host.isWritten,
      end: null,
      forgotten: host.diskFull,
      kept: false,
      given: false,
    }
    this.all.push(run)
    return run
  }

  ended(run: TrueRun, how: NonNullable<TrueRun['end']>['how'], code: number | null): void {
    run.end = { how, code, at: this.#time.now, wall: this.#time.wallMs }
    if (run.host.diskFull) run.forgotten = true
  }

  /** The last one there. */
  lastOf(host: SimHost, slot: SlotName): TrueRun | undefined {
    return this.all.findLast((run) => run.host === host && run.slot === slot)
  }

  gaveUp(host: SimHost, slot: SlotName): void {
    const last = this.lastOf(host, slot)
    if (last) last.given = true
  }

  /** A slot leaves a host; `all`: with what was written down of it. */
  left(host: SimHost, slot: SlotName, all: boolean): void {
    for (const run of this.all) {
      const isOpen = run.end?.how === 'cut' || (run.kept && run.bootId !== host.bootId)
      if (run.host === host && run.slot === slot && (all || isOpen)) run.forgotten = true
    }
  }

  armed(host: SimHost, slot: SlotName): void {
    const { now: at, wallMs: wall } = this.#time
    const key = `${slot} ${host.name}`
    const placedAt = host.isWritten ? at : (this.timers.get(key)?.placedAt ?? at)
    const armed = { host, slot, at, wall, bootId: host.bootId, placedAt }
    this.timers.set(key, armed)
    this.onArmed(armed, host.isWritten)
  }

  /** How a run ends that has just begun. */
  fateOf({ slot, job, text }: TrueRun): Fate {
    const [shortest, longest] = lengthOf(job, this.random)
    const lastsMs = this.random.between(shortest, longest)
    if (isCronText(text)) return { lastsMs, exitCode: this.random.chance(0.15) ? 3 : 0 }
    const key = `${slot} ${directive(text, 'X-Hc-Version')} ${directive(text, 'X-Hc-Generation')}`
    const left = this.#toFail.get(key) ?? this.random.weighted(FAILURES)
    this.#toFail.set(key, left - 1)
    return left > 0 ? { lastsMs: Math.ceil(lastsMs / 4), exitCode: 2 } : { lastsMs, exitCode: 0 }
  }
}

/** Tries that fail before one ends well. */
const FAILURES: readonly (readonly [number, number])[] = [
  [0, 6],
  [1, 2],
  [2, 2],
  [3, 1],
  [Number.POSITIVE_INFINITY, 1],
]
