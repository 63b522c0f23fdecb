// The input of a plan, put together of records, inventory and observation.
import { describe, expect, test } from 'vitest'
import { acquaintances, assemble, deposedText, type Seen } from '../../src/controller/assemble.js'
import type { HostObservation } from '../../src/model/observation.js'
import type { HostRecord, Records } from '../../src/model/records.js'
import {
  applied,
  belief,
  facts,
  host,
  job,
  observation,
  observed,
  placement,
  settings,
  unheard,
  unit,
  WALL,
} from '../planner/support/make.js'
import { records } from './support/records.js'

function seen(hosts: readonly HostObservation[], more: Partial<Seen> = {}): Seen {
  return {
    inventory: { file: '/i.yml', hosts: [host('n2'), host('n10'), host('n1')], settings: settings(), notes: [] },
    observation: observation(77, hosts),
    beliefs: hosts.map((one) => belief(one.host, one.answering ? 'ready' : 'suspect')),
    busy: new Set(),
    lackingImages: new Map(),
    wall: WALL,
    ...more,
  }
}

const record = (more: Partial<HostRecord> = {}): HostRecord => ({
  cordoned: false,
  draining: false,
  lastContact: WALL,
  bootId: null,
  machineId: null,
  verdict: 'ready',
  verdictSince: WALL,
  provenVantages: ['control'],
  ...more,
})

const n1 = (from: Records | null, about: Seen) => assemble(from, about).hosts.find((state) => state.host.name === 'n1')

test('a command has from the loop for how long a host hangs, by its belief', () => {
  const hung = { ...belief('n1', 'unmanageable'), hungMs: 130_000 }
  expect(n1(records({}), seen([unheard('n1', 0)], { beliefs: [hung] }))).toMatchObject({ hungMs: 130_000 })
  expect(n1(records({}), seen([unheard('n1', 0)], { beliefs: [belief('n1', 'unmanageable')] }))).not.toHaveProperty(
    'hungMs',
  )
})

describe('an input', () => {
  test('has every host of the inventory, by name, also those that nobody asked', () => {
    const { hosts } = assemble(records(), seen([observed('n1')]))
    expect(
      hosts.map(({ host: { name }, belief: { verdict }, facts: shown }) => [name, verdict, shown === null]),
    ).toEqual([
      ['n1', 'ready', false],
      ['n2', 'unknown', true],
      ['n10', 'unknown', true],
    ])
  })
  test('has jobs by name, records as they are, and the time of the observation', () => {
    const [b, a] = [applied(job('b')), applied(job('a'))]
    const from = records({ jobs: { b, a }, removed: { old: WALL }, placements: { 'a.0': placement('a.0', 'n1') } })
    const input = assemble(from, seen([]))
    expect(input.jobs.map(({ job: { name } }) => name)).toEqual(['a', 'b'])
    expect(input).toMatchObject({
      cluster: 'c1',
      removed: { old: WALL },
      placements: from.placements,
      now: 77,
      wall: WALL,
    })
  })
  test('takes what would be applied in place of what is', () => {
    const from = records({ jobs: { a: applied(job('a')) }, removed: { old: WALL } })
    const input = assemble(from, seen([]), { jobs: [applied(job('b'))], removed: { a: WALL } })
    expect([input.jobs.map(({ job: { name } }) => name), input.removed]).toEqual([['b'], { a: WALL }])
  })
  test('without a store wants nothing and knows nobody', () => {
    const input = assemble(null, seen([observed('n1', { facts: facts({ term: { number: 9, owner: 'x-1' } }) })]))
    expect(input).toMatchObject({ cluster: '', jobs: [], removed: {}, placements: {}, backOffs: {} })
    expect(input.hosts[0]).toMatchObject({ everReached: false, cordoned: false, blocked: null })
  })
  test('folds intent in', () => {
    const from = records({ hosts: { n1: record({ cordoned: true, draining: true }) } })
    expect(n1(from, seen([observed('n1')]))).toMatchObject({ cordoned: true, draining: true })
  })
  test('has images that a host lacks', () => {
    const lackingImages = new Map([['n1', { 'web@sha256:1': 'no registry has it' }]])
    expect(n1(records(), seen([observed('n1')], { lackingImages }))?.lackingImages).toEqual({
      'web@sha256:1': 'no registry has it',
    })
  })
})

describe('a host counts as reached', () => {
  test('where the store knows a contact', () => {
    expect(n1(records({ hosts: { n1: record() } }), seen([unheard('n1', 0)]))?.everReached).toBe(true)
  })
  test('not where it only refused us, nor where the store does not know it', () => {
    expect(n1(records({ hosts: { n1: record({ lastContact: null }) } }), seen([unheard('n1', 0)]))?.everReached).toBe(
      false,
    )
    expect(n1(records(), seen([observed('n1')]))?.everReached).toBe(false)
  })
})

