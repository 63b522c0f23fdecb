// What systemd does with the units of one simulated host, as far as hc relies on it.
import type { Millis } from '../../src/model/names.js'
import type { Random } from './random.js'
import { RunUnits } from './run-units.js'
import type { SimTime } from './time.js'
import { directive, hasProcess, type SimUnit, spanOf, type UnitWatcher } from './units.js'

export { directive, hasProcess, type SimUnit, type UnitRuns, type UnitWatcher } from './units.js'

/** The units of one boot. */
export class SimSystemd {
  readonly units = new Map<string, SimUnit>()
  readonly #time: SimTime
  readonly #random: Random
  readonly #watcher: UnitWatcher
  readonly #bootedAt: Millis
  readonly #runs: RunUnits | null
  #pid = 400
  #dead = false
  /** A service has ended: timers wait for that. */
  onEnded: (unit: string) => void = () => {}

  constructor(time: SimTime, random: Random, watcher: UnitWatcher) {
    this.#time = time
    this.#random = random
    this.#watcher = watcher
    this.#bootedAt = time.now
    this.#runs = watcher.runs
      ? new RunUnits({
          time,
          watcher,
          runs: watcher.runs,
          isDead: () => this.#dead,
          monotonic: () => this.monotonic,
          newPid: () => ++this.#pid,
          rest: (unit, active) => this.#rest(unit, active, active === 'failed' ? 'failed' : 'dead'),
          restart: (name, unit) => this.#restart(name, unit),
          ended: (name) => this.onEnded(name),
        })
      : null
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
      if (!hasProcess(unit)) continue
      this.#watcher.ended(name, unit.text, 'self')
      if (this.#runs?.has(unit)) this.#watcher.runs?.cut(name)
    }
    this.units.clear()
  }

  get isDead(): boolean {
    return this.#dead
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
    if (this.#runs?.has(unit) && !hasProcess(unit)) this.#runs.letGo(name, unit)
    else if (unit.active === 'active' || unit.sub === 'start') {
      unit.active = 'deactivating'
      unit.sub = 'stop-sigterm'
    } else if (unit.active === 'activating') this.#rest(unit, 'inactive', 'dead')
  }

  stopped(name: string, cause: 'hc' | 'self' = 'hc'): void {
    const unit = this.units.get(name)
    if (unit?.active !== 'deactivating') return
    this.#rest(unit, 'inactive', 'dead')
    this.#watcher.ended(name, unit.text, cause)
    if (!this.#runs?.has(unit)) return
    this.#watcher.runs?.stopped(name, unit.text, 'stopped')
    this.onEnded(name)
  }

  /** The process ends with a failure; systemd does what the unit's rules say. */
  crash(name: string): void {
    const unit = this.units.get(name)
    if (unit && this.#runs?.has(unit)) {
      if (hasProcess(unit) && unit.active !== 'deactivating') this.#runs.end(name, unit, 1)
      return
    }
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
      if (this.#runs?.has(unit)) this.#watcher.runs?.gaveUp(name)
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
    if (this.#runs?.has(unit)) {
      this.#runs.prepare(name, unit)
      return
    }
    const { wait } = this.#watcher
    if (!wait?.holds(unit.text)) {
      this.#run(name, unit)
      return
    }
    unit.life += 1
    Object.assign(unit, { active: 'activating', sub: 'start-pre', activeSince: null })
    const { life } = unit
    wait.until(
      unit.text,
      () => this.#run(name, unit),
      () => !this.#dead && unit.life === life,
    )
  }

  #run(name: string, unit: SimUnit): void {
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
