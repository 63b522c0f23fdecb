// Lines with colour codes, cut to the terminal.
import type { Style } from '../style.js'
import { width } from '../width.js'

const TOKEN = /\x1b\[[0-9;]*m|[\s\S]/gu
const CODE = /\x1b\[[0-9;]*m/g
const [INVERSE, UPRIGHT] = ['\x1b[7m', '\x1b[27m']

/** The text cut to `columns`, its end replaced by an ellipsis; colour that was on is off at the end. */
export function clip(text: string, columns: number, style: Style): string {
  if (width(text) <= columns) return text
  const ellipsis = style.unicode ? '…' : '...'
  const room = columns - ellipsis.length
  let [taken, kept, over] = [0, '', false]
  for (const token of text.match(TOKEN) ?? []) {
    if (token.startsWith('\x1b')) {
      kept += token
      continue
    }
    if (over) continue
    taken += width(token)
    over = taken > room
    kept += over ? ellipsis.slice(0, Math.max(0, columns)) : token
  }
  return kept
}

/** The text without its colour codes. */
export function bare(text: string): string {
  return text.replace(CODE, '')
}

/** Light on dark turned round; needs no colour. */
export function inverse(text: string): string {
  return text === '' ? '' : `${INVERSE}${text}${UPRIGHT}`
}

/** A plain text without its first `columns`. */
export function shift(text: string, columns: number): string {
  let skipped = 0
  let kept = ''
  for (const character of text) {
    if (skipped < columns) skipped += width(character)
    else kept += character
  }
  return kept
}

/** A plain text on as many lines as it takes, broken anywhere. */
export function fold(text: string, columns: number): string[] {
  const lines: string[] = []
  let [line, taken] = ['', 0]
  for (const character of text) {
    const wide = width(character)
    if (taken + wide > columns && line !== '') {
      lines.push(line)
      line = ''
      taken = 0
    }
    line += character
    taken += wide
  }
  return [...lines, line]
}

/** All places where `needle` stands, upper and lower case alike, turned round. For plain texts. */
export function highlight(text: string, needle: string): string {
  if (needle === '') return text
  const low = text.toLowerCase()
  // Lower case that is longer than its upper case would shift the places.
  if (low.length !== text.length) return text
  const wanted = needle.toLowerCase()
  let [shown, from] = ['', 0]
  for (let at = low.indexOf(wanted); at >= 0; at = low.indexOf(wanted, from)) {
    shown += text.slice(from, at) + inverse(text.slice(at, at + wanted.length))
    from = at + wanted.length
  }
  return shown + text.slice(from)
}
