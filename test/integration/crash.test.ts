// hc is killed, interrupted, or started twice at once: nothing is half-written, nothing runs twice, the next run converges.
import { existsSync, readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { idleJob, webJob } from './support/jobs.js'
import { onAll, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { leftovers, running, twice, units } from './support/seen.js'
import { eventually, sleep, tell } from './support/wait.js'

/** All slots of the jobs below, once applied. */
const SLOTS = [
  'each.nuc1',
  'each.nuc2',
  'each.nuc3',
  'site.0',
  'web1.0',
  'web1.1',
  'web2.0',
  'web2.1',
  'web3.0',
  'web3.1',
]

/** Jobs whose every version restarts every slot. */
function write(project: Project, version: number): void {
  const mark = `env: {VERSION: "${version}"}`
  for (const n of [1, 2, 3]) project.job(`web${n}`, webJob(8170 + n, 'count: 2', mark))
  project.job('each', idleJob('type: system', mark))
  project.job(
    'site',
    `image: localhost/hc-web:1\nports: {http: {host: 8179, container: 8080}}\nresources: {cpu: 50m, memory: 32Mi}\n${mark}\n`,
  )
}

async function expectAllWell(project: Project): Promise<void> {
  const seen = await units()
  expect(twice(seen)).toEqual([])
  expect(seen.filter(({ active }) => active === 'active').map(({ slot }) => slot)).toEqual(SLOTS)
  expect(await leftovers()).toEqual([])
  const containers = await onAll("podman ps -a --format '{{.Names}}'")
  expect([...containers.values()].join('').trim().split('\n')).toEqual(['hc-site.0'])
  expect((await project.status()).converged).toBe(true)
  expect((await project.apply()).json.changes).toBe(false)
}

/** Placements stand in the store before anything is sent. */
function recorded(project: Project): boolean {
  const file = project.path('.hc/state.json')
  return existsSync(file) && readFileSync(file, 'utf8').includes('"placements":{"')
}

describe('hc ends in the middle', () => {
  beforeEach(wipe)
  afterEach(closeProjects)
  afterAll(wipe)

  test('kill -9 of apply at ten moments, then apply: converged, nothing twice, no leftovers', async () => {
    const project = new Project()
    write(project, 0)
    // Moments all over a run: from before the first connection to the wait for the ports.
    for (let n = 1; n <= 10; n++) {
      const run = project.start(['apply'])
      await sleep(200 + n * 170)
      await run.kill('SIGKILL')
      expect(twice(await units())).toEqual([])
      write(project, n)
    }
    const { code, json, stderr } = await project.apply()
    expect(`${code} ${JSON.stringify(json.results.filter(({ ok }) => !ok))} ${stderr}`).toMatch(/^0 \[\]/)
    await expectAllWell(project)
  })

  test('Ctrl-C in apply ends it in good order with 130; the next run converges', async () => {
    const project = new Project()
    write(project, 0)
    const run = project.start(['apply'])
    await eventually('steps are recorded, to be sent at once', async () => recorded(project), { everyMs: 20 })
    const ended = await run.kill('SIGINT')
    tell('from start to end of an interrupted apply', ended.seconds)
    expect(ended.code).toBe(130)
    expect(ended.stderr).toContain('Interrupted')
    expect(twice(await units())).toEqual([])
    expect((await project.apply()).code).toBe(0)
    await expectAllWell(project)
  })

  test('two applies at once: nothing runs twice; who does not wait long enough is told who acts', async () => {
    const project = new Project()
    write(project, 0)
    const both = await Promise.all([project.apply(), project.apply()])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    await expectAllWell(project)

    write(project, 1)
    const [first, second] = await Promise.all([project.hc('apply'), project.hc('apply', '--lock-timeout', '0s')])
    expect(first.code).toBe(0)
    expect([0, 5]).toContain(second.code)
    if (second.code === 5) expect(second.stderr).toMatch(/another hc|hc apply/i)
    expect((await project.apply()).code).toBe(0)
    await expectAllWell(project)
    expect((await running()).length).toBe(SLOTS.length)
  })
})
