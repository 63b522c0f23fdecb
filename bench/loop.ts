// A loop of hc as a process of its own, whose ticks are read as it tells them.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { cpuOf, memoryOf } from './measure.js'
import { hc, hcEnv } from './program.js'

/** One tick, as `hc reconcile --cron --json` tells it, and when that was. */
export interface ToldTick {
  /** ms of this process's own clock. */
  readonly at: number
  readonly tookMs: number
  readonly converged: boolean
  readonly actions: readonly { readonly kind: string; readonly slot: string; readonly host: string }[]
  readonly hosts: readonly { readonly name: string; readonly verdict: string; readonly reason: string }[]
}

/** A loop that ticks once per second. */
export class Loop {
  readonly ticks: ToldTick[] = []
  /** Lines that were no tick: a loop that is ended in the middle of a line leaves a piece of it. */
  unreadable = 0
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>
  #said = ''

  constructor(inventory: string) {
    const [program = '', ...words] = hc('reconcile', '--cron', '* * * * * *', '--json')
    this.#child = spawn(program, words, { env: hcEnv(inventory), stdio: ['ignore', 'pipe', 'pipe'] })
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve))
    this.#child.stderr?.on('data', (text) => {
      this.#said = (this.#said + String(text)).slice(-4000)
    })
    if (this.#child.stdout === null) throw new Error('no output')
    createInterface(this.#child.stdout).on('line', (line) => {
      const told = readTick(line)
      if (told === null) this.unreadable += 1
      else this.ticks.push({ ...told, at: performance.now() })
    })
  }

  get cpu(): number {
    return cpuOf(this.#child.pid ?? 0)
  }

  get memory(): { readonly now: number; readonly most: number } {
    return memoryOf(this.#child.pid ?? 0)
  }

  /** Until some tick since the `from`-th is such. Throws after `boundMs`, with what the loop said. */
  async until(is: (tick: ToldTick) => boolean, boundMs: number, from = 0): Promise<ToldTick> {
    const end = performance.now() + boundMs
    for (;;) {
      const found = this.ticks.slice(from).find(is)
      if (found) return found
      if (performance.now() > end || this.#child.exitCode !== null) {
        const last = this.ticks.at(-1)
        const odd = last?.hosts.find(({ verdict }) => verdict !== 'ready')
        const counted = last && JSON.stringify({ ...countVerdicts(last), converged: last.converged, odd })
        throw new Error(`${this.ticks.length} ticks, not what was waited for; the last: ${counted}\n${this.#said}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async end(): Promise<void> {
    this.#child.kill('SIGTERM')
    await this.#ended
  }
}

/** A line that the loop has printed; null: no whole tick. */
export function readTick(line: string): Omit<ToldTick, 'at'> | null {
  try {
    const told: unknown = JSON.parse(line)
    return typeof told === 'object' && told !== null && 'hosts' in told ? (told as Omit<ToldTick, 'at'>) : null
  } catch {
    return null
  }
}

/** Verdict -> hosts. */
export function countVerdicts({ hosts }: Pick<ToldTick, 'hosts'>): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { verdict } of hosts) counts[verdict] = (counts[verdict] ?? 0) + 1
  return counts
}
