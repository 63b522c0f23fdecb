// The way from one process of hc to the simulated hosts: TCP that tries again, connections that outlive what they carry,
// replies that get lost, bytes that arrive late. What a killed process has sent already still arrives.
import type { Host } from '../../src/model/host.js'
import type { HostName, Millis } from '../../src/model/names.js'
import type { Failure, FailureKind } from '../../src/model/observation.js'
import type {
  CommandResult,
  Pinger,
  RemoteCommand,
  RemoteResult,
  RemoteScript,
  RemoteSession,
  Transport,
} from '../../src/ports.js'
import type { SimHost } from './host.js'
import type { Member, SimNetwork } from './network.js'
import type { Random } from './random.js'
import { type SimRequest, takeRequest } from './scripts.js'
import type { SimTime } from './time.js'

/** TCP gives a segment up after so many tries: about two minutes. */
const TRIES = 18
/** Keepalives as src/ssh/login.ts asks for them: one each second, three without an answer end the connection. */
const KEEPALIVE_MS = 1000
const KEEPALIVES = 3
/** From one try of a SYN to the next, ms, doubled each time. */
const SYN_AGAIN_MS = 1000

/** What a transport is made with. */
export interface TransportDoors {
  readonly time: SimTime
  readonly network: SimNetwork
  readonly random: Random
  readonly hosts: ReadonlyMap<HostName, SimHost>
  /** The control machine in the network. */
  readonly member: Member
  isAlive(): boolean
  now(): Millis
  /** A write is about to be sent. */
  beforeWrite(host: HostName, request: Extract<SimRequest, { kind: 'write' }>['request']): void
  /** Probability that a connection breaks after a write was carried out, before its reply arrives. */
  replyLoss(): number
  /** Commands beside allocations; absent: there are none. */
  session?(host: Host, session: RemoteSession): Promise<CommandResult>
}

/** One connection; segments go one after the other. */
interface Connection {
  readonly boots: number
  open: boolean
  outbox: Promise<void>
  readonly inFlight: Set<Exchange>
  /** Keepalives in a row without an answer. */
  missed: number
  watched: boolean
}

interface Exchange {
  readonly host: SimHost
  readonly request: SimRequest
  isOpen(): boolean
  fail(kind: FailureKind, message: string): void
  done(output: string): void
}

/** The simulated transport of one process. */
export class SimTransport implements Transport {
  readonly #doors: TransportDoors
  readonly #connections = new Map<HostName, Connection>()
  readonly #lanes = new Map<string, Promise<unknown>>()

  constructor(doors: TransportDoors) {
    this.#doors = doors
  }

