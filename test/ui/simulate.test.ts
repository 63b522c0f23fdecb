import { expect, test } from 'vitest'
import type { SimulationView } from '../../src/model/scenario.js'
import { simulationLines } from '../../src/ui/simulate.js'
import { makeStyle } from '../../src/ui/style.js'

const canvas = { style: makeStyle({ isTTY: false, noColor: true, env: {} }), columns: 80, now: 0 }
const GIB = 1024 ** 3
const use = (cpu: number, memory: number) => ({ cpu, memory: memory * GIB, disk: 0, devices: {} })
const host = (name: string, before: number, after: number, lost = false) => ({
  name,
  capacity: { ...use(4000, 8), devices: { gpu: 2000 } },
  before: { slots: before, used: { ...use(before * 500, before), devices: { gpu: 500 } } },
  after: { slots: after, used: use(after * 500, after) },
  lost,
})

const VIEW: SimulationView = {
  placements: [{ slot: 'web.0', host: 'nuc1' }],
  unplaced: [{ slot: 'web.1', reasons: [{ host: 'nuc1', reason: 'needs 1 GiB memory, 0 B free' }] }],
  moves: [{ slot: 'web.0', from: 'nuc2', to: 'nuc1' }],
  survives: { nuc1: { ok: false, unplaced: ['web.0'] } },
  proved: true,
  remedy: null,
  looked: true,
  basis: ['taken: 1 from job files'],
  hosts: [host('nuc1', 1, 2), host('nuc2', 2, 0, true)],
  fill: { job: 'web', more: 0, hosts: {}, stopped: [{ host: 'nuc1', reason: 'needs 1 GiB memory, 0 B free' }] },
}

test('host by host before and after', () => {
  expect(simulationLines(VIEW, canvas, 1).join('\n')).toMatchInlineSnapshot(`
    "Taken: 1 from job files

    HOST         SLOTS  CPU        MEMORY               DISK     DEVICES
    nuc1         1 > 2  0.5 > 1/4  1 GiB > 2 GiB/8 GiB  0 B/0 B  gpu 0.5 > 0/2
    nuc2 (lost)  2 > 0  1 > 0/4    2 GiB > 0 B/8 GiB    0 B/0 B  gpu 0.5 > 0/2

    Moves
      > web.0  nuc2 > nuc1: to make room

    Without a place
      web.1 has no place
        nuc1: needs 1 GiB memory, 0 B free

    Loss of one more host
      after the loss of nuc1 web.0 would have no place

    Room
      0 more slots of web would fit
      The next one has no place:
        nuc1: needs 1 GiB memory, 0 B free

    1 of 2 slots has no place; 1 move; proved: no placement of more exists."
  `)
})

test('what is not proved says what looks longer', () => {
  const [last] = simulationLines({ ...VIEW, proved: false }, { ...canvas, columns: null }, 2).slice(-1)
  expect(last).toBe('1 of 2 slots has no place; 1 move; not proved within the budget: --effort 20 looks longer.')
})

test('of thousands of hosts only those with a change are listed, and no more than a screen or two', () => {
  const hosts = Array.from({ length: 3000 }, (_, index) => host(`n${index}`, 1, index < 100 ? 2 : 1)).map((each) => ({
    ...each,
    before: { ...each.before, used: use(each.before.slots * 500, each.before.slots) },
  }))
  const lines = simulationLines({ ...VIEW, hosts }, canvas, 1)
  expect(lines.length).toBeLessThan(80)
  expect(lines.join('\n')).toContain('... of 3000 hosts, 100 with a change: --json lists all')
})

test('losses that were not looked at are not told as a search that ended', () => {
  const survives = { nuc1: { ok: null, unplaced: [] } }
  const shown = (looked: boolean) => simulationLines({ ...VIEW, survives, looked }, canvas, 1).join('\n')
  expect(shown(true)).toContain('not known for nuc1: the search ended at its budget')
  expect(shown(false)).toContain('not looked at: 1 host times 1 slot are more than 50000')
  expect(shown(false)).not.toContain('the search ended')
})

test('what would make it fit stands with what has no place, and the search is that of this command', () => {
  const unplaced = [
    { ...VIEW.unplaced[0], slot: 'web.1', reasons: [], proof: 'budget', remedy: 'it would fit on nuc1' } as const,
    { slot: 'web.2', reasons: [] },
  ]
  const shown = simulationLines(
    { ...VIEW, unplaced, remedy: 'both would fit with 2 cores more cpu on nuc1' },
    canvas,
    1,
  )
  const text = shown.join('\n').replace(/\s+/g, ' ')
  expect(text).toContain('hc simulate --effort 10 looks longer')
  expect(text).toContain('It would fit on nuc1')
  expect(text).toContain('Both would fit with 2 cores more cpu on nuc1')
})
