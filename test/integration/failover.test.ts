// A host loses its power: what may move answers elsewhere, what may not waits, and when the host is back nothing runs
// twice.
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { TickView } from '../../src/model/views.js'
import { idleJob, webJob } from './support/jobs.js'
import { HOSTS, type LabHost, lab, onAll, others, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { leftovers, listens, only, running, twice, units } from './support/seen.js'
import { eventually, stopwatch, tell } from './support/wait.js'

/** Jobs of all kinds, so that the host of the pinned one has ordinary ones as well. */
function mixedProject(): Project {
  const project = new Project()
  for (const n of [1, 2, 3]) project.job(`web${n}`, webJob(8110 + n, 'count: 2'))
  project.job(
    'site',
    [
      'image: localhost/hc-web:1',
      'ports: {http: {host: 8120, container: 8080}}',
      'count: 2',
      'max_per_host: 1',
      'resources: {cpu: 50m, memory: 32Mi}',
      '',
    ].join('\n'),
  )
  project.job('data', idleJob('volumes: [{source: hc-test-data, target: /srv/hc-test}]'))
  project.job('bot', idleJob('exclusive: true', 'with: [data]'))
  project.job('each', idleJob('type: system'))
  return project
}

/** Ordinary slots and where each answers. */
const ORDINARY: Readonly<Record<string, number>> = {
  'web1.0': 8111,
  'web1.1': 8111,
  'web2.0': 8112,
  'web2.1': 8112,
  'web3.0': 8113,
  'web3.1': 8113,
  'site.0': 8120,
  'site.1': 8120,
}

async function allOrdinaryRun(hosts: readonly LabHost[]): Promise<boolean> {
  const seen = await running(hosts)
  const missing = Object.keys(ORDINARY).filter((slot) => !seen.some((unit) => unit.slot === slot))
  if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')}`)
  for (const unit of seen) {
    const port = ORDINARY[unit.slot]
    if (port !== undefined && !(await listens(unit.host, port))) return false
  }
  return true
}

async function noneTwice(): Promise<void> {
  const seen = await units()
  expect(twice(seen)).toEqual([])
  const containers = await onAll("podman ps --format '{{.Names}}'")
  const names = [...containers.values()].flatMap((text) => text.split('\n').filter(Boolean))
  expect(names.sort()).toEqual(['hc-site.0', 'hc-site.1'])
}

describe('a power cut', () => {
  beforeEach(wipe)
  afterAll(closeProjects)

  test('with the loop: replaced at once, pinned and exclusive wait, all is well when the host is back', async () => {
    const project = mixedProject()
    expect((await project.apply()).code).toBe(0)
    const loop = await project.loop()
    const { host: victim } = await only('data.0')
    const survivors = others(victim)
    const before = await running()
    expect(before.filter(({ host, slot }) => host === victim && slot in ORDINARY).length).toBeGreaterThan(0)

    await lab('kill', victim)
    const since = stopwatch()
    await eventually('ordinary slots answer on the survivors', () => allOrdinaryRun(survivors), {
      seconds: 30,
      everyMs: 100,
    })
    tell('power cut until all answer on survivors', since())
    expect(since()).toBeLessThan(20)

    const status = await project.json<Awaited<ReturnType<Project['status']>>>('status')
    expect(status.code).toBe(1)
    expect(status.json.hosts.find(({ name }) => name === victim)?.verdict).toBe('lost')
    const waits = (slot: string) => status.json.waiting.find((each) => each.slot === slot)?.reason
    expect(waits('data.0')).toContain(`${victim} is lost and holds its volume`)
    // With the count of the loop, where the host was armed before its power was cut.
    expect(waits('bot.0')).toMatch(/exclusive work never runs twice|exclusive: .* may still run it/)
    expect(waits(`each.${victim}`)).toContain('comes back with its host')
    const unmoved = (await running(survivors)).filter(({ slot }) => ['data.0', 'bot.0'].includes(slot))
    expect(unmoved).toEqual([])
    const events = await project.events()
    expect(events.some(({ kind, host, reason }) => kind === 'verdict' && host === victim && reason === 'lost')).toBe(
      true,
    )
    expect(events.some(({ kind, reason }) => kind === 'decided' && reason === 'host-lost')).toBe(true)

    await lab('boot', victim)
    const back = stopwatch()
    await project.converged(60)
    tell('host switched on until converged', back())
    await noneTwice()
    const after = await running()
    expect(after.map(({ slot }) => slot).sort()).toEqual(before.map(({ slot }) => slot).sort())
    expect((await only('data.0')).host).toBe(victim)
    expect((await only('bot.0')).host).toBe(victim)
    // failback: stay. What was replaced stays where it went, and its stale copy is gone from the disk too.
    expect(after.filter(({ host, slot }) => host === victim && slot in ORDINARY)).toEqual([])
    expect((await units([victim])).filter(({ slot }) => slot in ORDINARY)).toEqual([])
    expect(await leftovers()).toEqual([])

    const ended = await loop.kill('SIGTERM')
    expect(ended.code).toBe(0)
    expect((await project.apply()).json.changes).toBe(false)
  })

  test('with hc reconcile from cron: one tick stays until the host is lost, and replaces', async () => {
    const project = mixedProject()
    expect((await project.apply()).code).toBe(0)
    const quiet = await project.hc('reconcile', '--quiet')
    expect(`${quiet.stdout}${quiet.stderr}`).toBe('')
    expect(quiet.code).toBe(0)
    const victim = (await only('web1.0')).host
    const survivors = others(victim)

    await lab('kill', victim)
    const tick = await project.json<TickView>('reconcile')
    tell('one reconcile while a host is off', tick.json.tookMs / 1000)
    // Done, or something waits for the host: never a failure.
    expect([0, 3]).toContain(tick.code)
    expect(tick.json.hosts.find(({ name }) => name === victim)?.verdict).toBe('lost')
    await eventually('ordinary slots answer on the survivors', () => allOrdinaryRun(survivors), { seconds: 10 })

    await lab('boot', victim)
    await eventually('a reconcile that ends well', async () => (await project.hc('reconcile')).code === 0, {
      seconds: 60,
    })
    await project.converged(30)
    await noneTwice()
    expect((await project.status()).hosts.map(({ verdict }) => verdict)).toEqual(HOSTS.map(() => 'ready'))
  })
})
