// Which place on the command line the cursor is at, and what could stand there. Pure: names are looked up by the caller.
import { byName } from '../../model/names.js'
import { type Kind, kindOfArgument, kindOfFlag } from './kinds.js'
import type { ArgumentRow, CommandRow, CommandTable, FlagRow } from './table.js'

/** A word that could stand at the cursor, and one line about it. */
export interface Candidate {
  readonly word: string
  readonly about: string
}

/** What could stand at the cursor. */
export type Place =
  /** One of these words. */
  | { readonly kind: 'words'; readonly words: readonly Candidate[] }
  /** Names, or files. `before` stands in front of each (`--limit=`); `given` are the arguments that stand already. */
  | {
      readonly kind: Exclude<Kind, 'commands'>
      readonly before: string
      readonly given: readonly string[]
      /** Flags with their values, as far as they stand before the cursor. */
      readonly flags: ReadonlyMap<string, string>
      /** What to offer where there are no such names. */
      readonly otherwise: readonly Candidate[]
    }

/** Commands whose words after their own arguments are another program's. */
const RUN_ANOTHER: ReadonlySet<string> = new Set(['exec', 'host:run'])
const HELP: Candidate = { word: '--help', about: 'Show help' }

/** The place of the cursor. `before`: the words after `hc`, without the one at the cursor; `current`: that one, up to the cursor. */
export function placeOf(before: readonly string[], current: string, table: CommandTable): Place {
  const asksHelp = before[0] === 'help'
  const path = asksHelp ? before.slice(1) : before
  const { id, rest } = longest(path, table)
  const row = id === null ? undefined : table.commands[id]
  if (id !== null && row !== undefined && !(asksHelp && isTopic(id, table))) {
    if (asksHelp) return words([])
    // `hc job` alone is a topic; a command that has more below it is none here.
    return inCommand(id, row, rest, current)
  }
  if (rest.length > 0) return words([])
  if (current.startsWith('-') && !asksHelp) {
    const version = { word: '--version', about: 'Show the version' }
    return words(path.length === 0 ? [HELP, version] : [HELP])
  }
  return words(below(path, table))
}

function words(list: readonly Candidate[]): Place {
  return { kind: 'words', words: list }
}

/** The command that the words begin with, longest first, and the words after it. */
function longest(path: readonly string[], table: CommandTable): { id: string | null; rest: readonly string[] } {
  for (let count = path.length; count > 0; count -= 1) {
    const id = path.slice(0, count).join(':')
    if (Object.hasOwn(table.commands, id)) return { id, rest: path.slice(count) }
    if (isTopic(id, table)) return { id: null, rest: path.slice(count) }
  }
  return { id: null, rest: path }
}

function isTopic(id: string, { commands }: CommandTable): boolean {
  return Object.keys(commands).some((each) => each.startsWith(`${id}:`))
}

/** The words that can follow those of a topic. */
function below(path: readonly string[], { commands, topics }: CommandTable): readonly Candidate[] {
  const found = new Map<string, string>()
  for (const [id, { hidden, summary }] of Object.entries(commands)) {
    const parts = id.split(':')
    const word = parts[path.length]
    if (hidden === true || word === undefined || !path.every((each, index) => parts[index] === each)) continue
    const own = parts.length === path.length + 1
    const topic = topics[parts.slice(0, path.length + 1).join(':')]?.description
    found.set(word, (own ? summary : topic) ?? found.get(word) ?? '')
  }
  return [...found].sort(([a], [b]) => byName(a, b)).map(([word, about]) => ({ word, about }))
}

/** Words of a command, told apart. */
interface Told {
  readonly flags: ReadonlyMap<string, string>
  readonly positional: readonly string[]
  /** The flag whose value comes next. */
  readonly open: string | null
  /** After `--`. */
  readonly ended: boolean
}

