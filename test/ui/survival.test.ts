// What the loss of one host would mean, in one line and in a block.
import { expect, test } from 'vitest'
import type { Survival } from '../../src/model/plan.js'
import { planLines } from '../../src/ui/plan.js'
import { PLAIN } from '../../src/ui/style.js'
import { survivalHeadline, survivalLines, survivalProblem } from '../../src/ui/survival.js'
import { NO_PLAN, PLAN } from './samples-done.js'

const canvas = { style: PLAIN, columns: null, now: 0 }
const fine: Survival = { ok: true, unplaced: [] }
const fatal: Survival = {
  ok: false,
  unplaced: ['db.0'],
  remedies: { 'db.0': 'it would fit on c with 1 GiB more memory' },
}
const unknown: Survival = { ok: null, unplaced: [] }
const line = (survives: Record<string, Survival>) => survivalHeadline(survives, canvas).join('\n')

test('one line: all well, one that is not, not known, nothing to say', () => {
  expect(line({})).toBe('')
  expect(line({ a: fine, b: fine })).toBe('Survives the loss of any one host')
  expect(line({ a: fatal, b: fine })).toBe(
    'Would not survive the loss of a: db.0 would have no place: it would fit on c with 1 GiB more memory',
  )
  expect(line({ a: fatal, b: fatal })).toContain('; nor of b')
  expect(line({ a: fine, b: unknown })).toBe('Survives the loss of any one host; not known for b')
  expect(line({ a: unknown })).toContain('Not known whether')
  expect(line({ a: { ...unknown, blind: true } })).toBe(
    'Not known whether the loss of a host would be survived: no host can be managed now',
  )
  const near = {
    ok: false,
    unplaced: ['db.0'],
    reasons: { 'db.0': 'c comes nearest (needs 2 GiB memory, 1 GiB free)' },
  }
  expect(line({ a: near })).toContain('db.0 would have no place: c comes nearest (needs 2 GiB memory, 1 GiB free)')
})

test('the control machine and what waits are told apart from what would have no place', () => {
  const control: Survival = { ok: false, unplaced: [], waiting: ['web.0'], control: true }
  expect(line({ a: control, b: fine })).toBe('Survives the loss of any one host, but for a, on which hc itself runs')
  expect(line({ a: { ...fine, waiting: ['db.0'] } })).toContain('pinned slots and the like would wait')
  expect(survivalProblem({ a: control }, canvas)).toEqual([])
  expect(survivalProblem({ a: fatal }, canvas)).toEqual(['  Not survived: loss of a: db.0'])
  const many = { ok: false, unplaced: ['api.0', 'api.1', 'bulk.0', 'web.0'] }
  expect(survivalProblem({ a: many, b: fatal, c: fatal, d: fatal }, canvas)).toEqual([
    '  Not survived: loss of a, b, c or 1 more; of a: api.0, api.1, bulk.0 and 1 more',
  ])
  expect(survivalLines({ a: control, b: { ...fine, waiting: ['db.0'] } }, canvas, false)).toEqual([
    '  all that may move would run elsewhere after the loss of b',
    '  web.0 would wait for a, on which hc itself runs: nobody would place anything elsewhere',
    '  db.0 would wait until b is back',
  ])
})

test('what would give way is told apart from what loses its host', () => {
  const both: Survival = { ok: false, unplaced: ['bulk.1', 'bulk.2'], stopped: ['bulk.2'] }
  expect(survivalLines({ a: both }, canvas, false)).toEqual([
    '  after the loss of a bulk.1 would have no place, and bulk.2 would be stopped to give way to others',
  ])
  expect(survivalLines({ a: { ...both, unplaced: ['bulk.2'] } }, canvas, false)).toEqual([
    '  after the loss of a bulk.2 would be stopped to give way to others',
  ])
})

test('what comes from files cannot act on the terminal', () => {
  expect(line({ a: { ok: false, unplaced: ['x\u001b[2J.0'] } })).not.toContain('\u001b')
  expect(survivalLines({ a: { ok: false, unplaced: ['x\u001b[2J.0'] } }, canvas, false).join()).not.toContain('\u001b')
})

test('a plan tells of losses where it changes something, or where it is asked to', () => {
  const survives = { a: { ...fine, waiting: ['db.0'] }, b: fine }
  const none = { ...NO_PLAN, survives }
  const one = { ...PLAN, survives }
  const said = 'db.0 would wait until a is back'
  const shown = (...args: Parameters<typeof planLines>) => planLines(...args).join('\n')
  expect(PLAN.actions.length).toBeGreaterThan(0)
  expect(shown(one, canvas)).toContain(said)
  expect(shown(none, canvas)).not.toContain(said)
  expect(shown(none, canvas, true)).toContain(said)
})
