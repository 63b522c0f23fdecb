// How many columns a text takes on a terminal.
import type { Style } from './style.js'

const PRINTABLE = /^[\x20-\x7e]*$/
const ANSI = /\x1b\[[0-9;]*m/g
const ZERO = /^(?:\p{Mn}|\p{Me}|\p{Cf})$/u
/** East Asian wide and fullwidth ranges and emoji: Unicode Standard Annex 11, in the coarse blocks that matter for names. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u

function widthOf(character: string): number {
  if (ZERO.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}

/** Columns that the text takes; colour codes take none. */
export function width(text: string): number {
  if (PRINTABLE.test(text)) return text.length
  let columns = 0
  for (const character of text.replace(ANSI, '')) columns += widthOf(character)
  return columns
}

/** The text filled up with spaces to `columns`; longer texts stay. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)))
}

/** The text cut to `columns`, its end replaced by an ellipsis. For text without colour codes. */
export function cut(text: string, columns: number, style: Style): string {
  if (width(text) <= columns) return text
  const ellipsis = style.unicode ? '…' : '...'
  const room = columns - ellipsis.length
  if (room <= 0) return ellipsis.slice(0, Math.max(0, columns))
  let taken = 0
  let kept = ''
  for (const character of text) {
    taken += widthOf(character)
    if (taken > room) break
    kept += character
  }
  return kept.trimEnd() + ellipsis
}

/** A word that no line holds is taken apart after its commas: a list of hosts, as in the name of a store. */
function pieces(word: string, room: number): readonly string[] {
  return width(word) <= room ? [word] : word.split(/(?<=,)(?=.)/)
}

/** Words on lines of at most `columns` (null: one line): the first begins with `first`, the others with `rest`. */
export function wrap(text: string, columns: number | null, first = '', rest = first): string[] {
  if (columns === null || width(first + text) <= columns) return [first + text]
  const lines: string[] = []
  let line = first
  let empty = true
  const room = columns - width(rest)
  for (const word of text.split(' ')) {
    for (const [index, piece] of pieces(word, room).entries()) {
      const longer = empty || index > 0 ? line + piece : `${line} ${piece}`
      if (!empty && width(longer) > columns) {
        lines.push(line)
        line = rest + piece
      } else {
        line = longer
      }
      empty = false
    }
  }
  return [...lines, line]
}
