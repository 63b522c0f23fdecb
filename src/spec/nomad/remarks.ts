// What a person has to know of a job that is exported, collected.
import type { ExportRemark } from '../../model/export.js'
import type { JobName } from '../../model/names.js'
import type { NomadBlock, NomadValue } from './structs.js'

/** Collects the remarks of one job. */
export class Remarks {
  readonly #list: ExportRemark[] = []

  constructor(private readonly job: JobName) {}

  /** Has no counterpart. */
  leftOut(key: string, text: string, hint: string | null = null): void {
    this.#list.push({ kind: 'left-out', job: this.job, key, text, hint })
  }

  /** Is there, and means something else, or needs something besides. */
  differs(key: string, text: string, hint: string | null = null): void {
    this.#list.push({ kind: 'differs', job: this.job, key, text, hint })
  }

  /** All, in the order in which they were found. */
  get all(): readonly ExportRemark[] {
    return this.#list
  }
}

/** A block without what is undefined, and without empty lists and maps. */
export function block(fields: Readonly<Record<string, NomadValue | undefined>>): NomadBlock {
  const kept: Record<string, NomadValue> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || (typeof value === 'object' && Object.keys(value).length === 0)) continue
    kept[name] = value
  }
  return kept
}

/** Milliseconds as Go's time.Duration. */
export function nanoseconds(millis: number): number {
  return Math.round(millis * 1e6)
}
