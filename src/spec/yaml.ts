// YAML text -> Value, with every fault of the syntax at its place. Words are resolved here and not by the yaml package,
// because Ansible's YAML 1.1 is PyYAML's, which differs from the package's own.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
  type YAMLParseError,
  type YAMLSeq,
} from 'yaml'
import { numberText } from './python-text.js'
import { type Dialect, resolvePlain } from './scalars.js'
import { type Place, Report, Source } from './source.js'
import type { Entry, ScalarValue, Value } from './value.js'
import { reportStrict } from './yaml-strict.js'

/** How a text is to be read. */
export interface ReadOptions {
  readonly dialect: Dialect
  /** A key that stands twice: a fault, or (as Ansible does) a warning, and the last one counts. */
  readonly duplicates: 'fault' | 'last'
  /** `<<` merges also where the dialect knows no merge keys, as Compose has it. */
  readonly merges?: true
}

/** Values that one text may gain by its aliases: far above real use, far below a bomb. */
const MAX_ALIASED = 100_000
const MAX_CHARACTERS = 16 * 1024 * 1024
const YAML_TAG = 'tag:yaml.org,2002:'

const PLAINER: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'the file holds more than one YAML document: keep one, in a file of its own',
  TAB_AS_INDENT: 'tabs cannot indent in YAML: use spaces',
}

function plainer({ code, message }: YAMLParseError): string | undefined {
  if (code === 'MISSING_CHAR' && message.startsWith('Implicit map keys'))
    return 'this is not YAML: a colon is missing, as in "name: value"'
  return PLAINER[code]
}

class Reader {
  private aliased = 0
  private aliasDepth = 0
  private unsafeDepth = 0
  private readonly open = new Set<Node>()

  constructor(
    private readonly source: Source,
    private readonly document: Document.Parsed,
    private readonly options: ReadOptions,
    /** That of the options, or JSON's where the text is JSON. */
    private readonly dialect: Dialect,
    private readonly report: Report,
    private readonly warnings: string[],
  ) {}

  place(node: { readonly range?: readonly number[] | null | undefined } | null): Place {
    return { source: this.source, offset: node?.range?.[0] ?? 0 }
  }

  read(node: Node | null, around: Place): Value {
    const place = node?.range ? this.place(node) : around
    const nothing: Value = { kind: 'scalar', value: null, text: '', place }
    if (node === null) return nothing
    if (isAlias(node)) return this.readAlias(node, place) ?? nothing
    if (this.aliasDepth > 0 && ++this.aliased > MAX_ALIASED) {
      if (this.aliased === MAX_ALIASED + 1)
        this.report.add(place, 'the aliases of this file unfold to far too many values')
      return nothing
    }
    if (isScalar(node)) return this.readScalar(node, place)
    return isSeq(node) || isMap(node) ? this.readCollection(node, place) : nothing
  }

  private readCollection(node: YAMLSeq | YAMLMap, place: Place): Value {
    this.checkTag(node, `${YAML_TAG}${isSeq(node) ? 'seq' : 'map'}`, place)
    const unsafe = node.tag === '!unsafe' ? 1 : 0
    this.unsafeDepth += unsafe
    const value: Value = isSeq(node)
      ? { kind: 'list', items: node.items.map((item) => this.read(asNode(item), place)), place }
      : this.readMap(node.items, place)
    this.unsafeDepth -= unsafe
    return value
  }

  private readAlias(node: Node, place: Place): Value | null {
    const target = isAlias(node) ? node.resolve(this.document) : undefined
    if (target === undefined) {
      this.report.add(place, 'this alias names no anchor above it')
      return null
    }
    if (this.open.has(target)) {
      this.report.add(place, 'this alias stands inside of what it names')
      return null
    }
    this.open.add(target)
    this.aliasDepth += 1
    const value = this.read(target, place)
    this.aliasDepth -= 1
    this.open.delete(target)
    return value
  }

