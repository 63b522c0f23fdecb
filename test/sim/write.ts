// What a write does on a simulated host, by the rules of the shell text in src/remote/guard.ts and src/remote/write.ts and
// in the same order. Each pause is a moment at which the power may be cut or another write may come.
import type { Term } from '../../src/model/host.js'
import { unitOfSlot } from '../../src/model/names.js'
import { type Guard, REFUSED, type RefusedBy, WRITE_END, WRITE_HEAD } from '../../src/remote/guard.js'
import { againOf } from '../../src/remote/layout.js'
import { type Step, slotOfStep, stopBoundMs, type WriteRequest } from '../../src/remote/write-request.js'
import { STEP } from '../../src/remote/write-shell.js'
import type { SimHost } from './host.js'
import type { SimUnit } from './systemd.js'

interface Numbered {
  readonly step: Step
  readonly n: number
  readonly slot: string
  readonly unit: string
  open: boolean
}

/** Two writes wait for each other so long at a time, ms: as the shell does. */
const LOCK_POLL_MS = 50

/** Kinds of steps after which something runs that may not have run before. */
const STARTS: ReadonlySet<Step['kind']> = new Set(['start', 'restart', 'run'])

/** What a stop by force takes at the most, ms. */
const FORCE_MS = 8000

/** Does the write and answers as the script would. Throws PowerCut. */
export async function answerWrite(host: SimHost, request: WriteRequest): Promise<string> {
  const work = new Write(host, request)
  return work.run()
}

class Write {
  readonly #host: SimHost
  readonly #guard: Guard
  readonly #request: WriteRequest
  readonly #steps: Numbered[]
  readonly #lines: string[] = [WRITE_HEAD]

