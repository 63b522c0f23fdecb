// A screen that is drawn again and again in place, without an alternate screen: the last one stays.
import type { Output } from './terminal.js'
import { wrap } from './width.js'

const [HOME, CLEAR_LINE, CLEAR_BELOW, CLEAR] = ['\x1b[H', '\x1b[K', '\x1b[J', '\x1b[2J']

/** Shows lines in place of those before. Where no terminal is, they follow each other, apart by an empty line. */
export function watchScreen(out: Output): (lines: readonly string[]) => void {
  let first = true
  return (lines) => {
    const begin = first
    first = false
    if (!out.isTTY) return out.write(`${begin ? '' : '\n'}${lines.join('\n')}\n`)
    const rows = out.rows ?? 24
    const fitting = lines.flatMap((line) => wrap(line, out.columns)).slice(0, Math.max(1, rows - 2))
    const left = lines.length - fitting.length
    const rest = left > 0 ? [`(${left} more lines: make the window higher, or name a job or a host)`] : []
    const body = [...fitting, ...rest].map((line) => `${line}${CLEAR_LINE}\n`).join('')
    out.write(`${begin ? CLEAR : ''}${HOME}${body}${CLEAR_BELOW}`)
  }
}
