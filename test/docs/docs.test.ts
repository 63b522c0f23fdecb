// The documentation, line by line against the program: commands and flags, links, examples, variables, the index.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { clusterFields, hostFields } from '../../src/spec/cluster-variables.js'
import { ROOT, repositoryFiles } from '../support/tidy/source.js'
import { type Commands, commandFault, examplesOf, loadCommands } from './commands.js'
import { anchorsOf, blocksOf, codeOf, linksOf, type Piece } from './support.js'

const files = repositoryFiles()
const pages = files.filter(({ path }) => /^(?:docs\/[^/]*|[A-Z]+)\.md$/.test(path))
const at = ({ path, line }: Piece) => `${path}:${line}`

/** Commands that a page speaks of as not there yet, or that only shells call. */
const NOT_FOR_PEOPLE = ['control', '__complete']
/** Names of metrics begin as those of variables do. */
const METRICS = 'docs/metrics.md'

/** Lines that call hc: in blocks those that begin with it, in sentences all code that does. */
function calls(): readonly Piece[] {
  const inBlocks = pages.flatMap(blocksOf).flatMap((block) =>
    block.text.split('\n').map((line, index) => ({
      ...block,
      line: block.line + index,
      text: line.replace(/^\s*(?:\$ )?(?:sudo )?/, ''),
    })),
  )
  return [...inBlocks, ...pages.flatMap(codeOf)].filter(({ text }) => /^hc(?:\s|$)/.test(text) && !text.includes('-->'))
}

describe('the pages', () => {
  let commands: Commands
  beforeAll(async () => {
    commands = await loadCommands()
  }, 60_000)

  it('call commands that exist, with flags that they have', () => {
    const found = calls().filter(({ text }) => !NOT_FOR_PEOPLE.includes(text.split(/\s+/)[1] ?? ''))
    expect(found.length).toBeGreaterThan(150)
    const faults = found.flatMap((piece) => {
      const fault = commandFault(piece.text, commands)
      return fault === null ? [] : [`${at(piece)}: ${fault} (${piece.text})`]
    })
    expect(faults).toEqual([])
  })

  it('and the help of each command do', () => {
    const faults = [...commands].flatMap(([id, command]) =>
      examplesOf(id, command)
        .filter((line) => line.startsWith('hc '))
        .map((line) => ({ id, line, fault: commandFault(line, commands) })),
    )
    expect(faults.length).toBeGreaterThan(50)
    expect(faults.filter(({ fault }) => fault !== null)).toEqual([])
  })

  it('name every command somewhere', () => {
    const text = pages.map((page) => page.text).join('\n')
    // A list of them names the first in full: `hc job list`, `show`.
    const named = (id: string) => text.includes(`hc ${id}`) || text.includes(`\`${id.split(' ').at(-1)}\``)
    expect([...commands.keys()].filter((id) => id !== 'help' && !named(id))).toEqual([])
  })

  it('link to what is there', () => {
    const links = pages.flatMap(linksOf).filter(({ text }) => !/^[a-z]+:/.test(text))
    expect(links.length).toBeGreaterThan(60)
    const faults = links.filter(({ path, text }) => {
      const [file = '', anchor] = text.split('#')
      const target = file === '' ? path : normalize(join(dirname(path), file))
      if (!existsSync(join(ROOT, target))) return true
      return anchor !== undefined && !anchorsOf(readFileSync(join(ROOT, target), 'utf8')).includes(anchor)
    })
    expect(faults.map((piece) => `${at(piece)}: ${piece.text}`)).toEqual([])
  })

  it('name files of docs/ that are there', () => {
    const named = pages.flatMap(({ path, text }) =>
      (text.match(/\bdocs\/[a-z-]+\.md\b/g) ?? []).map((file) => ({ path, file })),
    )
    expect(named.filter(({ file }) => !existsSync(join(ROOT, file)))).toEqual([])
  })

  it('have examples in JSON and YAML that can be read', () => {
    const blocks = pages.flatMap(blocksOf)
    const json = blocks.filter(({ language }) => language === 'json')
    const yaml = blocks.filter(({ language }) => /^ya?ml$/.test(language))
    expect(json.length).toBeGreaterThan(0)
    expect(yaml.length).toBeGreaterThan(0)
    const faults = [...json.filter(({ text }) => !isJson(text)), ...yaml.filter(({ text }) => !isYaml(text))]
    expect(faults.map(at)).toEqual([])
  })

  it('name variables that hc knows, and all of them', () => {
    const known: readonly string[] = Object.keys({ ...clusterFields, ...hostFields })
    const others = pages.filter(({ path }) => path !== METRICS)
    const named = others.flatMap(({ path, text }) =>
      (text.replace(/there is no `hc_\w+`/g, '').match(/\bhc_[a-z_]*[a-z]\b(?!\*)/g) ?? []).map((name) => ({
        path,
        name,
      })),
    )
    expect(named.filter(({ name }) => !known.includes(name))).toEqual([])
    const written = new Set(named.filter(({ path }) => path !== 'docs/variables.md').map(({ name }) => name))
    expect(known.filter((name) => !written.has(name))).toEqual([])
  })

  it('are all found from docs/README.md or README.md', () => {
    const index = pages.filter(({ path }) => /^(?:docs\/)?README\.md$/.test(path)).flatMap(linksOf)
    const listed = index.map(({ path, text }) => normalize(join(dirname(path), text)))
    const missing = pages
      .map(({ path }) => path)
      .filter((path) => /^docs\/(?!README)/.test(path) && !listed.includes(path))
    expect(missing, 'add a line to docs/README.md').toEqual([])
  })
})

describe('the check of commands', () => {
  it('finds what is wrong', async () => {
    const commands = await loadCommands()
    expect(commandFault('hc apply jobs/ --prune --yes', commands)).toBeNull()
    expect(commandFault('hc host run PATTERN -- COMMAND --what', commands)).toBeNull()
    expect(commandFault('hc inventory', commands)).toBeNull()
    expect(commandFault('hc aply', commands)).toBe('hc has no command aply')
    expect(commandFault('hc apply --dry', commands)).toBe('hc apply has no flag --dry')
    expect(commandFault('hc job show web site', commands)).toBe('hc job show takes 1 arguments at most, not web site')
  }, 60_000)
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function isYaml(text: string): boolean {
  return parseDocument(text, { uniqueKeys: false }).errors.length === 0
}
