// Laws of updates and health, by what truly runs: turns, canaries, and that nothing well is touched without a cause.
import { type AppliedJob, generationOf, type Job } from '../../src/model/job.js'
import {
  type HostName,
  type JobName,
  jobOfSlot,
  type Millis,
  placeOfSlot,
  type SlotName,
  slotOfUnit,
} from '../../src/model/names.js'
import type { Records } from '../../src/model/records.js'
import type { Ailments } from './ailments.js'
import type { ControlMachine } from './control.js'
import type { SimHost } from './host.js'
import { firstDials, jobOf } from './jobs.js'
import type { Law } from './laws.js'
import { LIFE_NAMES } from './life-jobs.js'
import { Random } from './random.js'
import type { Sight } from './sight.js'
import { directive } from './systemd.js'
import type { SimTime } from './time.js'

/** What has run for so long counts as up, ms; hc counts from a second on, by the host's own clock. */
const UP_MS = 900
/** A canary has run well for so long, ms; hc asks for 30 s. */
const PROVED_MS = 29_000
/** What is done may rest on a look so much older, ms: deadline of a write, a slow stop, a loss that is found late. */
const RESTS_ON_MS = 30_000

/** What the laws look at. */
export interface LifeLawDoors {
  readonly time: SimTime
  readonly sight: Sight
  readonly hosts: ReadonlyMap<HostName, SimHost>
  readonly control: ControlMachine
  readonly ailments: Ailments
}

interface Copy {
  readonly slot: SlotName
  readonly host: SimHost
  readonly unit: string
  readonly text: string
  readonly hash: string
  readonly since: Millis
  served: boolean
  unwellAt: Millis
  /** After it had served. */
  sickAt: Millis
}

/** A slot whose turn it is: by hc's hand it does not serve by what it shall, or not yet. */
interface Turn {
  readonly since: Millis
  readonly how: string
}

/** The laws of updates. */
export class LifeLaws implements Law {
  readonly #doors: LifeLawDoors
  readonly #copies = new Map<string, Copy>()
  readonly #turns = new Map<SlotName, Turn>()
  /** Hash -> slots that have run well by it for as long as a canary has to; two jobs may have the same. */
  readonly #proved = new Map<string, Set<SlotName>>()
  /** Slot -> hashes that it has run by. */
  readonly #hashes = new Map<SlotName, Set<string>>()
  /** `SLOT HOST` -> when it ended there by itself. */
  readonly #endedAt = new Map<string, Millis>()
  readonly #rules: ReadonlyMap<JobName, Job>

  constructor(doors: LifeLawDoors) {
    this.#doors = doors
    this.#rules = new Map(LIFE_NAMES.map((name) => [name, jobOf(name, firstDials(name, new Random(1)))]))
  }