  private readScalar(node: Scalar, place: Place): Value {
    const text = typeof node.value === 'string' ? node.value : String(node.value ?? '')
    const tag = node.tag ?? ''
    if (tag === '!vault' || tag === '!vault-encrypted')
      return { kind: 'opaque', tag: '!vault', text, json: { __ansible_vault: text }, place }
    const plain = node.type === 'PLAIN' || node.type === undefined
    if (tag === '!unsafe') return this.unsafe(resolvePlain(text, this.dialect), text, place)
    const old = this.options.dialect === 'yaml-1.1'
    if (tag === '' || tag === '?' || (old && tag === '!')) {
      if (plain && text === '=' && this.dialect === 'yaml-1.1')
        this.report.add(place, 'a "=" alone is no value in YAML 1.1', 'put it in quotes')
      const empty = tag === '!' && text === ''
      const value = plain && !empty ? resolvePlain(text, this.dialect) : text
      return this.unsafeDepth > 0 ? this.unsafe(value, text, place) : { kind: 'scalar', value, text, place }
    }
    if (tag === `${YAML_TAG}str` || tag === '!') return { kind: 'scalar', value: text, text, place }
    const resolved = resolvePlain(text, this.dialect)
    const kinds: Readonly<Record<string, string>> = { int: 'number', float: 'number', bool: 'boolean', null: 'object' }
    if (kinds[tag.replace(YAML_TAG, '')] === typeof resolved) return { kind: 'scalar', value: resolved, text, place }
    this.report.add(place, `the tag ${shortTag(tag)} is not known here`, 'remove the tag')
    return { kind: 'scalar', value: text, text, place }
  }

  // Only text can be unsafe; numbers and truth below `!unsafe` are what they are anywhere.
  private unsafe(value: ScalarValue['value'], text: string, place: Place): Value {
    if (typeof value !== 'string') return { kind: 'scalar', value, text, place }
    return { kind: 'opaque', tag: '!unsafe', text: value, json: { __ansible_unsafe: value }, place }
  }

  private checkTag(node: Node, usual: string, place: Place): void {
    const tag = node.tag ?? ''
    if (tag === '' || tag === usual || tag === '!unsafe') return
    this.report.add(place, `the tag ${shortTag(tag)} is not known here`, 'remove the tag')
  }

  private readMap(items: readonly Pair[], place: Place): Value {
    const own = new Map<string, Entry>()
    const merged: Entry[] = []
    for (const item of items) {
      const keyNode = asNode(item.key)
      const key = keyNode === null ? null : this.readKey(keyNode, place)
      if (key === null || key.kind !== 'scalar') {
        this.report.add(key?.place ?? place, 'a key must be a single word')
        continue
      }
      const value = this.read(asNode(item.value), key.place)
      const isMerge = key.text === '<<' && isScalar(keyNode) && keyNode.type === 'PLAIN'
      if (isMerge && (this.dialect === 'yaml-1.1' || this.options.merges)) this.merge(value, merged)
      else this.keep(this.entry(key, value), own)
    }
    // As in PyYAML: what is merged comes before what the mapping has itself, which wins.
    const entries = new Map(merged.map((entry) => [entry.key, entry]))
    for (const entry of own.values()) entries.set(entry.key, entry)
    return (
      (this.dialect === 'json' && taggedText([...entries.values()], place)) || {
        kind: 'map',
        entries: [...entries.values()],
        place,
      }
    )
  }

  private readKey(node: Node, place: Place): Value {
    const depth = this.unsafeDepth
    this.unsafeDepth = 0
    const key = this.read(node, place)
    this.unsafeDepth = depth
    return key
  }

  private entry(key: ScalarValue, value: Value): Entry {
    const { place, text } = key
    if (this.dialect === 'yaml-1.2' || typeof key.value === 'string') return { key: text, place, value }
    const name = typeof key.value === 'number' ? numberText(key.value, text) : String(key.value)
    return { key: name, place, value, notText: true }
  }

