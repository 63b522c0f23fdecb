// The help of commands: oclif's, without what it says twice, and with exit codes and the pages of docs/ as parts of their own.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CommandHelp, Help } from '@oclif/core'
import { messageOf } from '../../model/errors.js'
import { PAGES } from './pages.js'

type OfCommand = ConstructorParameters<typeof CommandHelp>[0]
type Rest = [ConstructorParameters<typeof CommandHelp>[1], ConstructorParameters<typeof CommandHelp>[2]]

const GLOBAL = 'GLOBAL'
const CODES = /^Exit codes?(?: of [a-z ]+)?: /

/** The parts of a description: what is said, and the paragraph of exit codes; `codes` is empty where it has none. */
export function partsOf(description: string): { readonly text: string; readonly codes: string } {
  const paragraphs = description.split('\n\n')
  const codes = paragraphs.filter((each) => CODES.test(each))
  return { text: paragraphs.filter((each) => !codes.includes(each)).join('\n\n'), codes: codes.join('\n\n') }
}

/** A line for each code, where the paragraph is a list of codes; else the paragraph. `0 done; 1 failed.` */
export function codeLines(codes: string): readonly string[] {
  const plain = codes.replace(/^Exit codes?: /, '').replace(/\.$/, '')
  const parts = plain.split(/; (?=\d)/)
  return parts.length > 1 && parts.every((part) => /^\d/.test(part)) ? parts : [codes.replace(/^Exit codes?: /, '')]
}

/** The line of usage without the flags that every command has. */
class OwnUsage extends CommandHelp {
  constructor(command: OfCommand, ...rest: Rest) {
    const own = Object.entries(command.flags ?? {}).filter(([, { helpGroup }]) => helpGroup !== GLOBAL)
    super({ ...command, flags: Object.fromEntries(own) }, ...rest)
  }

  get text(): string {
    return this.defaultUsage()
  }
}

/** One command. */
class HcCommandHelp extends CommandHelp {
  protected override defaultUsage(): string {
    return new OwnUsage(this.command, this.config, this.opts).text
  }

  /** Three dots where several may stand, as the line of usage has them. */
  protected override args(args: Parameters<CommandHelp['args']>[0]): ReturnType<CommandHelp['args']> {
    const several = this.command.usage?.toString() ?? ''
    const rows = super.args(args)
    return rows?.map(([name, text]) => {
      const plain = name.replace('...', '')
      const dots = args.some((arg) => arg.name.toUpperCase() === plain.replace(/[[\]]/g, '') && arg.multiple)
      return [dots || several.includes(name) || several.includes(`${plain.replace(']', '')}...`) ? name : plain, text]
    })
  }

  /** Without the summary, which stands above already. */
  protected override description(): string {
    return this.wrap(partsOf(this.command.description ?? '').text)
  }

  protected override sections(): ReturnType<CommandHelp['sections']> {
    const codes = codeLines(partsOf(this.command.description ?? '').codes)
    const pages = PAGES[this.command.id] ?? []
    return [
      ...super.sections(),
      { header: 'EXIT CODES', generate: () => this.wrap(codes.join('\n')) },
      { header: 'MORE', generate: () => pages.map((page) => `${docsFolder(this.config.root)}${page}`).join('\n') },
    ]
  }
}

/** Where the pages are: beside the program, or as they are named in a checkout where it is one file without them. */
function docsFolder(root: string): string {
  const found = [root, dirname(root)].map((folder) => join(folder, 'docs')).find((folder) => existsSync(folder))
  return `${found ?? 'docs'}/`
}

/** What oclif makes help with (`helpClass` of package.json). */
export class HcHelp extends Help {
  protected override CommandHelpClass = HcCommandHelp

  /** Of a name that is none it says what hc says of it everywhere. */
  override async showHelp(argv: string[]): Promise<void> {
    try {
      await super.showHelp(argv)
    } catch (error) {
      if (!/^Command .* not found/.test(messageOf(error))) throw error
      const words = argv.filter((word) => !word.startsWith('-') && word !== 'help')
      await this.config.runHook('command_not_found', { id: words.join(':'), argv })
    }
  }
}
