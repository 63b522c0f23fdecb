// What a drill has shown, in a sentence.
import { expect, test } from 'vitest'
import { drillVerdict } from '../../src/controller/drill.js'
import type { DrillView } from '../../src/model/drill.js'

const VIEW: DrillView = {
  host: 'nuc2',
  moves: ['a.0', 'b.0'],
  exclusive: [],
  waits: [],
  boundMs: 20_000,
  despite: [],
  slots: [
    { slot: 'a.0', host: 'nuc1', afterMs: 3900 },
    { slot: 'b.0', host: 'nuc3', afterMs: 3100 },
  ],
  lostMs: 3000,
  silentMs: 4500,
  convergedMs: 1000,
  interrupted: false,
}
const half = {
  ...VIEW,
  slots: [
    { slot: 'a.0', host: 'nuc1', afterMs: 3900 },
    { slot: 'b.0', host: null, afterMs: null },
  ],
}

test('all, some, none, and one that was interrupted', () => {
  expect(drillVerdict(VIEW)).toBe('nuc2 may die: 2 of 2 slots answered elsewhere within 3.9 s')
  expect(drillVerdict(half)).toBe('nuc2 may not die: only 1 of 2 slots answered elsewhere within 3.9 s')
  expect(drillVerdict({ ...half, interrupted: true })).toContain('was interrupted')
  expect(drillVerdict({ ...VIEW, moves: [], slots: [] })).toContain('nothing that runs there has to answer elsewhere')
})
