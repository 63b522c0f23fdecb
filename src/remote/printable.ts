// What a host printed, made safe to show. Whatever comes from a host is data: it must not steer a terminal.

/** C0, DEL, C1, line and paragraph separators, and the marks that turn the direction of text round. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g
/** Escape sequences as a whole (CSI, OSC, two-character), so that `\e[31m` leaves no `[31m` behind. */
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])/g

/** One line of at most `limit` characters without control characters: for messages that quote a host. */
export function printableLine(text: string, limit = 300): string {
  const line = text.replace(ESCAPES, '').replace(UNSAFE, ' ').replace(/ {2,}/g, ' ').trim()
  return line.length <= limit ? line : `${line.slice(0, limit - 3)}...`
}

/** The same with its spaces and tabs as they are, for lines of a journal: indentation says something there. */
export function printableText(text: string, limit: number): string {
  const line = text
    .replace(ESCAPES, '')
    .split('\t')
    .map((part) => part.replace(UNSAFE, ' '))
    .join('\t')
    .trimEnd()
  return line.length <= limit ? line : `${line.slice(0, limit - 3)}...`
}
