// Several control machines on one etcd: HC_SIM_MANY (40) seeds from HC_SIM_MANY_FROM; HC_SIM_MANY_SEED=N plays that one seed and
// prints its whole story.
import '../mocked.js'

import { describe, expect, it } from 'vitest'
import { simulateMany } from './simulate.js'

const { env } = process
const SEEDS = Number(env.HC_SIM_MANY ?? (env.HC_SIM_SEEDS === undefined ? '40' : '0'))
const FROM = Number(env.HC_SIM_MANY_FROM ?? '20270000')
const ONE = env.HC_SIM_MANY_SEED
const BATCH = 20
/** Bound of one seed in real time, ms. */
const SEED_MS = 20_000
const STORY_LINES = 80

describe.runIf(ONE !== undefined)('one seed of several control machines', () => {
  it(`${ONE}`, { timeout: SEED_MS * 10 }, async () => {
    const { story, violations, convergedAfter, effects } = await simulateMany(Number(ONE))
    process.stdout.write(
      `${story.join('\n')}\nconverged after ${convergedAfter} s; ${effects} starts and stops by hc\n`,
    )
    expect(violations).toEqual([])
  })
})

describe.runIf(ONE === undefined)('several control machines', () => {
  const firsts = Array.from({ length: Math.ceil(SEEDS / BATCH) }, (_, index) => FROM + index * BATCH)

  it.each(firsts)(
    'two leaders never act, and no acknowledged apply is lost, from %i',
    {
      timeout: SEED_MS * BATCH,
    },
    async (first) => {
      const failed: string[] = []
      let effects = 0
      for (let seed = first; seed < Math.min(first + BATCH, FROM + SEEDS); seed += 1) {
        const outcome = await simulateMany(seed)
        effects += outcome.effects
        if (outcome.violations.length === 0) continue
        const { violations, story } = outcome
        failed.push([`seed ${seed}: ${violations.join('; ')}`, ...story.slice(-STORY_LINES)].join('\n'))
      }
      expect(failed.join('\n\n'), `${failed.length} seeds failed; HC_SIM_MANY_SEED=N replays one`).toBe('')
      expect(effects).toBeGreaterThan(BATCH)
    },
  )
})
