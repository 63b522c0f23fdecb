import { describe, expect, test } from 'vitest'
import { EXCEPTIONS, kindOfArgument, kindOfFlag } from '../../../src/ui/completion/kinds.js'
import { splitLine } from '../../../src/ui/completion/line.js'
import { placeOf } from '../../../src/ui/completion/place.js'
import { commandTable } from './built.js'

const table = await commandTable()

/** What stands at the cursor, at the end of the line: the words that could follow, or the kind of name. */
function at(line: string): unknown {
  const words = splitLine(line).slice(1)
  const place = placeOf(words.slice(0, -1), words.at(-1) ?? '', table)
  if (place.kind === 'words') return place.words.map(({ word }) => word)
  return place.before === '' ? place.kind : `${place.before}${place.kind}`
}

test('of every argument and flag it is known what it takes', () => {
  const unknown = Object.entries(table.commands).flatMap(([id, { args, flags }]) => [
    ...Object.entries(args)
      .filter(([name, { options }]) => options === undefined && kindOfArgument(id, name) === null)
      .map(([name]) => `${id} ${name}`),
    ...Object.entries(flags)
      .filter(([, { type, options }]) => type === 'option' && options === undefined)
      .filter(([name, { helpValue }]) => kindOfFlag(id, name, helpValue) === null)
      .map(([name]) => `${id} --${name}`),
  ])
  expect(unknown, 'say in EXCEPTIONS of src/ui/completion/kinds.ts what these take').toEqual([])
})

test('every exception is there', () => {
  const gone = Object.keys(EXCEPTIONS).filter((place) => {
    const [id = '', name = ''] = place.split(' ')
    const row = table.commands[id]
    return row?.args[name] === undefined && row?.flags[name.replace(/^--/, '')] === undefined
  })
  expect(gone).toEqual([])
})

describe('the place at the cursor', () => {
  const all = (words: string[]) => expect.arrayContaining(words)
  test.each([
    ['hc ', all(['apply', 'host', 'job', 'completion'])],
    ['hc inventory ', all(['add', 'group', 'list'])],
    ['hc inventory group ', ['add', 'remove']],
    ['hc help job ', all(['move', 'show'])],
    ['hc nonsense ', []],
    ['hc help apply ', []],
    ['hc -', ['--help', '--version']],
    ['hc job move ', 'slots'],
    ['hc job move web.0 ', 'hosts'],
    ['hc job move web.0 nuc1 ', all(['--json', '--help'])],
    ['hc job move --json web.0 ', 'hosts'],
    ['hc job move -i x.yml web.0 ', 'hosts'],
    ['hc job move -i ', 'files'],
    ['hc job move -ix.yml ', 'slots'],
    ['hc job move --inventory=', '--inventory=files'],
    ['hc import compose a.yml --out ', 'folders'],
    ['hc import compose a.yml --driver ', ['podman', 'docker']],
    ['hc import compose a.yml --driver=', ['--driver=podman', '--driver=docker']],
    ['hc apply a.yml ', 'files'],
    ['hc job rollback web --to ', 'versions'],
    ['hc host run ', 'patterns'],
    ['hc host run all ', ['--']],
    ['hc host run all -- ', []],
    ['hc exec web -- l', []],
    ['hc inventory set nuc1 hc_a=1 ', 'assignments'],
    ['hc apply -- -', 'files'],
    ['hc completion ', ['bash', 'zsh', 'fish']],
    ['cd /srv; hc host show ', 'hosts'],
    ['hc host run "web:&rack1', 'patterns'],
  ])('%s', (line, expected) => {
    expect(at(line)).toEqual(expected)
  })
})

test('a flag is offered once, and none that excludes another', () => {
  const once = at('hc apply --dry-run --yes --')
  expect(once).not.toContain('--dry-run')
  expect(once).not.toContain('--detach')
  expect(once).not.toContain('--yes')
  expect(once).toContain('--prune')
  expect(at('hc inventory add n --set a=b --')).toContain('--set')
})

test('lines are broken as bash breaks them', () => {
  expect(splitLine(`hc a\\ b 'c d' "e\\" f" `)).toEqual(['hc', 'a b', 'c d', 'e" f', ''])
  expect(splitLine("hc a 'web:&rack")).toEqual(['hc', 'a', 'web:&rack'])
  expect(splitLine('true && hc "a b')).toEqual(['hc', 'a b'])
  expect(splitLine('')).toEqual([''])
})
