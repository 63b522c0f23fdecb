// Errors that are for the operator. The world's failures are values (Failure), bugs are assertions.

/** Where in a file. */
export interface At {
  readonly file: string
  /** From 1; null: the file as a whole. */
  readonly line: number | null
  readonly column: number | null
}

/** One fault of the operator's input. */
export interface Fault {
  readonly message: string
  readonly at: At | null
  /** The line's text, for people; null where there is none. */
  readonly lineText: string | null
  /** What to do next. */
  readonly hint: string | null
}

/** Closed list of error codes in JSON output. */
export type ErrorCode =
  | 'usage'
  | 'invalid'
  | 'locked'
  | 'store'
  | 'world'
  | 'interrupted'
  | 'not-found'
  | 'not-survived'
  | 'bug'

/** A mistake or a condition that the operator has to mend; carries the exit code of the command. */
export class UserError extends Error {
  readonly code: ErrorCode
  readonly faults: readonly Fault[]
  readonly hint: string | null
  readonly host: string | null
  /** The file or folder that is not there, as it was named or absolute: the command tells which may have been meant. */
  readonly missing: string | null
  readonly exitCode: number

  constructor(
    message: string,
    options: {
      code?: ErrorCode
      faults?: readonly Fault[]
      hint?: string | null
      host?: string | null
      missing?: string | null
      exitCode?: number
    } = {},
  ) {
    super(message)
    this.name = 'UserError'
    this.code = options.code ?? 'invalid'
    this.faults = options.faults ?? []
    this.hint = options.hint ?? null
    this.host = options.host ?? null
    this.missing = options.missing ?? null
    this.exitCode = options.exitCode ?? 2
  }
}

/** Another hc acts at the moment. */
export class LockedError extends UserError {
  constructor(message: string, hint: string | null = null) {
    super(message, { code: 'locked', exitCode: 5, hint })
    this.name = 'LockedError'
  }
}

/** The store was moved elsewhere: nobody goes on with it here. */
export class MovedError extends UserError {
  constructor(message: string, hint: string) {
    super(message, { code: 'store', exitCode: 2, hint })
    this.name = 'MovedError'
  }
}

/** `file:12:3`, or just the file. */
export function formatAt(at: At): string {
  return [at.file, at.line, at.column].filter((part) => part !== null).join(':')
}

/** Stops on a bug before anything is written. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`bug: ${message}`)
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
