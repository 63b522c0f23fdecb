// Errors for the person: what happened, where, the line with a mark under the place, and what to do next.
import { type Fault, formatAt, type UserError } from '../model/errors.js'
import { escapeControls, sanitize, sanitizeLine } from './sanitize.js'
import { type Canvas, sentence } from './view.js'
import { width } from './width.js'

/** Columns of a line's text that are shown; the part round the place is kept. */
const SHOWN = 100

const MARK = 'error:'

/** The lines of an error. */
export function errorLines(error: UserError, canvas: Canvas): string[] {
  const only = error.faults.length === 1 ? error.faults[0] : undefined
  const host = error.host === null ? '' : `${error.host}: `
  const head =
    only?.message === error.message ? [] : sentence(`${MARK} ${host}${escapeControls(error.message)}`, canvas)
  return [
    ...marked(head, canvas),
    ...error.faults.flatMap((fault, index) => faultLines(fault, canvas, head.length === 0 && index === 0)),
    ...hintLines(error.hint, canvas, ''),
  ]
}

/** One fault; `first` marks it as the error itself where no sentence stands above it. */
export function faultLines(fault: Fault, canvas: Canvas, first = false): string[] {
  const where = fault.at === null ? '' : `${canvas.style.paint('bold', sanitizeLine(formatAt(fault.at)))}: `
  const head = `${where}${sanitizeLine(fault.message)}`
  return [
    ...(first ? marked([`${MARK} ${head}`], canvas) : [head]),
    ...sourceLines(fault, canvas),
    ...hintLines(fault.hint, canvas, '  '),
  ]
}

/** Paints the mark that the first line begins with. */
function marked(lines: readonly string[], canvas: Canvas): string[] {
  return lines.map((line, index) => (index === 0 ? canvas.style.paint('bad', MARK) + line.slice(MARK.length) : line))
}

function hintLines(hint: string | null, canvas: Canvas, indent: string): string[] {
  return hint === null ? [] : sentence(`hint: ${hint}`, canvas, indent, 'dim')
}

/** The line of the file, and below it a mark at the column. */
function sourceLines(fault: Fault, canvas: Canvas): string[] {
  const line = fault.at?.line ?? null
  if (fault.lineText === null || line === null) return []
  const column = fault.at?.column ?? null
  const start = column === null ? 0 : Math.max(0, Math.min(column - 1, fault.lineText.length) - SHOWN / 2)
  const text = sanitize(fault.lineText.slice(start, start + SHOWN)).trimEnd()
  const gutter = `  ${line} | `
  const source = canvas.style.paint('dim', gutter) + text
  if (column === null) return [source]
  const before = sanitize(fault.lineText.slice(start, column - 1))
  return [source, ' '.repeat(gutter.length + width(before)) + canvas.style.paint('bad', '^')]
}
