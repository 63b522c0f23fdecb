// Units that run to an end, of one boot: batch jobs, whose unit stays when they have ended well, and runs of cron jobs.
import type { Millis } from '../../src/model/names.js'
import { roundsOf } from './boot-wait.js'
import type { SimTime } from './time.js'
import { directive, type SimUnit, type UnitRuns, type UnitWatcher } from './units.js'

/** One round, ms. */
const ROUND_MS = 200

/** What they work with. */
export interface RunUnitDoors {
  readonly time: SimTime
  readonly watcher: UnitWatcher
  readonly runs: UnitRuns
  isDead(): boolean
  monotonic(): Millis
  newPid(): number
  rest(unit: SimUnit, active: 'inactive' | 'failed'): void
  /** After the pause that the unit asks for. */
  restart(name: string, unit: SimUnit): void
  ended(name: string): void
}

/** All of them. */
export class RunUnits {
  readonly #doors: RunUnitDoors

  constructor(doors: RunUnitDoors) {
    this.#doors = doors
  }

  has({ text }: SimUnit): boolean {
    return this.#doors.runs.isRun(text)
  }

  /** A run without a process is stopped: it waits for the first word or its next try, or has ended and is kept. */
  letGo(name: string, unit: SimUnit): void {
    const { runs } = this.#doors
    if (unit.sub === 'start-pre') runs.stopped(name, unit.text, 'waited')
    if (unit.sub === 'exited')
      runs.stopped(name, unit.text, { late: this.#doors.monotonic() - (unit.exitedAt ?? this.#doors.monotonic()) })
    this.#doors.rest(unit, 'inactive')
    this.#doors.ended(name)
  }

  /** ExecStartPre: after a boot a run waits for a word, so long as it says. */
  prepare(name: string, unit: SimUnit): void {
    unit.life += 1
    unit.starts.push(this.#doors.monotonic())
    Object.assign(unit, { active: 'activating', sub: 'start-pre', result: 'success', exitStatus: 0, activeSince: null })
    unit.leftAt = this.#doors.monotonic()
    unit.exitedAt = undefined
    const { life } = unit
    const wait = (rounds: number): void => {
      const isOver = rounds <= 0 || this.#doors.runs.hasWord()
      if (isOver) this.#run(name, unit)
      else
        this.#doors.time.after(
          ROUND_MS,
          () => wait(rounds - 1),
          () => !this.#doors.isDead() && unit.life === life,
        )
    }
    wait(roundsOf(unit.text))
  }

  #run(name: string, unit: SimUnit): void {
    const { runs } = this.#doors
    runs.giveWord()
    unit.life += 1
    const oneshot = directive(unit.text, 'Type') === 'oneshot'
    Object.assign(
      unit,
      oneshot ? { sub: 'start' } : { active: 'active', sub: 'running', activeSince: this.#doors.monotonic() },
    )
    unit.pid = this.#doors.newPid()
    unit.startedAt = this.#doors.monotonic()
    const { lastsMs, exitCode } = runs.begun(name, unit.text)
    this.#doors.watcher.began(name, unit.text)
    const { life } = unit
    const isAlive = () => !this.#doors.isDead() && unit.life === life
    const end = (): void => {
      if (runs.isFrozen()) this.#doors.time.after(100, end, isAlive)
      else this.end(name, unit, exitCode)
    }
    this.#doors.time.after(lastsMs, end, isAlive)
  }

  /** Its process has ended by itself. */
  end(name: string, unit: SimUnit, exitCode: number): void {
    const { runs } = this.#doors
    const kept = exitCode === 0 && directive(unit.text, 'RemainAfterExit') === 'yes'
    this.#doors.watcher.ended(name, unit.text, 'self')
    runs.ended(name, unit.text, exitCode, kept)
    unit.life += 1
    unit.exitedAt = this.#doors.monotonic()
    unit.exitStatus = exitCode
    unit.result = exitCode === 0 ? 'success' : 'exit-code'
    if (kept) Object.assign(unit, { sub: 'exited', pid: 0 })
    else if (exitCode === 0) this.#doors.rest(unit, 'inactive')
    else if (directive(unit.text, 'Restart') === 'on-failure') this.#doors.restart(name, unit)
    else {
      this.#doors.rest(unit, 'failed')
      runs.gaveUp(name)
    }
    this.#doors.ended(name)
  }
}
