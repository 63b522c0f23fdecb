// What runs, but is not well: asked from its own host, restarted, tried elsewhere; and an update that turns out bad.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JobHistoryView } from '../../src/model/views.js'
import { on, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { only } from './support/seen.js'
import { HOSTS, type LabHost } from './support/verbs.js'
import { eventually, stopwatch, tell } from './support/wait.js'

/** A web server that says well on hosts where /run/hc-test-sick is not; it listens on the host's loopback alone. */
function sick(port: number, more: string, body = 'well'): string {
  return `command:
  - sh
  - -c
  - 'mkdir -p /run/hc-test; [ -e /run/hc-test-sick ] || echo well >/run/hc-test/state; exec busybox httpd -f -h /run/hc-test -p 127.0.0.1:${port}'
ports: {http: ${port}}
health: {http: /state, body: ${body}, interval: 1s, failures: 2, start: 2s}
reschedule: {delay: 1s}
${more}`
}

const sicken = (host: LabHost) => on(host, 'touch /run/hc-test-sick; rm -f /run/hc-test/state')
const cure = (host: LabHost) => on(host, 'rm -rf /run/hc-test-sick /run/hc-test')

describe('health', () => {
  let project: Project

  beforeAll(async () => {
    await wipe()
    project = new Project()
    project.settings('hc_notify: {command: [sh, -c, "cat >>notices.jsonl"]}')
  })
  afterAll(async () => {
    for (const host of HOSTS) await cure(host)
    await closeProjects()
  })

  test('asked through ssh on the loopback of its host: apply waits for it, status shows it', async () => {
    project.job('web', sick(8171, ''))
    project.job('db', 'command: [sleep, infinity]\nhealth: {command: [test, -d, /proc/1], interval: 1s}\n')
    expect((await project.apply()).code).toBe(0)
    await project.loop()
    const seen = await eventually(
      'the loop has asked',
      async () => {
        const { allocations } = await project.status()
        expect(allocations.map(({ healthy }) => healthy)).toEqual([true, true])
        return allocations
      },
      { seconds: 15 },
    )
    expect(seen.map(({ slot }) => slot)).toEqual(['db.0', 'web.0'])
  })

  test('unhealthy: restarted where it is, then tried on another host, and somebody is told', async () => {
    const { host } = await only('web.0')
    const since = stopwatch()
    await sicken(host)
    await eventually(
      'web.0 is well elsewhere',
      async () => {
        const own = (await project.status()).allocations.find(({ slot }) => slot === 'web.0')
        expect(own).toMatchObject({ state: 'running', healthy: true })
        expect(own?.host).not.toBe(host)
        return true
      },
      { seconds: 60 },
    )
    tell('sick until it is well on another host', since())
    const decided = (await project.events()).filter(({ kind, slot }) => kind === 'decided' && slot === 'web.0')
    expect(decided.map(({ reason }) => reason)).toEqual(['new-job', 'unhealthy', 'unhealthy', 'unhealthy', 'failing'])
    const notices = readFileSync(project.path('notices.jsonl'), 'utf8').trim().split('\n')
    expect(notices.map((line) => JSON.parse(line).title)).toEqual([`web.0 on ${host} does not run`])
    await cure(host)
  })

  test('an update that is never healthy is taken back, and apply says so; rollback goes where it is told', async () => {
    await project.converged(30)
    project.job('web', sick(8171, 'env: {NEW: "1"}\n', 'never'))
    const { code, json } = await project.apply()
    expect(code).toBe(1)
    expect(json.results.find(({ slot }) => slot === 'web')?.error).toContain('version 2 was taken back')
    expect((await only('web.0')).host).toBeTruthy()
    await eventually(
      'the old version is healthy',
      async () => {
        const { versions } = (await project.json<JobHistoryView>('job', 'history', 'web')).json
        expect(versions[0]).toMatchObject({ version: 3, present: true, revertOf: 1 })
        expect(versions[0]?.healthyAt).not.toBeNull()
        return true
      },
      { seconds: 20 },
    )
    expect((await project.hc('job', 'rollback', 'web', '--to', '9')).code).toBe(2)
    project.job('web', sick(8171, 'env: {NEW: "2"}\n'))
    expect((await project.apply()).code).toBe(0)
    expect((await project.hc('job', 'rollback', 'web')).code).toBe(0)
    const { versions } = (await project.json<JobHistoryView>('job', 'history', 'web')).json
    expect(versions[0]).toMatchObject({ version: 5, revertOf: 3 })
  })

  test('what depends on another job is started once that is healthy', async () => {
    await on('nuc1', 'true')
    project.job('late', sick(8172, '').replace('start: 2s', 'start: 20s').replace("'mkdir", "'sleep 4; mkdir"))
    project.job('front', 'command: [sleep, infinity]\ndepends_on: [late]\n')
    expect((await project.apply()).code).toBe(0)
    const events = await project.events()
    const done = (name: string) => events.find(({ slot, kind }) => slot === name && kind === 'decided')?.time ?? ''
    expect(Date.parse(done('front.0')) - Date.parse(done('late.0'))).toBeGreaterThan(3500)
  })
})
