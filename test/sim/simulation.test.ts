// The simulation: as many seeds as HC_SIM_SEEDS says (`npm run sim -- --seeds 10000`), the same ones each time unless
// HC_SIM_FROM names another first one; then HC_SIM_COMMIT more (500), derived from the commit, whose first one is printed. HC_SIM_SEED=N plays that one seed and prints its whole story.
import { execFileSync } from 'node:child_process'
import { describe, expect, it, vi } from 'vitest'
import { simulate } from './simulate.js'
import type { Outcome } from './stage.js'

vi.mock('../../src/remote/write.js', async (original) => ({
  ...(await original<object>()),
  writeScript: (await import('./scripts.js')).simWriteScript,
}))
vi.mock('../../src/remote/look.js', async (original) => ({
  ...(await original<object>()),
  lookScript: (await import('./scripts.js')).simLookScript,
}))
vi.mock('../../src/remote/identity.js', async (original) => ({
  ...(await original<object>()),
  identityScript: (await import('./scripts.js')).simIdentityScript,
}))
vi.mock('../../src/remote/probe.js', async (original) => ({
  ...(await original<object>()),
  probeScript: (await import('./scripts.js')).simProbeScript,
  parseProbe: (await import('./scripts.js')).simParseProbe,
}))

const env = process.env
const SEEDS = Number(env.HC_SIM_SEEDS ?? '200')
const FROM = Number(env.HC_SIM_FROM ?? '20260000')
const ONE = env.HC_SIM_SEED === undefined ? null : Number(env.HC_SIM_SEED)
/** Seeds in which bugs were found: two hc at once, capacity, a new cluster id, busy hosts, late writes, remains on a host. */
const FOUND = [
  20260036, 20260054, 20260069, 20260189, 20260266, 1056, 1093, 1219, 1283, 7166, 1_054_243_388, 500_001_422,
  500_001_728, 500_002_295, 500_002_753,
]
/** Seeds derived from the commit. */
const COMMIT_SEEDS = Number(env.HC_SIM_COMMIT ?? (env.HC_SIM_SEEDS === undefined ? '500' : '0'))
/** Seeds with the faults of fault-table-more.ts as well: HC_SIM_MORE=N plays so many from HC_SIM_FROM. */
const MORE = Number(env.HC_SIM_MORE ?? '0')
/** Seeds of one test case: a long run shows how far it has come. */
const BATCH = 50
/** Seeds with an operator who drains hosts: HC_SIM_DRAINS=N plays so many, HC_SIM_DRAIN=SEED plays one and tells it. */
const DRAINS = Number(env.HC_SIM_DRAINS ?? '50')
const ONE_DRAIN = env.HC_SIM_DRAIN === undefined ? null : Number(env.HC_SIM_DRAIN)
/** Seeds with crowded hosts and drains: HC_SIM_CROWDS=N plays so many, HC_SIM_CROWD=SEED plays one and tells it. */
const CROWDS = Number(env.HC_SIM_CROWDS ?? '2')
const ONE_CROWD = env.HC_SIM_CROWD === undefined ? null : Number(env.HC_SIM_CROWD)
/** Crowded seeds in which room is made by moves, and lower priorities are stopped and come back. */
const CROWDED = [20260006, 20260008, 20260016, 20260024]
/** Lines of the story that a failure prints. */
const STORY_LINES = 80
/** Bound of one seed in real time, ms. */
const SEED_MS = 20_000

/** The first of the seeds derived from the commit; 1 where there is no git. */
function firstOfCommit(): number {
  try {
    const id = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return Number.parseInt(id.slice(0, 7), 16) * 8 + 1
  } catch {
    return 1
  }
}

function failure({ seed, violations, story }: Outcome): string {
  return [
    `seed ${seed}: ${violations.join('; ')}`,
    `replay it with the whole story: HC_SIM_SEED=${seed} npm run sim`,
    ...story.slice(-STORY_LINES),
  ].join('\n')
}

