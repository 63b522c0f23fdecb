// Which copies of the services truly run, on all hosts at once and also on one that is cut off: the hosts of the lab are
// containers of this machine, and its kernel knows their processes.
import { readdirSync, readFileSync } from 'node:fs'
import { sleep } from '../peers/ground.js'

const LOOK_EVERY_MS = 50
/** A process becomes another program once or twice at its beginning. */
const YOUNG_MS = 1500

/** A copy of a service. Times of `performance.now()`, ms. */
export interface Life {
  readonly port: number
  readonly host: string
  readonly from: number
  /** The last look that saw it. */
  to: number
}

/** The port of a service, of the words of a process with a NUL after each; null: it is none. */
export function portOf(words: string): number | null {
  const found = /^(?:[^\0]*\/)?(?:busybox\0)?httpd\0(?:[^\0]*\0)*?-p\0(\d+)\0/.exec(words)
  return found ? Number(found[1]) : null
}

/** The host of a lab, of what /proc/PID/cgroup says; null: it runs on none. */
export function hostOf(cgroup: string, lab: string): string | null {
  const at = cgroup.indexOf(`/${lab}/nuc`)
  return at < 0 ? null : (/^nuc[1-9]/.exec(cgroup.slice(at + lab.length + 2))?.[0] ?? null)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

/** Seconds within `from` and `to` in which two copies or more of one service ran; the most of any. */
export function doubleSeconds(lives: readonly Life[], from: number, to: number): number {
  const ports = new Set(lives.map(({ port }) => port))
  const each = [...ports].map((port) => {
    const steps = lives
      .filter((life) => life.port === port && life.to > from && life.from < to)
      .flatMap((life) => [
        { at: Math.max(from, life.from), by: 1 },
        { at: Math.min(to, life.to), by: -1 },
      ])
      .sort((a, b) => a.at - b.at || a.by - b.by)
    let [running, since, sum] = [0, 0, 0]
    for (const { at, by } of steps) {
      if (running >= 2) sum += at - since
      running += by
      since = at
    }
    return sum / 1000
  })
  return Math.max(0, ...each)
}

/** Looks at them until it is told to end. */
export class Copies {
  readonly lives: Life[] = []
  readonly #lab: string
  /** pid -> its life; null: something else for good. */
  readonly #known = new Map<string, Life | null>()
  readonly #firstSeen = new Map<string, number>()
  #over = false
  #changedAt = performance.now()

  constructor(lab: string) {
    this.#lab = lab
    void this.#go()
  }

  /** When a copy last began or ended. */
  get changedAt(): number {
    return this.#changedAt
  }

  /** The copies that run now. */
  running(): readonly Life[] {
    return [...this.#known.values()].filter((life) => life !== null)
  }

  end(): void {
    this.#over = true
  }

  async #go(): Promise<void> {
    while (!this.#over) {
      const at = performance.now()
      this.#look(at)
      await sleep(Math.max(5, LOOK_EVERY_MS - (performance.now() - at)))
    }
  }

  #look(at: number): void {
    const pids = new Set(readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    for (const [pid, life] of this.#known) {
      if (pids.has(pid)) {
        if (life) life.to = at
        continue
      }
      this.#known.delete(pid)
      if (life) this.#changedAt = at
    }
    for (const pid of this.#firstSeen.keys()) if (!pids.has(pid)) this.#firstSeen.delete(pid)
    for (const pid of pids) if (!this.#known.has(pid)) this.#meet(pid, at)
  }

  #meet(pid: string, at: number): void {
    const first = this.#firstSeen.get(pid) ?? at
    this.#firstSeen.set(pid, first)
    const port = portOf(read(`/proc/${pid}/cmdline`))
    const host = port === null ? null : hostOf(read(`/proc/${pid}/cgroup`), this.#lab)
    if (port === null || host === null) {
      if (at - first > YOUNG_MS) this.#known.set(pid, null)
      return
    }
    // What serves one request is no copy.
    const parent = / (\d+) /.exec(read(`/proc/${pid}/stat`).replace(/^.*\) \S/, ''))?.[1] ?? ''
    if (this.#known.get(parent)) return
    const life = { port, host, from: at, to: at }
    this.lives.push(life)
    this.#known.set(pid, life)
    this.#changedAt = at
  }
}
