// A screen that is drawn again and again in place, without an alternate screen: the last one stays.
import { sanitizeLine } from './sanitize.js'
import type { Output } from './terminal.js'
import type { Canvas } from './view.js'
import { wrap } from './width.js'

const [HOME, CLEAR_LINE, CLEAR_BELOW, CLEAR] = ['\x1b[H', '\x1b[K', '\x1b[J', '\x1b[2J']

/** Such a screen. */
export interface WatchScreen {
  /**
   * Shows lines in place of those before. Where no terminal is, they follow each other, apart by an empty line. `height`: rows
   * that there is room for; null: without bound.
   */
  show(lines: (height: number | null) => readonly string[]): void
  /** On a terminal: a warning above the lines until it is null. */
  warn(text: string | null, canvas: Canvas): void
}

/** The screen on an output. */
export function watchScreen(out: Output): WatchScreen {
  let first = true
  let shown: (height: number | null) => readonly string[] = () => []
  let above: readonly string[] = []
  const draw = () => {
    const begin = first
    first = false
    if (!out.isTTY) return out.write(`${begin ? '' : '\n'}${shown(null).join('\n')}\n`)
    const height = Math.max(1, (out.rows ?? 24) - 2)
    const top = above.flatMap((line) => wrap(line, out.columns))
    const all = [...top, ...shown(Math.max(1, height - top.length)).flatMap((line) => wrap(line, out.columns))]
    const fitting = all.slice(0, height)
    const left = all.length - fitting.length
    const rest = left > 0 ? [`(${left} more lines: make the window higher, or name a job or a host)`] : []
    const body = [...fitting, ...rest].map((line) => `${line}${CLEAR_LINE}\n`).join('')
    out.write(`${begin ? CLEAR : ''}${HOME}${body}${CLEAR_BELOW}`)
  }
  return {
    show: (lines) => {
      shown = lines
      draw()
    },
    warn: (text, { style }) => {
      above = text === null ? [] : [`${style.paint('warn', 'warning:')} ${sanitizeLine(text)}`, '']
      draw()
    },
  }
}
