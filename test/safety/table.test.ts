// docs/safety-cases.md against the tests: every case has some, and each file that is named has one with its number.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const CASES = 20
const root = fileURLToPath(new URL('../', import.meta.url))
const page = readFileSync(new URL('../../docs/safety-cases.md', import.meta.url), 'utf8')

/** Numbers in the names of tests of a file: `case 7: ...`, `cases 4 and 5: ...`. */
function casesIn(path: string): readonly number[] {
  const text = readFileSync(`${root}${path}`, 'utf8')
  const names = text.match(/(?:test|it|describe)?\(\s*['"`]cases? [\d and]+: /g) ?? []
  return [...new Set(names.flatMap((name) => (name.match(/\d+/g) ?? []).map(Number)))]
}

function testFiles(folder = ''): readonly string[] {
  return readdirSync(`${root}${folder}`)
    .sort()
    .flatMap((name) => {
      const path = `${folder}${name}`
      if (statSync(`${root}${path}`).isDirectory()) return testFiles(`${path}/`)
      return name.endsWith('.test.ts') ? [path] : []
    })
}

const rows = new Map(
  page
    .split('\n')
    .filter((line) => /^\| \d+ \|/.test(line))
    .map((line) => {
      const cells = line.split(' | ')
      return [Number(line.split('|')[1]), [...(cells.at(-1) ?? '').matchAll(/`([^`]+)`/g)].map(([, path = '']) => path)]
    }),
)

test.each(Array.from({ length: CASES }, (_, index) => index + 1))(
  'case %i: is in the table, with all of its tests',
  (number) => {
    const having = testFiles().filter((path) => path !== 'safety/table.test.ts' && casesIn(path).includes(number))
    expect(having).not.toEqual([])
    expect([...(rows.get(number) ?? [])].sort()).toEqual([...having].sort())
  },
)

test('the table has no other rows', () => {
  expect([...rows.keys()]).toEqual(Array.from({ length: CASES }, (_, index) => index + 1))
})
