// The process and its terminal, behind one interface, so that commands can be tested without either.

import type { SessionNear } from '../ports.js'

/** A stream that text goes to. */
export interface Output {
  readonly isTTY: boolean
  /** Columns of text; null: not a terminal. */
  readonly columns: number | null
  readonly rows: number | null
  write(text: string): void
}

/** Each on a line of its own. */
export function writeLines(output: Output, lines: readonly string[]): void {
  if (lines.length > 0) output.write(`${lines.join('\n')}\n`)
}

/** Signals that end a command. */
export type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** The terminal or the pipes of the process, lent to a program that somebody talks to. */
export interface NearEnd extends SessionNear {
  /** Gives them back: the terminal is as it was. `lost`: the program was cut off, maybe in the middle of a line or a screen. */
  stop(lost?: boolean): void
}

/** What a command sees of the process that it runs in. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly out: Output
  readonly err: Output
  /** The stream of `err`, for ink. */
  readonly errStream: NodeJS.WriteStream
  readonly inputIsTTY: boolean
  /** Its ends for a program; `pty`: as a terminal. */
  nearEnd(pty: boolean): NearEnd
  /** ms since 1970. */
  now(): number
  /** Asks on stderr and reads one line; null where the input ended or the signal was aborted. */
  ask(question: string, signal: AbortSignal): Promise<string | null>
  /** The same without showing what is typed. */
  askHidden(question: string, signal: AbortSignal): Promise<string | null>
  /** Waits `ms`, or until the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Calls back at each signal that ends a command, until `stop`. */
  onEnd(handler: (signal: EndSignal) => void): { stop(): void }
  /** Calls back once when the reader of stdout has gone away. */
  onReaderGone(handler: () => void): { stop(): void }
  /** The code that the process will end with. */
  setExitCode(code: number): void
  /** Ends the process at once. */
  exit(code: number): void
  /** Ends the process within `ms` even where something was left open. */
  exitWithin(ms: number): void
}

let current: Terminal | null = null

/** Puts another terminal in place of the process's own (tests); null puts that one back. */
export function putTerminal(terminal: Terminal | null): void {
  current = terminal
}

/** The terminal in use. */
export async function terminal(): Promise<Terminal> {
  if (current === null) {
    const { processTerminal } = await import('./process-terminal.js')
    current = processTerminal()
  }
  return current
}
