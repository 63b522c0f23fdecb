// The commands as the build has written them down: oclif's manifest, as far as completion needs it.

/** An argument of a command, in its place. */
export interface ArgumentRow {
  readonly options?: readonly string[]
  readonly multiple?: boolean
}

/** A flag of a command. */
export interface FlagRow {
  readonly type: 'boolean' | 'option'
  readonly char?: string
  readonly description?: string
  readonly options?: readonly string[]
  readonly helpValue?: string
  readonly multiple?: boolean
  readonly hidden?: boolean
  readonly exclusive?: readonly string[]
}

/** A command. */
export interface CommandRow {
  readonly summary?: string
  readonly hidden?: boolean
  /** False: words beyond its arguments are taken too. */
  readonly strict?: boolean
  readonly args: Readonly<Record<string, ArgumentRow>>
  readonly flags: Readonly<Record<string, FlagRow>>
}

/** All of them, ids apart by colons, and what the topics are about. */
export interface CommandTable {
  readonly commands: Readonly<Record<string, CommandRow>>
  readonly topics: Readonly<Record<string, { readonly description: string }>>
}
