// A host that stood still is outside the guarantee without a fence: how long its copy may run beside the new one is bounded.
import '../sim/mocked.js'
import { expect, it } from 'vitest'
import { LEASE_DEFAULTS } from '../../src/model/lease-record.js'
import { playScenario } from '../sim/simulate.js'
import type { Stage } from '../sim/stage.js'

/** From one look of a host without a lease to the next, a look, and what a timer may be late with, ms. */
const LOOKS_MS = 2000 + 800 + 200

/** `mail.0` is exclusive and runs on a host that stands still for `ms` while `cut` is cut; how long it then runs twice, ms. */
async function doubled(ms: number, cut: (stage: Stage, home: string) => void): Promise<number> {
  let twice = 0
  const { violations, story } = await playScenario(3, async (stage) => {
    stage.operator.wanted.set('mail', { count: 1, edition: 1, memory: 64, notOn: null })
    stage.operator.apply(false)
    await stage.run(10_000)
    const [home = ''] = stage.placesOf('mail.0')
    stage.hosts.get(home)?.freeze()
    await stage.run(ms)
    expect(stage.placesOf('mail.0')).toHaveLength(2)
    cut(stage, home)
    stage.hosts.get(home)?.wake()
    for (; stage.placesOf('mail.0').length > 1 && twice < 60_000; twice += 50) await stage.run(50)
    expect(stage.placesOf('mail.0')).not.toContain(home)
    await stage.run(15_000)
    stage.network.healAll()
  })
  expect(violations, story.slice(-60).join('\n')).toEqual([])
  return twice
}

it('case 9: a frozen host that wakes ends its copy within its look and the stop bound, also where nobody reaches it', async () => {
  const bound = LOOKS_MS + LEASE_DEFAULTS.stopBoundMs
  const alone = await doubled(60_000, ({ network, hosts }, home) => {
    for (const other of ['control', 'gateway', ...hosts.keys()].filter((name) => name !== home)) {
      network.cut(other, home)
      network.cut(home, other)
    }
  })
  expect(alone).toBeGreaterThan(0)
  expect(alone).toBeLessThanOrEqual(bound)
  // A majority answers it, and no control machine tells it that it was replaced.
  const unled = await doubled(60_000, ({ network }, home) => {
    network.cut('control', home)
    network.cut(home, 'control')
  })
  expect(unled).toBeLessThanOrEqual(bound)
  // In reach, the first contact usually ends it sooner.
  expect(await doubled(60_000, () => {})).toBeLessThanOrEqual(bound)
})
