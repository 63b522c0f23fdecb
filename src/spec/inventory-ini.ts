// An inventory in Ansible's INI format: its plugins/inventory/ini.py, line by line.
import { type Growing, type InventoryTree, TreeBuilder } from './inventory-tree.js'
import { didYouMean } from './nearest.js'
import { readLiteral } from './python-literal.js'
import { splitLine } from './shlex.js'
import type { Place, Report, Source } from './source.js'
import type { Entry } from './value.js'

const SECTION = /^\[([^:\]\s]+)(?::([\p{L}\p{N}_]+))?\]\s*(?:#.*)?$/u
const GROUP_NAME = /^([^:\]\s]+)\s*(?:#.*)?$/
// Where Python's splitlines() breaks a text.
const LINE_BREAK = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g
const KINDS = ['hosts', 'children', 'vars']

/** A group that was named but not yet declared. */
interface Pending {
  readonly kind: 'children' | 'vars'
  readonly place: Place
  readonly parents: string[]
}

class IniReader {
  private readonly pending = new Map<string, Pending>()
  private group: Growing
  private kind = 'hosts'

  constructor(
    private readonly builder: TreeBuilder,
    private readonly report: Report,
    private readonly source: Source,
  ) {
    this.group = builder.group('ungrouped', { source, offset: 0 })
  }

  read(): void {
    let start = 0
    const { text } = this.source
    for (const match of text.matchAll(LINE_BREAK)) {
      this.readLine(text.slice(start, match.index), start)
      start = match.index + match[0].length
    }
    this.readLine(text.slice(start), start)
    for (const [name, { kind, place, parents }] of this.pending) {
      const what = kind === 'vars' ? `[${name}:vars] is of` : `[${parents.at(-1)}:children] names`
      const hint = didYouMean(name, [...this.declared()]) ?? `declare it: [${name}]`
      this.report.add(place, `${what} the group ${name}, which the file does not declare`, hint)
    }
  }

  private declared(): Iterable<string> {
    return [...this.builder.groups.keys()].filter((name) => !this.pending.has(name))
  }

  private readLine(whole: string, start: number): void {
    const line = whole.trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return
    const offset = start + whole.length - whole.trimStart().length
    const place = { source: this.source, offset }
    const section = SECTION.exec(line)
    if (section !== null) this.enter(section[1] ?? '', section[2] ?? 'hosts', place)
    else if (line.startsWith('[') && line.endsWith(']')) {
      this.report.add(place, `${line} is no section`, 'write [GROUP], [GROUP:children] or [GROUP:vars], without spaces')
    } else if (this.kind === 'vars') this.readVariable(line, place)
    else if (this.kind === 'children') this.readChild(line, place)
    else if (this.kind === 'hosts') this.readHost(line, offset)
  }

  private enter(name: string, kind: string, place: Place): void {
    this.kind = kind
    if (!KINDS.includes(kind)) {
      const hint = didYouMean(kind, KINDS) ?? 'the kinds are hosts, children and vars'
      this.report.add(place, `a section is of hosts, children or vars, and not of "${kind}"`, hint)
      return
    }
    const known = this.builder.groups.has(name)
    this.group = this.builder.group(name, place)
    const waiting = this.pending.get(name)
    if (kind === 'vars') {
      if (!known && waiting === undefined) this.pending.set(name, { kind, place, parents: [] })
    } else if (waiting?.kind === 'children') this.adoptPending(name)
    else this.pending.delete(name)
  }

  private adoptPending(name: string): void {
    const waiting = this.pending.get(name)
    this.pending.delete(name)
    for (const parent of waiting?.parents ?? []) {
      this.addChild(this.builder.group(parent, waiting?.place ?? this.group.place), name, waiting?.place)
      if (this.pending.get(parent)?.kind === 'children') this.adoptPending(parent)
    }
  }

  private addChild(parent: Growing, name: string, place: Place = parent.place): void {
    this.builder.addChild(parent, this.builder.group(name, place), place)
  }

  private readVariable(line: string, place: Place): void {
    const equals = line.indexOf('=')
    if (equals < 0) {
      this.report.add(place, `a variable is written key=value, and here stands ${JSON.stringify(line)}`)
      return
    }
    const written = line.slice(equals + 1)
    const offset = (place.offset ?? 0) + equals + 1 + written.length - written.trimStart().length
    const entry = this.entry(line.slice(0, equals).trim(), written.trim(), place, { source: this.source, offset })
    this.builder.setGroupVariable(this.group, entry)
  }

  private entry(key: string, text: string, place: Place, at: Place): Entry {
    return { key, place, value: readLiteral(text, at, this.report) }
  }

  private readChild(line: string, place: Place): void {
    const name = GROUP_NAME.exec(line)?.[1]
    if (name === undefined) {
      this.report.add(place, `here stands the name of a group, not ${JSON.stringify(line)}`)
      return
    }
    const waiting = this.pending.get(name)
    if (this.builder.groups.has(name)) this.addChild(this.group, name, place)
    else if (waiting === undefined) this.pending.set(name, { kind: 'children', place, parents: [this.group.name] })
    else waiting.parents.push(this.group.name)
  }

  private readHost(line: string, offset: number): void {
    const place = { source: this.source, offset }
    const words = splitLine(line)
    if (typeof words === 'string') {
      this.report.add(place, `this line of a host cannot be read: ${words}`)
      return
    }
    const [host, ...rest] = words
    if (host === undefined) return
    if (host.text === '---' || host.text.endsWith(':')) {
      const hint = 'this is an INI inventory; one in YAML needs a name that ends in .yml'
      this.report.add(place, `"${host.text}" is no host name`, hint)
      return
    }
    const vars = new Map<string, Entry>()
    for (const word of rest) {
      const at = { source: this.source, offset: offset + word.offset }
      const equals = word.text.indexOf('=')
      if (equals < 0) this.report.add(at, `after a host stand variables as key=value, not ${JSON.stringify(word.text)}`)
      else {
        const key = word.text.slice(0, equals)
        vars.set(key, this.entry(key, word.text.slice(equals + 1), at, { ...at, offset: at.offset + equals + 1 }))
      }
    }
    this.builder.addHosts(this.group, host.text, place, vars)
  }
}

/** Reads an INI inventory; no tree where its groups go round in a circle. */
export function readIni(
  source: Source,
  report: Report,
  refusals: Report,
): { readonly tree: InventoryTree | null; readonly warnings: readonly string[] } {
  const builder = new TreeBuilder(report, refusals, { source, offset: 0 })
  new IniReader(builder, report, source).read()
  return { tree: builder.finish(), warnings: builder.warnings }
}
