// The runs of one simulated host: what it writes down of them, and how each truly ends.
import { type SlotName, slotOfUnit } from '../../src/model/names.js'
import { parseRuns } from '../../src/remote/runs.js'
import type { SimHost } from './host.js'
import { type LoggedEnd, RunLog } from './run-log.js'
import type { Runs, TrueRun } from './runs.js'
import { SimTimers } from './timers.js'
import { directive, type Fate, type UnitRuns } from './units.js'

/** Of one host, over all of its boots. */
export class HostRuns implements UnitRuns {
  readonly log: RunLog
  timers: SimTimers
  readonly #host: SimHost
  readonly #runs: Runs
  #word = false
  readonly #going = new Map<string, TrueRun>()

  constructor(host: SimHost, runs: Runs) {
    this.#host = host
    this.#runs = runs
    this.log = new RunLog(() => host.diskFull)
    this.timers = this.#newTimers()
  }

  /** Does a run go on? */
  get isRunning(): boolean {
    return this.#going.size > 0
  }

  get #second(): number {
    return Math.floor(this.#host.doors.time.wallMs / 1000)
  }

  /** Its systemd has begun: timers that are linked wait. */
  booted(): void {
    this.#word = false
    this.timers = this.#newTimers()
    this.#host.systemd.onEnded = (unit) => this.timers.ended(unit)
    for (const link of [...this.#host.links].sort()) {
      const name = link.slice(link.indexOf('/') + 1)
      const text = this.#host.files.get(name)
      if (link.startsWith('timers.target.wants/') && text) this.startTimer(name, text)
    }
  }

  startTimer(name: string, text: string): void {
    this.timers.start(name, text)
    this.#runs.armed(this.#host, slotOfUnit(name) ?? '')
  }

  /** The disk is empty. */
  wipe(): void {
    this.log.wipe()
  }

  /** A slot leaves the host; `all`: its job was removed. */
  remove(slot: SlotName, all: boolean): void {
    this.log.remove(slot, all)
    this.#runs.left(this.#host, slot, all)
  }

  /** What a probe says besides units and timers. */
  facts(): { readonly word: boolean; readonly timezone: string } {
    return { word: this.#word, timezone: 'UTC' }
  }

  /** What a probe says of runs. */
  shown(): ReturnType<typeof parseRuns> {
    return parseRuns(this.log.shown((slot) => this.#host.files.has(`hc-${slot}.service`)))
  }

  isRun(text: string): boolean {
    return directive(text, 'X-Hc-Slot') !== null && /^ExecStopPost=.*hc-run/m.test(text)
  }

  hasWord(): boolean {
    return this.#word
  }

  giveWord(): void {
    this.#word = true
  }

  isFrozen(): boolean {
    return this.#host.frozen
  }

  begun(unit: string, text: string): Fate {
    const slot = slotOfUnit(unit) ?? ''
    // That one before was cut off would be written down now.
    if (this.#host.diskFull) this.#runs.left(this.#host, slot, false)
    const run = this.#runs.begun(this.#host, slot, text)
    this.#going.set(unit, run)
    this.log.begin(slot, this.#second, this.#host.bootId, tagOf(text))
    return this.#runs.fateOf(run)
  }

  ended(unit: string, text: string, exitCode: number, kept: boolean): void {
    this.#close(unit, exitCode === 0 ? 'success' : 'exit-code', exitCode)
    const result = exitCode === 0 ? 'success' : 'exit-code'
    if (!kept) this.#write(unit, text, { result, code: 'exited', status: String(exitCode) })
    this.#keeps(unit, kept)
  }

  stopped(unit: string, text: string, how: Parameters<UnitRuns['stopped']>[2]): void {
    if (how === 'stopped') {
      this.#close(unit, 'stopped', null)
      this.#write(unit, text, { result: 'stopped', code: 'killed', status: 'TERM' })
    } else if (how === 'waited') this.#write(unit, text, { result: 'stopped', code: '-', status: '-' })
    else {
      const ago = Math.round(how.late / 1000)
      this.#write(unit, text, { result: 'success', code: 'exited', status: '0' }, ago)
      this.#keeps(unit, false)
    }
  }

  cut(unit: string): void {
    this.#close(unit, 'cut', null)
  }

  gaveUp(unit: string): void {
    this.#runs.gaveUp(this.#host, slotOfUnit(unit) ?? '')
  }

  #close(unit: string, how: NonNullable<TrueRun['end']>['how'], code: number | null): void {
    const run = this.#going.get(unit)
    this.#going.delete(unit)
    if (run) this.#runs.ended(run, how, code)
  }

  #keeps(unit: string, kept: boolean): void {
    const run = this.#runs.lastOf(this.#host, slotOfUnit(unit) ?? '')
    if (!run) return
    run.kept = kept
    if (this.#host.diskFull) run.forgotten = true
  }

  #write(unit: string, text: string, end: Omit<LoggedEnd, 'restarts'>, ago = 0): void {
    const restarts = this.#host.systemd.units.get(unit)?.restarts ?? 0
    this.log.end(slotOfUnit(unit) ?? '', this.#second - ago, this.#host.bootId, tagOf(text), { ...end, restarts })
  }

  #newTimers(): SimTimers {
    const host = this.#host
    const { systemd } = host
    return new SimTimers({
      time: host.doors.time,
      random: this.#runs.random,
      isDead: () => systemd.isDead,
      isFrozen: () => host.frozen,
      monotonic: () => systemd.monotonic,
      fire: (unit) => this.#fire(unit),
    })
  }

  /** The timer's unit is the service, or the one between them that says a word to systemd and ends at once. */
  #fire(unit: string): boolean {
    const { files, systemd } = this.#host
    const text = files.get(unit) ?? ''
    const between = /^ExecStart=.*systemctl --no-block (start|restart) .*hc-again"? "?(hc-\S+\.service)/m.exec(text)
    const [, verb = 'start', service = unit] = between ?? []
    if (verb === 'restart') this.#again(service)
    else systemd.start(service, files.get(service) ?? '')
    return between === null && !['inactive', 'failed'].includes(systemd.stateOf(service))
  }

  /** `systemctl restart` of a run. */
  #again(service: string): void {
    const { files, systemd, doors } = this.#host
    systemd.stopping(service)
    const begin = () => {
      systemd.stopped(service, 'self')
      systemd.start(service, files.get(service) ?? '')
    }
    if (systemd.stateOf(service) !== 'deactivating') begin()
    else
      doors.time.after(
        this.#runs.random.between(5, 150),
        begin,
        () => !systemd.isDead && systemd.stateOf(service) === 'deactivating',
      )
  }
}

function tagOf(text: string): string {
  return ['Placement', 'Generation', 'Version'].map((key) => directive(text, `X-Hc-${key}`) ?? '').join('.')
}