  began(host: SimHost, unit: string, text: string, byHc: boolean): readonly string[] {
    const slot = slotOfUnit(unit)
    if (!slot || !this.#rules.has(jobOfSlot(slot))) return []
    const hash = directive(text, 'X-Hc-Hash') ?? ''
    const { now } = this.#doors.time
    this.#hashes.set(slot, (this.#hashes.get(slot) ?? new Set()).add(hash))
    const beside = this.#copiesOf(slot).find(
      (copy) => copy.hash !== hash && copy.served && this.#isInSight(copy.host.name),
    )
    this.#copies.set(`${slot} ${host.name}`, {
      slot,
      host,
      unit,
      text,
      hash,
      since: now,
      served: false,
      unwellAt: now,
      sickAt: Number.NEGATIVE_INFINITY,
    })
    return byHc && beside ? this.#takesTurn(slot, `begun on ${host.name} beside its old copy`, beside.hash) : []
  }

  ended(host: SimHost, unit: string, text: string, cause: 'hc' | 'self'): readonly string[] {
    const slot = slotOfUnit(unit)
    const copy = slot && this.#copies.get(`${slot} ${host.name}`)
    if (!slot || !copy) return []
    this.#copies.delete(`${slot} ${host.name}`)
    if (cause === 'self') {
      this.#endedAt.set(`${slot} ${host.name}`, this.#doors.time.now)
      return []
    }
    if (!copy.served || !this.#wasWantedAllAlong(slot) || this.#copiesOf(slot).length > 0) return []
    // A host that was taken for lost is back: its copies are stopped at once, whatever became of those begun in their place.
    if (!this.#isInSight(host.name)) return []
    // What is not well serves nobody: it is started again as if it had failed, whoever has their turn.
    if (this.#doors.time.now - copy.sickAt <= RESTS_ON_MS) return []
    const without = this.#withoutCause(copy)
    const turn = this.#takesTurn(slot, `stopped on ${host.name}`, directive(text, 'X-Hc-Hash') ?? '')
    return [...without, ...turn]
  }

  afterStep(): readonly string[] {
    const { time, ailments } = this.#doors
    for (const copy of this.#copies.values()) {
      const age = time.now - copy.since
      const checked = (this.#rules.get(jobOfSlot(copy.slot))?.health ?? null) !== null
      if (!ailments.isSound(copy.host, copy.unit)) {
        copy.unwellAt = time.now
        const isActive = copy.host.systemd.units.get(copy.unit)?.active === 'active'
        if (copy.served && isActive) copy.sickAt = time.now
      } else if (age >= UP_MS || checked) copy.served = true
      if (age >= PROVED_MS) this.#proved.set(copy.hash, (this.#proved.get(copy.hash) ?? new Set()).add(copy.slot))
      const turn = copy.served ? this.#turns.get(copy.slot) : undefined
      if (turn && copy.since >= turn.since) this.#turns.delete(copy.slot)
    }
    return []
  }

  /** hc takes a slot that serves, to run it by something else. */
  #takesTurn(slot: SlotName, how: string, hash: string): readonly string[] {
    const job = jobOfSlot(slot)
    const { maxParallel } = this.#rules.get(job)?.update ?? { maxParallel: 1 }
    const others = [...this.#turns].filter(
      ([other]) => other !== slot && jobOfSlot(other) === job && this.#counts(other),
    )
    this.#turns.set(slot, { since: this.#doors.time.now, how })
    const faults = this.#beyondCanary(slot, how, hash)
    if (others.length < maxParallel) return faults
    const said = others.map(([other, turn]) => `${other} ${turn.how} (${Math.round(turn.since)} ms)`).join(' and ')
    return [...faults, `${slot} is ${how} while ${said}: max_parallel is ${maxParallel}`]
  }

  /** `hash`: what it has run by; where that is what is asked for, the reason is another than a new version. */
  #beyondCanary(slot: SlotName, how: string, hash: string): readonly string[] {
    const { canary } = this.#rules.get(jobOfSlot(slot))?.update ?? { canary: 0 }
    const wanted = this.#wantedBy(slot).filter((each) => each !== hash)
    const isAsked = this.#doors.control.versions.newest()?.jobs[jobOfSlot(slot)]?.hash === hash
    if (canary === 0 || wanted.length === 0 || isAsked) return []
    const isBeyond = wanted.every((each) => {
      const ofJob = (other: SlotName) => jobOfSlot(other) === jobOfSlot(slot)
      // A slot that is new runs by the version that is wanted, and takes nothing from those that serve.
      const isChanged = (other: SlotName) => (this.#hashes.get(other)?.size ?? 0) > 1
      const running = [...this.#copies.values()].filter((copy) => copy.hash === each && copy.slot !== slot)
      const own = running.filter((copy) => isChanged(copy.slot))
      const inSight = own.filter((copy) => ofJob(copy.slot) && this.#isInSight(copy.host.name))
      const changed = new Set(inSight.map((copy) => copy.slot))
      const proved = [...(this.#proved.get(each) ?? [])].filter(ofJob)
      return changed.size >= canary && proved.length < canary
    })
    return isBeyond
      ? [`${slot} is ${how} before the first ${canary} of its job have proved themselves (update.canary)`]
      : []
  }

  /** A copy that is well is stopped, although what the store asks for is what runs. */
  #withoutCause({ slot, host, hash, text, unwellAt }: Copy): readonly string[] {
    const { time, control } = this.#doors
    const isAsked = control.versions.all().every((records) => {
      const applied = records?.jobs[jobOfSlot(slot)]
      const placed = records?.placements[slot]?.host === host.name && records.hosts[host.name]?.draining !== true
      const same = applied?.hash === hash && generationOf(applied, slot) <= Number(directive(text, 'X-Hc-Generation'))
      return same && placed && !applied.stopped
    })
    const endedAt = this.#endedAt.get(`${slot} ${host.name}`) ?? Number.NEGATIVE_INFINITY
    const quiet = time.now - Math.max(endedAt, this.#doors.sight.troubledAt(host.name)) > 2 * RESTS_ON_MS
    if (!isAsked || !quiet || time.now - unwellAt <= RESTS_ON_MS) return []
    return [`${slot} was stopped on ${host.name}, where it ran well as the store asks`]
  }

  /** Not for what its host's trouble has to answer for, nor for what nobody wants any more. */
  #counts(slot: SlotName): boolean {
    const host = this.#doors.control.versions.newest()?.placements[slot]?.host
    return this.#isWanted(slot) && host !== undefined && this.#isInSight(host)
  }

  #copiesOf(slot: SlotName): readonly Copy[] {
    return [...this.#copies.values()].filter((copy) => copy.slot === slot)
  }

  /** Hashes that it was wanted by of late. */
  #wantedBy(slot: SlotName): readonly string[] {
    const all = this.#doors.control.versions.all().map((records) => records?.jobs[jobOfSlot(slot)]?.hash)
    return [...new Set(all.flatMap((hash) => hash ?? []))]
  }

  #isWanted(slot: SlotName): boolean {
    return isWantedBy(slot, this.#doors.control.versions.newest())
  }

  /** A stop may rest on a count that was lowered, and raised again since. */
  #wasWantedAllAlong(slot: SlotName): boolean {
    return this.#doors.control.versions.all().every((records) => isWantedBy(slot, records))
  }

  /** Nothing befell it for a while. */
  #isInSight(name: HostName): boolean {
    return this.#doors.time.now - this.#doors.sight.troubledAt(name) > RESTS_ON_MS
  }
}

function isWantedBy(slot: SlotName, records: Records | null): boolean {
  const applied: AppliedJob | undefined = records?.jobs[jobOfSlot(slot)]
  return !!applied && !applied.stopped && Number(placeOfSlot(slot)) < applied.job.count
}
