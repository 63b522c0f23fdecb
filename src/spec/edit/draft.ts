// A YAML text with its nodes and where each of them stands: what edits are made on. After each edit it is parsed anew.
import {
  type CST,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml'
import { Refusal, type Splice, splice } from './splice.js'

/** One key of a mapping in the text. */
export interface EntryNode {
  readonly map: YAMLMap
  readonly key: Scalar
  /** As it is meant, without quotes. */
  readonly name: string
  /** null: nothing is written. An alias is not resolved. */
  readonly value: Node | null
  readonly token: CST.CollectionItem
  /** Offset of the key. */
  readonly at: number
  /** Offset behind the last character that belongs to it: not its comments. */
  readonly end: number
}

const STEPS = 2

/** A text that can be edited. */
export class Draft {
  readonly text: string
  readonly document: Document.Parsed
  /** The top mapping; null where the text holds nothing. */
  readonly top: YAMLMap | null
  /** JSON in all but name: keys and texts are put into double quotes. */
  readonly json: boolean

  /** Throws Refusal where the text is no YAML mapping. */
  constructor(text: string) {
    this.text = text
    this.document = parseDocument(text, {
      schema: 'failsafe',
      prettyErrors: false,
      uniqueKeys: false,
      strict: true,
      logLevel: 'error',
      keepSourceTokens: true,
    })
    const error = this.document.errors[0]
    if (error !== undefined) throw new Refusal(`this is not YAML: ${error.message}`, null, error.pos[0])
    const { contents } = this.document
    this.top = isMap(contents) ? contents : null
    if (this.top === null && !isNothing(contents))
      throw new Refusal('the file is no mapping', null, contents?.range?.[0])
    const first = this.top?.items[0]?.key
    this.json = this.top?.flow === true && isScalar(first) && first.type === 'QUOTE_DOUBLE'
  }

  /** The text with the splices done. */
  with(...splices: readonly Splice[]): Draft {
    try {
      return new Draft(splice(this.text, splices))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const at = splices[0]?.from ?? null
      throw new Refusal(
        'nothing was changed: with this edit the text would be no YAML',
        'edit it by hand: hc inventory edit',
        at,
      )
    }
  }

  /** What an alias stands for; other nodes are themselves. */
  resolve(node: Node | null): Node | null {
    return isAlias(node) ? (node.resolve(this.document) ?? null) : node
  }

  /** An anchor that stands between two offsets and is used outside of them, with the offset of such a use; null: none. */
  anchorUsedOutside(from: number, to: number): { readonly name: string; readonly use: number } | null {
    const inside = this.anchors.filter(({ at }) => at >= from && at < to).map(({ name }) => name)
    let found: { name: string; use: number } | null = null
    visit(this.document, {
      Alias: (_, { source, range }) => {
        const use = range?.[0] ?? 0
        if (found === null && inside.includes(source) && (use < from || use >= to)) found = { name: source, use }
      },
    })
    return found
  }

  /** An anchor stands between two offsets. */
  hasAnchors(from: number, to: number): boolean {
    return this.anchors.some(({ at }) => at >= from && at < to)
  }

  /** All anchors, where their `&` stands: that of a mapping stands before what it names. */
  private get anchors(): readonly { readonly name: string; readonly at: number }[] {
    const found: { name: string; at: number }[] = []
    const walk = (token: CST.Token | null | undefined): void => {
      if (!token || !('items' in token)) return
      for (const item of token.items) {
        for (const mark of [...item.start, ...(item.sep ?? [])])
          if (mark.type === 'anchor') found.push({ name: mark.source.slice(1), at: mark.offset })
        walk(item.key)
        walk(item.value)
      }
    }
    walk(this.document.contents?.srcToken)
    return found
  }

  /** The file's own step of indentation. */
  get step(): number {
    const counts = new Map<number, number>()
    visit(this.document, {
      Pair: (_, pair) => {
        const { key, value } = pair
        if (!isScalar(key) || !isMap(value) || value.flow === true) return
        const first = value.items[0]?.key
        if (!isScalar(first)) return
        const by = columnOf(this.text, first.range?.[0] ?? 0) - columnOf(this.text, key.range?.[0] ?? 0)
        if (by > 0) counts.set(by, (counts.get(by) ?? 0) + 1)
      },
    })
    const [most] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])
    return most?.[0] ?? STEPS
  }
}

/** Column from 0. */
export function columnOf(text: string, offset: number): number {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  return offset - start - (start === 0 && text.startsWith('\ufeff') ? 1 : 0)
}

