// What every check between fields needs: what was written, and a fault at the field to change.
import type { Job } from '../model/job.js'
import type { Report } from './source.js'
import { type Value, written } from './value.js'

/** One check of a whole job. `top` is the file's mapping. */
export type Check = (job: Job, top: Value, report: Report) => void

/** True where a field was written. */
export function has(top: Value, ...path: readonly string[]): boolean {
  return written(top, ...path) !== null
}

/** A fault at a field; where it is not written, at the top of the file. */
export function at(
  top: Value,
  report: Report,
  path: readonly string[],
  message: string,
  hint: string | null = null,
): void {
  report.add((written(top, ...path) ?? top).place, message, hint)
}
