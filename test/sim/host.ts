// A simulated host: what lies on its disk, what its memory holds, what truly runs, and how it answers hc.
import type { HostFacts, Term } from '../../src/model/host.js'
import type { HostName, Millis } from '../../src/model/names.js'
import { BootWait } from './boot-wait.js'
import type { Flaws } from './flaws.js'
import { factsOf } from './host-facts.js'
import { HostRuns } from './host-runs.js'
import { SimLease } from './lease.js'
import type { Member, SimNetwork } from './network.js'
import type { Random } from './random.js'
import { Repeats } from './repeats.js'
import type { Runs } from './runs.js'
import type { SimRequest } from './scripts.js'
import { hasProcess, SimSystemd } from './systemd.js'
import type { SimTime } from './time.js'
import { answerWrite } from './write.js'

const MIB = 1024 * 1024

/** Who watches what truly happens on the hosts. */
export interface HostWatcher {
  began(host: SimHost, unit: string, text: string, byHc: boolean): void
  ended(host: SimHost, unit: string, text: string, cause: 'hc' | 'self'): void
}

/** What a host is made with. */
export interface HostDoors {
  readonly time: SimTime
  readonly random: Random
  readonly network: SimNetwork
  readonly watcher: HostWatcher
  hosts(): ReadonlyMap<HostName, SimHost>
  /** Which services fail; absent: none. */
  readonly flaws?: Flaws | undefined
  /** Whatever hc has put there waits after a boot; absent: only runs do. */
  readonly waits?: boolean
  /** How batch and cron jobs run to their ends; absent: they are not played as such. */
  readonly runs?: Runs | undefined
}

/** Thrown inside a host's work when its power is cut: whatever it was doing just ends. */
export class PowerCut extends Error {}

/** One host. */
export class SimHost {
  readonly name: HostName
  readonly memory: number
  readonly doors: HostDoors
  power: 'off' | 'booting' | 'up' = 'off'
  /** `hung`: connections are accepted and nothing is answered. */
  sshd: 'up' | 'down' | 'hung' = 'up'
  /** Work on it takes so many times longer. */
  slowness = 1
  diskFull = false
  /** Its kernel stands still; what runs does nothing and is still there when it wakes. */
  frozen = false
  #wokeAt: Millis = Number.NEGATIVE_INFINITY
  /** Its fence driver said once that its power is off, and it was not: what it runs may run elsewhere too. */
  falselyOff = false
  /** On the disk. */
  readonly files = new Map<string, string>()
  readonly links = new Set<string>()
  diskTerm: { term: Term; cluster: string } | null = null
  orders: { term: number; order: number } | null = null
  identity: { cluster: string; key: string; term: Term } | null = null
  /** In memory. */
  runTerm: { term: Term; cluster: string } | null = null
  locked = false
  /** Whose write is carried out, or was last, and under which term. */
  writer = ''
  writerTerm = 0
  systemd: SimSystemd
  readonly lease: SimLease
  readonly runs: HostRuns | null
  readonly wait: BootWait | undefined
  boots = 0
  /** How often its system was put on an empty disk since. */
  #installs = 0
  /** Its host key is not the one that known_hosts has. */
  keyChanged = false
  readonly #repeats = new Repeats()
  #bootedAt: Millis = 0
  #writing = 0

  constructor(name: HostName, memoryMib: number, doors: HostDoors) {
    this.name = name
    this.memory = memoryMib * MIB
    this.doors = doors
    this.lease = new SimLease(this)
    this.wait = doors.waits ? new BootWait(doors.time, () => this.frozen) : undefined
    this.systemd = this.#newSystemd(undefined)
    this.runs = doors.runs ? new HostRuns(this, doors.runs) : null
  }

  get machineId(): string {
    return this.#installs === 0 ? this.name : `${this.name}.${this.#installs}`
  }

  get bootId(): string {
    const mark = Buffer.from(this.name).toString('hex').padStart(8, '0').slice(-8)
    return `${mark}-0000-4000-8000-${this.boots.toString(16).padStart(12, '0')}`
  }

  /** /proc/uptime, ms. */
  get uptime(): Millis {
    return this.doors.time.now - this.#bootedAt
  }

  /** Does its kernel answer pings? */
  get answersPings(): boolean {
    return this.power === 'up' && !this.frozen
  }

  /** Asleep, or awake for less than `ms`. */
  sleptWithin(ms: Millis): boolean {
    return this.frozen || this.doors.time.now - this.#wokeAt < ms
  }

  get isUp(): boolean {
    return this.power === 'up'
  }

  /** Units with a process, and the texts they run by. */
  running(): ReadonlyMap<string, string> {
    const found = new Map<string, string>()
    for (const [name, unit] of this.systemd.units) if (hasProcess(unit)) found.set(name, unit.text)
    return found
  }

  /** A paused machine; its clocks go on meanwhile. */
  freeze(): void {
    this.frozen = true
    this.doors.network.freeze(this.name, true)
  }

