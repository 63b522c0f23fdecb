// What `hc import` tells: the jobs that were made, and what of the source has no counterpart or means something else.
import type { At } from './errors.js'
import type { JobName } from './names.js'

/** `left-out`: has no counterpart and is not in the job; `differs`: it is, and means something else there. */
export type ImportRemarkKind = 'left-out' | 'differs'

/** One thing that a person has to know of what was imported. */
export interface ImportRemark {
  readonly kind: ImportRemarkKind
  /** The service, or null: of the project as a whole. */
  readonly service: string | null
  /** As a path: `deploy.resources.limits.pids`. */
  readonly key: string
  readonly at: At
  /** What is so. */
  readonly text: string
  /** What to do instead; null: nothing need be done. */
  readonly hint: string | null
}

/** One job that was made. */
export interface ImportedJob {
  readonly name: JobName
  readonly service: string
  /** The job file, as it is named to the person. */
  readonly file: string
}

/** What `hc import compose` prints with --json. */
export interface ImportView {
  readonly project: string
  /** Absolute folder of the job files. */
  readonly folder: string
  /** False with --dry-run. */
  readonly written: boolean
  readonly jobs: readonly ImportedJob[]
  /** All files, also those that jobs bring to their hosts; absolute. */
  readonly files: readonly string[]
  readonly remarks: readonly ImportRemark[]
}

/** With the texts of the files, for those that look before they write. */
export interface ImportedFile {
  /** Absolute. */
  readonly path: string
  readonly text: string
}
