// What runs on one host, because the others were closed, is spread out when it is asked for: never before, and only so far as it gains.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RebalanceView } from '../../src/model/rebalance.js'
import { wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { places, running, twice, units } from './support/seen.js'
import { stopwatch, tell } from './support/wait.js'

beforeEach(wipe)
afterEach(closeProjects)

const job = (memory: string, ...more: readonly string[]) =>
  ['command: [sleep, infinity]', `resources: {cpu: 20m, memory: ${memory}}`, ...more, ''].join('\n')

test('slots that came to one host go where they are better off, one at a time, and then nothing moves any more', async () => {
  const project = new Project()
  project.job('web', job('256Mi', 'count: 2'))
  project.job('large', job('2Gi'))
  await project.hc('host', 'cordon', 'nuc2', 'nuc3')
  expect((await project.apply()).code).toBe(0)
  await project.loop()
  await project.hc('host', 'uncordon', 'nuc2', 'nuc3')
  const crowded = places(await running()).sort()
  expect(crowded).toEqual(['large.0@nuc1', 'web.0@nuc1', 'web.1@nuc1'])

  const dry = await project.json<RebalanceView>('rebalance', '--dry-run', '--moves', '1')
  expect([dry.code, dry.json.moves.length, dry.json.changes]).toEqual([0, 1, true])
  expect(dry.json.moves[0]).toMatchObject({ job: 'web', from: 'nuc1' })
  expect(dry.json.moves[0]?.gain).toBeGreaterThan(dry.json.minGain)
  // Shown is not done, and the loop does nothing of itself.
  expect(places(await running()).sort()).toEqual(crowded)

  const since = stopwatch()
  const done = await project.json<RebalanceView>('rebalance', '--yes', '--moves', '10')
  tell('rebalanced', since())
  expect([done.code, done.json.converged, done.json.more, done.json.loopTicking]).toEqual([0, true, false, true])
  const after = places(await running()).sort()
  for (const { slot, to } of done.json.moves) expect(after).toContain(`${slot}@${to}`)
  expect(new Set(after.filter((each) => each.startsWith('web.')).map((each) => each.split('@')[1])).size).toBe(2)
  expect(twice(await units())).toEqual([])
  const asked = (await project.events()).filter(({ kind }) => kind === 'move-asked')
  expect(asked.map(({ slot }) => slot)).toEqual(done.json.moves.map(({ slot }) => slot))
  expect(asked[0]?.text).toContain('by hc rebalance')

  const again = await project.hc('rebalance')
  expect([again.code, again.stdout]).toEqual([0, 'Nothing to move: no move gains more than 0.05 points.\n'])
  expect(places(await running()).sort()).toEqual(after)
})
