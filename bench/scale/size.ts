// One size of cluster: brought up, watched while nothing changes, and while one host dies.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endSilence, type Fleet, silence, startFleet } from '../fleet/fleet.js'
import type { CountsOfHost } from '../fleet/server.js'
import { countVerdicts, Loop } from '../loop.js'
import { runOk } from '../measure.js'
import { hc, hcEnv } from '../program.js'

/** Slots of each job; there are as many jobs as hosts. */
const COUNT = 4
const WARM_UP_MS = 10_000
/** For whatever is waited for. */
const BOUND_MS = 150_000

/** What was found. */
export interface SizeResult {
  readonly hosts: number
  readonly slots: number
  /** `hc apply` from nothing; `whole`: it left nothing to the loop. */
  readonly apply: { readonly seconds: number; readonly cpu: number; readonly whole: boolean }
  /** While nothing changes: per tick but for `ticks`, the ticks in a second. */
  readonly quiet: {
    readonly ticks: number
    readonly tookMs: readonly number[]
    readonly cpuPerTick: number
    /** Probes per host and second. */
    readonly probes: number
    /** Bytes per host and probe, both ways. */
    readonly bytes: number
    /** Processor seconds per second. */
    readonly load: number
  }
  /** When one host dies: seconds until it is known to be lost, until the last of its slots runs elsewhere, and the longest tick. */
  readonly death: {
    readonly lost: number
    readonly mended: number
    readonly longestMs: number
    readonly cpu: number
  } | null
  /** MiB. */
  readonly memory: { readonly now: number; readonly most: number }
  /** What went wrong; empty: nothing did. */
  readonly faults: readonly string[]
}

/** How long it is watched, seconds. */
export interface SizeOptions {
  readonly hosts: number
  readonly quietSeconds: number
}

/** Measures one size. Only in a network namespace of our own: one of its addresses is silenced. */
export async function measureSize({ hosts, quietSeconds }: SizeOptions): Promise<SizeResult> {
  const folder = mkdtempSync(join(tmpdir(), 'hc-bench-scale-'))
  const fleet = await startFleet(folder, hosts)
  let loop: Loop | null = null
  try {
    for (let job = 0; job < hosts; job += 1) {
      const name = `job${String(job).padStart(4, '0')}`
      const text = `name: ${name}\ncount: ${COUNT}\ncommand: [/bin/sleep, infinity]\nresources: {cpu: 50m, memory: 32Mi}\n`
      writeFileSync(join(folder, 'jobs', `${name}.yml`), text)
    }
    // What it leaves undone because hosts did not answer in time is the loop's: its jobs are recorded.
    const words = hc('apply', '-y', '--json', join(folder, 'jobs'))
    const applied = await runOk(words, { env: hcEnv(fleet.inventory) }, [0, 1, 3, 4])
    loop = new Loop(fleet.inventory)
    await loop.until((tick) => tick.converged && countVerdicts(tick).ready === hosts, BOUND_MS)
    // Connections, proofs of who reaches whom and compiled code are there before it is measured.
    await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS))
    const quiet = await watchQuiet(fleet, loop, quietSeconds)
    const before = await fleet.counts()
    const death = await watchDeath(fleet, loop)
    const memory = loop.memory
    const faults = faultsOf(before, await fleet.counts(), fleet.hosts[1]?.name ?? '', hosts * COUNT)
    return {
      hosts,
      slots: hosts * COUNT,
      apply: { ...applied, whole: applied.code === 0 },
      quiet,
      death,
      memory,
      faults: [...quiet.faults, ...faults],
    }
  } finally {
    await loop?.end()
    await fleet.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function sum(counts: readonly CountsOfHost[], of: (one: CountsOfHost) => number): number {
  return counts.reduce((total, one) => total + of(one), 0)
}

async function watchQuiet(fleet: Fleet, loop: Loop, seconds: number) {
  const [cpu, counts, first, at] = [loop.cpu, await fleet.counts(), loop.ticks.length, performance.now()]
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  const [cpuAfter, countsAfter] = [loop.cpu, await fleet.counts()]
  const passed = (performance.now() - at) / 1000
  const ticks = loop.ticks.slice(first)
  const probes = sum(countsAfter, (one) => one.probes) - sum(counts, (one) => one.probes)
  const carried = (all: readonly CountsOfHost[]) => sum(all, ({ read, written }) => read + written)
  const faults = ticks.flatMap(({ actions }) =>
    actions.map(({ kind, slot }) => `${kind} ${slot} while nothing changed`),
  )
  const lost = ticks.some(({ hosts }) => hosts.some(({ verdict }) => verdict === 'lost'))
  return {
    ticks: ticks.length / passed,
    tookMs: ticks.map(({ tookMs }) => tookMs),
    cpuPerTick: (cpuAfter - cpu) / ticks.length,
    probes: probes / fleet.hosts.length / passed,
    bytes: (carried(countsAfter) - carried(counts)) / probes,
    load: (cpuAfter - cpu) / passed,
    faults: lost ? [...faults, 'a host was called lost that answers'] : faults,
  }
}

/** The second host dies: the first one is where others are placed by the first letter of things. */
async function watchDeath(fleet: Fleet, loop: Loop): Promise<SizeResult['death']> {
  const [, dead] = fleet.hosts
  if (dead === undefined) return null
  silence(dead.address)
  try {
    return await untilMended(fleet, loop, dead.name)
  } finally {
    endSilence()
  }
}

async function untilMended(fleet: Fleet, loop: Loop, dead: string): Promise<SizeResult['death']> {
  const [cpu, first, at] = [loop.cpu, loop.ticks.length, performance.now()]
  fleet.lost([dead])
  const isLost = ({ hosts }: { readonly hosts: readonly { readonly name: string; readonly verdict: string }[] }) =>
    hosts.some(({ name, verdict }) => name === dead && verdict === 'lost')
  const lost = await loop.until(isLost, BOUND_MS, first)
  const mended = await loop.until((tick) => isLost(tick) && tick.converged, BOUND_MS, first)
  const during = loop.ticks.slice(first, loop.ticks.indexOf(mended) + 1)
  return {
    lost: (lost.at - at) / 1000,
    mended: (mended.at - at) / 1000,
    longestMs: Math.max(...during.map(({ tookMs }) => tookMs)),
    cpu: loop.cpu - cpu,
  }
}

/** What the hosts saw against what should have been: each slot started once, those of the dead host once more, elsewhere; nothing stopped. */
export function faultsOf(
  before: readonly Pick<CountsOfHost, 'name' | 'started' | 'stopped'>[],
  after: readonly Pick<CountsOfHost, 'name' | 'started' | 'stopped'>[],
  dead: string,
  slots: number,
): readonly string[] {
  const faults: string[] = []
  const first = before.flatMap(({ started }) => started)
  if (first.length !== slots || new Set(first).size !== slots)
    faults.push(`${first.length} starts of ${new Set(first).size} slots instead of ${slots} before the death`)
  const own = new Set(before.find(({ name }) => name === dead)?.started ?? [])
  const known = new Map(before.map(({ name, started }) => [name, started.length]))
  const later = after.flatMap(({ name, started }) => started.slice(known.get(name) ?? 0))
  if (later.length !== own.size || later.some((slot) => !own.has(slot)) || new Set(later).size !== own.size)
    faults.push(
      `after the death ${later.length} starts (${[...new Set(later)].slice(0, 8).join(', ')}) instead of ${own.size}`,
    )
  const stopped = after.flatMap(({ stopped }) => stopped)
  if (stopped.length > 0) faults.push(`${stopped.length} stops`)
  return faults
}
