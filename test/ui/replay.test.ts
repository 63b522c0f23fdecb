// A tick that is planned again, as it is told.
import { expect, test } from 'vitest'
import { replayLines, ticksLines } from '../../src/ui/replay.js'
import { canvas } from './samples.js'
import { REPLAYED, TICKS } from './samples-replay.js'

test('those that are kept, and what they decided', () => {
  expect(ticksLines({ ticks: [] }, canvas())).toEqual(['No tick is kept: none has acted yet.'])
  const [, first = '', second = ''] = ticksLines(TICKS, canvas(120))
  expect(first).toMatch(/^20261122-095900-000 .* 2 KiB +-$/)
  expect(second).toMatch(/4 KiB +5 actions: web\.0, web\.1, web\.2, web\.3 and 1 more$/)
})

test('what was seen, decided and became of it', () => {
  const lines = replayLines(REPLAYED, canvas(120))
  expect(lines[0]).toContain('Tick 20261122-095930-250')
  expect(lines[1]).toBe('Planned again, it is the same, byte for byte.')
  expect(lines).toContain('nuc1  ready, cordoned  web.0 active (running)  -')
  expect(lines).toContain('nuc2  lost             not seen                no answer for 12s')
  expect(lines).toContain('  start web.1 on nuc1, from nuc2: its host is lost (nuc2 is lost)')
  expect(lines).toContain('  told a word or a lease: nuc1')
  expect(lines.at(-1)).toContain('web.1 on nuc1: done')
})

test('where it is not the same, and what is decided now', () => {
  const [action] = REPLAYED.actions
  const now = { actions: [{ ...action, job: 'web', wave: 0, placement: null, host: 'nuc3' }] }
  const lines = replayLines(
    { ...REPLAYED, same: false, differsAt: 'actions.0.host', now: now as unknown as NonNullable<typeof REPLAYED.now> },
    canvas(120),
  )
  expect(lines.join(' ')).toContain('it differs first at actions.0.host.')
  expect(lines).toContain('  start web.1 on nuc3, from nuc2: its host is lost (nuc2 is lost)')
})
