// The store is lost: no service is.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { idleJob, webJob } from './support/jobs.js'
import { on, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { only, running, starts } from './support/seen.js'
import { sleep } from './support/wait.js'

beforeAll(wipe)
afterAll(closeProjects)

test('with the loop running and .hc gone nothing stops; apply adopts what runs without a restart', async () => {
  const project = new Project()
  project.job('web', webJob(8131, 'count: 2'))
  project.job('bot', idleJob('exclusive: true'))
  project.job('each', idleJob('type: system'))
  project.job('site', 'image: localhost/hc-web:1\nports: {http: {host: 8132, container: 8080}}\n')
  expect((await project.apply()).code).toBe(0)
  await project.loop()
  const before = starts(await running())
  expect(before).toHaveLength(7)

  project.remove('.hc')
  await sleep(30_000)
  expect(starts(await running())).toEqual(before)

  const again = await project.apply()
  expect(again).toMatchObject({ code: 0, json: { converged: true, unplaced: [], outOfReach: [] } })
  expect(again.json.actions.every(({ kind }) => kind === 'adopt')).toBe(true)
  expect(starts(await running())).toEqual(before)

  // The same without a loop, and with another job than those that run: what is not known is shown, never stopped.
  await project.close()
  const second = new Project()
  second.job('web', webJob(8131, 'count: 2'))
  await second.hc('reconcile', '--take-over')
  expect(starts(await running())).toEqual(before)
})

test('a unit of a job that the store does not know is unclaimed and goes on running', async () => {
  const { host } = await only('bot.0')
  const project = new Project()
  project.job('new', idleJob())
  const before = starts(await running())
  const status = await project.status()
  expect(status.unclaimed.map(({ slot }) => slot)).toContain('bot.0')
  expect(status.unclaimed.find(({ slot }) => slot === 'bot.0')?.host).toBe(host)
  const text = await project.hc('status')
  expect(text.stdout).toContain('Unclaimed: hc knows nothing of them and lets them run')
  expect(starts(await running())).toEqual(before)
  expect(await on(host, 'systemctl is-active hc-bot.0.service')).toBe('active\n')
})