/** Nothing is written there, or a word for it. */
export function isNothing(node: Node | null | undefined): boolean {
  if (node === null || node === undefined) return true
  if (!isScalar(node) || (node.type !== 'PLAIN' && node.type !== undefined) || node.tag !== undefined) return false
  return ['', '~', 'null', 'Null', 'NULL'].includes(String(node.value ?? ''))
}

/** The keys of a mapping in the order of the text, those that stand twice included; `<<` is left out. */
export function entriesOf(draft: Draft, map: YAMLMap): readonly EntryNode[] {
  return allEntries(draft, map).filter((entry) => !isMerge(entry))
}

/** The value that counts: of a key that stands twice the last one. */
export function entryOf(draft: Draft, map: YAMLMap | null, name: string): EntryNode | null {
  return map === null ? null : (entriesOf(draft, map).findLast((entry) => entry.name === name) ?? null)
}

/** All keys, `<<` included. */
export function allEntries(draft: Draft, map: YAMLMap): readonly EntryNode[] {
  return map.items.flatMap((pair) => {
    const { key, srcToken } = pair
    if (!isScalar(key) || srcToken === undefined) return []
    const value = nodeOf(pair)
    return [
      {
        map,
        key,
        name: String(key.value ?? ''),
        value,
        token: srcToken,
        at: key.range?.[0] ?? 0,
        end: contentEnd(draft.text, pair),
      },
    ]
  })
}

function isMerge({ key }: EntryNode): boolean {
  return key.type === 'PLAIN' && key.value === '<<'
}

/** The mappings that `<<` brings into a mapping, the one that wins first. */
export function mergedInto(draft: Draft, map: YAMLMap): readonly YAMLMap[] {
  return allEntries(draft, map)
    .filter(isMerge)
    .flatMap(({ value }) => {
      const node = draft.resolve(value)
      const parts = isSeq(node) ? node.items.map((item) => draft.resolve(asNode(item))) : [node]
      return parts.filter((part) => isMap(part))
    })
}

function asNode(item: unknown): Node | null {
  return isScalar(item) || isMap(item) || isSeq(item) || isAlias(item) ? item : null
}

function nodeOf(pair: Pair): Node | null {
  return asNode(pair.value)
}

function contentEnd(text: string, pair: Pair): number {
  const key = asNode(pair.key)
  const value = nodeOf(pair)
  const before = Math.max(key?.range?.[1] ?? 0, endOfMarks(pair.srcToken))
  const [from = 0, to = 0] = value?.range ?? []
  // Where nothing is written, its place is behind the spaces, which are not the entry's.
  return value === null || from === to ? before : Math.max(before, nodeEnd(text, value))
}

/** Colon, anchor and tag. */
function endOfMarks(token: CST.CollectionItem | undefined): number {
  const marks = (token?.sep ?? []).filter(({ type }) => ['map-value-ind', 'anchor', 'tag'].includes(type))
  return Math.max(0, ...marks.map((mark) => mark.offset + mark.source.length))
}

function nodeEnd(text: string, node: Node): number {
  const [start = 0, end = 0] = node.range ?? []
  if (isCollection(node) && node.flow !== true) {
    const last = node.items.at(-1)
    if (last === undefined) return end
    const inside = isPair(last) ? contentEnd(text, last) : itemEnd(text, last)
    return inside > 0 ? inside : start + text.slice(start, end).trimEnd().length
  }
  if (!isScalar(node) || (node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED')) return end
  const header = text.slice(start, text.indexOf('\n', start) + 1)
  // The empty lines behind a text belong to it only where `+` keeps them.
  const stop = /^[|>][0-9]*\+/.test(header) ? end : start + text.slice(start, end).trimEnd().length
  return text[stop - 1] === '\n' ? stop - (text[stop - 2] === '\r' ? 2 : 1) : stop
}

function itemEnd(text: string, item: unknown): number {
  const node = asNode(item)
  return node === null ? 0 : nodeEnd(text, node)
}

/** Offset of the colon behind a key; null where there is none. */
export function colonOf({ token }: EntryNode): number | null {
  return token.sep?.find(({ type }) => type === 'map-value-ind')?.offset ?? null
}

/** The anchor or tag in front of a value. */
export function markOf(
  { token }: EntryNode,
  type: 'anchor' | 'tag',
): { readonly at: number; readonly text: string } | null {
  const found = token.sep?.find((each) => each.type === type)
  return found === undefined ? null : { at: found.offset, text: found.source }
}
