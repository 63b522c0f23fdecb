// Is what failed for good on its host tried again as late and as often as its job declares (`reschedule:`)? By what truly fails
// and truly starts, whatever hc, its loop or a reply comes to meanwhile.
import type { RescheduleRule, RestartRule } from '../../src/model/job.js'
import { type HostName, jobOfSlot, type Millis, type SlotName, slotOfUnit } from '../../src/model/names.js'
import type { WriteRequest } from '../../src/remote/write.js'
import type { ControlMachine } from './control.js'
import type { SimHost } from './host.js'
import type { Law } from './laws.js'
import type { Sight } from './sight.js'
import { directive } from './systemd.js'
import type { SimTime } from './time.js'
import type { Words } from './words.js'

/** Waits are declared to the millisecond, and measured by a wall clock of milliseconds. */
const SLACK_MS: Millis = 5

/** What the law looks at. */
export interface RescheduleDoors {
  readonly time: SimTime
  readonly sight: Sight
  readonly words: Words
  readonly control: ControlMachine
}

/** A slot that has failed for good at least once. */
interface Failing {
  readonly host: HostName
  readonly at: Millis
  /** By what it ran, and the number of its place. */
  readonly word: string
  readonly number: number
  readonly store: string
  readonly wallShift: Millis
  failures: number
  /** Of those failures, such as hc began it again after. */
  tries: number
  /** It was begun again after the last of them: what begins it once more is no failure, but the loss or the drain of where it ran. */
  tried: boolean
  /** What hc had noted of earlier failures, when the last one came. */
  readonly noted: ReadonlySet<string>
}

/** A copy that ended by itself, of which its host makes up its mind. */
interface Ended {
  readonly host: HostName
  readonly unit: string
  readonly text: string
  /** How long its last process ran, ms. */
  readonly ran: Millis
}

/**
 * The law. What was forgiven is no failure: the operator said something of the job or drained its host, it ran well for `restart.window`, or the
 * store was lost. It does not apply where the host on which it failed is in trouble before hc has seen it, nor where the
 * clock was set meanwhile.
 */
export class Reschedules implements Law {
  readonly #doors: RescheduleDoors
  readonly #failing = new Map<SlotName, Failing>()
  /** `SLOT HOST` -> when a start was sent last. */
  readonly #sentAt = new Map<string, Millis>()
  readonly #begunAt = new Map<string, Millis>()
  readonly #ended = new Map<string, { readonly host: SimHost; readonly ended: Ended }>()
  /** How many starts after a failure were looked at. */
  asked = 0

  constructor(doors: RescheduleDoors) {
    this.#doors = doors
  }

