// The laws of the simulated world, checked on what truly runs and not on what hc believes.
import type { Tick } from '../../src/controller/controller.js'
import type { NewEvent } from '../../src/model/event.js'
import { type HostName, jobOfSlot, type Millis, type SlotName, slotOfUnit } from '../../src/model/names.js'
import type { Records } from '../../src/model/records.js'
import type { WriteRequest } from '../../src/remote/write.js'
import { Attempts } from './attempts.js'
import type { ControlMachine } from './control.js'
import type { HostWatcher, SimHost } from './host.js'
import type { Law } from './laws.js'
import type { Member, SimNetwork } from './network.js'
import { actsOnOlder, Doubts } from './older.js'
import type { ProcessWatcher, SimProcess } from './process.js'
import { Reach } from './reach.js'
import { wrongStart } from './starts.js'
import { asksForStop } from './stops.js'
import type { Story } from './story.js'
import { directive } from './systemd.js'
import type { SimTime } from './time.js'
import type { Versions } from './versions.js'

/** A host that wakes may run a second copy of an exclusive slot so long, ms: rest of a look's pause, look, stop bound, slack. */
const WAKING_MS = 2100 + 1500 + 6000 + 400
/** Memory that the host keeps for itself, bytes: hc_reserve of the simulated inventory. */
export const RESERVE = 64 * 1024 * 1024

/** What a checker looks at. */
export interface CheckerDoors {
  readonly time: SimTime
  readonly network: SimNetwork
  readonly controls: readonly ControlMachine[]
  /** From where hosts are looked at; absent: the control machines. */
  readonly members?: readonly Member[]
  readonly hosts: ReadonlyMap<HostName, SimHost>
  readonly story: Story
  readonly exclusive: ReadonlySet<string>
  /** Stores are put back and taken over with: the laws of older.ts are asked too. */
  readonly olderStores: boolean
  /** Events of an operator's process. */
  onRecorded(process: SimProcess, events: readonly NewEvent[]): void
  onTick(process: SimProcess, tick: Tick): void
  /** Laws of one mode. */
  readonly laws?: readonly Law[]
}

/** Watches hosts and processes; the first violations end the simulation. */
export class Checker implements HostWatcher, ProcessWatcher {
  readonly violations: string[] = []
  /** Starts and stops by hc on any host. */
  effects = 0
  /** `OWNER SLOT HOST` -> when that control machine decided a step that has not ended. */
  readonly #decidedAt = new Map<string, Millis>()
  /** `SLOT HOST` -> when the copy there began. */
  readonly #begunAt = new Map<string, Millis>()
  #open = ''
  readonly #attempts = new Attempts()
  readonly #doors: CheckerDoors
  readonly #reach: Reach
  readonly #doubts: Doubts

  constructor(doors: CheckerDoors) {
    this.#doors = doors
    this.#doubts = new Doubts(doors.hosts)
    this.#reach = new Reach(doors)
  }

  violated(text: string): void {
    this.violations.push(text)
    this.#doors.story.tell('VIOLATED', text)
  }

