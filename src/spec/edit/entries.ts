// Entries of mappings, put in, taken out and changed in the text itself: block style, flow style and JSON alike.
import { type Alias, isAlias, isMap, isScalar, type Node, type YAMLMap } from 'yaml'
import { allEntries, colonOf, columnOf, type Draft, type EntryNode, entriesOf, isNothing, markOf } from './draft.js'
import { commaAfter, inFlow, isOnItsOwn, ownLines } from './layout.js'
import { cutLines, indentOf, lineEnd, lineKind, lineStart, lineStop, putLines, Refusal, type Splice } from './splice.js'
import { type Context, type Quote, type Typed, writeKey, writeValue } from './words.js'

/** An entry to be written. */
export interface NewEntry {
  readonly name: string
  readonly value: NewValue
}

/** Nothing, a value on one line, or entries. `flow`: `{...}` where lines would do too. */
export type NewValue =
  | null
  | { readonly typed: Typed }
  | { readonly entries: readonly NewEntry[]; readonly flow?: boolean }

/** How things are written inside of a mapping. */
export function contextOf(draft: Draft, map: YAMLMap): Context {
  return draft.json ? 'json' : map.flow === true ? 'flow' : 'block'
}

function renderFlow({ name, value }: NewEntry, context: 'flow' | 'json'): string {
  const key = writeKey(name, context)
  if (value === null) return `${key}: {}`
  if ('typed' in value) return `${key}: ${writeValue(value.typed, context)}`
  return `${key}: ${flowMap(value.entries, context)}`
}

/** `{a: 1, b: 2}` */
export function flowMap(entries: readonly NewEntry[], context: 'flow' | 'json'): string {
  return `{${entries.map((entry) => renderFlow(entry, context)).join(', ')}}`
}

/** The lines of an entry. */
export function renderBlock({ name, value }: NewEntry, indent: number, step: number): readonly string[] {
  const head = `${' '.repeat(indent)}${writeKey(name, 'block')}:`
  if (value === null) return [head]
  if ('typed' in value) return [`${head} ${writeValue(value.typed, 'block')}`]
  if (value.flow === true) return [`${head} ${flowMap(value.entries, 'flow')}`]
  return [head, ...value.entries.flatMap((entry) => renderBlock(entry, indent + step, step))]
}

/** Puts an entry at the end of a mapping. */
export function putIntoMap(draft: Draft, map: YAMLMap, entry: NewEntry): Draft {
  const all = allEntries(draft, map)
  const last = all.at(-1)
  if (map.flow === true) return putIntoFlow(draft, map, last ?? null, entry)
  if (last === undefined) throw new Refusal('an empty mapping without braces can not be edited')
  const first = all[0] ?? last
  const start = lineStart(draft.text, first.at)
  if (draft.text.slice(start, first.at).replace('\ufeff', '').trim() !== '')
    throw new Refusal(
      'the mapping begins on a line with something else',
      'edit it by hand: hc inventory edit',
      first.at,
    )
  const indent = columnOf(draft.text, first.at)
  return draft.with(putLines(draft.text, afterEntry(draft.text, last, indent), renderBlock(entry, indent, draft.step)))
}

// Behind the entry's last line and the comments that are indented deeper than it: they are its own.
function afterEntry(text: string, entry: EntryNode, indent: number): number {
  let at = lineEnd(text, entry.end)
  while (at < text.length && lineKind(text, at) === 'comment' && indentOf(text, at) > indent) at = lineEnd(text, at)
  return at
}

function putIntoFlow(draft: Draft, map: YAMLMap, last: EntryNode | null, entry: NewEntry): Draft {
  const { text } = draft
  const written = renderFlow(entry, draft.json ? 'json' : 'flow')
  const [start = 0] = map.range ?? []
  if (last === null) return draft.with({ from: start + 1, to: start + 1, text: written })
  const comma = commaAfter(text, last.end)
  // `{a: }`: the space behind the colon has to stay there.
  const close = isNothing(last.value) ? gapEnd(text, last.end) : last.end
  const end = comma === null ? close : comma + 1
  if (!isOnItsOwn(draft, last) || lineStart(text, start) === lineStart(text, last.at)) {
    return draft.with({ from: end, to: end, text: comma === null ? `, ${written}` : ` ${written},` })
  }
  const line = `${' '.repeat(columnOf(text, last.at))}${written}${comma === null ? '' : ','}`
  const added = putLines(text, lineEnd(text, end), [line])
  return comma === null ? draft.with({ from: end, to: end, text: ',' }, added) : draft.with(added)
}