  began(host: SimHost, unit: string, text: string, byHc: boolean): readonly string[] {
    const slot = slotOfUnit(unit)
    if (!slot) return []
    this.#begunAt.set(`${host.name} ${unit}`, this.#doors.time.now)
    this.#ended.delete(`${host.name} ${unit}`)
    const failing = this.#failing.get(slot)
    if (!byHc || !failing) return []
    if (this.#isForgiven(slot, failing, text)) {
      this.#failing.delete(slot)
      return []
    }
    // A slow host carries out what was sent before it failed.
    if ((this.#sentAt.get(`${slot} ${host.name}`) ?? 0) < failing.at) return []
    if (failing.tried) return []
    failing.tried = true
    failing.tries += 1
    const rule = this.#rulesOf(slot, text)?.reschedule
    return rule ? this.#wrong(slot, host.name, failing, rule) : []
  }

  wrote(host: HostName, { steps }: WriteRequest): readonly string[] {
    for (const step of steps)
      if ('recipe' in step) this.#sentAt.set(`${step.recipe.slot} ${host}`, this.#doors.time.now)
    return []
  }

  ended(host: SimHost, unit: string, text: string, cause: 'hc' | 'self'): readonly string[] {
    const begun = this.#begunAt.get(`${host.name} ${unit}`) ?? 0
    const ended = { host: host.name, unit, text, ran: this.#doors.time.now - begun }
    if (cause === 'self') this.#ended.set(`${host.name} ${unit}`, { host, ended })
    return []
  }

  afterStep(): readonly string[] {
    for (const [key, { host, ended }] of this.#ended) {
      const state = host.systemd.stateOf(ended.unit)
      if (state === 'activating') continue
      this.#ended.delete(key)
      if (state === 'failed') this.#failed(ended)
    }
    return []
  }

  #failed({ host, unit, text, ran }: Ended): void {
    const slot = slotOfUnit(unit)
    const rules = slot && this.#rulesOf(slot, text)
    if (!slot || !rules) return
    // A copy that was replaced meanwhile, on a host out of reach: whatever becomes of it is no failure of the slot.
    const number = Number(directive(text, 'X-Hc-Placement'))
    if (this.#doors.control.versions.newest()?.placements[slot]?.number !== number) return
    const known = this.#failing.get(slot)
    const counts = known && ran < rules.restart.windowMs && !this.#isForgiven(slot, known, text)
    const before = counts ? known : { failures: 0, tries: 0 }
    this.#failing.set(slot, {
      host,
      at: this.#doors.time.now,
      word: wordOf(text),
      number,
      store: this.#store,
      wallShift: this.#doors.time.wallShift,
      failures: before.failures + 1,
      tries: before.tries,
      tried: false,
      noted: new Set(this.#notes(slot)),
    })
  }

  #wrong(slot: SlotName, host: HostName, failing: Failing, rule: RescheduleRule): readonly string[] {
    const { time } = this.#doors
    this.asked += 1
    const faults: string[] = []
    if (rule.attempts !== null && failing.tries > rule.attempts)
      faults.push(`${slot} was tried ${failing.tries} times after it had failed, ${rule.attempts} are declared`)
    let wait = rule.delayMs
    for (let failure = 1; failure < failing.failures; failure += 1) wait = Math.min(rule.maxDelayMs, wait * 2)
    const waited = time.now - failing.at
    if (time.wallShift === failing.wallShift && waited < wait - SLACK_MS)
      faults.push(
        `${slot} was begun on ${host} ${Math.round(waited)} ms after failure ${failing.failures} on ${failing.host}, ${wait} ms are declared`,
      )
    return faults
  }

  #isForgiven(slot: SlotName, failing: Failing, text: string): boolean {
    const { host, at, word, store } = failing
    const { sight, words } = this.#doors
    if (wordOf(text) !== word || words.since(jobOfSlot(slot), at) || this.#isDrained(host, at)) return true
    return store !== this.#store || (sight.troubledAt(host) >= at && !this.#isNoted(slot, failing))
  }

  /** A drain moves what has failed too, at once and also where it was given up for good. */
  #isDrained(host: HostName, at: Millis): boolean {
    const { words, control } = this.#doors
    return words.since(host, at) || control.versions.all().some((records) => records?.hosts[host]?.draining === true)
  }

  /**
   * hc has seen that it failed: whatever befalls the host from then on, it waits. A copy that is begun again where it is keeps
   * the number of its place: what hc had noted before this failure tells nothing of it.
   */
  #isNoted(slot: SlotName, { number, noted }: Failing): boolean {
    return this.#notes(slot).some((run) => !noted.has(run) && run.split(' ')[2] === `${number}`)
  }

  #notes(slot: SlotName): readonly string[] {
    return this.#doors.control.versions.all().flatMap((records) => records?.backOffs[slot]?.gaveUp ?? [])
  }

  get #store(): string {
    return this.#doors.control.versions.store
  }

  /** Of the job that a unit's text is of, while the store holds it; null: it does not, or its runs end by themselves. */
  #rulesOf(
    slot: SlotName,
    text: string,
  ): { readonly restart: RestartRule; readonly reschedule: RescheduleRule } | null {
    const hash = directive(text, 'X-Hc-Hash')
    const known = this.#doors.control.versions.all().map((records) => records?.jobs[jobOfSlot(slot)])
    const job = known.find((applied) => applied?.hash === hash)?.job
    return job && job.type !== 'batch' ? job : null
  }
}

function wordOf(text: string): string {
  return `${directive(text, 'X-Hc-Hash')} ${directive(text, 'X-Hc-Generation')}`
}
