// The operator of the mode `life`, once the faults are over: files of bad versions are mended, or left for hc to take back.
import { type JobName, jobOfSlot, type SlotName, slotName, slotOfUnit } from '../../src/model/names.js'
import type { Records } from '../../src/model/records.js'
import { lastHealthy } from '../../src/planner/revert.js'
import type { Ailments } from './ailments.js'
import { retryGivenUp } from './given-up.js'
import type { SimHost } from './host.js'
import type { JobDials } from './jobs.js'
import { gradeOfJob, LIFE_NAMES } from './life-jobs.js'
import type { Operator } from './operator.js'
import type { Random } from './random.js'
import { readable } from './readable.js'
import type { Story } from './story.js'

/** What a keeper works with. */
export interface LifeDoors {
  readonly random: Random
  readonly hosts: ReadonlyMap<string, SimHost>
  readonly ailments: Ailments
  readonly operator: Operator
  readonly story: Story
}

/** Sets right what no rule of hc does. */
export class LifeKeeper {
  readonly #doors: LifeDoors
  /** Jobs whose files were mended and that are to be applied. */
  #mended = false

  constructor(doors: LifeDoors) {
    this.#doors = doors
  }

  /** The faults are over: some of the bad files are mended. */
  begin(): void {
    const { random, operator } = this.#doors
    for (const [name, dials] of operator.wanted) if (isBad(dials) && random.chance(0.5)) this.#mendFile(name, dials)
  }

  /** Does one thing that hc leaves to its operator; false: there is none. */
  mend(): boolean {
    const { operator } = this.#doors
    if (operator.isBusy) return true
    const records = readable(operator.control.disk.content.records)
    if (!records) return false
    for (const [name, dials] of operator.wanted) {
      const isStuck = isBadInForce(name, records) && !isTakenBack(name, records)
      if (isStuck && isBad(dials)) this.#mendFile(name, dials)
      if (isStuck) this.#mended = true
    }
    if (this.#mended) {
      this.#mended = false
      operator.apply(false)
      return true
    }
    return retryGivenUp(operator, this.#doors.hosts)
  }

  /** Sentences for what is not well although all runs as the store says. */
  divergence(): readonly string[] {
    const { hosts, ailments, operator } = this.#doors
    const records = readable(operator.control.disk.content.records)
    if (!records) return []
    const bad = LIFE_NAMES.filter((name) => isBadInForce(name, records))
    const unsound = [...hosts.values()].flatMap((host) =>
      [...host.running().keys()].filter(
        (unit) => isWanted(slotOfUnit(unit) ?? '', records) && !ailments.isSound(host, unit),
      ),
    )
    return [
      ...bad.map((name) => `a bad version of ${name} is in force`),
      ...unsound.map((unit) => `${unit} is not well`),
    ]
  }

  #mendFile(name: JobName, dials: JobDials): void {
    const { operator, story } = this.#doors
    story.tell('operator', `mends the file of ${name}`)
    operator.wanted.set(name, { ...dials, edition: dials.edition + 1, grade: 'good' })
    this.#mended = true
  }
}

function isBad({ grade = 'good' }: JobDials): boolean {
  return grade !== 'good'
}

/** `slow` gets well by itself where it is let. */
function isBadInForce(name: JobName, { jobs }: Records): boolean {
  const applied = jobs[name]
  if (!applied || applied.stopped) return false
  const grade = gradeOfJob(applied.job)
  // Nobody asks how it is.
  if (applied.job.health === null) return grade === 'crash'
  return grade !== 'good'
}

/** Will hc go back from it by itself? */
function isTakenBack(name: JobName, { jobs, versions }: Records): boolean {
  const applied = jobs[name]
  const kept = versions?.[name] ?? []
  const present = kept.find(({ version }) => version === applied?.version)
  if (!applied?.job.update.autoRevert || !present || present.revertOf !== undefined) return false
  return present.healthyAt === null && lastHealthy(kept, applied.version) !== null
}

function isWanted(slot: SlotName, { jobs }: Records): boolean {
  const applied = jobs[jobOfSlot(slot)]
  if (!applied || applied.stopped || !LIFE_NAMES.includes(applied.job.name)) return false
  return Array.from({ length: applied.job.count }, (_, place) => slotName(applied.job.name, place)).includes(slot)
}
