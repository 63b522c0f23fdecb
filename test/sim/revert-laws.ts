// Laws of versions, by what the store holds and what its versions are truly worth: only a bad one is taken back, to the last
// that was healthy, and no bad one ever counts as healthy.
import { type JobName, jobOfSlot, type Millis, slotOfUnit } from '../../src/model/names.js'
import type { JobVersion, Records } from '../../src/model/records.js'
import type { Ailments } from './ailments.js'
import type { ControlMachine } from './control.js'
import type { SimHost } from './host.js'
import type { Law } from './laws.js'
import { type Grade, gradeOfJob } from './life-jobs.js'
import { readable } from './readable.js'
import type { SimTime } from './time.js'

/** What befell a job is found, told and acted on within so long, ms. */
const FOUND_MS = 60_000

/** What the laws look at. */
export interface RevertDoors {
  readonly time: SimTime
  readonly control: ControlMachine
  readonly ailments: Ailments
  readonly hosts: ReadonlyMap<string, SimHost>
}

/** The laws of versions. */
export class RevertLaws implements Law {
  readonly #doors: RevertDoors
  #known: string | null = null
  readonly #grades = new Map<string, Grade>()
  readonly #troubledAt = new Map<JobName, Millis>()
  /** Of any host: what was out of sight may have missed its deadline. */
  #hostsAt: Millis = Number.NEGATIVE_INFINITY
  /** Versions that were taken back. */
  reverts = 0

  constructor(doors: RevertDoors) {
    this.#doors = doors
  }

  ended(_host: SimHost, unit: string, _text: string, cause: 'hc' | 'self'): readonly string[] {
    if (cause === 'self') this.#troubledAt.set(jobOfSlot(slotOfUnit(unit) ?? ''), this.#doors.time.now)
    return []
  }

  afterStep(): readonly string[] {
    const { time, control, ailments, hosts } = this.#doors
    const text = control.disk.content.records
    const before = readable(this.#known)
    const now = text === this.#known ? before : readable(text)
    if ([...hosts.values()].some(({ isUp, frozen, slowness }) => !isUp || frozen || slowness > 1))
      this.#hostsAt = time.now
    for (const name of Object.keys(now?.jobs ?? {})) if (ailments.troubles(name)) this.#troubledAt.set(name, time.now)
    if (text === this.#known) return []
    this.#known = text
    if (!now) return []
    for (const { job, hash } of Object.values(now.jobs)) this.#grades.set(hash, gradeOfJob(job))
    if (before?.cluster !== now.cluster) return []
    return Object.keys(now.jobs).flatMap((name) => [
      ...this.#noted(name, before, now),
      ...this.#reverted(name, before, now),
    ])
  }

  /** No version counts as healthy that never is. */
  #noted(name: JobName, before: Records, now: Records): readonly string[] {
    const known = new Map((before.versions?.[name] ?? []).map((each) => [each.version, each.healthyAt]))
    const fresh = (now.versions?.[name] ?? []).filter(
      ({ version, healthyAt }) => healthyAt !== null && known.get(version) === null,
    )
    const checked = (now.jobs[name]?.job.health ?? null) !== null
    return fresh
      .filter(({ hash }) => this.#grades.get(hash) === 'crash' || (checked && this.#grades.get(hash) === 'sick'))
      .map(
        ({ version, hash }) =>
          `${name} version ${version} counts as healthy, and is of grade ${this.#grades.get(hash)}`,
      )
  }

  #reverted(name: JobName, before: Records, now: Records): readonly string[] {
    const [old, applied] = [before.jobs[name], now.jobs[name]]
    const kept = now.versions?.[name] ?? []
    const entry = kept.find(({ version }) => version === applied?.version)
    if (!old || !applied || old.version === applied.version || entry?.revertOf === undefined) return []
    this.reverts += 1
    // An apply and what it came to may be one step to whoever looks.
    const bad = kept.find(({ version }) => version === applied.version - 1)
    // With the new version the oldest of ten goes: perhaps the one that was gone back to.
    const gone = (before.versions?.[name] ?? []).filter(({ version }) => !kept.some((one) => one.version === version))
    const to = lastWell([...gone, ...kept], bad)
    const what = `${name} version ${bad?.version}`
    if (!bad || !to || to.version !== entry.revertOf || to.hash !== applied.hash)
      return [`${what} went back to ${entry.revertOf}, the last that was healthy is ${to?.version ?? 'none'}`]
    if (bad.healthyAt !== null) return [`${what} was taken back although it was healthy once`]
    if (!applied.job.update.autoRevert) return [`${name} was taken back, auto_revert is false`]
    return this.#isBad(name, bad) ? [] : [`${what} was taken back although nothing is wrong with it`]
  }

  #isBad(name: JobName, { hash }: JobVersion): boolean {
    const { now } = this.#doors.time
    const since = now - Math.max(this.#troubledAt.get(name) ?? Number.NEGATIVE_INFINITY, this.#hostsAt)
    return this.#grades.get(hash) !== 'good' || since < FOUND_MS
  }
}

/** The newest version before a bad one that was healthy and is another. */
function lastWell(kept: readonly JobVersion[], bad: JobVersion | undefined): JobVersion | null {
  let last: JobVersion | null = null
  for (const each of kept) {
    if (bad && each.version < bad.version && each.healthyAt !== null && each.blob !== bad.blob) last = each
  }
  return last
}
