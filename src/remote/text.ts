// Reading what a host printed: words, numbers, failures.
import type { Failure, FailureKind } from '../model/observation.js'
import { printableLine } from './printable.js'

/** Longest message that is taken over from a host, characters. */
export const MESSAGE_LIMIT = 600

/** The first word, and the rest of the line. */
export function headOf(line: string): readonly [head: string, rest: string] {
  const space = line.indexOf(' ')
  return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)]
}

/** The lines between that which begins an answer and that which ends it; null: it was cut. */
export function linesBetween(output: string, head: string, end: string): readonly string[] | null {
  const lines = output.split('\n')
  const [from, to] = [lines.indexOf(head), lines.indexOf(end)]
  return from < 0 || to < from ? null : lines.slice(from + 1, to)
}

/** What stands behind a first word, line by line. */
export function behind(lines: readonly string[], word: string): readonly string[] {
  return lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))
}

/** A whole number of at most 2^53 - 1, or null. */
export function wholeNumber(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return null
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : null
}

/** Nanoseconds, of up to 300 years, or null: what systemd prints for an amount that it does not know has 20 digits. */
export function nanoseconds(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,19}$/.test(text) ? Number(text) : null
}

/** A failure of the world. */
export function failure(kind: FailureKind, message: string, hint: string | null = null): Failure {
  return { kind, message: printableLine(message, MESSAGE_LIMIT), hint }
}
