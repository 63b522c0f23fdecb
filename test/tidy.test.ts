// The rules of the source that neither the compiler nor Biome holds: which room imports which, what a pure room does
// without, how large things get. ARCHITECTURE.md gives the reasons.
import { describe, expect, test } from 'vitest'
import {
  commandImportFaults,
  importFaults,
  lateNodeFaults,
  type Room,
  roomOf,
  startupFaults,
} from './support/tidy/imports.js'
import { commandShapeFaults, docFaults, fileSize, functionSizes, sizeFaults } from './support/tidy/shape.js'
import { type Fault, parseSource, repositoryFiles, type Source } from './support/tidy/source.js'
import { anyFaults, heldBackFaults, purityFaults, wordFaults } from './support/tidy/words.js'

const PURE_ROOMS = ['model', 'spec', 'scheduler', 'planner', 'remote', 'drivers'] as const
const PURE = { packages: [], node: {} } as const
const ADAPTER = { rooms: ['model', 'remote', 'ports'], node: 'all' } as const

/** Each room with what it may import, besides itself. */
const ROOMS: Readonly<Record<string, Room>> = {
  model: { ...PURE, rooms: [] },
  spec: { rooms: ['model'], packages: ['yaml', 'zod'], node: { 'node:crypto': ['createHash', 'createHmac'] } },
  scheduler: { ...PURE, rooms: ['model', 'spec'] },
  planner: { ...PURE, rooms: ['model', 'spec', 'scheduler'] },
  remote: { ...PURE, rooms: ['model', 'spec', 'scheduler', 'planner'] },
  drivers: { ...PURE, rooms: ['model', 'spec', 'scheduler', 'planner', 'remote'] },
  ports: { ...PURE, rooms: ['model'] },
  cluster: { rooms: [...PURE_ROOMS, 'ports'], packages: ['p-retry'], node: 'all' },
  controller: { rooms: [...PURE_ROOMS, 'ports', 'cluster'], packages: ['p-retry'], node: 'all' },
  ssh: { ...ADAPTER, packages: ['ssh2', 'p-retry'] },
  store: { ...ADAPTER, packages: ['lowdb', 'p-retry'] },
  system: { ...ADAPTER, packages: ['node-cron', 'ssh-config', 'p-retry', 'prom-client'] },
  ui: { ...ADAPTER, packages: ['ink', 'react', '@oclif/core'] },
  hc: {
    rooms: [...PURE_ROOMS, 'ports', 'cluster', 'controller', 'ssh', 'store', 'system', 'ui'],
    packages: ['p-retry'],
    node: 'all',
  },
  'hc-export': { rooms: ['model', 'spec', 'controller', 'system'], packages: [], node: 'all' },
  'hc-import': { rooms: ['model', 'spec', 'system'], packages: [], node: 'all' },
  'hc-start': { rooms: ['system'], packages: [], node: 'all' },
  'hc-complete': { rooms: ['model', 'spec', 'store', 'system', 'ui'], packages: [], node: 'all' },
  'hc-offline': { rooms: ['model', 'spec', 'scheduler', 'planner'], packages: [], node: 'all' },
}

/** Packages that cost tens to hundreds of milliseconds to load: never before a command runs. */
const SLOW = ['ssh2', 'ssh-config', 'ink', 'react', 'yaml', 'zod', 'lowdb', 'node-cron', 'prom-client']

const FILE_LINES = 300
const FUNCTION_LINES = 70
/** Exceptions with the size that they have: `path` or `path#function` -> lines. To be kept empty. */
const OVERSIZE: Readonly<Record<string, number>> = {}

// Written in parts, so that this file does not break its own rules.
const LATER = new RegExp(
  `\\b(${['TO', 'FIX', 'XX'].map((part, index) => part + ['DO', 'ME', 'X'][index]).join('|')})\\b`,
)
// The hosts of the lab have a user `admin` whose home is named.
const MACHINE_PATH = new RegExp(`(?<![\\w.~*\\])}])/(${['wor' + 'k', 'hom' + 'e'].join('|')})/(?!admin/)`)

const files = repositoryFiles()
const sources = files.filter(({ path }) => /\.tsx?$/.test(path)).map(({ path, text }) => parseSource(path, text))
const ours = sources.filter(({ path }) => roomOf(path) !== null)
const commands = ours.filter(({ path }) => roomOf(path) === 'commands')
const pure = ours.filter(({ path }) => ([...PURE_ROOMS, 'ports'] as readonly (string | null)[]).includes(roomOf(path)))
const tests = sources.filter(({ path }) => path.startsWith('test/'))

