// What the laws of batch and cron jobs go by besides what truly runs: what was applied, who was taken for lost, when clocks were set.
import type { Job } from '../../src/model/job.js'
import type { HostName, JobName, Millis, SlotName } from '../../src/model/names.js'
import type { Records } from '../../src/model/records.js'
import type { ControlMachine } from './control.js'
import type { SimHost } from './host.js'
import { readable } from './readable.js'
import type { Runs, TrueRun } from './runs.js'
import type { SimTime } from './time.js'
import { directive } from './units.js'

/** What the laws look at. */
export interface RunDoors {
  readonly time: SimTime
  readonly control: ControlMachine
  readonly hosts: ReadonlyMap<HostName, SimHost>
  readonly runs: Runs
}

/** Read anew after each step. */
export class RunBook {
  records: Records | null = null
  /** When clocks were set last. */
  clockSetAt: Millis = Number.NEGATIVE_INFINITY
  /** `KEY`s of slots that were recorded as having ended well. */
  readonly completed = new Set<string>()
  readonly #doors: RunDoors
  #known: string | null = null
  readonly #jobs = new Map<string, Job>()
  readonly #lostAt = new Map<HostName, Millis>()
  /** How often a job has left the records, and when it came: it was removed, or the store was lost. */
  readonly #gone = new Map<JobName, number>()
  readonly #came = new Map<JobName, { readonly at: Millis; readonly wall: Millis }>()

  constructor(doors: RunDoors) {
    this.#doors = doors
    doors.time.onWallSet(() => {
      this.clockSetAt = doors.time.now
    })
  }

  look(): void {
    const { control, time } = this.#doors
    const text = control.disk.content.records
    if (text === this.#known) return
    this.#known = text
    const before = this.records
    const now = readable(text)
    this.records = now
    for (const name of Object.keys(before?.jobs ?? {})) {
      if (now?.cluster === before?.cluster && now?.jobs[name]) continue
      this.#gone.set(name, (this.#gone.get(name) ?? 0) + 1)
      this.#came.delete(name)
    }
    for (const [name, { job, hash }] of Object.entries(now?.jobs ?? {})) {
      this.#jobs.set(`${name} ${hash}`, job)
      if (!this.#came.has(name)) this.#came.set(name, { at: time.now, wall: time.wallMs })
    }
    for (const [name, { verdict }] of Object.entries(now?.hosts ?? {}))
      if (verdict === 'lost') this.#lostAt.set(name, time.now)
    for (const { slot, completed, version, generation } of Object.values(now?.placements ?? {}))
      if (completed) this.completed.add(this.#key(slot, String(version), String(generation)))
  }

  /** The job as it was applied last in that version; null: not known. Some of what it says is in no hash. */
  jobOf(text: string): Job | null {
    return this.#jobs.get(`${directive(text, 'X-Hc-Job')} ${directive(text, 'X-Hc-Hash')}`) ?? null
  }

  /** The same for all runs of a slot that one word of the operator asked for. */
  keyOf({ slot, text }: Pick<TrueRun, 'slot' | 'text'>): string {
    return this.#key(slot, directive(text, 'X-Hc-Version') ?? '', directive(text, 'X-Hc-Generation') ?? '')
  }

  #key(slot: SlotName, version: string, generation: string): string {
    const job = slot.slice(0, slot.indexOf('.'))
    return `${slot} version ${version} generation ${generation} (${this.#gone.get(job) ?? 0})`
  }

  /** When the store learned of a job; null: it does not know it. */
  cameOf(job: JobName): { readonly at: Millis; readonly wall: Millis } | null {
    return this.#came.get(job) ?? null
  }

  /** Was the store lost, or the job removed, since it was applied first? */
  wasGone(job: JobName): boolean {
    return (this.#gone.get(job) ?? 0) > 0
  }

  /** Was a host taken for lost since then? */
  wasLost(host: HostName, since: Millis): boolean {
    return (this.#lostAt.get(host) ?? Number.NEGATIVE_INFINITY) >= since
  }
}
