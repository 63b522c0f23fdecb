// What is read and checked but has no effect yet, in one place: an issue that brings the effect deletes its line.

/** One field or variable without effect. */
export interface Pending {
  /** Keys from the top of the job file; one name for a variable. */
  readonly path: readonly string[]
  /** Only this value is without effect; undefined: whatever is written. */
  readonly value?: string
  /** What happens instead: the end of the sentence `NAME has no effect yet: ...`. */
  readonly instead: string
}

/** Fields of job files. */
export const PENDING_FIELDS: readonly Pending[] = []

/** hc_ variables of the inventory. */
export const PENDING_VARIABLES: readonly Pending[] = []
