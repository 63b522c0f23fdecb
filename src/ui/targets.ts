// Jobs and slots as arguments: `hc job restart web db.0`.
import { byName, type JobName, jobOfSlot, type SlotName } from '../model/names.js'

/** One job, whole or some of its slots. */
export interface Target {
  readonly job: JobName
  /** Empty: the whole job. */
  readonly slots: readonly SlotName[]
}

/** Each job once, in the order in which it was named first; named whole it is whole, whatever slots are named besides. */
export function targetsOf(words: readonly (JobName | SlotName)[]): readonly Target[] {
  return [...new Set(words.map(jobOfSlot))].map((job) => {
    const slots = words.filter((word) => jobOfSlot(word) === job)
    return { job, slots: slots.includes(job) ? [] : [...new Set(slots)].sort(byName) }
  })
}
