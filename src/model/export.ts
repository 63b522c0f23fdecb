// What `hc export` tells: the files that were made, and what of the jobs has no counterpart or means something else there.
import type { JobName } from './names.js'

/** One thing that a person has to know of a job that was exported. */
export interface ExportRemark {
  /** `left-out`: has no counterpart and is not in the file; `differs`: it is, and means something else there, or needs something besides. */
  readonly kind: 'left-out' | 'differs'
  readonly job: JobName
  /** The field of the job file: `update.order`. */
  readonly key: string
  /** What is so. */
  readonly text: string
  /** What to do instead; null: nothing need be done. */
  readonly hint: string | null
}

/** One job for Nomad. */
export interface ExportedJob {
  readonly name: JobName
  /** As `nomad job run -json` takes it. */
  readonly nomad: { readonly Job: object }
  /** The file that was written, absolute; null: it was printed. */
  readonly file: string | null
}

/** What `hc export nomad` prints with --json. */
export interface ExportView {
  readonly jobs: readonly ExportedJob[]
  readonly remarks: readonly ExportRemark[]
}
