// Timer units of one boot, by the rules of systemd 252 (src/core/timer.c).
import type { Millis } from '../../src/model/names.js'
import { nextElapse } from './calendar.js'
import type { Random } from './random.js'
import type { SimTime } from './time.js'

/** One timer. */
export interface SimTimer {
  readonly text: string
  /** CLOCK_MONOTONIC, and the wall clock, when it was started. */
  readonly since: Millis
  readonly sinceWall: Millis
  lastTrigger: Millis | null
  /** `running`: what it has started has not ended. */
  sub: 'waiting' | 'running'
  /** Rises with each wait. */
  waits: number
}

/** What a timer works with. */
export interface TimerDoors {
  readonly time: SimTime
  readonly random: Random
  isDead(): boolean
  isFrozen(): boolean
  monotonic(): Millis
  /** Starts what the timer names; true: it runs, or will in a moment, until `ended` is told of it. */
  fire(unit: string): boolean
}

/** All of them. */
export class SimTimers {
  readonly all = new Map<string, SimTimer>()
  readonly #doors: TimerDoors
  /** Timers of a host are late by the same part of a second (AccuracySec=1s). */
  readonly #late: Millis

  constructor(doors: TimerDoors) {
    this.#doors = doors
    this.#late = doors.random.between(0, 900)
    doors.time.onWallSet(() => this.#timeChanged())
  }

  start(name: string, text: string): void {
    if (this.all.has(name)) return
    const { monotonic, time } = this.#doors
    const timer: SimTimer = {
      text,
      // Nothing is started in the first moment of a boot, and 0 stands for never.
      since: Math.max(1, monotonic()),
      sinceWall: time.wallMs,
      lastTrigger: null,
      sub: 'waiting',
      waits: 0,
    }
    this.all.set(name, timer)
    this.#wait(name, timer)
  }

  stop(name: string): void {
    this.all.delete(name)
  }

  /** A service has ended. */
  ended(unit: string): void {
    for (const [name, timer] of this.all) {
      if (timer.sub === 'running' && unitOf(timer) === unit) this.#wait(name, timer)
    }
  }

  /** From the last time it fired: what came due while its service ran is due at once. */
  #wait(name: string, timer: SimTimer): void {
    const { time, isDead } = this.#doors
    timer.sub = 'waiting'
    timer.waits += 1
    const { waits } = timer
    const lines = [...timer.text.matchAll(/^OnCalendar=(.*)$/gm)].map(([, line = '']) => line)
    const next = lines.flatMap((line) => nextElapse(line, timer.lastTrigger ?? timer.sinceWall) ?? [])
    if (next.length === 0) return
    const left = Math.min(...next) - time.wallMs
    const isAlive = () => !isDead() && this.all.get(name) === timer && timer.waits === waits
    time.after(left <= 0 ? 0 : left + this.#late, () => this.#elapse(name, timer, isAlive), isAlive)
  }

  #elapse(name: string, timer: SimTimer, isAlive: () => boolean): void {
    const { time, isFrozen, fire } = this.#doors
    if (isFrozen()) {
      time.after(100, () => this.#elapse(name, timer, isAlive), isAlive)
      return
    }
    timer.lastTrigger = time.wallMs
    timer.sub = 'running'
    if (!fire(unitOf(timer))) this.#wait(name, timer)
  }

  #timeChanged(): void {
    if (this.#doors.isDead()) return
    const { wallMs } = this.#doors.time
    for (const [name, timer] of this.all) {
      if (timer.sub !== 'waiting') continue
      // It seems to have fired in the future: the clock was set back.
      if (timer.lastTrigger !== null && timer.lastTrigger > wallMs) timer.lastTrigger = wallMs
      this.#wait(name, timer)
    }
  }
}

function unitOf({ text }: SimTimer): string {
  return /^Unit=(.*)$/m.exec(text)?.[1] ?? ''
}
