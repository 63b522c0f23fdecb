// What systemd does with the units of one simulated host, as far as hc relies on it.
import type { Millis } from '../../src/model/names.js'
import type { Random } from './random.js'
import type { SimTime } from './time.js'

/** One unit as it truly is. */
export interface SimUnit {
  /** The text it was loaded from when it was started last. */
  text: string
  active: 'active' | 'activating' | 'deactivating' | 'inactive' | 'failed'
  sub: string
  result: string
  exitStatus: number
  restarts: number
  pid: number
  activeSince: Millis | null
  inactiveSince: Millis | null
  starts: Millis[]
  /** Rises with each change, so that what was scheduled for an earlier life does nothing. */
  life: number
}

/** Told of everything that starts and stops running. */
export interface UnitWatcher {
  began(unit: string, text: string): void
  /** `hc`: by a write of hc; `self`: it ended or crashed by itself. */
  ended(unit: string, text: string, cause: 'hc' | 'self'): void
  /** How long a process that begins lives until it fails, ms; null: it does not fail. */
  lifeOf(unit: string, text: string): Millis | null
  /** Its conditions (ExecCondition=). */
  mayStart(unit: string): boolean
}

/** A line of a unit file. */
export function directive(text: string, key: string): string | null {
  return new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1] ?? null
}

function spanOf(text: string | null, otherwise: Millis): Millis {
  const match = /^(\d+)(ms|s)?$/.exec(text ?? '')
  return match ? Number(match[1]) * (match[2] === 'ms' ? 1 : 1000) : otherwise
}

/** Does a process of it run? */
export function hasProcess(unit: SimUnit): boolean {
  return unit.active === 'active' || unit.active === 'deactivating'
}

/** The units of one boot. */
export class SimSystemd {
  readonly units = new Map<string, SimUnit>()
  readonly #time: SimTime
  readonly #random: Random
  readonly #watcher: UnitWatcher
  readonly #bootedAt: Millis
  #pid = 400
  #dead = false

  constructor(time: SimTime, random: Random, watcher: UnitWatcher) {
    this.#time = time
    this.#random = random
    this.#watcher = watcher
    this.#bootedAt = time.now
  }

  /** CLOCK_MONOTONIC of the host, ms. */
  get monotonic(): Millis {
    return this.#time.now - this.#bootedAt
  }

  /** The power is cut: nothing runs, nothing is told. */
  die(): void {
    this.#dead = true
    for (const [name, unit] of this.units) {
      unit.life += 1
      if (hasProcess(unit)) this.#watcher.ended(name, unit.text, 'self')
    }
    this.units.clear()
  }

  stateOf(name: string): SimUnit['active'] {
    return this.units.get(name)?.active ?? 'inactive'
  }

  /** `systemctl start`: nothing where it runs already. */
  start(name: string, text: string): void {
    const old = this.units.get(name)
    if (old && old.active !== 'inactive' && old.active !== 'failed') return
    const unit: SimUnit = old ?? {
      text,
      active: 'inactive',
      sub: 'dead',
      result: 'success',
      exitStatus: 0,
      restarts: 0,
      pid: 0,
      activeSince: null,
      inactiveSince: null,
      starts: [],
      life: 0,
    }
    this.units.set(name, unit)
    unit.text = text
    unit.restarts = 0
    this.#begin(name, unit)
  }

  /** `systemctl reset-failed`. */
  reset(name: string): void {
    const unit = this.units.get(name)
    if (!unit) return
    unit.starts = []
    if (unit.active === 'failed') unit.active = 'inactive'
  }

  /** After daemon-reload: a unit without its file is forgotten when it does not run. */
  forget(name: string): void {
    const unit = this.units.get(name)
    if (unit && !hasProcess(unit)) this.units.delete(name)
  }

  /** `systemctl stop`: how long it takes; the end of it is `stopped`. */
  stopping(name: string): void {
    const unit = this.units.get(name)
    if (!unit || unit.active === 'inactive' || unit.active === 'failed') return
    unit.life += 1
    if (unit.active === 'active') {
      unit.active = 'deactivating'
      unit.sub = 'stop-sigterm'
    } else if (unit.active === 'activating') this.#rest(unit, 'inactive', 'dead')
  }

  stopped(name: string, cause: 'hc' | 'self' = 'hc'): void {
    const unit = this.units.get(name)
    if (unit?.active !== 'deactivating') return
    this.#rest(unit, 'inactive', 'dead')
    this.#watcher.ended(name, unit.text, cause)
  }

  /** The process ends with a failure; systemd does what the unit's rules say. */
  crash(name: string): void {
    const unit = this.units.get(name)
    if (unit?.active !== 'active') return
    this.#watcher.ended(name, unit.text, 'self')
    unit.life += 1
    unit.exitStatus = 1
    unit.result = 'exit-code'
    if (directive(unit.text, 'Restart') === 'no') this.#rest(unit, 'failed', 'failed')
    else this.#restart(name, unit)
  }

  #restart(name: string, unit: SimUnit): void {
    unit.active = 'activating'
    unit.sub = 'auto-restart'
    unit.pid = 0
    unit.activeSince = null
    unit.inactiveSince = this.monotonic
    const { life } = unit
    const isAlive = () => !this.#dead && unit.life === life
    this.#time.after(spanOf(directive(unit.text, 'RestartSec'), 100), () => this.#again(name, unit), isAlive)
  }

  #again(name: string, unit: SimUnit): void {
    const window = spanOf(directive(unit.text, 'StartLimitIntervalSec'), 10_000)
    const burst = Number(directive(unit.text, 'StartLimitBurst') ?? '5')
    const lately = unit.starts.filter((at) => this.monotonic - at < window)
    if (window > 0 && lately.length >= burst) {
      this.#rest(unit, 'failed', 'failed')
      unit.result = 'start-limit-hit'
      return
    }
    unit.restarts += 1
    this.#begin(name, unit)
  }

  #begin(name: string, unit: SimUnit): void {
    if (!this.#watcher.mayStart(name)) {
      this.#rest(unit, 'inactive', 'dead')
      unit.result = 'exec-condition'
      return
    }
    unit.life += 1
    unit.active = 'active'
    unit.sub = 'running'
    unit.result = 'success'
    unit.exitStatus = 0
    unit.pid = ++this.#pid
    unit.activeSince = this.monotonic
    unit.starts.push(this.monotonic)
    this.#watcher.began(name, unit.text)
    const { life } = unit
    const isAlive = () => !this.#dead && unit.life === life
    const lasts = this.#watcher.lifeOf(name, unit.text)
    if (lasts !== null) this.#time.after(lasts, () => this.crash(name), isAlive)
    if (directive(unit.text, 'Restart') !== 'on-failure') return
    // The simulated batch jobs end well after some seconds.
    this.#time.after(
      this.#random.between(500, 5000),
      () => {
        this.#watcher.ended(name, unit.text, 'self')
        this.#rest(unit, 'inactive', 'dead')
      },
      isAlive,
    )
  }

  #rest(unit: SimUnit, active: 'inactive' | 'failed', sub: string): void {
    unit.life += 1
    unit.active = active
    unit.sub = sub
    unit.pid = 0
    unit.activeSince = null
    unit.inactiveSince = this.monotonic
  }
}
