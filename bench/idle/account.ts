// What a host of the lab pays for a tool: by its processes, its cgroup and its network card, as this machine's kernel has them.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { hostOf, portOf } from '../failover/copies.js'
import { runOk } from '../measure.js'

/** Memory of processes, MiB. */
export interface Memory {
  /** What is shared counted in parts (PSS). */
  readonly pss: number
  /** Resident, what is shared counted in each. */
  readonly rss: number
  readonly processes: number
}

/** What a host has used so far. */
export interface Used {
  readonly cpuSeconds: number
  /** Both ways, on its card. */
  readonly bytes: number
}

/** A process by pid and start, so that a number given anew is another one. */
export type Processes = ReadonlyMap<string, { readonly pid: string; readonly words: string }>

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

/** All processes of each host of a lab that have memory of their own. */
export function processesOf(lab: string): ReadonlyMap<string, Processes> {
  const byHost = new Map<string, Map<string, { pid: string; words: string }>>()
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    const host = hostOf(read(`/proc/${pid}/cgroup`), lab)
    const words = host === null ? '' : read(`/proc/${pid}/cmdline`)
    if (host === null || words === '') continue
    const start = read(`/proc/${pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ')[19]
    const own = byHost.get(host) ?? new Map()
    byHost.set(host, own.set(`${pid} ${start}`, { pid, words }))
  }
  return byHost
}

/** Those that were not there before, but for the services themselves: what the tool keeps. */
export function kept(now: Processes, before: Processes): readonly { readonly pid: string; readonly words: string }[] {
  return [...now].flatMap(([key, one]) => (before.has(key) || portOf(one.words) !== null ? [] : [one]))
}

/** Of /proc/PID/smaps_rollup, MiB; null: it is gone. */
export function rollup(text: string): { readonly pss: number; readonly rss: number } | null {
  const of = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN) / 1024
  const [pss, rss] = [of('Pss'), of('Rss')]
  return Number.isNaN(pss) || Number.isNaN(rss) ? null : { pss, rss }
}

/** Memory of processes. */
export function memoryOfAll(pids: readonly string[]): Memory {
  const each = pids.map((pid) => rollup(read(`/proc/${pid}/smaps_rollup`))).filter((one) => one !== null)
  return {
    pss: each.reduce((sum, { pss }) => sum + pss, 0),
    rss: each.reduce((sum, { rss }) => sum + rss, 0),
    processes: each.length,
  }
}

/** Processor seconds of a host's cgroup with all below it: v1 in nanoseconds, v2 in microseconds. */
function cpuOfHost(lab: string, host: string): number {
  const old = `/sys/fs/cgroup/cpuacct/${lab}/${host}/cpuacct.usage`
  if (existsSync(old)) return Number(read(old)) / 1e9
  return Number(/^usage_usec (\d+)/m.exec(read(`/sys/fs/cgroup/${lab}/${host}/cpu.stat`))?.[1] ?? Number.NaN) / 1e6
}

/** What a host has used until now. */
export async function usedBy(lab: string, host: string): Promise<Used> {
  const { stdout } = await runOk(['ip', '-n', `${lab}-${host}`, '-s', '-j', 'link', 'show', 'eth0'])
  return { cpuSeconds: cpuOfHost(lab, host), bytes: cardBytes(stdout) }
}

/** Both ways, of what `ip -s -j link show` says. */
export function cardBytes(text: string): number {
  const [{ stats64 }] = JSON.parse(text)
  return Number(stats64.rx.bytes) + Number(stats64.tx.bytes)
}