  wake(): void {
    if (!this.frozen) return
    this.frozen = false
    this.#wokeAt = this.doors.time.now
    this.doors.network.freeze(this.name, false)
  }

  powerOff(): void {
    this.wake()
    if (this.power === 'up') this.systemd.die()
    this.power = 'off'
    this.boots += 1
    this.locked = false
    this.runTerm = null
    this.lease.forget()
  }

  /** Its power is cut, and what boots next is another machine on an empty disk. */
  reinstall(): void {
    this.powerOff()
    this.#installs += 1
    this.keyChanged = true
    this.files.clear()
    this.links.clear()
    this.lease.wipe()
    this.runs?.wipe()
    Object.assign(this, { diskTerm: null, orders: null, identity: null, diskFull: false })
  }

  /** Boots; enabled units start by themselves. */
  powerOn(bootMs: Millis): void {
    if (this.power !== 'off') return
    this.power = 'booting'
    this.boots += 1
    const boot = this.boots
    this.doors.time.after(
      bootMs,
      () => {
        this.power = 'up'
        this.sshd = 'up'
        this.#bootedAt = this.doors.time.now
        this.systemd = this.#newSystemd(this.runs ?? undefined)
        if (this.wait) this.wait.word = false
        this.lease.booted()
        for (const link of [...this.links].sort()) {
          const unit = link.slice(link.indexOf('/') + 1)
          const text = this.files.get(unit)
          if (link.startsWith('multi-user.target.wants/') && text) this.systemd.start(unit, text)
        }
        this.runs?.booted()
      },
      () => this.boots === boot,
    )
  }

  /** The first word of hc since its boot, or another. */
  giveWord(): void {
    if (this.wait) this.wait.word = true
    this.runs?.giveWord()
  }

  /** Does a write of hc act right now? */
  get isWritten(): boolean {
    return this.#writing > 0
  }

  /** Within it, what starts was started by hc. */
  asHc(work: () => void): void {
    this.#writing += 1
    try {
      work()
    } finally {
      this.#writing -= 1
    }
  }

  /** Time passes on the host. Throws PowerCut when the power was cut meanwhile. */
  async pause(ms: Millis): Promise<void> {
    const { boots } = this
    await this.doors.time.sleep(ms * this.slowness)
    while (this.frozen && this.boots === boots) await this.doors.time.sleep(100)
    if (this.boots !== boots || this.power !== 'up') throw new PowerCut()
  }

  /** The answer to a script, when its work is done; null when the power was cut before. */
  async answer(request: SimRequest, from: Member): Promise<string | null> {
    try {
      switch (request.kind) {
        case 'probe':
          await this.pause(this.doors.random.between(8, 30))
          if (request.renew) this.lease.renew(request.renew)
          return this.#repeats.answer(this.facts(from), request.repeat === true)
        case 'identity':
          return this.#identityAnswer()
        case 'look':
          return await this.#look(request)
        case 'write':
          return await answerWrite(this, request.request)
      }
    } catch (error) {
      if (error instanceof PowerCut) return null
      throw error
    }
  }

  /** The term that it obeys. */
  highestTerm(): Term | null {
    const terms = [this.diskTerm?.term, this.runTerm?.term].flatMap((term) => term ?? [])
    return terms.sort((a, b) => b.number - a.number)[0] ?? null
  }

  facts(from: Member): HostFacts {
    return factsOf(this, from)
  }

  #identityAnswer(): string {
    if (!this.identity) return ''
    const { cluster, key, term } = this.identity
    const lines = [`cluster ${cluster}`, `key ${key}`, `term ${term.number} ${term.owner}`]
    return lines.map((line) => `hc-identity ${line}\n`).join('')
  }

  async #look({ targets, timeoutMs }: Extract<SimRequest, { kind: 'look' }>): Promise<string> {
    const { network } = this.doors
    const others = this.doors.hosts()
    let longest = 0
    const lines = targets.map(({ name }) => {
      const who = network.at(name)
      const other = others.get(who)
      const there = network.passes(this.name, who) && network.passes(who, this.name)
      const took = network.latency(this.name, who) + network.latency(who, this.name)
      const reached = other?.answersPings === true && there && took < timeoutMs
      longest = Math.max(longest, reached ? took : timeoutMs)
      return `hc-look ${reached ? 'yes' : 'no'} ping ${name}\n`
    })
    await this.pause(longest)
    return lines.join('')
  }

  #newSystemd(runs: HostRuns | undefined): SimSystemd {
    const { time, random, watcher } = this.doors
    return new SimSystemd(time, random, {
      began: (unit, text) => watcher.began(this, unit, text, this.#writing > 0),
      ended: (unit, text, cause) => watcher.ended(this, unit, text, cause),
      lifeOf: (unit, text) => this.doors.flaws?.lifeOf(unit, text) ?? null,
      mayStart: (unit) => this.lease.mayStart(unit),
      wait: this.wait,
      runs,
    })
  }
}
