// The simulation: as many seeds as HC_SIM_SEEDS says (`npm run sim -- --seeds 10000`), the same ones each time unless
// HC_SIM_FROM names another first one; then HC_SIM_COMMIT more (500), derived from the commit: the names of the test cases
// tell their first ones. HC_SIM_SEED=N plays that one seed and prints its whole story; modes.ts names the other variables.
import './mocked.js'

import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { FOUND, MODES, type Mode, VARIABLES } from './modes.js'
import { simulate } from './simulate.js'
import type { Outcome } from './stage.js'

const env = process.env
const SEEDS = Number(env.HC_SIM_SEEDS ?? '200')
const FROM = Number(env.HC_SIM_FROM ?? '20260000')
/** A run of many seeds plays nothing else unless it is told to. */
const otherwise = (count: number) => (env.HC_SIM_SEEDS === undefined ? count : 0)
/** How many seeds of each mode are derived from the commit. */
const COMMIT_SEEDS = Number(env.HC_SIM_COMMIT ?? otherwise(500))
/** With drains, crowded, and with the faults of fault-table-more.ts: so many from HC_SIM_FROM. */
const DRAINS = Number(env.HC_SIM_DRAINS ?? '50')
const CROWDS = Number(env.HC_SIM_CROWDS ?? '2')
const MORE = Number(env.HC_SIM_MORE ?? otherwise(40))
/** The latter, derived from the commit. */
const MORE_COMMIT = Number(env.HC_SIM_MORE_COMMIT ?? (env.HC_SIM_MORE === undefined ? otherwise(80) : 0))
/** The modes that came last: the first of their fixed seeds. */
const LATE_FROM = Number(env.HC_SIM_FROM ?? '1')
/** With what befalls stores and machines (fault-table-store.ts), and derived from the commit. */
const STORE = Number(env.HC_SIM_STORE ?? otherwise(30))
const STORE_COMMIT = Number(env.HC_SIM_STORE_COMMIT ?? '0')
/** With two control machines that take over from each other: likewise. */
const CONTROL = Number(env.HC_SIM_CONTROL ?? otherwise(10))
const CONTROL_COMMIT = Number(env.HC_SIM_CONTROL_COMMIT ?? '0')
/** With services that keep failing: likewise. */
const FAIL = Number(env.HC_SIM_FAIL ?? otherwise(30))
const FAIL_COMMIT = Number(env.HC_SIM_FAIL_COMMIT ?? (env.HC_SIM_FAIL === undefined ? otherwise(10) : 0))
/** With services that fall sick and versions that turn out bad: likewise. */
const LIFE = Number(env.HC_SIM_LIFE ?? otherwise(12))
const LIFE_COMMIT = Number(env.HC_SIM_LIFE_COMMIT ?? (env.HC_SIM_LIFE === undefined ? otherwise(10) : 0))
/** With batch and cron jobs that run to their ends: likewise. */
const RUNS = Number(env.HC_SIM_RUNS ?? otherwise(8))
const RUNS_COMMIT = Number(env.HC_SIM_RUNS_COMMIT ?? (env.HC_SIM_RUNS === undefined ? otherwise(10) : 0))
/** With fence drivers that work and fail: likewise. */
const FENCE = Number(env.HC_SIM_FENCE ?? otherwise(20))
const FENCE_COMMIT = Number(env.HC_SIM_FENCE_COMMIT ?? (env.HC_SIM_FENCE === undefined ? otherwise(10) : 0))
/** Also seeds that a commit draws are held to laws that are still young (`simulate`). */
const STRICT = env.HC_SIM_STRICT !== undefined
const DERIVED_AT_MOST = 100_000
/** Seeds of one test case: a long run shows how far it has come. */
const BATCH = 50
/** Lines of the story that a failure prints. */
const STORY_LINES = 80
/** Bound of one seed in real time, ms. */
const SEED_MS = 20_000

/** The one seed that is asked for. */
const ONE = MODES.flatMap((mode) => {
  const seed = env[VARIABLES[mode]]
  return seed === undefined ? [] : [{ mode, seed: Number(seed) }]
})

/** The first of the seeds derived from the commit; 1 where there is no git. */
function firstOfCommit(): number {
  try {
    const id = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return Number.parseInt(id.slice(0, 7), 16) * 8 + 1
  } catch {
    return 1
  }
}

function failure({ seed, violations, story }: Outcome, mode: Mode): string {
  return [
    `seed ${seed}: ${violations.join('; ')}`,
    `replay it with the whole story: ${VARIABLES[mode]}=${seed} npm run sim`,
    ...story.slice(-STORY_LINES),
  ].join('\n')
}