function tellApart(row: CommandRow, given: readonly string[]): Told {
  const flags = new Map<string, string>()
  const positional: string[] = []
  let open: string | null = null
  let ended = false
  for (const word of given) {
    if (open !== null) {
      flags.set(open, word)
      open = null
    } else if (ended || !/^-./.test(word)) positional.push(word)
    else if (word === '--') ended = true
    else {
      const { name, value } = readFlag(row, word)
      if (name === null) continue
      flags.set(name, value ?? '')
      if (value === null && row.flags[name]?.type === 'option') open = name
    }
  }
  return { flags, positional, open, ended }
}

/** `--limit=a`, `-l`, `-la`. */
function readFlag(row: CommandRow, word: string): { name: string | null; value: string | null } {
  const equals = word.indexOf('=')
  if (word.startsWith('--')) {
    const name = equals < 0 ? word.slice(2) : word.slice(2, equals)
    return { name: Object.hasOwn(row.flags, name) ? name : null, value: equals < 0 ? null : word.slice(equals + 1) }
  }
  const name = Object.keys(row.flags).find((each) => row.flags[each]?.char === word[1]) ?? null
  return { name, value: word.length > 2 ? word.slice(2) : null }
}

function inCommand(id: string, row: CommandRow, given: readonly string[], current: string): Place {
  const told = tellApart(row, given)
  const values = (name: string, before: string): Place => {
    const flag = row.flags[name]
    if (flag?.type !== 'option') return words([])
    const kind = kindOfFlag(id, name, flag.helpValue) ?? 'none'
    return valuesOf(flag, kind, { before, given: told.positional, flags: told.flags, otherwise: [] })
  }
  if (told.open !== null) return values(told.open, '')
  const another = RUN_ANOTHER.has(id) && told.positional.length >= Object.keys(row.args).length
  if (!told.ended && !another && current.startsWith('-')) {
    const equals = current.indexOf('=')
    if (current.startsWith('--') && equals > 0) return values(current.slice(2, equals), current.slice(0, equals + 1))
    return words(flagsOf(row, told.flags))
  }
  if (another) return words(told.ended ? [] : [{ word: '--', about: 'The command follows' }])
  const flags = told.ended ? [] : flagsOf(row, told.flags)
  const list = Object.entries(row.args)
  const last = list.at(-1)
  const more = last !== undefined && (last[1].multiple === true || row.strict === false) ? last : undefined
  const entry = list[told.positional.length] ?? more
  if (entry === undefined) return words(current === '' ? flags : [])
  const [name, argument] = entry
  const first = list.findIndex(([each]) => each === name)
  const place = { before: '', given: told.positional.slice(first), flags: told.flags, otherwise: flags }
  return valuesOf(argument, kindOfArgument(id, name, told.flags.keys()) ?? 'none', place)
}

function valuesOf(
  row: ArgumentRow | FlagRow,
  kind: Kind,
  place: Omit<Extract<Place, { readonly before: string }>, 'kind'>,
): Place {
  if (row.options !== undefined)
    return words(row.options.map((option) => ({ word: `${place.before}${option}`, about: '' })))
  if (kind === 'commands') return words([])
  return { kind, ...place }
}

/** Flags that may still be given. */
function flagsOf(row: CommandRow, given: ReadonlyMap<string, string>): readonly Candidate[] {
  const shut = new Set<string>()
  for (const [name, { exclusive = [], multiple }] of Object.entries(row.flags)) {
    if (given.has(name)) for (const each of exclusive) shut.add(each)
    if (given.has(name) && multiple !== true) shut.add(name)
    if (exclusive.some((each) => given.has(each))) shut.add(name)
  }
  const open = Object.entries(row.flags).filter(([name, { hidden }]) => hidden !== true && !shut.has(name))
  const list = open.map(([name, { description = '' }]) => ({ word: `--${name}`, about: description }))
  return [...list, HELP].sort((a, b) => byName(a.word, b.word))
}
