// The person at the control machine: applies, changes, stops, starts, restarts and removes jobs, sometimes is interrupted.
import { applyJobs } from '../../src/controller/apply.js'
import type { HostVerb } from '../../src/controller/hosts.js'
import { commandJob, type JobVerb } from '../../src/controller/jobs.js'
import { UserError } from '../../src/model/errors.js'
import type { NewEvent } from '../../src/model/event.js'
import { type HostName, type JobName, type SlotName, slotName } from '../../src/model/names.js'
import type { ControlMachine } from './control.js'
import { FOLDER, firstDials, type JobDials, jobOf, turned } from './jobs.js'
import { hostWork, isKept, type OperatorDoors, WORDS, type Work, wordOf } from './operator-doors.js'
import type { SimProcess } from './process.js'

/** One operator; one command at a time. */
export class Operator {
  readonly wanted = new Map<JobName, JobDials>()
  /** Those of them that were stopped by a word, and not started or applied since. */
  readonly stopped = new Set<JobName>()
  /** True: its commands are not killed. */
  steady = false
  /** Hosts may be cordoned or drained. */
  drains = false
  /** The machine that it works at. */
  control: ControlMachine
  readonly #doors: OperatorDoors
  #process: SimProcess | null = null
  #count = 0
  /** What the store holds of the operator's word since it was acknowledged last; null: nothing, or lost. */
  #acknowledged: string | null = null
  /** The store may not hold all that is wanted. */
  #dirty = true
  /** Jobs whose removal no store has acknowledged: an apply without --prune does not say it again. */
  readonly #unsaid = new Set<JobName>()
  /** Tells that the command that runs has ended. */
  #said: () => void = () => {}
  /** The store was lost while a command ran. */
  #lostMeanwhile = false

  constructor(doors: OperatorDoors) {
    this.#doors = doors
    this.control = doors.control
  }

  get isBusy(): boolean {
    return this.#process !== null
  }

  get isDirty(): boolean {
    return this.#dirty || this.#unsaid.size > 0
  }

