// `npm run bench -- idle`: what a host pays while nothing happens, by hc and by what a user would take instead.
import { basename } from 'node:path'
import { type Benchmark, table } from '../benchmark.js'
import { type Load, loadNow, surroundings } from '../document.js'
import { Copies } from '../failover/copies.js'
import { type Lab, openLab } from '../lab.js'
import { bytes, mean } from '../measure.js'
import type { Cluster } from '../peers/cluster.js'
import { EMPTY, lastLine, on, onAll, type Service, servicesOf, sleep, unitsScript, until } from '../peers/ground.js'
import { HcCluster } from '../peers/hc.js'
import { PacemakerCluster } from '../peers/pacemaker.js'
import { SwarmCluster } from '../peers/swarm.js'
import { kept, type Memory, memoryOfAll, type Processes, processesOf, usedBy } from './account.js'

const MINUTES = 2
/** On all three hosts together. */
const SERVICES = 30
/** Between the last start and the beginning of what is counted: first probes in full are over, ms. */
const WARM_UP_MS = 10_000
const BOUND_MS = 120_000

/** What one host pays, the mean of the three; per hour where it adds up. */
export interface Paid extends Memory {
  readonly cpuPerHour: number
  readonly bytesPerHour: number
  /** First words of what is kept, most frequent first. */
  readonly names: string
}

/** What the control machine pays. */
export interface Control {
  readonly ticks: number
  readonly cpuMsPerTick: number
  /** MiB, now and at most. */
  readonly now: number
  readonly most: number
}

/** One row; a sentence where nothing could be measured. */
export type IdleResult = { readonly paid: Paid; readonly control: Control | null } | string

const HEAD = [
  'what',
  'MiB that it keeps on a host (shared pages in parts)',
  'the same, resident',
  'processes',
  'processor seconds per hour, over units alone',
  '% of a core',
  'bytes per hour on the card',
  'control machine: processor ms per tick',
  'MiB (most)',
]

/** A row of the table; `units`: what the services cost a host as units, without any tool. */
export function idleRow(name: string, result: IdleResult, units: Paid | null): readonly string[] {
  if (typeof result === 'string') return [name, `not measured: ${result}`, ...HEAD.slice(2).map(() => '-')]
  const { paid, control } = result
  const cpu = paid.cpuPerHour - (paid === units ? 0 : (units?.cpuPerHour ?? 0))
  return [
    name,
    paid.pss.toFixed(1),
    paid.rss.toFixed(1),
    paid.processes.toFixed(1),
    cpu.toFixed(1),
    (cpu / 36).toFixed(2),
    bytes(paid.bytesPerHour),
    control?.cpuMsPerTick.toFixed(0) ?? '-',
    control ? `${control.now.toFixed(0)} (${control.most.toFixed(0)})` : '-',
  ]
}

