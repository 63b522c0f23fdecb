// Hosts taken out of service on purpose: a cordoned one takes nothing new, a drained one gives away what may leave, and
// nothing runs twice meanwhile.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ApplyView, HostDetailView, HostWordView } from '../../src/model/views.js'
import { idleJob, webJob } from './support/jobs.js'
import { lab, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { only, places, running, starts, twice, units } from './support/seen.js'
import { eventually, sleep, stopwatch, tell } from './support/wait.js'

/** Watches all hosts while something is done; slots that were seen to run twice at any look. */
async function neverTwice<T>(work: Promise<T>): Promise<T> {
  let over = false
  const seen = (async () => {
    const found: string[] = []
    let looks = 0
    while (!over) {
      found.push(...twice(await units()))
      looks += 1
      await sleep(50)
    }
    return { found, looks }
  })()
  try {
    return await work
  } finally {
    over = true
    const { found, looks } = await seen
    expect([...new Set(found)]).toEqual([])
    expect(looks).toBeGreaterThan(2)
  }
}

/** Services, an exclusive one, one with data on nuc1, one on each host, and a timer. */
function mixedProject(): Project {
  const project = new Project()
  project.job('web', webJob(8161, 'count: 2', 'max_per_host: 1', 'constraints: ["host != nuc3"]'))
  project.job('many', idleJob('count: 4'))
  project.job('one', idleJob('exclusive: true', 'affinity: ["host == nuc1"]'))
  project.job(
    'data',
    idleJob('volumes: [{source: hc-test-data, target: /srv/hc-test}]', 'constraints: ["host == nuc1"]'),
  )
  project.job('each', idleJob('type: system'))
  project.job('nightly', 'type: cron\nschedule: "0 3 * * *"\ncommand: ["true"]\naffinity: ["host == nuc1"]\n')
  return project
}

const left = async () => places(await running(['nuc1'])).sort()

describe('a cordoned host', () => {
  beforeEach(wipe)
  afterEach(closeProjects)

  test('takes nothing new before the first apply, keeps and changes what it has later, and takes again', async () => {
    const project = new Project()
    const word = await project.json<{ hosts: readonly HostWordView[] }>('host', 'cordon', 'nuc1')
    expect([word.code, word.json.hosts[0]?.changed]).toEqual([0, true])
    expect(
      (await project.json<{ hosts: readonly HostWordView[] }>('host', 'cordon', 'nuc1')).json.hosts[0]?.changed,
    ).toBe(false)
    project.job('many', idleJob('count: 4'))
    project.job('each', idleJob('type: system'))
    expect((await project.apply()).code).toBe(0)
    expect(await left()).toEqual([])
    expect((await project.hc('host', 'uncordon', 'nuc1')).code).toBe(0)
    expect((await project.apply()).code).toBe(0)
    expect(await left()).toEqual(['each.nuc1@nuc1'])

    const pinned = (more: string) =>
      idleJob('volumes: [{source: hc-test-data, target: /srv/hc-test}]', 'constraints: ["host == nuc1"]', more)
    project.job('data', pinned('env: {A: "1"}'))
    expect((await project.apply()).code).toBe(0)
    await project.hc('host', 'cordon', 'nuc1')
    const before = await only('data.0')
    project.job('data', pinned('env: {A: "2"}'))
    expect((await project.apply()).code).toBe(0)
    const after = await only('data.0')
    expect(after.host).toBe('nuc1')
    expect(after.invocation).not.toBe(before.invocation)
    const status = await project.status()
    expect(status.hosts.find(({ name }) => name === 'nuc1')).toMatchObject({ cordoned: true, draining: false })
    expect(status.hints.join(' ')).toContain('hc host uncordon nuc1')
  })

  test('can be one that is off', async () => {
    const project = new Project()
    project.job('many', idleJob('count: 2'))
    expect((await project.apply()).code).toBe(0)
    await lab('kill', 'nuc3')
    try {
      const since = stopwatch()
      expect((await project.hc('host', 'cordon', 'nuc3')).code).toBe(0)
      tell('cordoned while it is off', since())
      const unknown = await project.hc('host', 'cordon', 'nux3')
      expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('did you mean "nuc3"?')])
    } finally {
      await lab('boot', 'nuc3')
    }
  })
})