  /** After every step: since when can the control machine ping each host, and what has become of the records? */
  afterStep(): void {
    const { controls, members = controls.map(({ member }) => member) } = this.#doors
    if (this.#doors.olderStores) this.#doubts.look()
    for (const { versions } of controls) for (const fault of versions.wrong()) this.violated(fault)
    for (const member of members) this.#reach.look(member)
    this.#holds((law) => law.afterStep?.())
  }

  #holds(ask: (law: Law) => readonly string[] | undefined): void {
    for (const law of this.#doors.laws ?? []) for (const text of ask(law) ?? []) this.violated(text)
  }

  /** A host is awake again: what was replaced meanwhile has to end there within the bound. */
  woke(host: SimHost): void {
    const { time, story } = this.#doors
    story.tell('wakes', host.name)
    time.after(WAKING_MS, () => {
      for (const unit of host.running().keys()) {
        const slot = slotOfUnit(unit)
        if (slot) this.#onceIfExclusive(slot)
      }
    })
  }

  began(host: SimHost, unit: string, text: string, byHc: boolean): void {
    const slot = slotOfUnit(unit)
    if (!slot) return
    this.#begunAt.set(`${slot} ${host.name}`, this.#doors.time.now)
    if (byHc) this.effects += 1
    this.#doors.story.tell('runs', `${slot} on ${host.name}${byHc ? '' : ', by itself'}`)
    this.#onceIfExclusive(slot)
    const tooOften = this.#attempts.began(host, unit, text, byHc, this.#versionsOf(host).all())
    if (tooOften) this.violated(tooOften)
    this.#holds((law) => law.began?.(host, unit, text, byHc))
    if (!byHc) return
    this.#withinCapacity(host, slot)
    const versions = this.#versionsOf(host).all()
    const early = this.#doors.olderStores ? this.#doubts.began(slot, host, text, versions) : null
    if (early) this.violated(early)
    const started = {
      slot,
      host: host.name,
      text,
      wall: this.#doors.time.wall(),
      versions,
      running: host.running().keys(),
      free: new Map(
        [...this.#doors.hosts.values()].map((each) => [each.name, roomOn(each, versions.at(-1) ?? null).free]),
      ),
    }
    for (const fault of wrongStart(started)) this.violated(fault)
  }

  ended(host: SimHost, unit: string, text: string, cause: 'hc' | 'self'): void {
    const slot = slotOfUnit(unit)
    if (!slot) return
    this.#doors.story.tell('ends', `${slot} on ${host.name}${cause === 'hc' ? ', stopped by hc' : ''}`)
    this.#holds((law) => law.ended?.(host, unit, text, cause))
    this.#doubts.ended(slot, cause === 'hc', this.#doors.time.now)
    if (cause === 'self') return
    this.effects += 1
    if (!this.#mayStop(slot, host, text)) {
      this.violated(`${slot} was stopped on ${host.name} although nothing in the store asks for it`)
    }
  }

  wrote(process: SimProcess, host: HostName, request: WriteRequest): void {
    const { story, hosts } = this.#doors
    const { guard, steps } = request
    this.#holds((law) => law.wrote?.(host, request))
    const what = steps.map((step) => `${step.kind} ${'recipe' in step ? step.recipe.slot : step.slot}`).join(', ')
    story.tell(process.name, `sends to ${host}: ${what}`)
    const target = hosts.get(this.#doors.network.at(host))
    if (!target?.isUp || target.bootId !== guard.bootId) return
    const stopMs = Math.max(0, ...steps.map((step) => ('recipe' in step ? step.recipe.stopTimeoutMs : 5000)))
    if (guard.deadlineMs > target.uptime + 10_000 + stopMs) {
      this.violated(`a write to ${host} could act ${guard.deadlineMs - target.uptime} ms after it was sent`)
    }
  }

  recorded(process: SimProcess, events: readonly NewEvent[]): void {
    for (const { kind, host, slot, reason, text } of events) {
      const step = `${process.control.owner} ${slot} ${host}`
      if (kind === 'decided') this.#decidedAt.set(step, this.#doors.time.now)
      if (kind === 'done' || kind === 'failed') this.#decidedAt.delete(step)
      this.#doors.story.tell(process.name, `records ${kind} ${slot ?? ''}${host === null ? '' : ` (${host})`}: ${text}`)
      if (kind === 'decided' && (!reason || !text)) this.violated(`an action on ${slot} has no reason`)
      const wrongly = kind === 'verdict' && reason === 'lost' && host && this.#reach.wronglyLost(host, process.member)
      if (wrongly) this.violated(wrongly)
    }
    this.#doors.onRecorded(process, events)
  }

  ticked(process: SimProcess, tick: Tick): void {
    const { actions, waiting, unplaced, unclaimed } = tick.decision.plan
    const open = [
      ...actions.map(({ kind, slot }) => `${kind} ${slot}`),
      ...waiting.map(({ slot, reason }) => `${slot} waits: ${reason.replace(/[0-9.]+s/g, '..s')}`),
      ...unplaced.map(({ slot, reasons }) => `${slot} unplaced: ${reasons.map((one) => one.reason).join(', ')}`),
      ...unclaimed.map(({ slot, host }) => `${slot} unclaimed on ${host}`),
    ].join('; ')
    if (open !== this.#open) this.#doors.story.tell(process.name, `ticks: ${open || 'nothing open'}`)
    this.#open = open
    for (const { kind, slot, host, reason, text } of actions) {
      if (!reason || !text) this.violated(`${kind} ${slot} has no reason`)
      const answered = tick.observation.hosts.find((one) => one.host === host)?.facts
      if (!answered && kind !== 'forget') this.violated(`${kind} ${slot} on ${host}, which did not answer in that tick`)
    }
    this.#holds((law) => law.ticked?.(tick))
    this.decided(process, tick)
    this.#doors.onTick(process, tick)
  }

  /** A tick of a loop or of a command: may it act at all? */
  decided(process: SimProcess, tick: Tick): void {
    const other = this.#deposedBy(tick)
    if (other && tick.decision.plan.actions.length > 0)
      this.violated(`${process.name} acts although ${other} shows another's higher term`)
    const older = this.#doors.olderStores ? actsOnOlder(tick) : null
    if (older) this.violated(`${process.name} ${older}`)
  }

  /** A host of this cluster that obeys another control machine. */
  #deposedBy({ observation, records }: Tick): HostName | null {
    if (!records) return null
    const { term, cluster } = records
    const isDeposed = ({ facts }: Tick['observation']['hosts'][number]) =>
      facts?.term && facts.cluster === cluster && facts.term.owner !== term.owner && facts.term.number >= term.number
    return observation.hosts.find(isDeposed)?.host ?? null
  }

  failed(process: SimProcess, error: unknown): void {
    const text = error instanceof Error ? error.message : String(error)
    this.#doors.story.tell(process.name, `ends: ${text}`)
    if (isBug(error)) this.violated(`${process.name}: ${error instanceof Error ? error.stack : text}`)
  }

  said(process: SimProcess, line: string): void {
    this.#doors.story.tell(process.name, `says: ${line.slice(0, 300)}`)
    if (/\bbug: |TypeError|RangeError|ReferenceError/.test(line)) this.violated(`${process.name}: ${line}`)
  }

  /** Hosts on which a slot runs at this moment. */
  placesOf(slot: SlotName): readonly HostName[] {
    const unit = `hc-${slot}.service`
    return [...this.#doors.hosts.values()].filter((host) => host.running().has(unit)).map(({ name }) => name)
  }

  #onceIfExclusive(slot: SlotName): void {
    if (!this.#doors.exclusive.has(jobOfSlot(slot))) return
    const counts = (host: SimHost | undefined) => !host?.sleptWithin(WAKING_MS) && host?.falselyOff !== true
    const places = this.placesOf(slot).filter((name) => counts(this.#doors.hosts.get(name)))
    if (places.length > 1) this.violated(`exclusive ${slot} runs on ${places.join(' and ')} at once`)
  }

  #withinCapacity(host: SimHost, slot: SlotName): void {
    const { room, free } = roomOn(host, this.#versionsOf(host).newest())
    if (free < 0) {
      const slots = [...host.running().keys()].join(', ')
      this.violated(`with ${slot}, ${host.name} holds ${(room - free) >> 20} of ${room >> 20} MiB: ${slots}`)
    }
  }

  #mayStop(slot: SlotName, host: SimHost, text: string): boolean {
    const { hosts } = this.#doors
    const versions = this.#versionsOf(host).all()
    if (versions.some((records) => records !== null && asksForStop(records, slot, host.name, text))) return true
    // Of a store that was lost since, or under the term of who was deposed in the same moment.
    const isOthers = Number(directive(text, 'X-Hc-Term')) < host.writerTerm
    if ((versions.includes(null) || isOthers) && this.#isDoneAgain(slot, host)) return true
    // Of two copies without a record one has to go.
    const unit = `hc-${slot}.service`
    return [...hosts.values()].some((other) => other !== host && other.files.has(unit))
  }

  /**
   * A write of a loop whose store was lost since, or that was deposed, has just done what the loop on the new store decided before
   * it could see that: the same is done again.
   */
  #isDoneAgain(slot: SlotName, { name, writer }: SimHost): boolean {
    const decidedAt = this.#decidedAt.get(`${writer} ${slot} ${name}`)
    return decidedAt !== undefined && decidedAt < (this.#begunAt.get(`${slot} ${name}`) ?? 0)
  }

  /** Of the store by which the host is written to. */
  #versionsOf({ writer }: SimHost): Versions {
    const control = this.#doors.controls.find(({ owner }) => owner === writer)
    if (!control) throw new Error(`nobody is ${writer}`)
    return control.versions
  }
}

/** Memory that slots may have there, and what of it nothing that runs has, bytes. */
function roomOn(host: SimHost, records: Records | null): { readonly room: number; readonly free: number } {
  const room = host.memory - RESERVE
  let free = room
  for (const [unit, text] of host.running()) free -= memoryOf(unit, text, records)
  return { room, free }
}

/**
 * What a unit may use, bytes. A slot that waits for its turn to be made smaller counts as small already: hc does not know
 * what the version before it reserved. What is unclaimed or removed does not count: no place is found by it.
 */
function memoryOf(unit: string, text: string, records: Records | null): number {
  const ceiling = Number(directive(text, 'MemoryMax') ?? '0')
  if (!records) return 0
  const applied = records.jobs[jobOfSlot(slotOfUnit(unit) ?? '')]
  if (!applied) return 0
  return applied.hash === directive(text, 'X-Hc-Hash') ? ceiling : Math.min(ceiling, applied.job.resources.memory)
}

function isBug(error: unknown): boolean {
  return !(error instanceof Error) || error.message.startsWith('bug:') || error.name.endsWith('TypeError')
}
