// What is measured of processes, and how figures are put into words.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Clock ticks of /proc per second: fixed at 100 by the kernel's interface, whatever it counts in. */
const TICKS = 100

/** The middle one, of an even number the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  const [low = Number.NaN, high = Number.NaN] = [sorted[sorted.length % 2 === 0 ? half - 1 : half], sorted[half]]
  return (low + high) / 2
}

/** The mean; NaN of none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** `12.3 (11.0 to 15.1)`: the median, and the least and the most; `-` of none. */
export function spread(values: readonly number[], digits: number): string {
  if (values.length === 0) return '-'
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return `${median(values).toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`
}

/** Bytes for people: `950 B`, `12.3 kB`, `4.5 MB`. */
export function bytes(count: number): string {
  if (count < 1000) return `${Math.round(count)} B`
  return count < 1e6 ? `${(count / 1000).toFixed(1)} kB` : `${(count / 1e6).toFixed(1)} MB`
}

/** Processor seconds, user and system, of a line of /proc/PID/stat: its own, and of children that it has waited for. See proc(5). */
export function statSeconds(line: string): { readonly own: number; readonly children: number } {
  // The name in brackets may hold spaces: fields are counted after it, the first is the third of the file.
  const fields = line
    .slice(line.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15)
  return { own: (user + system) / TICKS, children: (childUser + childSystem) / TICKS }
}

/** Processor seconds of a process with all that it has waited for; 0 where it is gone. */
export function cpuOf(pid: number | 'self'): number {
  try {
    const { own, children } = statSeconds(readFileSync(`/proc/${pid}/stat`, 'latin1'))
    return pid === 'self' ? children : own + children
  } catch {
    return 0
  }
}

/** Resident memory of a process now and at its most, MiB. */
export function memoryOf(pid: number): { readonly now: number; readonly most: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'latin1')
  const of = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN) / 1024
  return { now: of('VmRSS'), most: of('VmHWM') }
}

/** A command that has ended. */
export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** On the clock. */
  readonly seconds: number
  /** Processor seconds of it and of all that it waited for, in steps of 0.01. */
  readonly cpu: number
}

/** Runs a command to its end; nothing else may end meanwhile that this process waits for. */
export function run(argv: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Run> {
  const [program = '', ...words] = argv
  const before = cpuOf('self')
  const startedAt = performance.now()
  const child = spawn(program, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      const seconds = (performance.now() - startedAt) / 1000
      resolve({ code, ...said, seconds, cpu: cpuOf('self') - before })
    })
  })
}

/** The same; throws with what it said where it ends with another code than one of those. */
export async function runOk(argv: readonly string[], options: Parameters<typeof run>[1] = {}, ok = [0]): Promise<Run> {
  const done = await run(argv, options)
  if (done.code !== null && ok.includes(done.code)) return done
  throw new Error(`${argv.join(' ')} ended with code ${done.code}:\n${(done.stderr || done.stdout).slice(-2000)}`)
}