  constructor(host: SimHost, request: WriteRequest) {
    this.#host = host
    this.#guard = request.guard
    this.#request = request
    this.#steps = request.steps.map((step, n) => {
      const slot = slotOfStep(step)
      return { step, n, slot, unit: unitOfSlot(slot), open: true }
    })
  }

  async run(): Promise<string> {
    const host = this.#host
    const refused = await this.#pass()
    if (refused) return [WRITE_HEAD, `${REFUSED}${refused} by the simulated host`, WRITE_END, ''].join('\n')
    try {
      await this.#body()
    } finally {
      host.locked = false
    }
    return [...this.#lines, WRITE_END, ''].join('\n')
  }

  /** The guard; the lock is held when it returns null. */
  async #pass(): Promise<RefusedBy | null> {
    const host = this.#host
    if (this.#guard.bootId !== host.bootId) return 'boot'
    if (this.#late()) return 'deadline'
    const until = host.uptime + this.#guard.lockMs
    while (host.locked) {
      if (host.uptime >= until) return 'lock'
      await host.pause(LOCK_POLL_MS)
    }
    if (this.#late()) return 'deadline'
    const highest = highestTerm([host.diskTerm?.term ?? null, host.runTerm?.term ?? null])
    const { term, cluster, key, order = 0 } = this.#guard
    if (highest && (term.number < highest.number || (term.number === highest.number && term.owner !== highest.owner))) {
      return 'term'
    }
    const { orders } = host
    if (order > 0 && orders?.term === term.number && orders.order > order) return 'order'
    host.locked = true
    host.writer = term.owner
    host.writerTerm = term.number
    const raised = !highest || term.number > highest.number
    if (raised || !host.runTerm || !host.diskTerm) {
      host.runTerm = { term, cluster }
      if (!host.diskFull) host.diskTerm = { term, cluster }
    }
    if (
      order > 0 &&
      !host.diskFull &&
      (!orders || orders.term < term.number || (orders.term === term.number && orders.order < order))
    )
      host.orders = { term: term.number, order }
    if (key !== null && (raised || !host.identity) && !host.diskFull) host.identity = { cluster, key, term }
    return null
  }

  async #body(): Promise<void> {
    const host = this.#host
    for (const { n, step, slot } of this.#steps) this.#lines.push(`${STEP}${n} is ${step.kind} ${slot}`)
    await host.pause(host.doors.random.between(2, 15))
    this.#stage()
    this.#compare()
    await this.#stop()
    host.giveWord()
    if (this.#inTime('the files were put in place')) {
      this.#remove()
      this.#commit()
    }
    await host.pause(host.doors.random.between(5, 40))
    this.#lease()
    await this.#start()
    for (const at of this.#steps) {
      if (at.open && at.step.kind === 'stop') this.#settle(at, 'ok stopped')
      if (at.open && at.step.kind === 'adopt') this.#settle(at, 'ok adopted')
    }
  }

  #stage(): void {
    for (const at of this.#steps) {
      if ('recipe' in at.step && this.#host.diskFull) this.#settle(at, 'failed its unit cannot be written: disk full')
    }
  }

  #compare(): void {
    const { files } = this.#host
    for (const at of this.#steps) {
      if (!at.open || !('recipe' in at.step)) continue
      const state = this.#stateOf(at)
      const runs = state === 'active' || state === 'activating'
      if (at.step.kind === 'adopt') {
        if (!runs) this.#settle(at, `failed it does not run: ${state}`)
      } else if (runs && at.step.recipe.units.every(({ path, text }) => files.get(path) === text)) {
        this.#settle(at, 'ok unchanged')
      }
    }
  }

  /** A cron job runs when its timer does, or its service. */
  #stateOf({ unit, step }: Numbered): SimUnit['active'] {
    const { systemd, runs } = this.#host
    const state = systemd.stateOf(unit)
    const rests = state === 'inactive' || state === 'failed'
    if (!rests || !('recipe' in step) || step.recipe.start === unit) return state
    return runs?.timers.all.has(step.recipe.start) ? 'active' : 'inactive'
  }

  async #stop(): Promise<void> {
    const host = this.#host
    const { systemd } = host
    const stopping = this.#steps.filter((at) => {
      if (at.step.kind === 'stop') return true
      const state = this.#stateOf(at)
      const isStart = at.step.kind === 'start' || at.step.kind === 'restart'
      return isStart && at.open && state !== 'inactive' && state !== 'failed'
    })
    if (stopping.length === 0 || !this.#inTime('the stop')) return
    for (const { slot, step } of stopping) if (step.kind === 'stop') host.lease.take(slot)
    for (const { slot } of stopping) host.runs?.timers.stop(`hc-${slot}.timer`)
    for (const { unit } of stopping) systemd.stopping(unit)
    const { random } = host.doors
    const polite = stopBoundMs(this.#request)
    const wanted = random.chance(0.1) ? random.between(0, polite + 3000) : random.between(5, 150)
    // However slow the host: what has not stopped politely in its time is killed.
    await host.pause(Math.min(wanted, (polite + FORCE_MS) / host.slowness))
    for (const { unit } of stopping) systemd.stopped(unit)
  }

  #remove(): void {
    const { files, links, systemd } = this.#host
    for (const at of this.#steps) {
      if (at.step.kind !== 'stop' || !at.open) continue
      const timer = `hc-${at.slot}.timer`
      for (const name of [at.unit, timer, againOf(at.slot)]) files.delete(name)
      links.delete(`multi-user.target.wants/${at.unit}`)
      links.delete(`timers.target.wants/${timer}`)
      this.#host.runs?.remove(at.slot, at.step.forget === true)
      systemd.reset(at.unit)
      systemd.forget(at.unit)
    }
  }

  #commit(): void {
    const { files, links, systemd } = this.#host
    for (const at of this.#steps) {
      if (!at.open || !('recipe' in at.step)) continue
      const { recipe } = at.step
      for (const { path, text } of recipe.units) files.set(path, text)
      const wanted = recipe.links.map(({ unit, target }) => `${target}.wants/${unit}`)
      if (wanted.length === 0) links.delete(`multi-user.target.wants/${at.unit}`)
      for (const link of wanted) links.add(link)
      systemd.reset(at.unit)
    }
  }

  /** Arms or disarms, and gives the words of what is to start. */
  #lease(): void {
    const { lease } = this.#host
    const step = this.#request.lease
    const why = step && (this.#late() ? 'the deadline has passed' : lease.apply(step))
    const arming = step && 'arm' in step ? step.arm.slots.map(({ slot }) => slot) : []
    for (const at of this.#steps) {
      if (!at.open || at.step.kind === 'stop' || at.step.kind === 'stopContainer') continue
      if (why && arming.includes(at.slot)) this.#settle(at, `failed the host could not be armed: ${why}`)
      else if (!lease.give(at.slot)) this.#settle(at, 'failed the host is still stopping it by itself: look again')
    }
  }

  async #start(): Promise<void> {
    const host = this.#host
    const starting = this.#steps.filter(({ open, step }) => open && STARTS.has(step.kind))
    if (starting.length === 0 || !this.#inTime('the start')) return
    for (const at of starting) {
      await host.pause(host.doors.random.between(2, 20))
      const name = 'recipe' in at.step ? at.step.recipe.start : at.unit
      const text = host.files.get(name)
      if (text === undefined) continue
      host.asHc(() => (name === at.unit ? host.systemd.start(name, text) : host.runs?.startTimer(name, text)))
    }
    for (const at of starting) this.#settle(at, 'ok started')
  }

  #inTime(before: string): boolean {
    if (!this.#late()) return true
    for (const at of this.#steps) if (at.open) this.#settle(at, `refused the deadline passed before ${before}`)
    return false
  }

  #late(): boolean {
    return Math.floor(this.#host.uptime / 10) > Math.floor(this.#guard.deadlineMs / 10)
  }

  #settle(at: Numbered, text: string): void {
    at.open = false
    this.#lines.push(`${STEP}${at.n} ${text}`)
  }
}

function highestTerm(terms: readonly (Term | null)[]): Term | null {
  let highest: Term | null = null
  for (const term of terms) if (term && (!highest || term.number > highest.number)) highest = term
  return highest
}