describe('a host is blocked', () => {
  const showing = (number: number, owner: string) =>
    seen([observed('n1', { facts: facts({ term: { number, owner } }) })])

  test('while steps are under way', () => {
    expect(n1(records(), seen([observed('n1')], { busy: new Set(['n1']) }))?.blocked).toEqual({
      kind: 'busy',
      text: 'n1 is busy with earlier steps',
    })
  })
  test('until it shows what the steps have left', () => {
    expect(n1(records(), seen([observed('n1', { facts: null })]))?.blocked?.kind).toBe('busy')
  })
  test('where another control machine writes, and says how to end that', () => {
    for (const [number, owner] of [
      [5, 'laptop-bbbb'],
      [4, 'laptop-bbbb'],
      [5, 'desk-aaaa'],
    ] as const) {
      expect(n1(records(), showing(number, owner))?.blocked).toEqual({
        kind: 'foreign',
        text: `another control machine (${owner}, term ${number}) acts here: hc reconcile --take-over makes this one act instead`,
      })
    }
  })
  test('also one that nobody has written to, where we were deposed on another of the same cluster', () => {
    const deposed = (cluster: string) =>
      seen([observed('n1'), observed('n2', { facts: facts({ term: { number: 5, owner: 'laptop-bbbb' }, cluster }) })])
    expect(n1(records(), deposed('c1'))?.blocked).toMatchObject({ kind: 'foreign' })
    expect(n1(records(), deposed('c1'))?.blocked?.text).toContain('acts on n2')
    expect(n1(records(), deposed('c9'))?.blocked).toBeNull()
  })
  test('not under our own term, nor under a lower one', () => {
    expect(n1(records(), showing(4, 'desk-aaaa'))?.blocked).toBeNull()
    expect(n1(records(), showing(3, 'laptop-bbbb'))?.blocked).toBeNull()
    expect(n1(records(), seen([observed('n1')]))?.blocked).toBeNull()
    expect(n1(records({}), seen([unheard('n1', 0)]))?.blocked).toBeNull()
  })
})

test('why this machine does not act, for the doctor', () => {
  const shown = (term: number, cluster: string) =>
    observation(
      77,
      ['n2', 'n1'].map((name) => observed(name, { facts: facts({ term: { number: term, owner: 'b' }, cluster }) })),
    )
  expect(deposedText(records(), shown(5, 'c1'))).toBe(
    'another control machine (b, term 5) acts on n1, n2: this machine writes to no host',
  )
  expect(deposedText(records(), shown(5, 'c9'))).toContain('acts on n1, n2: this machine does not write there')
  expect(deposedText(records(), shown(3, 'c1'))).toBeNull()
  expect(deposedText(null, shown(5, 'c1'))).toBeNull()
  const restored = { at: '2026-01-02T00:00:00Z', from: { owner: 'a', number: 2 } }
  expect(deposedText(records({ restored }), shown(3, 'c1'))).toContain(
    'backup (a, term 2): this machine writes to no host',
  )
  const older = { host: 'n1', term: 4, order: 9, rules: 0 }
  expect(deposedText(records({ older }), shown(3, 'c1'))).toBe(
    'the store here is an older copy: n1 was told order 9 of term 4, it knows of order 0 of term 4: this machine writes to no host',
  )
})

test('what the records know of hosts before they are asked', () => {
  const from = records({ hosts: { n1: record({ provenVantages: ['n2'] }), n2: record({ lastContact: null }) } })
  expect(Object.fromEntries(acquaintances(from))).toEqual({
    n1: { everReached: true, provenVantages: ['n2'] },
    n2: { everReached: false, provenVantages: ['control'] },
  })
  expect(acquaintances(null).size).toBe(0)
})

describe('a machine under two names, of which one takes no jobs', () => {
  const alias = host('n1', { takesJobs: false, connection: host('n2').connection })
  const shown = (name: string, bootId: string) =>
    observed(name, { facts: facts({ bootId, units: [unit('web.0', { placement: 1 })] }) })
  const slots = (hosts: readonly HostObservation[]) =>
    assemble(
      records({}),
      seen(hosts, { inventory: { file: '/i.yml', hosts: [alias, host('n2')], settings: settings(), notes: [] } }),
    ).hosts.map((state) => `${state.host.name} ${state.facts?.units.length ?? '-'}`)

  test('what runs there is of the name that takes jobs, also while that one is silent', () => {
    expect(slots([shown('n1', 'b'), shown('n2', 'b')])).toEqual(['n1 0', 'n2 1'])
    expect(slots([shown('n1', 'b'), unheard('n2', 0, { lastFacts: facts({ bootId: 'b' }) })])).toEqual(['n1 0', 'n2 -'])
  })

  test('another machine with that address, behind another jump host, shows what it runs', () => {
    expect(slots([shown('n1', 'other'), shown('n2', 'b')])).toEqual(['n1 1', 'n2 1'])
  })
})
