// Doors for tests of the cluster room: time that is moved by hand, hosts that do what the test says.
import type { Host } from '../../../src/model/host.js'
import type { Millis } from '../../../src/model/names.js'
import type { FailureKind } from '../../../src/model/observation.js'
import type { Clock, Pinger, RemoteResult, RemoteScript, Transport } from '../../../src/ports.js'
import { WALL } from '../../planner/support/make.js'
import { SimTime } from '../../sim/time.js'

/** A clock that stands still until the test moves it. */
export class HandClock implements Clock {
  readonly #time = new SimTime()

  now(): Millis {
    return this.#time.now
  }

  wall(): string {
    return WALL
  }

  sleep(ms: Millis): Promise<void> {
    return this.#time.sleep(ms)
  }

  beat(): { stop(): void } {
    throw new Error('no beat here')
  }

  /** Lets `ms` pass; all that is due meanwhile happens in its order. */
  async pass(ms: Millis): Promise<void> {
    await this.#time.run(this.#time.now + ms, () => {})
  }

  /** What a promise comes to while time passes, at most a minute. */
  async until<T>(promise: Promise<T>): Promise<T> {
    const state = { ended: false }
    const kept = promise.finally(() => {
      state.ended = true
    })
    kept.catch(() => {})
    for (let passed = 0; !state.ended && passed < 60_000; passed += 10) await this.pass(10)
    if (!state.ended) throw new Error('it did not end within a minute')
    return kept
  }
}

/** One script that was sent. */
export interface Sent {
  /** The peer that it went through; null: straight. */
  readonly through: string | null
  readonly host: string
  readonly lane: RemoteScript['lane']
  readonly script: string
  readonly timeoutMs: Millis
  readonly at: Millis
}

/** What a host does with a script: text is its answer, a failure's kind is the failure. */
export type Reply =
  | { readonly text: string; readonly afterMs?: Millis }
  | { readonly failure: FailureKind; readonly afterMs?: Millis; readonly unheard?: true }
  | 'silence'

/** Hosts that answer as the test says, and the list of all that was sent. */
export class ScriptedTransport implements Transport {
  readonly sent: Sent[] = []
  readonly detours = new Map<string, string>()
  readonly #clock: HandClock
  readonly #reply: (sent: Sent) => Reply

  constructor(clock: HandClock, reply: (sent: Sent) => Reply) {
    this.#clock = clock
    this.#reply = reply
  }

  /** Silence ends with the time-out, as a transport bounds every wait. */
  async run(host: Host, { script, lane, timeoutMs, direct }: RemoteScript): Promise<RemoteResult> {
    const sentAt = this.#clock.now()
    const through = direct ? null : (this.detours.get(host.name) ?? null)
    const sent = { host: host.name, through, lane, script, timeoutMs, at: sentAt }
    this.sent.push(sent)
    const reply = this.#reply(sent)
    if (reply === 'silence') {
      await this.#clock.sleep(timeoutMs)
      return { ok: false, failure: { kind: 'timeout', message: 'no answer in time', hint: null }, sentAt }
    }
    await this.#clock.sleep(reply.afterMs ?? 1)
    if ('failure' in reply) {
      const { failure: kind, unheard } = reply
      const failure = { kind, message: `it is ${kind}`, hint: null, ...(unheard && { unheard }) }
      return { ok: false, failure, sentAt }
    }
    return { ok: true, exitCode: 0, output: reply.text, sentAt, receivedAt: this.#clock.now() }
  }

  detour(host: string, peer: Host | null): void {
    if (peer) this.detours.set(host, peer.name)
    else this.detours.delete(host)
  }

  command(): never {
    throw new Error('no commands here')
  }

  session(): never {
    throw new Error('no sessions here')
  }

  async close(): Promise<void> {}
}

/** Pings that the test answers. */
export class ScriptedPinger implements Pinger {
  readonly asked: string[] = []
  readonly #answers: (address: string) => boolean
  readonly #gateways: readonly string[]

  constructor(answers: (address: string) => boolean, gateways: readonly string[] = ['192.168.1.1']) {
    this.#answers = answers
    this.#gateways = gateways
  }

  async reaches(address: string): Promise<boolean> {
    this.asked.push(address)
    return this.#answers(address)
  }

  async gateways(): Promise<readonly string[]> {
    return this.#gateways
  }
}
