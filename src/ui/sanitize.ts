// What hosts print is data: nothing of it may steer the terminal.

/** Whole escape sequences: OSC, DCS, APC, PM and SOS up to their end, CSI, and the two-byte ones; in 7-bit and C1 form. */
const SEQUENCES =
  /(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c|(?=\n)|$)|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?/g
/** C0 but tab and newline, DEL, C1; the marks that turn the direction of text round, and line separators. */
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g

/** The text without control characters and escape sequences; newlines stay, tabs become two spaces. */
export function sanitize(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(SEQUENCES, '').replace(CONTROLS, '').replaceAll('\t', '  ')
}

/** The same on one line: newlines become spaces, spaces at the ends go. */
export function sanitizeLine(text: string): string {
  return sanitize(text)
    .replace(/\s*\n\s*/g, ' ')
    .trim()
}

/** Control characters but tab and newline as `\x1b`: for what quotes the person's own words, of which nothing may vanish. */
export function escapeControls(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
