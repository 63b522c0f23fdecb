// .hc is put back from a backup: hosts know more than it, and it says so instead of acting.
import { cpSync, renameSync, rmSync } from 'node:fs'
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { TickView } from '../../src/model/views.js'
import { idleJob, webJob } from './support/jobs.js'
import { HOSTS, on, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { only, running, starts, twice, units } from './support/seen.js'
import { eventually, sleep } from './support/wait.js'

beforeEach(async () => {
  await closeProjects()
  await wipe()
})
afterAll(closeProjects)

/** `cp -r .hc backup`, but for the socket of a loop. */
const backUp = (project: Project) =>
  cpSync(project.path('.hc'), project.path('backup'), { recursive: true, filter: (from) => !from.endsWith('.sock') })

/** As `rm -r .hc; cp -r backup .hc`, at one stroke. */
function putBack(project: Project): void {
  cpSync(project.path('backup'), project.path('.hc.new'), { recursive: true })
  renameSync(project.path('.hc'), project.path('.hc.gone'))
  renameSync(project.path('.hc.new'), project.path('.hc'))
  rmSync(project.path('.hc.gone'), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
}

test('an older copy of the same term does nothing until it is told, where no host was ever armed', async () => {
  const project = new Project()
  project.job('web', webJob(8195, 'count: 2'))
  project.job('old', idleJob())
  expect((await project.apply()).code).toBe(0)
  backUp(project)
  project.remove('jobs/old.yml')
  project.job('web', webJob(8195, 'count: 2', 'env: {BY: newer}'))
  project.job('more', idleJob())
  expect((await project.apply('--prune', '--yes')).code).toBe(0)
  const before = starts(await running())
  expect((await running()).map(({ slot }) => slot)).toEqual(['more.0', 'web.0', 'web.1'])

  putBack(project)
  const once = await project.hc('reconcile')
  expect(`${once.stdout}${once.stderr}`).toContain('the store here is an older copy')
  const apply = await project.hc('apply')
  expect(apply.code).not.toBe(0)
  expect(`${apply.stdout}${apply.stderr}`).toContain('hc reconcile --take-over')
  const loop = await project.loop()
  await sleep(6000)
  expect(starts(await running())).toEqual(before)
  expect((await project.hc('status')).stdout).toContain('older copy')
  await loop.kill('SIGTERM')
  expect((await project.events()).filter(({ text }) => text.includes('older copy'))).toHaveLength(1)

  expect((await project.json<TickView>('reconcile', '--take-over')).code).not.toBe(2)
  expect((await project.apply('--prune', '--yes')).code).toBe(0)
  await project.converged(20)
  expect((await running()).map(({ slot }) => slot)).toEqual(['more.0', 'web.0', 'web.1'])
  expect(twice(await units())).toEqual([])
})

test('under a loop with an exclusive job: no lease is renewed, and the copy goes on', async () => {
  const project = new Project()
  project.job('db', idleJob('exclusive: true'))
  expect((await project.apply()).code).toBe(0)
  await project.loop()
  const { host } = await only('db.0')
  await eventually('its host is armed', async () => (await on(host, 'ls /run/hc/words')).includes('db.0'))
  await sleep(3000)
  backUp(project)
  project.job('each', idleJob('type: system'))
  expect((await project.apply()).code).toBe(0)
  const before = starts(await running())
  putBack(project)
  await sleep(14_000)
  const left = await on(host, 'echo $(($(cut -d" " -f2 /run/hc/lease) - $(cut -d. -f1 /proc/uptime) * 100))')
  expect(Number(left)).toBeLessThan(0)
  expect(starts(await running())).toEqual(before)
  for (const name of HOSTS) expect(await on(name, 'cat /var/lib/hc/orders')).toMatch(/^1 \d+\n$/)
  await project.close()
  // Nor does it disarm.
  expect(await on(host, 'ls /run/hc/armed/slots')).toBe('db.0\n')
})