  run({ name }: Host, { script, lane, timeoutMs }: RemoteScript): Promise<RemoteResult> {
    const host = this.#doors.hosts.get(this.#doors.network.at(name))
    if (!host) throw new Error(`no host ${name}`)
    const request = takeRequest(script)
    const { time, isAlive, now, beforeWrite } = this.#doors
    if (request.kind === 'write' && isAlive()) beforeWrite(name, request.request)
    if (!isAlive()) return new Promise(() => {})
    const sentAt = now()
    const key = `${name} ${lane}`
    const before = this.#lanes.get(key) ?? Promise.resolve()
    const result = new Promise<RemoteResult>((resolve) => {
      let open = true
      const end = (value: RemoteResult) => {
        if (!open || !isAlive()) return
        open = false
        resolve(value)
      }
      const fail = (kind: FailureKind, message: string) => end({ ok: false, failure: failureOf(kind, message), sentAt })
      const isOpen = () => open && isAlive()
      time.after(
        timeoutMs,
        () => {
          this.#abandon(name)
          fail('timeout', `no answer within ${timeoutMs} ms`)
        },
        isOpen,
      )
      const exchange: Exchange = {
        host,
        request,
        isOpen,
        fail,
        done: (output) => end({ ok: true, exitCode: 0, output, sentAt, receivedAt: now() }),
      }
      void before.then(() => isOpen() && this.#exchange(exchange))
    })
    this.#lanes.set(key, result)
    return result
  }

  /** Only logs of runs are read. */
  async command(...asked: [Host, RemoteCommand] | []): Promise<CommandResult> {
    const [to, command] = asked
    const job = /for f in '?([a-z0-9-]+)'?\.\*\.log/.exec(command?.script ?? '')?.[1]
    const host = to && this.#doors.hosts.get(this.#doors.network.at(to.name))
    if (!command || job === undefined || !host?.runs || !host.isUp)
      return { ok: false, failure: failureOf('broken', 'no such commands in the simulation') }
    command.onStdout(host.runs.log.logOf(job))
    return { ok: true, exitCode: 0 }
  }

  async session(...asked: [Host, RemoteSession] | []): Promise<CommandResult> {
    const [host, session] = asked
    if (host && session && this.#doors.session) return this.#doors.session(host, session)
    return { ok: false, failure: failureOf('broken', 'no sessions in this simulation') }
  }

  async close(name?: HostName): Promise<void> {
    for (const [host, connection] of this.#connections) if (name === undefined || name === host) connection.open = false
  }

  /** A script that had no answer in time: the connection is given up, more often than not. */
  #abandon(name: HostName): void {
    const connection = this.#connections.get(name)
    if (connection && this.#doors.random.chance(0.7)) this.#drop(name, connection)
  }

  #drop(name: HostName, connection: Connection): void {
    connection.open = false
    if (this.#connections.get(name) === connection) this.#connections.delete(name)
    for (const exchange of connection.inFlight) exchange.fail('reply-lost', 'the connection ended while a script ran')
    connection.inFlight.clear()
  }

  /** Keepalives, as long as something is awaited. */
  #watch(connection: Connection, host: SimHost): void {
    if (connection.watched) return
    connection.watched = true
    const { time, network, member, isAlive } = this.#doors
    const isWatched = () => connection.open && isAlive()
    time.after(
      KEEPALIVE_MS,
      () => {
        connection.watched = false
        for (const exchange of connection.inFlight) if (!exchange.isOpen()) connection.inFlight.delete(exchange)
        if (connection.inFlight.size === 0) return
        const heard = host.isUp && network.isOpen(member, host.name) && network.isOpen(host.name, member)
        connection.missed = heard && host.sshd !== 'hung' ? 0 : connection.missed + 1
        // A host that was started anew resets what it does not know.
        if (connection.missed > KEEPALIVES || (heard && host.boots !== connection.boots))
          this.#drop(host.name, connection)
        else this.#watch(connection, host)
      },
      isWatched,
    )
  }

  #exchange(exchange: Exchange): void {
    const known = this.#connections.get(exchange.host.name)
    if (known?.open) this.#send(known, exchange)
    else this.#connect(exchange, 0)
  }

  #connect(exchange: Exchange, tries: number): void {
    const { time, network, random, member } = this.#doors
    const { host, isOpen } = exchange
    if (!isOpen()) return
    const { name } = host
    const through = network.passes(member, name) && network.passes(name, member)
    if (!through || !host.isUp || host.sshd === 'hung') {
      // A hung sshd accepts and says nothing more.
      time.after(SYN_AGAIN_MS * 2 ** Math.min(tries, 3), () => this.#connect(exchange, tries + 1), isOpen)
      return
    }
    const wayMs = network.latency(member, name) + network.latency(name, member)
    if (host.sshd === 'down') {
      time.after(wayMs, () => exchange.fail('refused', 'connection refused'), isOpen)
      return
    }
    if (host.keyChanged) {
      time.after(wayMs * 3, () => exchange.fail('host-key', 'the host key has changed'), isOpen)
      return
    }
    const { boots } = host
    time.after(
      wayMs * 4 + random.between(10, 60),
      () => {
        if (host.boots !== boots || !host.isUp) {
          this.#connect(exchange, tries + 1)
          return
        }
        const existing = this.#connections.get(name)
        const connection = existing?.open ? existing : newConnection(boots)
        this.#connections.set(name, connection)
        this.#send(connection, exchange)
      },
      isOpen,
    )
  }

  #send(connection: Connection, exchange: Exchange): void {
    const { host } = exchange
    connection.inFlight.add(exchange)
    this.#watch(connection, host)
    // The bytes are the kernel's from here on: they go out whether or not anybody still waits, or even lives.
    connection.outbox = connection.outbox
      .then(() => this.#carry(this.#doors.member, host.name, () => host.isUp && host.sshd !== 'hung'))
      .then((arrived) => {
        if (arrived) void this.#arrive(connection, exchange)
      })
  }

  async #arrive(connection: Connection, exchange: Exchange): Promise<void> {
    const { host, request } = exchange
    const { random, replyLoss } = this.#doors
    if (host.boots !== connection.boots) {
      // The host knows nothing of this connection and resets it.
      if (await this.#carry(host.name, this.#doors.member, () => true)) {
        this.#drop(host.name, connection)
        exchange.fail('reply-lost', 'the connection was reset')
      }
      return
    }
    const output = await host.answer(request, this.#doors.member)
    if (output === null) return
    if (request.kind === 'write' && random.chance(replyLoss())) {
      this.#drop(host.name, connection)
      exchange.fail('reply-lost', 'the connection broke while a script ran')
      return
    }
    const back = await this.#carry(host.name, this.#doors.member, () => true)
    if (back && connection.open) exchange.done(output)
  }

  /** One segment, tried again until it gets through; false when TCP gives up. */
  async #carry(from: Member, to: Member, isTaken: () => boolean): Promise<boolean> {
    const { time, network } = this.#doors
    for (let tries = 0; tries < TRIES; tries += 1) {
      if (network.passes(from, to)) {
        await time.sleep(network.latency(from, to))
        if (isTaken()) return true
      }
      await time.sleep(network.retryAfter(tries))
    }
    return false
  }
}

function newConnection(boots: number): Connection {
  return { boots, open: true, outbox: Promise.resolve(), inFlight: new Set(), missed: 0, watched: false }
}

function failureOf(kind: FailureKind, message: string): Failure {
  return { kind, message, hint: null }
}

/** The control machine's own pings. */
export class SimPinger implements Pinger {
  readonly #doors: Pick<TransportDoors, 'time' | 'network' | 'hosts' | 'member' | 'isAlive'>
  readonly #byAddress: ReadonlyMap<string, HostName>

  constructor(
    doors: Pick<TransportDoors, 'time' | 'network' | 'hosts' | 'member' | 'isAlive'>,
    addresses: ReadonlyMap<string, HostName>,
  ) {
    this.#doors = doors
    this.#byAddress = addresses
  }

  reaches(address: string, _port: number, timeoutMs: Millis): Promise<boolean> {
    const { time, network, hosts, member, isAlive } = this.#doors
    const name = network.at(this.#byAddress.get(address) ?? address)
    const host = hosts.get(name)
    const lives = name === 'gateway' || host?.answersPings === true
    const there = network.passes(member, name) && network.passes(name, member)
    const took = network.latency(member, name) + network.latency(name, member)
    const reached = lives && there && took < timeoutMs
    return new Promise((resolve) => time.after(reached ? took : timeoutMs, () => resolve(reached), isAlive))
  }

  async gateways(): Promise<readonly string[]> {
    return ['gateway']
  }
}
