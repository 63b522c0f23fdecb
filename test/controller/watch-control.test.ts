// Watching a cluster of several control machines: who leads is shown on each of them.
import { expect, test } from 'vitest'
import type { ControlView } from '../../src/model/control.js'
import { ALL_WELL } from '../ui/samples.js'
import { Stage } from './support/watch-stage.js'

const LED: ControlView = {
  leader: { name: 'nuc9', pid: 7, since: '2026-03-01T12:00:00.000Z' },
  standbys: [{ name: 'nuc2', pid: 8, since: '2026-03-01T12:00:00.000Z' }],
  trouble: null,
}

test('on a machine that stands by it looks by itself, says who leads, and takes nothing for trouble', async () => {
  const stage = new Stage()
  stage.ticking = true
  stage.look = () => ({ ...ALL_WELL, loop: { ticking: true, lastTick: null }, control: LED })
  stage.watch()
  await stage.pass(20_000)
  expect(stage.sources()).toEqual(['own'])
  expect(stage.views.at(-1)?.control).toEqual(LED)
  expect(stage.troubles).toEqual([])
})

test('on the machine that leads, its snapshots say so too, and the store is asked every other second at most', async () => {
  const stage = new Stage()
  let asked = 0
  stage.control = async () => {
    asked += 1
    return LED
  }
  stage.startLoop()
  stage.watch()
  await stage.pass(20_000)
  expect(stage.sources()).toEqual(['loop'])
  expect(stage.views.slice(1).every(({ control }) => control?.leader?.name === 'nuc9')).toBe(true)
  expect(asked).toBeGreaterThan(5)
  expect(asked).toBeLessThanOrEqual(11)
})
