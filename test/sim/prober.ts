// How a process of hc asks the allocations of simulated hosts how they are: by their ports, or with a command beside them.
import type { HealthAnswer, HealthAsk } from '../../src/model/health.js'
import type { Host } from '../../src/model/host.js'
import type { HostName, Millis } from '../../src/model/names.js'
import type { CommandResult, Prober, RemoteSession } from '../../src/ports.js'
import type { Ailments } from './ailments.js'
import type { SimHost } from './host.js'
import { directive } from './systemd.js'
import type { TransportDoors } from './transport.js'

/** Who waits for a connection waits so long, ms. */
const PATIENCE_MS: Millis = 1000

/** What a prober works with. */
export interface ProberDoors extends Pick<TransportDoors, 'time' | 'network' | 'hosts' | 'member' | 'isAlive'> {
  readonly ailments: Ailments
}

/** Of one process. */
export class SimProber implements Prober {
  readonly #doors: ProberDoors

  constructor(doors: ProberDoors) {
    this.#doors = doors
  }

  async ask({ name }: Host, { port, kind, timeoutMs }: HealthAsk): Promise<HealthAnswer> {
    const host = await this.#reach(name, timeoutMs)
    if (!host) return { kind: 'unasked', text: 'no connection' }
    const unit = [...host.running()].find(([, text]) => portsOf(text).includes(port))?.[0]
    if (unit === undefined) return { kind: 'silent', text: 'connection refused' }
    const sound = this.#doors.ailments.isSound(host, unit)
    if (kind === 'tcp')
      return sound ? { kind: 'answered', status: null, body: '' } : { kind: 'silent', text: 'refused' }
    return { kind: 'answered', status: sound ? 200 : 503, body: sound ? 'ok' : 'no' }
  }

  /** A command beside an allocation. */
  async session({ name }: Host, { prepare }: Pick<RemoteSession, 'prepare'>): Promise<CommandResult> {
    const host = await this.#reach(name, PATIENCE_MS)
    const unit = /hc-[a-z]+\.\d+\.service/.exec(prepare)?.[0] ?? ''
    if (!host?.running().has(unit))
      return { ok: false, failure: { kind: 'broken', message: `nothing to stand beside on ${name}`, hint: null } }
    return { ok: true, exitCode: this.#doors.ailments.isSound(host, unit) ? 0 : 1 }
  }

  /** The host, when the question has come there and the answer may come back; null: it did not. */
  #reach(name: HostName, timeoutMs: Millis): Promise<SimHost | null> {
    const { time, network, hosts, member, isAlive } = this.#doors
    const host = hosts.get(network.at(name))
    const ways = host && network.passes(member, host.name) && network.passes(host.name, member)
    const open = ways && host.isUp && host.sshd === 'up' && !host.keyChanged
    const took = host ? network.latency(member, host.name) + network.latency(host.name, member) : 0
    const arrives = open && took < timeoutMs
    return new Promise((resolve) =>
      time.after(arrives ? took : timeoutMs, () => resolve(arrives ? host : null), isAlive),
    )
  }
}

function portsOf(text: string): readonly number[] {
  return (directive(text, 'X-Hc-Ports') ?? '').split(' ').map((part) => Number(part.split('=')[1]))
}
