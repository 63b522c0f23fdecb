// A host that hangs: nothing moves, but for ordinary slots that fail their own checks, where the operator says so.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { webJob } from './support/jobs.js'
import { lab, labHost, wipe } from './support/lab.js'
import type { Running } from './support/process.js'
import { closeProjects, Project } from './support/project.js'
import { only, running } from './support/seen.js'
import { eventually, sleep, stopwatch, tell } from './support/wait.js'

const HTTP = 'health: {http: /hostname, interval: 1s, timeout: 1s, failures: 3}'
let project: Project
let loop: Running

beforeAll(async () => {
  await wipe()
  project = new Project()
  project.settings('hc_hung_after: 8s', 'hc_hung_moves: ordinary')
  project.job('web', webJob(8191, HTTP))
  expect((await project.apply()).code).toBe(0)
  const home = (await only('web.0')).host
  const there = `constraints: ['host == ${home}']`
  project.job('bare', webJob(8192, there))
  project.job('db', webJob(8193, HTTP, 'exclusive: true', there))
  expect((await project.apply()).code).toBe(0)
  loop = await project.loop()
  await project.converged(30)
  await project.proven()
  // Each check has been asked from outside, while all is well.
  await sleep(4000)
})
afterAll(async () => {
  await lab('thaw', 'nuc1').catch(() => '')
  await closeProjects()
  await wipe()
})

test('the one slot whose check fails moves, the others say why they stay, and there is one copy when the host wakes', async () => {
  const home = labHost((await only('web.0')).host)
  const since = stopwatch()
  await lab('freeze', home)
  try {
    const moved = await eventually(
      'web.0 runs elsewhere',
      async () => {
        const own = (await project.status()).allocations.find(({ slot }) => slot === 'web.0')
        expect(own).toMatchObject({ state: 'running', healthy: true })
        expect(own?.host).not.toBe(home)
        return own?.host
      },
      { seconds: 60 },
    )
    tell('hung until web.0 is well elsewhere (hc_hung_after 8s)', since())
    expect(since()).toBeGreaterThan(8)
    const said = loop.stdout.replace(/\s+/g, ' ')
    expect(said).toContain('bare.0 stays: it has no health check that could fail')
    expect(said).toContain('db.0 stays: it is exclusive, and may run there still')
    const decided = (await project.events()).filter(({ kind, reason }) => kind === 'decided' && reason === 'host-hung')
    expect(decided.map(({ slot, host }) => [slot, host])).toEqual([['web.0', moved]])
    expect(decided[0]?.text).toContain('its health check fails: http port 8191')
  } finally {
    await lab('thaw', home)
  }
  await project.converged(30)
  const seen = (await running()).map(({ slot, host }) => `${slot} ${host === home ? 'home' : 'away'}`)
  expect(seen).toEqual(['bare.0 home', 'db.0 home', 'web.0 away'])
})