function none(faults: readonly Fault[]): void {
  expect(faults, `\n${faults.join('\n')}\n`).toHaveLength(0)
}

function each(group: readonly Source[], check: (source: Source) => readonly Fault[]): void {
  none(group.flatMap(check))
}

describe('the source is tidy', () => {
  test('there is some', () => {
    expect(ours.length).toBeGreaterThan(10)
    expect(tests.length).toBeGreaterThan(1)
  })
  test('rooms import rooms above them, and only their own packages', () =>
    each(ours, (source) => importFaults(source, ROOMS)))
  test('pure rooms know no clock, no chance, no process and no locale', () => each(pure, purityFaults))
  test('commands import little', () => each(commands, commandImportFaults))
  test('every file in commands/ is a command', () => each(commands, commandShapeFaults))
  test('parts of Node are loaded at the start', () => each(ours, lateNodeFaults))
  test('hc starts without slow packages', () => none(startupFaults(sources, SLOW)))
  test('files are short', () => {
    none(
      sizeFaults(
        sources.map(fileSize),
        FILE_LINES,
        only(OVERSIZE, (name) => !name.includes('#')),
      ),
    )
  })
  test('functions are short', () => {
    none(
      sizeFaults(
        ours.flatMap(functionSizes),
        FUNCTION_LINES,
        only(OVERSIZE, (name) => name.includes('#')),
      ),
    )
  })
  test('exports are documented', () =>
    each(
      ours.filter((source) => !commands.includes(source)),
      docFaults,
    ))
  test('nothing is of type any', () => each(sources, anyFaults))
  test('no test is held back', () => each(tests, heldBackFaults))
  test('nothing is put off in a comment', () => {
    none(files.flatMap((file) => wordFaults(file, LATER, 'do it now, or write an issue and remove the note')))
  })
  test('no file names a path of one machine', () => {
    none(
      files.flatMap((file) =>
        wordFaults(file, MACHINE_PATH, 'use a path relative to the repository, or /srv, /opt, /tmp'),
      ),
    )
  })
})

function only(
  table: Readonly<Record<string, number>>,
  keep: (name: string) => boolean,
): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(table).filter(([name]) => keep(name)))
}

