// A command that is none: names the nearest, exits with 2, asks nothing.
import { UserError } from '../../model/errors.js'
import { byName } from '../../model/names.js'
import { nearest } from '../../model/nearest.js'
import { EXIT } from '../exit-codes.js'
import { errorLines } from '../faults.js'
import { errorDocument } from '../json.js'
import { makeStyle } from '../style.js'
import { terminal } from '../terminal.js'

/** What is wrong with `words` (the command as typed). `commands` and `topics`: all there are, words apart by spaces. */
export function unknownCommand(
  words: readonly string[],
  commands: readonly string[],
  topics: readonly string[],
): UserError {
  const typed = words.join(' ')
  if (typed.startsWith('-'))
    return new UserError(`flags stand after the command: ${typed}`, {
      code: 'usage',
      hint: 'hc COMMAND FLAGS; hc --help lists the commands',
    })
  const known = [...commands, ...topics]
  const beginning = commands.filter((command) => typed.startsWith(`${command} `)).at(-1)
  if (beginning !== undefined) {
    const rest = typed.slice(beginning.length + 1)
    return new UserError(`hc ${beginning} takes no "${rest}"`, {
      code: 'usage',
      hint: `hc ${beginning} --help shows what it takes`,
    })
  }
  const lengths = [...new Set(known.map((command) => command.split(' ').length))].sort((a, b) => b - a)
  const meant = lengths
    .map((length) =>
      nearest(
        words.slice(0, length).join(' '),
        known.filter((command) => command.split(' ').length === length),
      ),
    )
    .find((command) => command !== null)
  const hint = meant === undefined ? 'hc --help lists the commands' : `did you mean hc ${meant}?`
  return new UserError(`hc has no command "${commandIn(words, topics, meant ?? null)}"`, { code: 'usage', hint })
}

/** As many words as the command that may be meant has; what comes after a topic belongs to it, and arguments do not. */
function commandIn(words: readonly string[], topics: readonly string[], meant: string | null): string {
  const length = Math.max(meant?.split(' ').length ?? 1, topics.includes(words[0] ?? '') ? 2 : 1)
  return words.slice(0, length).join(' ')
}

/** What oclif hands to the hook, as far as it is needed. */
interface NotFound {
  /** Words apart by colons. */
  readonly id: string
  readonly argv?: readonly string[]
  readonly config: { readonly commandIDs: readonly string[]; readonly topics: readonly { readonly name: string }[] }
}

/** oclif's hook `command_not_found`. */
export async function commandNotFound(
  this: { exit(code: number): void },
  { id, argv, config }: NotFound,
): Promise<void> {
  const window = await terminal()
  const spaced = (names: readonly string[]) => names.map((name) => name.replaceAll(':', ' ')).sort(byName)
  const topics = spaced(config.topics.map((topic) => topic.name))
  const error = unknownCommand(id.split(':'), spaced(config.commandIDs), topics)
  const args = argv ?? []
  if (args.includes('--json')) {
    window.out.write(`${JSON.stringify(errorDocument(error), null, 2)}\n`)
  } else {
    const style = makeStyle({ isTTY: window.err.isTTY, noColor: args.includes('--no-color'), env: window.env })
    const lines = errorLines(error, { style, columns: window.err.columns, now: window.now() })
    window.err.write(`${lines.join('\n')}\n`)
  }
  this.exit(EXIT.usage)
}