/** How often each program is there, most frequent first: `sshd 4, sh 2`. */
export function namesOf(words: readonly string[], hosts: number): string {
  const counts = new Map<string, number>()
  for (const text of words) {
    const name = /[^/]*$/.exec(text.split(/[\0 ]/)[0] ?? '')?.[0]?.replace(/:$/, '') ?? ''
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts]
    .sort(([a, more], [b, other]) => other - more || (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${(count / hosts).toFixed(1)}`)
    .join(', ')
}

/** Counts for some time. `before`: what ran on each host before the tool. */
async function count(lab: Lab, before: ReadonlyMap<string, Processes>, minutes: number): Promise<Paid> {
  const name = basename(lab.state)
  const hosts = lab.hosts.map((host) => host.name)
  const first = await Promise.all(hosts.map((host) => usedBy(name, host)))
  const startedAt = performance.now()
  const samples: Memory[] = []
  const words: string[] = []
  while (performance.now() - startedAt < minutes * 60_000) {
    // Not at one and the same moment of each tick.
    await sleep(1730)
    const now = processesOf(name)
    for (const host of hosts) {
      const own = kept(now.get(host) ?? new Map(), before.get(host) ?? new Map())
      samples.push(memoryOfAll(own.map(({ pid }) => pid)))
      words.push(...own.map((one) => one.words))
    }
  }
  const last = await Promise.all(hosts.map((host) => usedBy(name, host)))
  const hours = (performance.now() - startedAt) / 3_600_000
  const perHour = (key: 'cpuSeconds' | 'bytes') =>
    mean(last.map((used, at) => used[key] - (first[at]?.[key] ?? 0))) / hours
  const of = (key: keyof Memory) => mean(samples.map((sample) => sample[key]))
  return {
    pss: of('pss'),
    rss: of('rss'),
    processes: of('processes'),
    cpuPerHour: perHour('cpuSeconds'),
    bytesPerHour: perHour('bytes'),
    names: namesOf(words, samples.length),
  }
}

/** The services as units that systemd alone keeps. */
class Units implements Cluster {
  readonly kind = 'units'
  readonly name = 'units of systemd alone'
  readonly about = ''
  readonly parts = false
  #lab: Lab | null = null
  async up(lab: Lab): Promise<void> {
    this.#lab = lab
  }
  async deploy(services: readonly Service[]): Promise<void> {
    const { hosts } = this.#lab ?? { hosts: [] }
    const own = (at: number) => services.filter((_, index) => index % hosts.length === at)
    const start = (at: number) =>
      `systemctl start ${own(at)
        .map(({ name }) => `bench-${name}`)
        .join(' ')}`
    await Promise.all(
      hosts.map(({ name }, at) => this.#lab && on(this.#lab, name, `${unitsScript(own(at))}${start(at)}`)),
    )
  }
  async leaders(): Promise<readonly string[]> {
    return []
  }
  async down(): Promise<void> {}
}

async function measure(lab: Lab, cluster: Cluster, minutes: number): Promise<IdleResult> {
  const name = basename(lab.state)
  const copies = new Copies(name)
  try {
    await onAll(lab, EMPTY)
    const before = processesOf(name)
    await cluster.up(lab)
    await cluster.deploy(servicesOf(SERVICES))
    const whole = () => copies.running().length === SERVICES
    await until(whole, BOUND_MS, `${SERVICES} services do not run within ${BOUND_MS / 1000} s`)
    copies.end()
    await sleep(WARM_UP_MS)
    const loop = cluster instanceof HcCluster ? cluster.loop : null
    const [cpu, ticks] = [loop?.cpu ?? 0, loop?.ticks.length ?? 0]
    const paid = await count(lab, before, minutes)
    if (!loop) return { paid, control: null }
    const ticked = loop.ticks.length - ticks
    return {
      paid,
      control: { ticks: ticked, cpuMsPerTick: ((loop.cpu - cpu) / ticked) * 1000, ...loop.memory },
    }
  } catch (error) {
    return lastLine(error)
  } finally {
    copies.end()
    await cluster.down().catch(() => {})
    await onAll(lab, EMPTY).catch(() => {})
  }
}

const TEXT = `Thirty services (busybox httpd, 64 MB), ten on each of three hosts of the lab; figures are the mean of the three hosts. Kept is whatever runs on a host that
did not run before the tool was there, but for the services themselves; looked at every 1.7 s. Processor time is that of all of a host (its cgroup), less that of the same services as units
without any tool; bytes are both ways. The control machine of hc is no host; its loop ticks once per second, and what it starts is counted.`

/** `--only hc,swarm,pacemaker`: these, beside plain units; `--rounds N`: so many minutes each. */
export const idle: Benchmark = async ({ quick, only, rounds, print, write }) => {
  const before = loadNow()
  const minutes = quick ? 0.3 : (rounds ?? MINUTES)
  const all: Cluster[] = [
    new HcCluster({ name: 'ordinary services', about: '' }),
    new HcCluster({ name: 'exclusive services', about: '', exclusive: true }),
    new SwarmCluster(false),
    new PacemakerCluster(false),
  ]
  const found = new Map<string, IdleResult>()
  const lab = await openLab()
  try {
    for (const cluster of [new Units(), ...all.filter(({ kind }) => only === null || only.split(',').includes(kind))]) {
      const result = await measure(lab, cluster, minutes)
      found.set(cluster.name, result)
      print(`${cluster.name}: ${typeof result === 'string' ? result : JSON.stringify(result)}`)
      // What was measured is not lost where the next one fails.
      write('idle', partOf(found, minutes, before))
    }
  } finally {
    await lab.close()
  }
  print(`\n${partOf(found, minutes, before)}`)
}

function partOf(found: ReadonlyMap<string, IdleResult>, minutes: number, before: Load): string {
  const head = `## Idle\n\n\`npm run build && npm run bench -- idle\` (root, for the lab; ${minutes} minutes each, \`--rounds N\`: N minutes).`
  const [units] = found.values()
  const alone = units === undefined || typeof units === 'string' ? null : units.paid
  const rows = [...found].map(([name, result]) => idleRow(name, result, alone))
  const names = [...found].flatMap(([name, result]) =>
    typeof result === 'string' || result.paid.names === '' ? [] : [`- ${name}: ${result.paid.names}`],
  )
  const list = `What is kept on a host, and how many on average:\n\n${names.join('\n')}`
  return `${head} ${surroundings(before)}\n\n${table([HEAD, ...rows])}\n\n${TEXT}\n\n${list}`
}
