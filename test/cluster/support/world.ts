// A small cluster as an observer meets it: hosts that answer, unless the test says otherwise.
import { afterEach } from 'vitest'
import { Observer } from '../../../src/cluster/observe.js'
import type { Acquaintance } from '../../../src/cluster/watched.js'
import type { Host } from '../../../src/model/host.js'
import type { HostObservation, Observation } from '../../../src/model/observation.js'
import { PROBE_END, PROBE_HEAD } from '../../../src/remote/layout.js'
import { host as makeHost, settings } from '../../planner/support/make.js'
import { HandClock, type Reply, ScriptedPinger, ScriptedTransport, type Sent } from './doors.js'

export const BOOT = '00000000-0000-0000-0000-000000000001'

/** The least that a probe may say. */
export function probe(uptimeS = 1000): string {
  return `${PROBE_HEAD}\nuid 0\nboot ${BOOT}\nuptime ${uptimeS}.00 1.00\nmem MemTotal: 8000000\n${PROBE_END}\n`
}

function localHost(name: string): Host {
  const plain = makeHost(name)
  return { ...plain, connection: { ...plain.connection, kind: 'local' } }
}

const open = new Set<Observer>()
afterEach(() => {
  for (const observer of open) observer.close()
  open.clear()
})

/** Hosts, pings and an observer of them. */
export class World {
  readonly clock = new HandClock()
  /** Host, or `peer>host` for what goes through a peer -> what it does with a probe. */
  readonly probes = new Map<string, Reply>()
  /** `n2>n1`: does the vantage reach it? By default everybody reaches everybody. */
  readonly unreached = new Set<string>()
  witness = true
  /** `n2>n1` or `control>n1`: the hardware address that the vantage finds behind the host's address. None by default. */
  readonly cards = new Map<string, string>()
  readonly transport = new ScriptedTransport(this.clock, (sent) => this.#reply(sent))
  readonly pinger = new ScriptedPinger((address) =>
    address === '192.168.1.1' ? this.witness : !this.unreached.has(`control>${address}`),
  )
  news = 0
  /** Somebody watches. */
  watched = false
  readonly observer: Observer

  constructor(
    names: readonly string[],
    options: {
      readonly looks?: boolean
      readonly known?: Readonly<Record<string, Acquaintance>>
      /** The host that hc itself runs on, reached without a login. */
      readonly here?: string
    } = {},
  ) {
    const { clock, transport } = this
    const pinger = Object.assign(this.pinger, {
      card: async (address: string) => this.cards.get(`control>${address}`) ?? null,
    })
    const onNews = () => {
      this.news += 1
    }
    const shows = () => this.watched
    this.observer = new Observer({ clock, transport, pinger, looks: options.looks ?? true, onNews, shows })
    open.add(this.observer)
    this.know(
      names.map((name) => (name === options.here ? localHost(name) : makeHost(name))),
      options.known ?? {},
    )
  }

  know(hosts: readonly Host[], known: Readonly<Record<string, Acquaintance>> = {}): void {
    this.observer.know(hosts, settings(), new Map(Object.entries(known)))
  }

  #reply({ lane, host, through, script, timeoutMs }: Sent): Reply {
    if (lane === 'look') return this.probes.get(through ? `${through}>${host}` : host) ?? { text: probe() }
    if (this.probes.get(host) === 'silence') return 'silence'
    const targets = [...script.matchAll(/^look '?([\w.-]+)'? /gm)].map(([, name = '']) => name)
    const lines = targets.map((name) => {
      const way = `${host}>${name}`
      if (this.cards.get(way) === 'own') return `hc-look no own ${name}`
      return this.unreached.has(way)
        ? `hc-look no ping ${name}`
        : `hc-look yes ping ${name} ${this.cards.get(way) ?? ''}`
    })
    return { text: lines.join('\n'), afterMs: Math.min(5, timeoutMs) }
  }

  async look(patienceMs = 900): Promise<Observation> {
    return this.clock.until(this.observer.observe(patienceMs))
  }

  /** One observation, and the host in it. */
  async see(name: string, patienceMs = 900): Promise<HostObservation> {
    const found = (await this.look(patienceMs)).hosts.find(({ host }) => host === name)
    if (!found) throw new Error(`${name} was not observed`)
    return found
  }

  /** Ticks once a second for so long; the last observation. */
  async tick(seconds: number): Promise<Observation> {
    for (let second = 0; second < seconds; second += 1) {
      const begun = this.clock.now()
      const last = await this.look()
      await this.clock.pass(Math.max(0, begun + 1000 - this.clock.now()))
      if (second === seconds - 1) return last
    }
    throw new Error('not one tick')
  }

  /** The power of a host is cut. */
  kill(name: string): void {
    this.probes.set(name, 'silence')
    for (const from of ['control', 'n1', 'n2', 'n3']) this.unreached.add(`${from}>${name}`)
  }
}