  /** Begins a cluster. */
  begin(): void {
    const { random } = this.#doors
    for (const name of this.#doors.names) if (random.chance(0.75)) this.wanted.set(name, firstDials(name, random))
    this.apply(false)
  }

  /** The store was lost, and with it what was acknowledged. */
  storeLost(): void {
    this.#acknowledged = null
    this.#dirty = true
    this.#lostMeanwhile = true
  }

  /** Another machine is the one that acts. */
  goesTo(control: ControlMachine): void {
    this.control = control
    this.storeLost()
  }

  /** Was anything that was acknowledged forgotten? Asked while no command runs. */
  check(): void {
    if (this.isBusy || this.#acknowledged === null) return
    if (isKept(this.#acknowledged, this.control.disk)) this.#acknowledge()
    else {
      this.#doors.violated('what was applied and acknowledged is no longer in the store')
      this.#acknowledged = null
    }
  }

  /** Something was recorded by a process of the operator. */
  recorded(process: SimProcess, events: readonly NewEvent[]): void {
    if (process !== this.#process || !events.some(({ kind }) => WORDS.has(kind))) return
    this.#acknowledge()
  }

  /** One random command. */
  act(): void {
    if (this.isBusy) return
    const { random, hosts } = this.#doors
    if (this.#dirty || this.control.disk.content.records === null) {
      this.apply(random.chance(0.5))
      return
    }
    const names = [...this.wanted.keys()]
    const name = names.length > 0 ? random.pick(names) : null
    const missing = this.#doors.names.filter((one) => !this.wanted.has(one))
    const kind = random.weighted([
      ['change', 6],
      ['remove', 1],
      ['add', 2],
      ['restart', 1],
      ['stop', 1],
      ['start', 1],
    ] as const)
    if (kind === 'add' || name === null) {
      if (missing.length === 0) return
      const added = random.pick(missing)
      this.wanted.set(added, firstDials(added, random))
      this.#unsaid.delete(added)
      this.apply(random.chance(0.3))
      return
    }
    if (kind === 'change') {
      for (const one of names) {
        const dials = this.wanted.get(one)
        if (dials && (one === name || random.chance(0.15))) this.wanted.set(one, turned(one, dials, hosts, random))
      }
      this.apply(random.chance(0.3))
      return
    }
    if (kind === 'remove') {
      this.wanted.delete(name)
      this.#unsaid.add(name)
      if (random.chance(0.5)) {
        this.apply(true)
        return
      }
    }
    this.say(kind, name)
  }

  /** Applies all that is wanted; with `prune`, what is not wanted goes. */
  apply(prune: boolean): void {
    const { random } = this.#doors
    const jobs = [...this.wanted].map(([name, dials]) => ({ job: jobOf(name, dials), folder: FOLDER }))
    const stop = new AbortController()
    const detach = random.chance(0.4)
    const about = prune ? this.#doors.names : [...this.wanted.keys()]
    const what = `apply ${prune ? '--prune ' : ''}${[...this.wanted.keys()].join(' ')}`
    const process = this.#begin(what, stop, this.control, about)
    void process
      .command((world, controller) =>
        applyJobs(world, controller, {
          jobs,
          pruneFolders: prune ? [FOLDER] : [],
          detach,
          patienceMs: 2500,
          signal: stop.signal,
          confirm: async () => true,
          onProgress: () => {},
        }),
      )
      .then(
        () => {
          if (this.#process === process) this.stopped.clear()
          if (this.#process === process && prune) this.#unsaid.clear()
          this.#end(process, true)
        },
        (error: unknown) => this.#end(process, false, error),
      )
  }

  /** `hc job VERB NAME`. */
  say(verb: JobVerb, name: JobName, slots: readonly SlotName[] = []): void {
    // A word about one job says nothing of what an apply that was killed before was to say.
    const dirty = this.#dirty
    const stop = new AbortController()
    const what = `job ${verb} ${slots.length > 0 ? slots.join(' ') : name}`
    const process = this.#begin(what, stop, this.control, [name])
    void process
      .command((world, controller) =>
        commandJob(world, controller, {
          verb,
          name,
          slots,
          patienceMs: 2500,
          signal: stop.signal,
          onProgress: () => {},
        }),
      )
      .then(
        () => {
          if (this.#process === process && verb === 'remove') this.#unsaid.delete(name)
          if (this.#process === process && verb === 'stop') this.stopped.add(name)
          else if (this.#process === process && slots.length === 0) this.stopped.delete(name)
          if (this.#process !== process) return
          this.#end(process, true)
          this.#dirty ||= dirty
        },
        (error: unknown) => this.#end(process, false, error),
      )
  }

  /** One random word about a host, or a restart of one slot. */
  actOnHost(): void {
    if (this.isBusy || this.#dirty || this.control.disk.content.records === null) return
    const { random, hosts } = this.#doors
    const kind = random.weighted([
      ['drain', 3],
      ['cordon', 1],
      ['uncordon', 3],
      ['restart', 1],
    ] as const)
    if (kind !== 'restart') {
      this.sayOfHosts(kind, [random.pick(hosts)])
      return
    }
    const name = random.pick(this.#doors.names)
    if (this.wanted.has(name)) this.say('restart', name, [slotName(name, 0)])
  }

  /** Ends all drains, if there may be some, and applies all that is wanted. */
  lastWord(): void {
    if (!this.drains) {
      this.apply(true)
      return
    }
    this.sayOfHosts('uncordon', this.#doors.hosts, () => {
      this.drains = false
    })
  }

  /** `hc host VERB HOST...`. */
  sayOfHosts(verb: HostVerb, hosts: readonly HostName[], onDone: () => void = () => {}): void {
    const work = hostWork(verb, hosts)
    this.command(`host ${verb} ${hosts.join(' ')}`, work, onDone, this.control, hosts)
  }

  /** A command that says nothing of jobs: what was still to be applied is so afterwards too. */
  command(
    what: string,
    work: Work,
    onDone: () => void = () => {},
    at = this.control,
    about: readonly string[] = [],
  ): void {
    const dirty = this.#dirty
    const stop = new AbortController()
    const process = this.#begin(what, stop, at, about)
    void process
      .command((world, controller) => work(world, controller, stop.signal))
      .then(
        () => {
          if (this.#process !== process) return
          onDone()
          this.#end(process, true)
          this.#dirty ||= dirty
        },
        (error: unknown) => this.#end(process, false, error),
      )
  }

  /** `about`: names of jobs and hosts. */
  #begin(what: string, stop: AbortController, at: ControlMachine, about: readonly string[]): SimProcess {
    const { random, story, words } = this.#doors
    this.#count += 1
    const process = this.#doors.newProcess(`hc-${this.#count}`, at)
    story.tell(process.name, `hc ${what}`)
    this.#process = process
    this.#said = words?.begin(about) ?? (() => {})
    this.#dirty = true
    this.#lostMeanwhile = false
    process.onKilled = () => {
      if (this.#process !== process) return
      story.tell(process.name, 'is killed')
      this.#process = null
      this.#said()
      // It may have written down its word or not; whatever stands in the store now must stay.
      this.#acknowledged = wordOf(this.control.disk)
    }
    if (!this.steady && random.chance(0.2)) process.killAfter = random.between(0, 6)
    void process.world.clock.sleep(random.between(2000, 15_000)).then(() => {
      if (process === this.#process) story.tell(process.name, 'Ctrl-C')
      stop.abort()
    })
    return process
  }

  #end(process: SimProcess, ok: boolean, error?: unknown): void {
    if (this.#process !== process) return
    if (ok) {
      this.#acknowledge()
      this.#dirty = this.#lostMeanwhile
    } else {
      const said = error instanceof UserError ? error.message : null
      this.#doors.story.tell(process.name, `fails: ${said ?? String(error)}`)
      if (said === null) this.#doors.fail(process, error)
      this.#acknowledged = wordOf(this.control.disk)
    }
    this.#process = null
    this.#said()
    process.onKilled = () => {}
    process.kill()
  }

  #acknowledge(): void {
    this.#acknowledged = wordOf(this.control.disk)
  }
}
