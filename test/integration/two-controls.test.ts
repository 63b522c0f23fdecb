// Two control machines, one of them with a copy of the other's store: hosts obey one, and say so to the other.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TickView } from '../../src/model/views.js'
import { idleJob, webJob } from './support/jobs.js'
import { wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { running, starts, twice, units } from './support/seen.js'
import { sleep } from './support/wait.js'

beforeAll(wipe)
afterAll(closeProjects)

test('case 5: a copied store is refused by the hosts until it takes over, and then the first one is', async () => {
  const first = new Project()
  first.job('web', webJob(8191, 'count: 2'))
  // On every host: one that nobody has written to knows no term yet.
  first.job('each', idleJob('type: system'))
  expect((await first.apply()).code).toBe(0)
  const before = starts(await running())

  // A copy at another path is another control machine to the hosts, as one on another machine would be.
  const second = new Project({ from: first })
  second.job('web', webJob(8191, 'count: 2', 'env: {BY: second}'))
  second.job('more', idleJob())
  const refused = await second.hc('apply')
  expect(refused.code).not.toBe(0)
  expect(`${refused.stdout}${refused.stderr}`).toContain('another control machine')
  expect(`${refused.stdout}${refused.stderr}`).toContain('--take-over')
  expect(starts(await running())).toEqual(before)
  await second.hc('reconcile')
  expect(starts(await running())).toEqual(before)
  // The first is not disturbed by it.
  expect((await first.apply()).json.changes).toBe(false)

  const taken = await second.json<TickView>('reconcile', '--take-over')
  expect(taken.json.results.filter(({ ok }) => !ok)).toEqual([])
  expect((await second.apply()).code).toBe(0)
  await second.converged(20)
  const after = starts(await running())
  expect((await running()).map(({ slot }) => slot)).toEqual([
    'each.nuc1',
    'each.nuc2',
    'each.nuc3',
    'more.0',
    'web.0',
    'web.1',
  ])
  expect((await second.events()).some(({ kind }) => kind === 'take-over')).toBe(true)

  // From now on the first one may only look.
  first.job('web', webJob(8191, 'count: 1'))
  const late = await first.hc('apply')
  expect(late.code).not.toBe(0)
  expect(`${late.stdout}${late.stderr}`).toContain('another control machine')
  await first.hc('reconcile')
  const loop = first.start(['reconcile', '--cron'])
  await sleep(4000)
  await loop.kill('SIGTERM')
  expect(starts(await running())).toEqual(after)
  expect(twice(await units())).toEqual([])
})
