// Batch and cron jobs: runs that are written down, run again, ended for the next one, and made up for.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunEndView } from '../../src/model/run.js'
import type { JobDetailView } from '../../src/model/views.js'
import { lab, labHost, on, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { eventually } from './support/wait.js'

const SMALL = 'resources: {cpu: 10m, memory: 16Mi}\n'
let project: Project

const show = async (job: string) => (await project.json<JobDetailView>('job', 'show', job)).json
const results = async (job: string) => ((await show(job)).runs ?? []).map(({ result }) => result)
const hostOf = async (slot: string) => {
  return labHost((await project.status()).allocations.find((one) => one.slot === slot)?.host)
}

beforeAll(async () => {
  await wipe()
  project = new Project()
  project.job('good', `type: batch\ncommand: [sh, -c, "echo well; sleep 1"]\n${SMALL}`)
  project.job(
    'bad',
    `type: batch\ncommand: [sh, -c, "echo oh; exit 3"]\nrestart: {attempts: 1, window: 1m, delay: 200ms}\n${SMALL}`,
  )
  project.job(
    'tick',
    `type: cron\nschedule: "*/3 * * * * *"\noverlap: replace\ncommand: [sh, -c, "exec sleep 600"]\n${SMALL}`,
  )
  project.job('rare', `type: cron\nschedule: "0 3 1 1 *"\ncommand: [sh, -c, "exit 4"]\n${SMALL}`)
  await project.apply()
})
afterAll(async () => {
  await closeProjects()
  await wipe()
})

test('how runs of batch jobs ended is told, with every attempt', async () => {
  // tick.0 is between two runs now and then.
  await eventually('all have come to where they should', async () => {
    const { allocations } = await project.status()
    const states = ['good.0', 'bad.0', 'tick.0'].map((slot) => allocations.find((one) => one.slot === slot)?.state)
    return states.join(' ') === 'complete failed running'
  })
  expect((await show('good')).runs).toMatchObject([{ slot: 'good.0', result: 'success', exitCode: 0 }])
  expect((await show('bad')).runs).toMatchObject([
    { result: 'exit-code', exitCode: 3 },
    { result: 'exit-code', exitCode: 3 },
  ])
})

test('overlap: replace ends a run for the next one, on the host, without hc', async () => {
  const host = await hostOf('tick.0')
  const pid = () => on(host, 'systemctl show -p MainPID --value hc-tick.0.service')
  const before = await pid()
  await eventually('another run', async () => (await pid()) !== before, { seconds: 10 })
  await eventually('the one before is written down', async () => (await results('tick')).includes('stopped'))
  expect((await results('tick')).at(-1)).toBe('running')
})

test('hc job run runs again, to the end, with the exit code of the command', async () => {
  const ran = await project.json<RunEndView>('job', 'run', 'bad')
  expect([ran.code, ran.json.runs]).toMatchObject([3, [{ slot: 'bad.0', exitCode: 3 }]])
  expect((await project.hc('job', 'run', 'good')).code).toBe(0)
  expect(await results('good')).toEqual(['success', 'success'])
  const rare = await project.json<RunEndView>('job', 'run', 'rare')
  expect([rare.code, rare.json.runs]).toMatchObject([4, [{ slot: 'rare.0', result: 'exit-code' }]])
  const note = (await project.status()).allocations.find(({ slot }) => slot === 'rare.0')?.note
  expect(note).toContain('its last run failed: exit status 4')
  // One that goes on is left alone, and there is none of that name.
  expect((await project.hc('job', 'run', 'tick')).code).toBe(125)
  expect((await project.hc('job', 'run', 'nothing')).code).toBe(125)
})

test('catch_up: one makes up once for what was missed while the host was off; rerun: true for what was cut off', async () => {
  project.job(
    'nightly',
    `type: cron\nschedule: "*/20 * * * * *"\ncatch_up: one\non_host_loss: wait\ncommand: [sh, -c, "echo caught"]\n${SMALL}`,
  )
  project.job('long', `type: batch\nrerun: true\non_host_loss: wait\ncommand: [sleep, "15"]\n${SMALL}`)
  project.job('keen', `type: batch\non_host_loss: wait\ncommand: [sleep, "600"]\n${SMALL}`)
  await project.apply('--detach')
  const loop = await project.loop()
  const running = async (slot: string) =>
    (await project.status()).allocations.some((one) => one.slot === slot && one.state === 'running' && one.host)
  await eventually('they run', async () => (await running('keen.0')) && running('long.0'), { seconds: 30 })
  const hosts = [...new Set([await hostOf('nightly.0'), await hostOf('long.0'), await hostOf('keen.0')])]
  await Promise.all(hosts.map((host) => lab('kill', host)))
  await new Promise((resolve) => setTimeout(resolve, 25_000))
  await Promise.all(hosts.map((host) => lab('boot', host)))
  await eventually(
    'made up for',
    async () => {
      return (
        (await project.events()).filter(({ reason, slot }) => slot === 'nightly.0' && reason === 'run-missed')
          .length === 1
      )
    },
    { seconds: 60 },
  )
  await eventually('run again', async () => (await results('long')).join(' ').startsWith('lost success'), {
    seconds: 60,
  })
  const keen = (await project.status()).allocations.find(({ slot }) => slot === 'keen.0')
  expect([keen?.state, keen?.note]).toEqual(['failed', expect.stringContaining('rerun is false')])
  const missed = (await project.events()).filter(({ reason }) => reason === 'run-missed')
  expect(missed).toHaveLength(1)
  await loop.kill('SIGTERM')
})
