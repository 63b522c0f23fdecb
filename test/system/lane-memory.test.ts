// A loop asks each host once per second for months: a lane keeps nothing of what it was told.
import { expect, test } from 'vitest'
import { createClock } from '../../src/system/clock.js'
import { createLocalTransport } from '../../src/system/local.js'
import { host } from '../planner/support/make.js'
import { held } from '../support/held.js'

test('answers are not kept', async () => {
  const transport = createLocalTransport({ clock: createClock() })
  const here = host('here', { become: 'no' })
  const script =
    'i=0; while [ $i -lt 1000 ]; do echo "line $i of what a host says, once per second, for months"; i=$((i + 1)); done'
  const ask = async () => {
    const result = await transport.run(here, { script, lane: 'look', timeoutMs: 10_000 })
    expect(result.ok && result.output.length).toBeGreaterThan(50_000)
  }
  for (let n = 0; n < 20; n += 1) await ask()
  const before = held()
  for (let n = 0; n < 150; n += 1) await ask()
  // 150 answers have 9 MB.
  expect(held() - before).toBeLessThan(3_000_000)
  await transport.close()
})
