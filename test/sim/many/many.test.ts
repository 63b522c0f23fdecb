// Several control machines on one etcd: HC_SIM_MANY (40) seeds from HC_SIM_MANY_FROM; HC_SIM_MANY_SEED=N plays that one seed and
// prints its whole story. HC_SIM_MANY_DRAINS (20) seeds are played with an operator who drains hosts too, and with
// HC_SIM_MANY_DRAIN=N that one of them.
import '../mocked.js'

import { describe, expect, it } from 'vitest'
import { simulateMany } from './simulate.js'

const { env } = process
const SEEDS = Number(env.HC_SIM_MANY ?? (env.HC_SIM_SEEDS === undefined ? '40' : '0'))
const DRAINS = Number(
  env.HC_SIM_MANY_DRAINS ?? (env.HC_SIM_SEEDS === undefined && env.HC_SIM_MANY === undefined ? '20' : '0'),
)
const FROM = Number(env.HC_SIM_MANY_FROM ?? '20270000')
/** The one seed that is asked for. */
const ONE = [
  { seed: env.HC_SIM_MANY_SEED, drains: false },
  { seed: env.HC_SIM_MANY_DRAIN, drains: true },
].filter(({ seed }) => seed !== undefined)
const BATCH = 20
/** A loop that had waited for the lock of a killed command acted on what it had seen fifteen seconds before. */
const FOUND = [30_000_138]
/** Bound of one seed in real time, ms. */
const SEED_MS = 20_000
const STORY_LINES = 80

describe.runIf(ONE.length > 0)('one seed of several control machines', () => {
  it.each(ONE)('$seed', { timeout: SEED_MS * 10 }, async ({ seed, drains }) => {
    const { story, violations, convergedAfter, effects } = await simulateMany(Number(seed), drains)
    process.stdout.write(
      `${story.join('\n')}\nconverged after ${convergedAfter} s; ${effects} starts and stops by hc\n`,
    )
    expect(violations).toEqual([])
  })
})

/** The first of each batch. */
function firsts(count: number): readonly number[] {
  return Array.from({ length: Math.ceil(count / BATCH) }, (_, index) => FROM + index * BATCH)
}

/** Plays a batch and expects all of it to hold. */
async function hold(first: number, end: number, drains: boolean): Promise<void> {
  const failed: string[] = []
  let effects = 0
  for (let seed = first; seed < Math.min(first + BATCH, end); seed += 1) {
    const outcome = await simulateMany(seed, drains)
    effects += outcome.effects
    if (outcome.violations.length === 0) continue
    const { violations, story } = outcome
    failed.push([`seed ${seed}: ${violations.join('; ')}`, ...story.slice(-STORY_LINES)].join('\n'))
  }
  const replay = drains ? 'HC_SIM_MANY_DRAIN' : 'HC_SIM_MANY_SEED'
  expect(failed.join('\n\n'), `${failed.length} seeds failed; ${replay}=N replays one`).toBe('')
  expect(effects).toBeGreaterThan(BATCH)
}

describe.runIf(ONE.length === 0)('several control machines', () => {
  const timeout = SEED_MS * BATCH

  it.each(FOUND)('in which a bug was found: %i', { timeout }, async (seed) => {
    const { violations, story } = await simulateMany(seed)
    expect(violations, story.slice(-STORY_LINES).join('\n')).toEqual([])
  })

  it.each(firsts(SEEDS))(
    'two leaders never act, and no acknowledged apply is lost, from %i',
    { timeout },
    async (first) => {
      await hold(first, FROM + SEEDS, false)
    },
  )

  it.each(firsts(DRAINS))('with an operator who drains hosts, from %i', { timeout }, async (first) => {
    await hold(first, FROM + DRAINS, true)
  })
})
