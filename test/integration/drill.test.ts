// hc drill lose on real hosts: refused where it may not be; measured, and over at the latest when the host's own timer says so.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DrillView } from '../../src/model/drill.js'
import { idleJob, webJob } from './support/jobs.js'
import { addressOf, labHost, on, wipe } from './support/lab.js'
import { closeProjects, type ErrorJson, Project } from './support/project.js'
import { only, running, twice, units } from './support/seen.js'
import { eventually, tell } from './support/wait.js'

let project: Project
beforeAll(async () => {
  await wipe()
  project = new Project()
  project.job('web', webJob(8195, 'count: 2'))
  project.job('each', idleJob('type: system'))
  expect((await project.apply()).code).toBe(0)
})
afterAll(async () => {
  await closeProjects()
  await wipe()
})

test('refused without a loop, without --yes, and of a host that is not there', async () => {
  const without = await project.json<ErrorJson>('drill', 'lose', 'nuc1', '--yes')
  expect([without.code, without.json.error.message]).toEqual([2, expect.stringContaining('no loop is ticking')])
  expect((await project.hc('drill', 'lose', 'nuc1')).stderr).toContain('--yes')
  expect((await project.hc('drill', 'lose', 'nuc9', '--yes')).code).toBe(2)
})

test('measured, and undone; killed in the midst, the host comes back by itself', async () => {
  await project.loop()
  await project.proven()
  const host = labHost((await only('web.0')).host)
  const { code, json } = await project.json<DrillView>('drill', 'lose', host, '--yes')
  expect(code).toBe(0)
  const moved = json.slots.find(({ slot }) => slot === 'web.0')
  expect(moved?.host).not.toBe(host)
  tell('a drill: web.0 answered elsewhere', (moved?.afterMs ?? 0) / 1000)
  expect(json.waits).toEqual([`each.${host}`])
  await project.converged()
  expect(twice(await units())).toEqual([])
  expect((await running([host])).map(({ slot }) => slot)).toContain(`each.${host}`)
  expect((await project.events()).filter(({ kind }) => kind === 'drill').map(({ reason }) => reason)).toEqual([
    'begun',
    'ended',
  ])

  const second = labHost((await only('web.0')).host)
  const drill = project.start(['drill', 'lose', second, '--yes', '--for', '10s'])
  await eventually('it is silent', async () => (await on(second, 'tc qdisc show dev eth0')).includes('blackhole'))
  await drill.kill('SIGKILL')
  await eventually(
    `${addressOf(second)} is heard again`,
    async () => !(await on(second, 'tc qdisc show dev eth0')).includes('blackhole'),
    { seconds: 15 },
  )
  await project.converged()
  expect(twice(await units())).toEqual([])
})
