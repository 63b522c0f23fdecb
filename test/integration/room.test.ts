// Hosts that are nearly full: a new job, and what a lost host has run, get their place by one move, which is named, and a
// higher priority takes the place of a lower one, which comes back by itself.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ApplyView } from '../../src/model/views.js'
import { idleJob } from './support/jobs.js'
import { lab, others, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { only, places, running, starts, twice, units } from './support/seen.js'
import { eventually } from './support/wait.js'

/** Each host has 640 MiB for jobs, whatever it really has. */
function project(): Project {
  const made = new Project()
  made.editInventory((text) =>
    text.replace(/hc_capacity: \{[^}]*\}/g, 'hc_capacity: {cpu: 4, memory: 640Mi, disk: 1Gi}'),
  )
  made.settings('hc_reserve: {memory: 0}')
  return made
}

const sized = (mib: number, ...more: readonly string[]) =>
  ['command: [sleep, infinity]', `resources: {cpu: 20m, memory: ${mib}Mi}`, ...more, ''].join('\n')

const told = ({ actions }: ApplyView) =>
  actions.map(({ kind, slot, from, host, reason }) => `${kind} ${slot} ${from ?? host} ${reason}`)

describe('hosts that are nearly full', () => {
  let own: Project
  beforeAll(async () => {
    await wipe()
    own = project()
  })
  afterAll(closeProjects)

  test('take a new job after one move, which is named; nothing else restarts', async () => {
    for (const name of ['a', 'b', 'c']) own.job(name, sized(300))
    own.job('tiny', idleJob())
    expect((await own.apply()).code).toBe(0)
    const before = await running()
    expect(new Set(before.filter(({ slot }) => slot !== 'tiny.0').map(({ host }) => host)).size).toBe(3)

    own.job('db', sized(400))
    const shown = await own.hc('plan', '-v')
    expect(shown.stdout).toMatch(/makes room on nuc\d for db\.0, which needs 400 MiB memory/)
    const { code, json } = await own.apply()
    expect(code).toBe(0)
    const moves = json.actions.filter(({ kind }) => kind === 'move')
    expect(moves.map(({ reason }) => reason)).toEqual(['made-room'])
    expect(json.actions.filter(({ kind }) => kind !== 'move').map(({ kind, slot }) => `${kind} ${slot}`)).toEqual([
      'start db.0',
    ])
    const moved = moves[0]?.slot ?? ''
    expect(moves[0]?.from).toBe((await only('db.0')).host)
    const still = (seen: Awaited<ReturnType<typeof running>>) =>
      starts(seen.filter(({ slot }) => slot !== moved && slot !== 'db.0'))
    expect(still(await running())).toEqual(still(before))
    expect(told((await own.apply()).json)).toEqual([])
    expect(twice(await units())).toEqual([])
    // Room for the next test, which begins with one job on each host.
    expect((await own.hc('job', 'remove', moved.slice(0, -2), '--yes')).code).toBe(0)
    own.remove(`jobs/${moved.slice(0, -2)}.yml`)
  })

  test('take what a lost host has run after one move, in one plan', async () => {
    await own.loop()
    const db = await only('db.0')
    const before = (await running(others(db.host))).filter(({ slot }) => slot !== 'tiny.0')
    expect(before).toHaveLength(2)
    await lab('kill', db.host)
    await eventually('db.0 runs elsewhere', async () => only('db.0', others(db.host)), { seconds: 30 })
    const after = await running(others(db.host))
    const restarted = before.filter((old) => !starts(after).some((line) => starts([old]).includes(line)))
    expect(restarted).toHaveLength(1)
    const events = await own.events()
    const text = events.filter(({ reason }) => reason === 'made-room').map((event) => event.text)
    expect(text.at(-1)).toMatch(/makes room on nuc\d for db\.0, which needs 400 MiB memory/)
    await lab('boot', db.host)
    await own.converged()
  })

  test('give their place to a higher priority, and what is stopped comes back when there is room', async () => {
    own.job('vip', sized(550, 'priority: 90', 'count: 2'))
    const plan = await own.hc('plan')
    expect(plan.code).toBe(4)
    expect(plan.stdout).toContain('makes room for vip.')
    const { code, json } = await own.apply()
    const stopped = json.actions.filter(({ reason }) => reason === 'outranked').map(({ slot }) => slot)
    expect([code, stopped, json.unplaced.map(({ slot }) => slot)]).toEqual([4, ['db.0'], ['db.0']])
    await eventually(
      'both run',
      async () => (await running()).filter(({ slot }) => slot.startsWith('vip')).length === 2,
    )
    const seen = starts(await running())
    const status = await own.status()
    expect(status.converged).toBe(false)
    expect(status.allocations.find(({ slot }) => slot === 'db.0')).toMatchObject({ host: null, state: 'pending' })
    expect(status.allocations.find(({ slot }) => slot === 'db.0')?.note).toMatch(
      /makes room for vip\.\d \(priority 90, its own is 50\)/,
    )
    // Nothing goes back and forth meanwhile.
    await new Promise((done) => setTimeout(done, 3000))
    expect(starts(await running())).toEqual(seen)
    expect((await own.hc('job', 'remove', 'vip', '--yes')).code).toBe(0)
    own.remove('jobs/vip.yml')
    await eventually('db.0 is back', async () => only('db.0'))
    await own.converged()
    expect(places(await running()).filter((place) => place.startsWith('db'))).toHaveLength(1)
  })
})