  private keep(entry: Entry, own: Map<string, Entry>): void {
    const first = own.get(entry.key)
    if (first !== undefined) {
      const line = first.place.source.at(first.place.offset).line
      const sentence = `"${entry.key}" stands here a second time; the first is in line ${line}`
      if (this.options.duplicates === 'fault') {
        this.report.add(entry.place, sentence, 'keep one of the two')
        return
      }
      const at = this.source.at(entry.place.offset)
      this.warnings.push(`${at.file}:${at.line}:${at.column}: ${sentence}: this one counts`)
    }
    own.set(entry.key, entry)
  }

  // The earlier mapping of a merge list wins over the later one, but of two merges the later one.
  private merge(value: Value, merged: Entry[]): void {
    const sources = value.kind === 'list' ? value.items.toReversed() : [value]
    for (const source of sources) {
      if (source.kind !== 'map') this.report.add(source.place, '"<<" merges mappings only')
      else merged.push(...source.entries)
    }
  }
}

function asNode(item: unknown): Node | null {
  return isScalar(item) || isMap(item) || isSeq(item) || isAlias(item) ? item : null
}

/** What Ansible's JSON has for its tags: `{"__ansible_vault": "..."}`; null for any other mapping. */
function taggedText(entries: readonly Entry[], place: Place): Value | null {
  const [only, more] = entries
  const tag = only?.key === '__ansible_vault' ? '!vault' : only?.key === '__ansible_unsafe' ? '!unsafe' : null
  if (only === undefined || more !== undefined || tag === null || only.value.kind !== 'scalar') return null
  const { text } = only.value
  return { kind: 'opaque', tag, text, json: { [only.key]: text }, place }
}

function shortTag(tag: string): string {
  return tag.startsWith(YAML_TAG) ? `!!${tag.slice(YAML_TAG.length)}` : tag
}

function readSyntaxFaults(document: Document.Parsed, source: Source, report: Report): void {
  const lines = new Set<number | null>()
  for (const error of document.errors) {
    const line = source.at(error.pos[0]).line
    // One slip makes the parser stumble several times in its line: the first one tells.
    if (lines.has(line)) continue
    lines.add(line)
    report.add({ source, offset: error.pos[0] }, plainer(error) ?? `this is not YAML: ${decapitalize(error.message)}`)
  }
}

function decapitalize(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function isJson(text: string): boolean {
  if (!/^\s*[[{"]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A text that was read. */
export interface ReadText {
  readonly source: Source
  readonly value: Value
  /** What Ansible would warn of, with place. */
  readonly warnings: readonly string[]
}

/** Reads one YAML text; null where its syntax is faulty, which is then in the report. Never throws. */
export function readYaml(file: string, text: string, options: ReadOptions, report: Report): ReadText | null {
  const source = new Source(file, text)
  const whole: Place = { source, offset: null }
  if (text.length > MAX_CHARACTERS) {
    report.add(whole, `the file is larger than ${MAX_CHARACTERS / 1024 / 1024} MiB`)
    return null
  }
  const own = new Report()
  const warnings: string[] = []
  // Ansible reads as JSON what is JSON, where 1e3 is a number.
  const dialect = options.dialect === 'yaml-1.1' && isJson(text) ? 'json' : options.dialect
  let value: Value | null = null
  try {
    const document = parseDocument(text, {
      schema: 'failsafe',
      prettyErrors: false,
      uniqueKeys: false,
      strict: true,
      logLevel: 'error',
    })
    readSyntaxFaults(document, source, own)
    if (dialect === 'yaml-1.1') reportStrict(document, source, own)
    if (own.faults.length === 0) {
      value = new Reader(source, document, options, dialect, own, warnings).read(document.contents, {
        source,
        offset: 0,
      })
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    own.add(whole, 'the file is nested too deeply')
  }
  report.take(own)
  return value === null || own.faults.length > 0 ? null : { source, value, warnings }
}
