// Changes of a text by offset, and where its lines begin and end. Everything outside of a splice stays as it is.

/** Text from `from` up to `to` is replaced. */
export interface Splice {
  readonly from: number
  readonly to: number
  readonly text: string
}

/** What an edit can't or must not do, as a sentence. `offset` is of the text that was to be edited. */
export class Refusal extends Error {
  readonly hint: string | null
  readonly offset: number | null
  constructor(message: string, hint: string | null = null, offset: number | null = null) {
    super(message)
    this.hint = hint
    this.offset = offset
  }
}

/** The text with all splices done; they do not overlap. */
export function splice(text: string, splices: readonly Splice[]): string {
  let result = text
  for (const { from, to, text: put } of [...splices].sort((a, b) => b.from - a.from || b.to - a.to)) {
    result = result.slice(0, from) + put + result.slice(to)
  }
  return result
}

/** Offset of the first character of the line that the offset is in. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1
}

/** Offset behind the line break of the line that the offset is in; the end of the text where there is none. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf('\n', offset)
  return at < 0 ? text.length : at + 1
}

/** Offset of the line's end without its line break. */
export function lineStop(text: string, offset: number): number {
  const at = text.indexOf('\n', offset)
  if (at < 0) return text.length
  return at > offset && text[at - 1] === '\r' ? at - 1 : at
}

/** The line break in use round an offset. */
export function breakAt(text: string, offset: number): string {
  const before = text.lastIndexOf('\n', offset - 1)
  const at = before < 0 ? text.indexOf('\n', offset) : before
  return at > 0 && text[at - 1] === '\r' ? '\r\n' : '\n'
}

/** Columns of white space at the beginning of the line that begins at `start`. */
export function indentOf(text: string, start: number): number {
  let at = start
  while (text[at] === ' ' || text[at] === '\t' || (at === 0 && text[at] === '\ufeff')) at += 1
  return at - start - (start === 0 && text.startsWith('\ufeff') ? 1 : 0)
}

/** What the line that begins at `start` holds. */
export function lineKind(text: string, start: number): 'blank' | 'comment' | 'content' {
  const line = text.slice(start, lineStop(text, start)).trim()
  if (line === '') return 'blank'
  return line.startsWith('#') ? 'comment' : 'content'
}

/** Puts whole lines at the beginning of a line, or behind a last line without a line break, which stays without one. */
export function putLines(text: string, at: number, lines: readonly string[]): Splice {
  const eol = breakAt(text, at)
  const open = at === text.length && text.length > 0 && !text.endsWith('\n') && text !== '\ufeff'
  const put = open ? `${eol}${lines.join(eol)}` : lines.map((line) => line + eol).join('')
  return { from: at, to: at, text: put }
}

/** Takes whole lines away; a text without a line break at its end stays without one, and empty lines before it go too. */
export function cutLines(text: string, from: number, to: number): Splice {
  let start = from
  if (to === text.length && !text.endsWith('\n')) while (text[start - 1] === '\n') start -= breakAt(text, start).length
  return { from: start, to, text: '' }
}