/** Puts an entry into what an entry holds: nothing, a mapping, or for sections a single name. */
export function putUnder(draft: Draft, owner: EntryNode, entry: NewEntry): Draft {
  const { value } = owner
  if (isMap(value)) return putIntoMap(draft, value, entry)
  if (isAlias(value)) {
    const hint = 'what an anchor shares is edited where the anchor stands: hc inventory edit'
    throw new Refusal(`"${owner.name}" holds what *${value.source} shares with others`, hint, value.range?.[0])
  }
  if (isScalar(value) && !isNothing(value)) {
    throw new Refusal(
      `"${owner.name}" holds a single value, no mapping`,
      'edit it by hand: hc inventory edit',
      owner.at,
    )
  }
  return putUnderNothing(draft, owner, entry)
}

/** `*small` becomes `{<<: *small, key: value}`: what it shares stays shared. */
export function putOverAlias(draft: Draft, alias: Alias, entry: NewEntry): Draft {
  const [from = 0, to = 0] = alias.range ?? []
  return draft.with({ from, to, text: `{<<: *${alias.source}, ${flowMap([entry], 'flow').slice(1)}` })
}

function putUnderNothing(draft: Draft, owner: EntryNode, entry: NewEntry): Draft {
  const { text } = draft
  const context = contextOf(draft, owner.map)
  const word = wordOf(owner.value)
  if (context !== 'block' || inFlow(draft, owner)) {
    const put = flowMap([entry], context === 'json' ? 'json' : 'flow')
    if (word !== null) return draft.with({ from: word.from, to: word.to, text: put })
    const colon = colonOf(owner) === null ? ':' : ''
    return draft.with({ from: owner.end, to: gapEnd(text, owner.end), text: `${colon} ${put}` })
  }
  if (!isOnItsOwn(draft, owner))
    throw new Refusal(
      `"${owner.name}" shares its line with something else`,
      'edit it by hand: hc inventory edit',
      owner.at,
    )
  const below = lineEnd(text, owner.end)
  const indent = columnOf(text, owner.at)
  const hinted = below < text.length && lineKind(text, below) === 'comment' ? indentOf(text, below) : 0
  const deeper = hinted > indent ? hinted : indent + draft.step
  const lines = renderBlock(entry, deeper, draft.step)
  const gone = word === null ? [] : [{ from: spaceBefore(text, word.from), to: word.to, text: '' }]
  return draft.with(...gone, putLines(text, below, lines))
}

/** Behind the spaces that stand for nothing in front of a comma or brace. */
function gapEnd(text: string, offset: number): number {
  return offset + (/^[ \t]+(?=[,}])/.exec(text.slice(offset, offset + 80))?.[0].length ?? 0)
}

/** The word for nothing (`~`, `null`). */
function wordOf(value: Node | null): { readonly from: number; readonly to: number } | null {
  const [from = 0, to = 0] = value?.range ?? []
  return to > from ? { from, to } : null
}

function spaceBefore(text: string, offset: number): number {
  let at = offset
  while (text[at - 1] === ' ' || text[at - 1] === '\t') at -= 1
  return at
}

/** Takes an entry out, in block style with the comments that are only its own. Throws Refusal. */
export function takeOut(draft: Draft, entry: EntryNode): Draft {
  const used = draft.anchorUsedOutside(entry.at, entry.end)
  if (used !== null) {
    const line = draft.text.slice(0, used.use).split('\n').length
    const hint = `*${used.name} in line ${line} uses it: move it there first, with hc inventory edit`
    throw new Refusal(`"${entry.name}" holds the anchor &${used.name}, which is used elsewhere`, hint, entry.at)
  }
  if (entry.map.flow === true) return draft.with(...takeOutOfFlow(draft, entry))
  if (!isOnItsOwn(draft, entry))
    throw new Refusal(
      `"${entry.name}" shares its line with something else`,
      'edit it by hand: hc inventory edit',
      entry.at,
    )
  const { from, to } = ownLines(draft, entry)
  return draft.with(cutLines(draft.text, from, to))
}

