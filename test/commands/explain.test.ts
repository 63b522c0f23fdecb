import { expect, test, vi } from 'vitest'
import Explain from '../../commands/explain.js'
import type { Hc } from '../../src/hc.js'
import { REPLAYED, TICKS } from '../ui/samples-replay.js'
import { run } from './run.js'

vi.mock('../../src/hc.js', () => import('./fake-hc.js'))

test('explain --tick lists, shows one, and fails where it is not the same', async () => {
  const list = await run(Explain, ['--tick'])
  expect(list.stdout).toContain('20261122-095900-000')
  expect(list.stderr).toContain('hc explain --tick 20261122-095930-250')
  expect((await run(Explain, ['--tick', '--json'])).json).toMatchObject({ ticks: TICKS.ticks })
  const asked: string[] = []
  const replayTick: Hc['replayTick'] = async (id) => {
    asked.push(id)
    return { ...REPLAYED, same: id === 'same', differsAt: 'actions.0.host' }
  }
  expect((await run(Explain, ['--tick', 'same'], { hc: { replayTick } })).exitCode).toBe(0)
  const other = await run(Explain, ['--tick', 'other'], { hc: { replayTick } })
  expect([other.exitCode, other.stdout.includes('it differs first at actions.0.host')]).toEqual([1, true])
  expect(asked).toEqual(['same', 'other'])
  expect((await run(Explain, [])).exitCode).toBe(2)
  expect((await run(Explain, ['--tick', 'same', 'nuc1'])).exitCode).toBe(2)
})