describe('a drained host', () => {
  beforeEach(wipe)
  afterEach(closeProjects)

  test.each(['alone', 'with the loop'])('%s: gives away what may leave, and nothing runs twice', async (how) => {
    const project = mixedProject()
    const loop = how === 'with the loop' ? await project.loop() : null
    expect((await project.apply()).code).toBe(0)
    const dry = await project.json<ApplyView>('host', 'drain', 'nuc1', '--dry-run')
    expect(dry.code).toBe(4)
    expect(dry.json.actions.map(({ slot }) => slot)).toContain('one.0')
    const kept = starts(await running()).filter((start) => /^(data|each)/.test(start))
    const since = stopwatch()
    const { code, json } = await neverTwice(project.json<ApplyView>('host', 'drain', 'nuc1'))
    tell(`drained, ${how}`, since())
    // web may be on nuc1 and nuc2 only, one on each: its slot finds no other place.
    expect(code).toBe(4)
    const [unplaced] = json.unplaced
    expect(unplaced?.reasons.find(({ host }) => host === 'nuc3')?.reason).toContain('host != nuc3')
    expect(json.results.filter(({ ok, slot }) => !ok && slot !== unplaced?.slot)).toEqual([])
    expect(json.staying?.map(({ slot }) => slot)).toEqual(['data.0', 'each.nuc1'])
    expect(await left()).toEqual(['data.0@nuc1', 'each.nuc1@nuc1', `${unplaced?.slot}@nuc1`])
    expect((await only('one.0')).host).not.toBe('nuc1')
    expect(starts(await running()).filter((start) => /^(data|each)/.test(start))).toEqual(kept)
    const { json: shown } = await project.json<HostDetailView>('host', 'show', 'nuc1')
    expect(shown).toMatchObject({ host: { cordoned: true, draining: true, holds: 3 } })
    expect(shown.events.some(({ kind }) => kind === 'cordon')).toBe(true)

    expect((await project.hc('host', 'uncordon', 'nuc1')).code).toBe(0)
    if (loop) await project.converged(20)
    expect((await project.status()).hosts.find(({ name }) => name === 'nuc1')).toMatchObject({ draining: false })
    expect((await project.apply()).json.actions).toEqual([])
    expect(twice(await units())).toEqual([])
  })

  test('out of reach is told so, and is emptied when it is back', async () => {
    const project = new Project()
    project.job('many', idleJob('count: 3', 'max_per_host: 2', 'affinity: ["host == nuc2"]'))
    expect((await project.apply()).code).toBe(0)
    const loop = await project.loop()
    await lab('cut', 'nuc2', '--from', 'control')
    try {
      await eventually(
        'nuc2 is cut off',
        async () => {
          return (await project.status()).hosts.find(({ name }) => name === 'nuc2')?.verdict === 'cut-off'
        },
        { seconds: 30 },
      )
      const { code, json } = await project.json<ApplyView>('host', 'drain', 'nuc2')
      expect([code, json.outOfReach]).toEqual([3, ['nuc2']])
    } finally {
      await lab('heal', 'all')
    }
    await eventually('nuc2 is empty', async () => (await running(['nuc2'])).length === 0, { seconds: 60 })
    expect(twice(await units())).toEqual([])
    expect((await loop.kill('SIGTERM')).code).toBe(0)
  })
})

describe('a restart of single slots', () => {
  beforeEach(wipe)
  afterEach(closeProjects)

  test('leaves the others alone, and a wrong name restarts nothing', async () => {
    const project = new Project()
    project.job('many', idleJob('count: 3'))
    project.job('other', idleJob())
    expect((await project.apply()).code).toBe(0)
    const before = starts(await running())
    const wrong = await project.hc('job', 'restart', 'many.1', 'other.4')
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('other has no slot other.4')])
    expect(starts(await running())).toEqual(before)
    expect((await project.hc('job', 'restart', 'many.1', 'other')).code).toBe(0)
    const after = starts(await running())
    expect(after.filter((start) => !before.includes(start)).map((start) => start.split('@')[0])).toEqual([
      'many.1',
      'other.0',
    ])
    expect((await project.apply()).json.actions).toEqual([])
  })
})