/** The first that the commit draws. */
const commit = firstOfCommit()

/** Drawn by a commit: nobody has seen it before. */
function isDerived(seed: number): boolean {
  return seed >= commit && seed < commit + DERIVED_AT_MOST
}

/** Plays seeds and expects them all to hold; starts and stops by hc. */
async function hold(mode: Mode, seeds: readonly number[]): Promise<number> {
  const failed: string[] = []
  let effects = 0
  for (const seed of seeds) {
    const outcome = await simulate(seed, mode, STRICT || !isDerived(seed))
    effects += outcome.effects
    if (outcome.violations.length > 0) failed.push(failure(outcome, mode))
  }
  expect(failed.join('\n\n'), `${failed.length} seeds failed`).toBe('')
  return effects
}

/** `count` seeds from `first`, in test cases of some each. */
function batches(first: number, count: number): { readonly first: number; readonly seeds: readonly number[] }[] {
  return Array.from({ length: Math.ceil(count / BATCH) }, (_, index) => {
    const from = first + index * BATCH
    const length = Math.min(BATCH, first + count - from)
    return { first: from, seeds: Array.from({ length }, (_, at) => from + at) }
  })
}

describe.runIf(ONE.length > 0)('one seed', () => {
  it.each(ONE)('$mode $seed', { timeout: SEED_MS * 10 }, async ({ mode, seed }) => {
    const { story, convergedAfter, effects, violations } = await simulate(seed, mode)
    process.stdout.write(`${story.join('\n')}\n`)
    process.stdout.write(`converged after ${convergedAfter} ticks; ${effects} starts and stops by hc\n`)
    expect(violations).toEqual([])
  })
})

describe.runIf(ONE.length === 0)('seeds', () => {
  const timeout = SEED_MS * BATCH

  it.each(batches(FROM, DRAINS))('with hosts cordoned and drained, from $first', { timeout }, async ({ seeds }) => {
    await hold('drain', seeds)
  })

  it.each(batches(FROM, CROWDS))(
    'with more to run than there is room for, from $first',
    { timeout },
    async ({ seeds }) => {
      await hold('crowd', seeds)
    },
  )

  it.each(MODES.filter((mode) => FOUND[mode].length > 0))('in which bugs were found: %s', { timeout }, async (mode) => {
    await hold(mode, FOUND[mode])
  })

  it.each([...batches(FROM, MORE), ...batches(commit, MORE_COMMIT)])(
    'with faults that came later, from $first',
    { timeout },
    async ({ seeds }) => {
      await hold('more', seeds)
    },
  )

  it.each([...batches(LATE_FROM, STORE), ...batches(commit, STORE_COMMIT)])(
    'with older stores and machines installed anew, from $first',
    { timeout },
    async ({ seeds }) => {
      await hold('store', seeds)
    },
  )

  it.each([...batches(LATE_FROM, CONTROL), ...batches(commit, CONTROL_COMMIT)])(
    'with two control machines, from $first',
    { timeout },
    async ({ seeds }) => {
      await hold('control', seeds)
    },
  )

  it.each([...batches(LATE_FROM, FAIL), ...batches(commit, FAIL_COMMIT)])(
    'with services that keep failing, from $first',
    { timeout },
    async ({ seeds }) => {
      await hold('fail', seeds)
    },
  )

  it.each([...batches(LATE_FROM, LIFE), ...batches(commit, LIFE_COMMIT)])(
    'with services that fall sick and bad versions, from $first',
    { timeout },
    async ({ seeds }) => {
      await hold('life', seeds)
    },
  )

  it.each([...batches(LATE_FROM, RUNS), ...batches(commit, RUNS_COMMIT)])(
    'with batch and cron jobs, from $first',
    { timeout },
    async ({ seeds }) => {
      await hold('runs', seeds)
    },
  )

  it.each([...batches(LATE_FROM, FENCE), ...batches(commit, FENCE_COMMIT)])(
    'with fence drivers that work and fail, from $first',
    { timeout },
    async ({ seeds }) => {
      await hold('fence', seeds)
    },
  )

  it.each(batches(commit, COMMIT_SEEDS))('derived from the commit, from $first', { timeout }, async ({ seeds }) => {
    await hold('seed', seeds)
  })

  it.each(batches(FROM, SEEDS))('from $first', { timeout }, async ({ seeds }) => {
    // A simulation in which nothing happens would pass as well.
    expect(await hold('seed', seeds)).toBeGreaterThan(seeds.length)
  })
})