describe.runIf(ONE !== null)('one seed', () => {
  it(`seed ${ONE}`, { timeout: SEED_MS * 10 }, async () => {
    const outcome = await simulate(ONE ?? 0)
    process.stdout.write(`${outcome.story.join('\n')}\n`)
    const { convergedAfter, effects } = outcome
    process.stdout.write(`converged after ${convergedAfter} ticks; ${effects} starts and stops by hc\n`)
    expect(outcome.violations).toEqual([])
  })
})

async function failuresOf(
  seeds: readonly number[],
  hostWords = false,
  crowded = false,
  more = false,
): Promise<{ failed: readonly string[]; effects: number }> {
  const failed: string[] = []
  let effects = 0
  for (const seed of seeds) {
    const outcome = await simulate(seed, hostWords, crowded, more)
    effects += outcome.effects
    if (outcome.violations.length > 0) failed.push(failure(outcome))
  }
  return { failed, effects }
}

describe.runIf(ONE_DRAIN !== null)('one seed with drains', () => {
  it(`seed ${ONE_DRAIN}`, { timeout: SEED_MS * 10 }, async () => {
    const outcome = await simulate(ONE_DRAIN ?? 0, true)
    process.stdout.write(`${outcome.story.join('\n')}\n`)
    expect(outcome.violations).toEqual([])
  })
})

describe.runIf(ONE_CROWD !== null)('one crowded seed', () => {
  it(`seed ${ONE_CROWD}`, { timeout: SEED_MS * 10 }, async () => {
    const outcome = await simulate(ONE_CROWD ?? 0, true, true)
    process.stdout.write(`${outcome.story.join('\n')}\n`)
    expect(outcome.violations).toEqual([])
  })
})

describe.runIf(ONE === null && ONE_DRAIN === null && ONE_CROWD === null)('seeds', () => {
  it('with hosts cordoned and drained', { timeout: SEED_MS * Math.max(1, DRAINS) }, async () => {
    const { failed } = await failuresOf(
      Array.from({ length: DRAINS }, (_, index) => FROM + index),
      true,
    )
    expect(failed.join('\n\n'), `${failed.length} seeds failed`).toBe('')
  })

  it('with more to run than there is room for', { timeout: SEED_MS * (CROWDED.length + CROWDS) }, async () => {
    const { failed } = await failuresOf(
      [...CROWDED, ...Array.from({ length: CROWDS }, (_, index) => FROM + index)],
      true,
      true,
    )
    expect(failed.join('\n\n'), `${failed.length} seeds failed`).toBe('')
  })

  it('in which bugs were found', { timeout: SEED_MS * FOUND.length }, async () => {
    const { failed } = await failuresOf(FOUND)
    expect(failed.join('\n\n'), `${failed.length} seeds failed`).toBe('')
  })

  it.runIf(MORE > 0)('with faults that came later', { timeout: SEED_MS * Math.max(1, MORE) }, async () => {
    const seeds = Array.from({ length: MORE }, (_, index) => FROM + index)
    const { failed } = await failuresOf(seeds, true, false, true)
    expect(failed.join('\n\n'), `${failed.length} seeds failed`).toBe('')
  })

  it.runIf(COMMIT_SEEDS > 0)('derived from the commit', { timeout: SEED_MS * Math.max(1, COMMIT_SEEDS) }, async () => {
    const first = firstOfCommit()
    process.stdout.write(`seeds of this commit: ${COMMIT_SEEDS} from ${first}\n`)
    const { failed } = await failuresOf(Array.from({ length: COMMIT_SEEDS }, (_, index) => first + index))
    expect(failed.join('\n\n'), `${failed.length} seeds failed`).toBe('')
  })

  const firsts = Array.from({ length: Math.ceil(SEEDS / BATCH) }, (_, index) => FROM + index * BATCH)
  it.each(firsts)('from %i', { timeout: SEED_MS * BATCH }, async (first) => {
    const count = Math.min(BATCH, FROM + SEEDS - first)
    const { failed, effects } = await failuresOf(Array.from({ length: count }, (_, index) => first + index))
    expect(failed.join('\n\n'), `${failed.length} seeds failed`).toBe('')
    // A simulation in which nothing happens would pass as well.
    expect(effects).toBeGreaterThan(count)
  })
})