describe('the rules find what they are for', () => {
  const imports = (source: Source) => importFaults(source, ROOMS)
  const startup = (source: Source) => startupFaults([source], SLOW)
  const cases: readonly (readonly [
    rule: (source: Source) => readonly Fault[],
    path: string,
    text: string,
    fault: string | null,
  ])[] = [
    [imports, 'src/model/a.ts', "import { b } from './b.js'", null],
    [
      imports,
      'src/model/a.ts',
      "import type { Plan } from '../planner/plan.js'",
      'src/model/a.ts:1 imports src/planner/plan',
    ],
    [imports, 'src/planner/a.ts', "\nexport { place } from '../cluster/observe.js'", 'src/planner/a.ts:2 imports'],
    [imports, 'src/planner/a.ts', "import { createHash } from 'node:crypto'", 'is pure'],
    [imports, 'src/spec/a.ts', "import { createHash } from 'node:crypto'", null],
    [imports, 'src/spec/a.ts', "import { randomBytes } from 'node:crypto'", 'is pure'],
    [imports, 'src/spec/a.ts', "import * as crypto from 'node:crypto'", 'is pure'],
    [imports, 'src/store/a.ts', "import ssh from 'ssh2'", 'store may import lowdb, p-retry'],
    [imports, 'src/store/a.ts', "const a = await import('../ssh/pool.js')", 'imports src/ssh/pool'],
    [imports, 'src/store/a.ts', "type A = import('../cluster/a.js').A", 'imports src/cluster/a'],
    [imports, 'src/ui/a.tsx', "import { jsx } from 'react/jsx-runtime'", null],
    [imports, 'src/hc.ts', "import { openStore } from './store/store.js'", null],
    [imports, 'src/helpers/a.ts', '', 'is in no room'],
    [commandImportFaults, 'commands/job/a.ts', "import { Flags } from '@oclif/core'", null],
    [commandImportFaults, 'commands/job/a.ts', "import { a } from '../../src/ui/a.js'", null],
    [commandImportFaults, 'commands/job/a.ts', "import type { Job } from '../../src/model/job.js'", null],
    [
      commandImportFaults,
      'commands/job/a.ts',
      "import { isPinned } from '../../src/model/job.js'",
      'a command imports',
    ],
    [lateNodeFaults, 'src/system/a.ts', "const f = async () => (await import('node:http')).request", 'loads node:http'],
    [lateNodeFaults, 'src/system/a.ts', "import { request } from 'node:http'", null],
    [commandImportFaults, 'commands/a.ts', "import { openHc } from '../src/hc.js'", 'at the start'],
    [commandImportFaults, 'commands/a.ts', "class A { async #tick() { await import('../src/hc.js') } }", null],
    [commandImportFaults, 'commands/a.ts', "const hc = await import('../src/hc.js')", 'at the start'],
    [
      commandImportFaults,
      'commands/a.ts',
      "class A { async run() { await import('../src/ssh/pool.js') } }",
      'a command imports',
    ],
    [commandShapeFaults, 'commands/a.ts', 'export default class A {}', null],
    [commandShapeFaults, 'commands/a.ts', 'export class A {}', 'move helpers'],
    [startup, 'commands/a.ts', "import { render } from 'ink'", 'loads ink at every start'],
    [startup, 'commands/a.ts', "import type { Key } from 'ink'", null],
    [purityFaults, 'src/model/a.ts', 'const a = Date.now()', 'Date.now()'],
    [purityFaults, 'src/model/a.ts', 'const a = new Date()', 'new Date() without'],
    [purityFaults, 'src/model/a.ts', 'const a = new Date(0).getTime()', null],
    [purityFaults, 'src/model/a.ts', 'const a = Math.random()', 'Math.random'],
    [purityFaults, 'src/model/a.ts', 'const a = process.env.A', 'process in a pure room'],
    [
      purityFaults,
      'src/model/a.ts',
      'const a = { process: 1 }; const b = a.process; interface C { console: string }',
      null,
    ],
    [purityFaults, 'src/model/a.ts', 'function a(process: string) { return process }', null],
    [purityFaults, 'src/model/a.ts', 'function a() { return setTimeout(a, 1) }', 'setTimeout in a pure room'],
    [purityFaults, 'src/model/a.ts', "const a = 'a'.localeCompare('b')", 'localeCompare'],
    [docFaults, 'src/model/a.ts', '/** A. */\nexport type A = 1', null],
    [docFaults, 'src/model/a.ts', '// A\nexport interface A {}', 'src/model/a.ts:2 A is exported without'],
    [docFaults, 'src/model/a.ts', 'export const a = () => 1', 'a is exported without'],
    [anyFaults, 'src/model/a.ts', 'const a: any[] = []', 'checks nothing'],
    [heldBackFaults, 'test/a.test.ts', "test.only('a', () => {})", 'test.only'],
    [heldBackFaults, 'test/a.test.ts', "describe.each([1]).skip('a', () => {})", 'skip'],
    [heldBackFaults, 'test/a.test.ts', "test.runIf(true)('a', () => {}); fc.skip; a.only = 1", null],
    [
      (source) => sizeFaults(functionSizes(source), 3, {}),
      'src/a.ts',
      'function a() {\n\n\n}',
      'a has 4 lines, the limit is 3',
    ],
    [(source) => sizeFaults([fileSize(source)], 3, { 'src/a.ts': 4 }), 'src/a.ts', '\n\n\nx\n', null],
    [(source) => sizeFaults([fileSize(source)], 3, { 'src/a.ts': 9 }), 'src/a.ts', '\n\n\nx\n', 'lower that'],
    [(source) => wordFaults(source, LATER, 'm'), 'a.md', `x\n${'TO'}${'DO'}: y`, 'a.md:2'],
    [(source) => wordFaults(source, MACHINE_PATH, 'm'), 'a.md', `see /${'home'}/me`, 'a.md:1'],
    [
      (source) => wordFaults(source, MACHINE_PATH, 'm'),
      'a.md',
      `https://example.org/${'work'}/a src/${'home'}/b`,
      null,
    ],
  ]
  for (const [rule, path, text, fault] of cases) {
    test(`${path}: ${JSON.stringify(text)} ${fault === null ? 'is fine' : `-> ${fault}`}`, () => {
      const faults = rule(parseSource(path, text))
      if (fault === null) none(faults)
      else expect(faults.join('\n')).toContain(fault)
    })
  }
})
