// Runs of batch and cron jobs, as their hosts write them down.
import type { HostName, Millis, SlotName } from './names.js'

/** Whose run it was. */
export interface RunTag {
  readonly placement: number
  readonly generation: number
  readonly version: number
}

/** A run that has ended, or was cut off. */
export interface RunFacts {
  /** ms since 1970 by the host's clock, whole seconds; null: not written down. */
  readonly startMs: Millis | null
  readonly endMs: Millis | null
  /**
   * systemd's (`success`, `exit-code`, `signal`, `timeout`, `oom-kill` ...), or `stopped`: ended on request (by the next run,
   * by hc, by a shutdown), or `lost`: cut off with its host.
   */
  readonly result: string
  /** Of the command; null where a signal ended it, or it was not told. */
  readonly exitCode: number | null
  /** `KILL`; null: none. */
  readonly signal: string | null
  readonly tag: RunTag | null
  /** How often systemd had started it again before, since hc did; absent: not told, as by units of an older program. */
  readonly restarts?: number
}

/** A run that was begun and whose end is not written down. */
export interface OpenRun {
  readonly startMs: Millis | null
  readonly bootId: string
  readonly tag: RunTag | null
}

/** What a host says of the runs of one slot. */
export interface SlotRuns {
  readonly open: OpenRun | null
  readonly last: RunFacts | null
}

/** One run of `hc job show`. */
export interface RunView {
  readonly slot: SlotName
  readonly host: HostName
  /** RFC 3339 UTC; null: not known, or not yet. */
  readonly start: string | null
  readonly end: string | null
  /** See RunFacts; `running`: it goes on. */
  readonly result: string
  readonly exitCode: number | null
  readonly signal: string | null
  readonly version: number | null
}

/** How a run of `hc job run` ended. */
export interface RunEnd {
  readonly slot: SlotName
  readonly host: HostName
  /** See RunFacts. */
  readonly result: string
  /** The command's own; where a signal or a time-out ended it, 1. */
  readonly exitCode: number
  /** A few words. */
  readonly text: string
}

/** `hc job run --json`. */
export interface RunEndView {
  readonly job: string
  /** One of each slot. */
  readonly runs: readonly RunEnd[]
  /** The first that is not 0, else 0. */
  readonly exitCode: number
}
