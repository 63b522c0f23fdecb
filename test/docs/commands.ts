// The commands of the program, and what is wrong with a line that calls one.
import { join } from 'node:path'
import { ROOT, repositoryFiles } from '../support/tidy/source.js'

interface Flag {
  readonly description?: string
  readonly char?: string
  readonly aliases?: readonly string[]
  readonly type: 'boolean' | 'option'
  readonly allowNo?: boolean
}

interface CommandClass {
  readonly summary?: string
  readonly description?: string
  readonly flags?: Readonly<Record<string, Flag>>
  readonly baseFlags?: Readonly<Record<string, Flag>>
  readonly args?: Readonly<Record<string, { readonly multiple?: boolean; readonly description?: string }>>
  readonly strict?: boolean
  readonly examples?: readonly (string | { readonly command: string })[]
}

/** `job restart` -> its class. */
export type Commands = ReadonlyMap<string, CommandClass>

/** All commands under commands/. */
export async function loadCommands(): Promise<Commands> {
  const paths = repositoryFiles()
    .map(({ path }) => path)
    .filter((path) => /^commands\/.*\.ts$/.test(path))
  const loaded = await Promise.all(
    paths.map(async (path): Promise<[string, CommandClass]> => {
      const module: { readonly default: CommandClass } = await import(join(ROOT, path))
      return [path.replace(/^commands\/|\.ts$/g, '').replaceAll('/', ' '), module.default]
    }),
  )
  return new Map(loaded)
}

/** The examples of its help, as lines. */
export function examplesOf(id: string, { examples = [] }: CommandClass): readonly string[] {
  return examples
    .map((example) => (typeof example === 'string' ? example : example.command))
    .map((line) =>
      line
        .replaceAll('<%= config.bin %>', 'hc')
        .replaceAll('<%= command.id %>', id)
        .replace(/^\$ /, '')
        .replace(/^[A-Z_]+=\S+ /, ''),
    )
}

/** Words of a shell line, without quotes and comments; it ends where another program begins. */
function wordsOf(line: string): readonly string[] {
  const words = line.replace(/\s#\s.*$/, '').match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []
  const end = words.findIndex((word) => /^(?:\||\|\||&&|;|>|>>|2>&1)$/.test(word))
  return (end < 0 ? words : words.slice(0, end)).map((word) => word.replace(/^\[(?=-)|[\],;.]$/g, ''))
}

function flagFault(word: string, { flags = {}, baseFlags = {} }: CommandClass): string | null {
  const all = Object.entries({ ...baseFlags, ...flags })
  const name = word.replace(/=.*$/, '')
  if (['--help', '-h'].includes(name)) return null
  const known = all.some(
    ([key, flag]) =>
      name === `--${key}` ||
      name === `-${flag.char}` ||
      (flag.allowNo === true && name === `--no-${key}`) ||
      (flag.aliases ?? []).some((alias) => name === `--${alias}`) ||
      // -iFILE, -wq
      (!name.startsWith('--') && name.startsWith(`-${flag.char}`)),
  )
  return known ? null : `has no flag ${name}`
}

/** What is wrong with `hc ...`: the command, one of its flags, or too many arguments; null: nothing. */
export function commandFault(line: string, commands: Commands): string | null {
  const words = wordsOf(line).slice(1)
  if (words.length === 0 || ['help', '--version', '--help', '-h', '...'].includes(words[0] ?? '')) return null
  const named = words.slice(
    0,
    Math.max(
      words.findIndex((word) => !/^[a-z][a-z-]*$/.test(word)),
      0,
    ) || words.length,
  )
  const ids = named.map((_, index) => named.slice(0, index + 1).join(' '))
  const id = ids.findLast((each) => commands.has(each))
  if (id === undefined) {
    const topic = ids.findLast((each) => [...commands.keys()].some((key) => key.startsWith(`${each} `)))
    return topic !== undefined && topic === words.join(' ') ? null : `hc has no command ${named.join(' ') || words[0]}`
  }
  const command = commands.get(id)
  if (command === undefined) return null
  const rest = words.slice(id.split(' ').length)
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest
  const faults = own.filter((word) => /^-{1,2}[A-Za-z]/.test(word)).map((word) => flagFault(word, command))
  const fault = faults.find((each) => each !== null)
  if (fault) return `hc ${id} ${fault}`
  return argumentFault(id, own, command)
}

function argumentFault(id: string, words: readonly string[], command: CommandClass): string | null {
  const parts = Object.values(command.args ?? {})
  if (command.strict === false || parts.some(({ multiple }) => multiple)) return null
  const options = Object.entries({ ...command.baseFlags, ...command.flags }).filter(
    ([, flag]) => flag.type === 'option',
  )
  const takes = (word: string | undefined) =>
    options.some(([key, { char }]) => word === `--${key}` || word === `-${char}`)
  const given = words.filter((word, index) => !word.startsWith('-') && !takes(words[index - 1]))
  const most = parts.length
  return given.length > most ? `hc ${id} takes ${most} arguments at most, not ${given.join(' ')}` : null
}