function takeOutOfFlow(draft: Draft, entry: EntryNode): readonly Splice[] {
  const { text } = draft
  const all = allEntries(draft, entry.map)
  const index = all.findIndex(({ at }) => at === entry.at)
  const before = all[index - 1]
  const comma = commaAfter(text, entry.end)
  const alone = isOnItsOwn(draft, entry) && lineStart(text, entry.map.range?.[0] ?? 0) !== lineStart(text, entry.at)
  const splices: Splice[] = []
  const end = comma === null ? entry.end : comma + 1
  if (alone) splices.push({ from: lineStart(text, entry.at), to: lineEnd(text, end), text: '' })
  else if (comma === null) {
    const from = before === undefined ? entry.at : (commaAfter(text, before.end) ?? entry.at)
    // A comment in between belongs to the entry before, and stays.
    const clear = before === undefined || text.slice(from + 1, entry.at).trim() === ''
    const to = isNothing(entry.value) ? gapEnd(text, entry.end) : entry.end
    splices.push({ from: clear ? from : entry.at, to, text: '' })
    if (!clear) splices.push({ from, to: from + 1, text: '' })
  } else {
    const last = all[index + 1] === undefined || lineStop(text, end) === end
    const gap = /^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0
    // At the beginning of a line the indentation stays for what follows.
    const first = text.slice(lineStart(text, entry.at), entry.at).trim() === ''
    const from = last && !first ? spaceBefore(text, entry.at) : entry.at
    splices.push({ from, to: last ? end : end + gap, text: '' })
  }
  if (alone && comma === null && before !== undefined) {
    const at = commaAfter(text, before.end)
    if (at !== null) splices.push({ from: at, to: at + 1, text: '' })
  }
  return splices
}

/** The quotes round a node. */
export function quoteOf(node: Node | null): Quote {
  if (!isScalar(node)) return 'plain'
  return node.type === 'QUOTE_DOUBLE' ? 'double' : node.type === 'QUOTE_SINGLE' ? 'single' : 'plain'
}

/** Gives an entry another key, in the quotes of the old one. */
export function changeKey(draft: Draft, entry: EntryNode, name: string): Draft {
  const [from = 0, to = 0] = entry.key.range ?? []
  return draft.with({ from, to, text: writeKey(name, contextOf(draft, entry.map), quoteOf(entry.key)) })
}

/** Gives an entry another value on one line; a comment behind it stays. */
export function changeValue(draft: Draft, entry: EntryNode, typed: Typed): Draft {
  const { text } = draft
  const colon = colonOf(entry)
  const tag = markOf(entry, 'tag')
  const written = writeValue(typed, contextOf(draft, entry.map), quoteOf(entry.value))
  const from = tag?.at ?? entry.value?.range?.[0] ?? entry.end
  const used = draft.anchorUsedOutside(colon ?? entry.at, entry.end)
  if (used !== null) {
    const line = text.slice(0, used.use).split('\n').length
    const hint = `*${used.name} in line ${line} would change with it: hc inventory edit`
    throw new Refusal(`the value of "${entry.name}" is the anchor &${used.name}`, hint, entry.at)
  }
  if (colon === null) return draft.with({ from: entry.end, to: entry.end, text: `: ${written}` })
  if (entry.value === null || from >= entry.end)
    return draft.with({ from: entry.end, to: gapEnd(text, entry.end), text: ` ${written}` })
  if (lineStart(text, from) === lineStart(text, colon)) return draft.with({ from, to: entry.end, text: written })
  // A value that begins below its key moves up to it.
  const anchor = markOf(entry, 'anchor')
  const behind = anchor === null ? colon + 1 : Math.max(colon + 1, anchor.at + anchor.text.length)
  return draft.with(
    { from: behind, to: behind, text: ` ${written}` },
    { from: lineStop(text, behind), to: entry.end, text: '' },
  )
}

/** A section that names one host or child (`hosts: nuc1`) becomes a mapping of it. */
export function unfoldName(draft: Draft, section: EntryNode): Draft {
  const { value } = section
  const [from = 0, to = 0] = value?.range ?? []
  const key = draft.text.slice(from, to)
  if (section.map.flow === true) return draft.with({ from, to, text: `{${key}: {}}` })
  if (lineStart(draft.text, from) > section.at && !key.includes('\n')) return draft.with({ from: to, to, text: ':' })
  const line = `${' '.repeat(columnOf(draft.text, section.at) + draft.step)}${key}:`
  const cut = { from: spaceBefore(draft.text, from), to, text: '' }
  return draft.with(cut, putLines(draft.text, lineEnd(draft.text, section.end), [line]))
}

/** Takes the value of an entry away and leaves the key. */
export function dropValue(draft: Draft, entry: EntryNode): Draft {
  const [from = 0, to = 0] = entry.value?.range ?? []
  const start = lineStart(draft.text, from)
  if (entry.map.flow !== true && start > entry.at)
    return draft.with(cutLines(draft.text, start, lineEnd(draft.text, to)))
  // `{hosts:}` would be another key: the space stays.
  return draft.with({ from: entry.map.flow === true ? from : spaceBefore(draft.text, from), to, text: '' })
}

/** Most entries of a mapping that hold something hold it in `{}`. */
export function likesFlow(draft: Draft, map: YAMLMap | null): boolean {
  const held = map === null ? [] : entriesOf(draft, map).filter(({ value }) => isMap(value) && value.items.length > 0)
  const flow = held.filter(({ value }) => isMap(value) && value.flow === true)
  return held.length > 0 && flow.length * 2 > held.length
}
