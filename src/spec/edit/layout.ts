// Which lines are an entry's own.
import { allEntries, columnOf, type Draft, type EntryNode } from './draft.js'
import { indentOf, lineEnd, lineKind, lineStart, lineStop } from './splice.js'

/** Nothing else stands on the lines of the entry but comments. */
export function isOnItsOwn(draft: Draft, entry: EntryNode): boolean {
  const { text } = draft
  if (entry.token.start.some(({ type }) => ['anchor', 'tag', 'explicit-key-ind'].includes(type))) return false
  const before = text.slice(lineStart(text, entry.at), entry.at).replace('\ufeff', '')
  if (before.trim() !== '') return false
  const comma = entry.map.flow === true ? commaAfter(text, entry.end) : null
  const behind = comma === null ? entry.end : comma + 1
  return /^\s*(?:#.*)?$/.test(text.slice(behind, lineStop(text, behind)))
}

/** The entry stands inside of braces, at whatever depth: its mapping is one, or its line begins elsewhere. */
export function inFlow(draft: Draft, entry: EntryNode): boolean {
  return entry.map.flow === true || draft.json
}

/**
 * The lines that go with an entry of a block mapping: its own, the comments behind it that are indented deeper, and the
 * comments directly above it in its own column, these only where they can mean nothing else: behind the entry comes an
 * empty line, another comment, or the end of the mapping.
 */
export function ownLines(draft: Draft, entry: EntryNode): { readonly from: number; readonly to: number } {
  const { text } = draft
  const indent = columnOf(text, entry.at)
  let to = lineEnd(text, entry.end)
  while (to < text.length && lineKind(text, to) === 'comment' && indentOf(text, to) > indent) to = lineEnd(text, to)
  const start = lineStart(text, entry.at)
  const ends = to >= text.length || lineKind(text, to) !== 'content' || indentOf(text, to) < indent
  const mark = text.startsWith('\ufeff') ? 1 : 0
  if (!ends) return { from: Math.max(start, mark), to }
  const all = allEntries(draft, entry.map)
  const before = all[all.findIndex(({ at }) => at === entry.at) - 1]
  // Never into what stands before: a line of a longer text may look like a comment.
  const bound = before === undefined ? lineEndOfOwner(text, draft, entry) : lineEnd(text, before.end)
  let from = start
  while (from > bound) {
    const above = lineStart(text, from - 1)
    if (lineKind(text, above) !== 'comment' || indentOf(text, above) !== indent) break
    from = above
  }
  return { from: Math.max(from, bound, mark), to }
}

// The first entry of a mapping: what stands between it and its owner's line is white space and comments.
function lineEndOfOwner(text: string, draft: Draft, entry: EntryNode): number {
  if (entry.map === draft.top) return 0
  let at = lineStart(text, entry.at)
  while (at > 0 && lineKind(text, lineStart(text, at - 1)) !== 'content') at = lineStart(text, at - 1)
  return at
}

/** The comma that ends an entry of a flow mapping, comments passed over; null where it is the last without one. */
export function commaAfter(text: string, offset: number): number | null {
  for (let at = offset; at < text.length; at += 1) {
    const letter = text[at] ?? ''
    if (letter === ',') return at
    if (letter === '#') at = lineStop(text, at)
    else if (letter.trim() !== '') return null
  }
  return null
}
