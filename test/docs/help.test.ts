// What --help says of each command: enough, true of its flags, and the same as what shells complete and pages tell.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, type Config, Parser } from '@oclif/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { codeLines, HcHelp, partsOf } from '../../src/ui/help/help.js'
import { PAGES } from '../../src/ui/help/pages.js'
import { ROOT } from '../support/tidy/source.js'
import { type Commands, examplesOf, loadCommands } from './commands.js'

type ParserInput = Parameters<typeof Parser.parse>[1]

/** It does nothing but show the help of the others. */
const APART = ['help']

/** Words of a shell line, without their quotes. */
const words = (line: string) =>
  (line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []).map((word) => word.replace(/['"]/g, ''))

/** The words behind the command's name, up to where the shell takes over. */
function argvOf(id: string, line: string): readonly string[] {
  const inner = /<\((.*)\)$/.exec(line)?.[1] ?? line
  const all = words(inner)
  const end = all.findIndex((word) => ['|', '||', '&&', '>', '<'].includes(word))
  return (end < 0 ? all : all.slice(0, end)).slice(1 + id.split(' ').length)
}

/** The help as text. */
class Shown extends HcHelp {
  of(command: Command.Loadable): string {
    return this.formatCommand(command)
  }
}

describe('the help of each command', () => {
  let commands: Commands
  let own: readonly (readonly [string, Parameters<typeof examplesOf>[1]])[]
  beforeAll(async () => {
    commands = await loadCommands()
    own = [...commands].filter(([id]) => !APART.includes(id))
  }, 60_000)

  it('has a sentence, what it does and does not, and at least two examples', () => {
    const thin = own.filter(
      ([id, command]) =>
        (command.summary?.length ?? 0) < 15 ||
        /[.\n]$/.test(command.summary ?? '') ||
        partsOf(command.description ?? '').text.length < 60 ||
        examplesOf(id, command).length < 2,
    )
    expect(own.length).toBeGreaterThan(55)
    expect(thin.map(([id]) => id)).toEqual([])
  })

  it('has examples that its flags and arguments take', async () => {
    const faults: string[] = []
    for (const [id, command] of own)
      for (const line of examplesOf(id, command)) {
        expect(line).toContain(`hc ${id}`)
        const { args = {}, strict = true } = command
        const input: unknown = { flags: { ...command.baseFlags, ...command.flags }, args, strict, '--': true }
        await Parser.parse([...argvOf(id, line)], input as ParserInput).catch((error: Error) =>
          faults.push(`${line}: ${error.message}`),
        )
      }
    expect(faults).toEqual([])
  })

  it('tells of every flag and argument what it is', () => {
    const silent = own.flatMap(([id, { flags = {}, baseFlags = {}, args = {} }]) =>
      [...Object.entries({ ...baseFlags, ...flags }), ...Object.entries(args)]
        .filter(([, { description = '' }]) => description.length < 5)
        .map(([name]) => `${id}: ${name}`),
    )
    expect(silent).toEqual([])
  })

  it('points to pages that are there and tell of it', () => {
    expect(Object.keys(PAGES).sort()).toEqual(own.map(([id]) => id).sort())
    const faults = Object.entries(PAGES).flatMap(([id, pages]) => {
      const texts = pages.map((page) => [page, join(ROOT, 'docs', page)] as const)
      const gone = texts.filter(([, path]) => !existsSync(path)).map(([page]) => `${id}: no docs/${page}`)
      const tells = texts.some(([, path]) => existsSync(path) && readFileSync(path, 'utf8').includes(`hc ${id}`))
      return tells ? gone : [...gone, `${id}: none of its pages says hc ${id}`]
    })
    expect(faults).toEqual([])
  })

  it('is shown without saying anything twice, with exit codes and pages', async () => {
    const config: unknown = { bin: 'hc', root: ROOT, topicSeparator: ' ', platform: 'linux', shell: 'sh' }
    const help = new Shown(config as Config, { maxWidth: 80, stripAnsi: true })
    const { default: Apply } = await import('../../commands/apply.js')
    const command: unknown = { ...Apply, flags: { ...Apply.baseFlags, ...Apply.flags }, id: 'apply' }
    const shown = help.of(command as Command.Loadable)
    expect(shown).not.toContain('Make what runs match the job files')
    expect(shown).toMatch(/USAGE\n {2}\$ hc apply \[PATH\.\.\.\] \[-y\]/)
    expect(shown).toContain('EXIT CODES\n  0 done\n  1 something failed or was declined\n')
    expect(shown).toMatch(/MORE\n {2}\S*docs\/plan\.md\n/)
    expect(
      Math.max(
        ...shown
          .split('\n')
          .filter((line) => !line.includes('docs/'))
          .map((line) => line.length),
      ),
    ).toBeLessThan(81)
  })
})

describe('exit codes', () => {
  it('are a line each where they are a list', () => {
    expect(codeLines('Exit codes: 0 done; 1 failed; or declined; 2 usage.')).toEqual([
      '0 done',
      '1 failed; or declined',
      '2 usage',
    ])
    expect(codeLines("Exit codes: the command's own; 125 else.")).toEqual(["the command's own; 125 else."])
    expect(partsOf('What.\n\nExit codes: 0 done.\n\nMore.')).toEqual({
      text: 'What.\n\nMore.',
      codes: 'Exit codes: 0 done.',
    })
  })
})
