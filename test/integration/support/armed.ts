// A control machine's part of the lease, spoken by hand: raw scripts over real connections, renewals, and what runs.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { HostFacts } from '../../../src/model/host.js'
import { CONTROL, type LeaseRules, type Voter } from '../../../src/model/lease.js'
import { parseProbe, probeScript } from '../../../src/remote/probe.js'
import { parseWriteReply, type WriteReply, type WriteRequest, writeScript } from '../../../src/remote/write.js'
import { addressOf, HOSTS, type LabHost, labState, on } from './lab.js'
import { sleep } from './wait.js'

const CLUSTER = 'cluster-lease'
const TERM = { number: 1, owner: 'owner-lease' }
/** hc_lease at its default, ms. */
export const LEASE_MS = 8000
/** From one tick to the next, ms. */
const TICK_MS = 1000

/** One connection to a host, kept open: what is sent waits in it while the way is cut. */
class Link {
  readonly #child: ChildProcess
  #output = ''
  #marks = 0

  constructor(host: LabHost) {
    const state = labState()
    const options = ['-i', join(state, 'id'), '-o', `UserKnownHostsFile=${join(state, 'known_hosts')}`]
    const words = [...options, '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=5', `root@${addressOf(host)}`, 'sh']
    this.#child = spawn('ssh', words, { stdio: ['pipe', 'pipe', 'ignore'] })
    this.#child.stdin?.on('error', () => {})
    this.#child.stdout?.on('data', (chunk) => {
      this.#output += String(chunk)
    })
  }

  /** Sends a script; what it printed, or null where there is no answer in time. */
  async run(script: string, timeoutMs = 60_000): Promise<string | null> {
    const n = this.#marks++
    this.#child.stdin?.write(`echo hc-begin-${n}.\n(\n${script}\n) </dev/null\necho hc-end-${n}.\n`)
    for (const until = performance.now() + timeoutMs; performance.now() < until; await sleep(20)) {
      const end = this.#output.indexOf(`hc-end-${n}.\n`)
      if (end < 0) continue
      const begin = this.#output.indexOf(`hc-begin-${n}.\n`)
      const text = this.#output.slice(begin, end)
      // Another may still wait for what stands before it.
      this.#output = this.#output.slice(0, begin) + this.#output.slice(end)
      return text.slice(text.indexOf('\n') + 1)
    }
    return null
  }

  close(): void {
    this.#child.kill('SIGKILL')
  }
}

/** What a control machine knows of one host. */
interface Known {
  readonly look: Link
  readonly act: Link
  facts: HostFacts | null
  /** performance.now() when those facts arrived. */
  at: number
}

/** A control machine that renews the leases of its hosts once a second, for as long as it is let. */
export class Control {
  readonly #known = new Map<LabHost, Known>()
  readonly #hosts: readonly LabHost[]
  #renewing: Promise<void> | null = null
  #ends = false

  constructor(hosts: readonly LabHost[] = HOSTS) {
    this.#hosts = hosts
    for (const host of hosts) this.reconnect(host)
  }

  /** Connects anew: the host has been off. */
  reconnect(host: LabHost): void {
    const old = this.#known.get(host)
    old?.look.close()
    old?.act.close()
    this.#known.set(host, { look: new Link(host), act: new Link(host), facts: null, at: 0 })
  }

  #of(host: LabHost): Known {
    const known = this.#known.get(host)
    if (!known) throw new Error(`no link to ${host}`)
    return known
  }

  /** A deadline on the host's own clock, as hc reckons it. */
  #deadline(host: LabHost, withinMs: number): { bootId: string; deadlineMs: number } {
    const { facts, at } = this.#of(host)
    if (facts === null) throw new Error(`${host} was not looked at`)
    return { bootId: facts.bootId, deadlineMs: Math.floor(facts.uptimeMs + performance.now() - at + withinMs) }
  }

  /** One probe; with a renewal where it is asked for. Null where there is no answer in time. */
  async probe(host: LabHost, { renew = false, full = false, timeoutMs = 5000 } = {}): Promise<HostFacts | null> {
    const known = this.#of(host)
    const renewal =
      renew && known.facts !== null
        ? { guard: { term: TERM, cluster: CLUSTER, ...this.#deadline(host, LEASE_MS) }, leaseMs: LEASE_MS }
        : null
    const output = await known.look.run(
      probeScript({ full, ...(renewal === null ? {} : { renew: renewal }) }),
      timeoutMs,
    )
    const reply = output === null ? null : parseProbe(output)
    if (reply === null || !reply.ok) return null
    known.facts = reply.facts
    known.at = performance.now()
    return reply.facts
  }

  async write(host: LabHost, request: Omit<WriteRequest, 'guard'>): Promise<WriteReply> {
    if (this.#of(host).facts === null) await this.probe(host)
    const guard = { term: TERM, cluster: CLUSTER, key: null, lockMs: 5000, ...this.#deadline(host, 20_000) }
    const output = await this.#of(host).act.run(writeScript({ guard, ...request }))
    if (output === null) throw new Error(`${host} does not answer a write`)
    return parseWriteReply(output)
  }

  /** All as voters, as hc would tell a host: its peers, and this machine. */
  async rules(host: LabHost, over: Partial<LeaseRules> = {}): Promise<LeaseRules> {
    const voters: Voter[] = []
    let peer = ''
    for (const one of this.#hosts) {
      const facts = await this.probe(one, { full: true, timeoutMs: 15_000 })
      if (!facts?.connection || !facts.macs || !facts.hostKeys) throw new Error(`${one} does not say who it is`)
      peer = facts.connection.peer
      if (one === host) continue
      const { connection, macs, hostKeys } = facts
      voters.push({ name: one, address: connection.own, port: 22, macs, hostKeys })
    }
    voters.push({ name: CONTROL, address: peer, port: null, macs: [], hostKeys: [] })
    return {
      id: 1,
      voters,
      leaseMs: LEASE_MS,
      lookEveryMs: 2000,
      lookMs: 1500,
      stopBoundMs: 5000,
      selfFence: true,
      ...over,
    }
  }

  /** Renews from now on. */
  start(): void {
    this.#ends = false
    this.#renewing = (async () => {
      while (!this.#ends) {
        await Promise.all(this.#hosts.map((host) => this.probe(host, { renew: true, timeoutMs: TICK_MS })))
        await sleep(TICK_MS)
      }
    })()
  }

  async stop(): Promise<void> {
    this.#ends = true
    await this.#renewing
  }

  async close(): Promise<void> {
    await this.stop()
    for (const { look, act } of this.#known.values()) {
      look.close()
      act.close()
    }
  }
}

/** Seconds of the host's uptime, past the network. */
export async function uptimeOf(host: LabHost): Promise<number> {
  return Number((await on(host, 'cat /proc/uptime')).split(' ')[0])
}

/** A command that writes every tenth of a second when it is alive. */
export function witness(name: string, folder = '/srv/hc-test'): string[] {
  return [
    '/bin/sh',
    '-c',
    `trap '' TERM; while :; do read u x </proc/uptime; echo $u >${folder}/${name}; sleep 0.1; done`,
  ]
}

/** The last moment at which a witness was alive, seconds of uptime. */
export async function lastAlive(host: LabHost, name: string): Promise<number> {
  return Number((await on(host, `cat /srv/hc-test/${name} 2>/dev/null || echo 0`)).trim())
}
