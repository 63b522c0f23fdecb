// Jobs as systemd units: placed, started, changed, counted up and down, stopped and removed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JobDetailView, PlanView, ValidateView } from '../../src/model/views.js'
import { idleJob, webJob } from './support/jobs.js'
import { addressOf, labHost, on, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { listens, only, places, running, starts, twice, units } from './support/seen.js'
import { stopwatch, tell } from './support/wait.js'

describe('jobs as systemd units', () => {
  let project: Project

  beforeAll(async () => {
    await wipe()
    project = new Project()
    project.job('alpha', webJob(8101, 'count: 2'))
    project.job('beta', webJob(8102))
    project.job('gamma', idleJob('count: 3'))
  })
  afterAll(closeProjects)

  test('before anything is applied: valid files, a plan with changes, nothing on the hosts', async () => {
    const valid = await project.json<ValidateView>('validate')
    expect(valid.code).toBe(0)
    expect(valid.json).toMatchObject({
      apiVersion: 'hc/v1',
      jobs: ['alpha', 'beta', 'gamma'],
      hosts: ['nuc1', 'nuc2', 'nuc3'],
    })
    const plan = await project.json<PlanView>('plan')
    expect(plan.code).toBe(0)
    expect(plan.json.changes).toBe(true)
    expect(plan.json.actions.map(({ kind, slot, reason }) => `${kind} ${slot} ${reason}`).sort()).toEqual([
      'start alpha.0 new-job',
      'start alpha.1 new-job',
      'start beta.0 new-job',
      'start gamma.0 new-job',
      'start gamma.1 new-job',
      'start gamma.2 new-job',
    ])
    expect((await project.hc('plan', '--exit-code')).code).toBe(2)
    const dry = await project.hc('apply', '--dry-run')
    expect(dry.code).toBe(0)
    expect(await units()).toEqual([])
  })

  test('apply places and starts them; each declared port answers where endpoints says', async () => {
    const { code, json } = await project.apply()
    expect(json.results.filter(({ ok }) => !ok)).toEqual([])
    expect(code).toBe(0)
    expect(json).toMatchObject({ apiVersion: 'hc/v1', changes: true, converged: true, unplaced: [], outOfReach: [] })
    const seen = await running()
    expect(seen.map(({ slot }) => slot)).toEqual(['alpha.0', 'alpha.1', 'beta.0', 'gamma.0', 'gamma.1', 'gamma.2'])
    expect(places(seen)).toEqual(json.results.map(({ slot, host }) => `${slot}@${host}`).sort())
    // A fixed port can be had once per host.
    const alpha = seen.filter(({ slot }) => slot.startsWith('alpha.'))
    expect(new Set(alpha.map(({ host }) => host)).size).toBe(2)

    const { json: endpoints } = await project.json<{
      endpoints: { slot: string; host: string; address: string; port: number }[]
    }>('endpoints')
    expect(endpoints.endpoints.map(({ slot, port }) => `${slot} ${port}`).sort()).toEqual([
      'alpha.0 8101',
      'alpha.1 8101',
      'beta.0 8102',
    ])
    for (const { host, address, port } of endpoints.endpoints) {
      expect(address).toBe(addressOf(labHost(host)))
      expect(await listens(labHost(host), port)).toBe(true)
    }
  })

  test('status tells what is there, in the documented shape', async () => {
    const { code, json } = await project.json<Awaited<ReturnType<Project['status']>>>('status')
    expect(code).toBe(0)
    expect(json).toMatchObject({
      apiVersion: 'hc/v1',
      converged: true,
      loop: { ticking: false },
      unplaced: [],
      unclaimed: [],
    })
    for (const host of json.hosts) {
      expect(host).toMatchObject({
        verdict: 'ready',
        cordoned: false,
        draining: false,
        address: addressOf(labHost(host.name)),
      })
      expect(host.bootId).toMatch(/^[0-9a-f-]{36}$/)
      expect(host.lastContact).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
      expect(host.capacity?.cpu).toBe(4000)
      expect(Number.isInteger(host.reserved.memory)).toBe(true)
    }
    expect(json.jobs.map(({ name, wanted, running: up, type }) => `${name} ${type} ${up}/${wanted}`)).toEqual([
      'alpha service 2/2',
      'beta service 1/1',
      'gamma service 3/3',
    ])
    const beta = json.allocations.find(({ slot }) => slot === 'beta.0')
    expect(beta).toMatchObject({ job: 'beta', state: 'running', restarts: 0, version: 1 })
    expect(beta?.ports).toEqual({ http: { address: addressOf(labHost(beta?.host)), port: 8102 } })
    const text = await project.hc('status')
    expect(text.stdout).toContain('All is well: 3 hosts, 3 jobs, 6 of 6 running. No loop ticks')
  })

  test('apply again changes nothing: not one process is started anew', async () => {
    const before = starts(await running())
    const { code, json } = await project.apply()
    expect(code).toBe(0)
    expect(json).toMatchObject({ changes: false, actions: [], results: [], converged: true })
    expect((await project.hc('plan', '--exit-code')).code).toBe(0)
    expect(starts(await running())).toEqual(before)
  })

  test('a changed job restarts, and only that one', async () => {
    const before = await running()
    project.job('beta', webJob(8102, 'env: {GREETING: hello}'))
    const since = stopwatch()
    const { code, json } = await project.apply()
    tell('one changed job applied', since())
    expect(code).toBe(0)
    expect(json.actions.map(({ kind, slot, reason }) => `${kind} ${slot} ${reason}`)).toEqual([
      'restart beta.0 spec-changed',
    ])
    const after = await running()
    const rest = (seen: typeof before) => starts(seen.filter(({ slot }) => slot !== 'beta.0'))
    expect(rest(after)).toEqual(rest(before))
    const beta = await only('beta.0')
    expect(before.some(({ pid, host }) => pid === beta.pid && host === beta.host)).toBe(false)
    expect(await on(beta.host, `tr '\\0' '\\n' </proc/${beta.pid}/environ`)).toContain('GREETING=hello')
  })

  test('the count raised and lowered; a job whose file is gone is removed by --prune alone', async () => {
    const before = await running()
    project.job('alpha', webJob(8101, 'count: 3'))
    project.job('gamma', idleJob('count: 1'))
    project.remove('jobs/beta.yml')
    const kept = await project.apply()
    expect(kept.code).toBe(0)
    expect(kept.json.actions.map(({ kind, slot, reason }) => `${kind} ${slot} ${reason}`).sort()).toEqual([
      'start alpha.2 count-raised',
      'stop gamma.1 count-lowered',
      'stop gamma.2 count-lowered',
    ])
    const seen = await running()
    expect(seen.map(({ slot }) => slot)).toEqual(['alpha.0', 'alpha.1', 'alpha.2', 'beta.0', 'gamma.0'])
    const old = starts(before)
    const fresh = starts(seen).filter((start) => !old.includes(start))
    expect(fresh.map((start) => start.split('@')[0])).toEqual(['alpha.2'])

    // What removes is not done without a terminal and without --yes.
    const asked = await project.hc('apply', '--prune')
    expect(asked.code).toBe(2)
    expect(asked.stderr).toContain('--yes')
    const pruned = await project.apply('--prune', '--yes')
    expect(pruned.code).toBe(0)
    expect(pruned.json.actions.map(({ kind, slot, reason }) => `${kind} ${slot} ${reason}`)).toEqual([
      'stop beta.0 job-removed',
    ])
    expect((await units()).map(({ slot }) => slot)).toEqual(['alpha.0', 'alpha.1', 'alpha.2', 'gamma.0'])
  })

  test('job stop, start, restart, show, list and remove', async () => {
    expect((await project.hc('job', 'stop', 'alpha')).code).toBe(0)
    expect((await running()).map(({ slot }) => slot)).toEqual(['gamma.0'])
    expect(
      (await project.status()).allocations.filter(({ job }) => job === 'alpha').map(({ state }) => state),
    ).not.toContain('running')

    expect((await project.hc('job', 'start', 'alpha')).code).toBe(0)
    const started = await running()
    expect(started.map(({ slot }) => slot)).toEqual(['alpha.0', 'alpha.1', 'alpha.2', 'gamma.0'])

    expect((await project.hc('job', 'restart', 'alpha')).code).toBe(0)
    const again = await running()
    expect(places(again)).toEqual(places(started))
    const kept = starts(again).filter((start) => starts(started).includes(start))
    expect(kept.map((start) => start.split('@')[0])).toEqual(['gamma.0'])

    const shown = await project.json<JobDetailView>('job', 'show', 'alpha')
    expect(shown.code).toBe(0)
    expect(shown.json.job).toMatchObject({ name: 'alpha', wanted: 3, running: 3, stopped: false })
    const list = await project.hc('job', 'list')
    expect(list.stdout).toMatch(/alpha[\s\S]*gamma/)

    expect((await project.hc('job', 'remove', 'gamma')).code).toBe(2)
    expect((await project.hc('job', 'remove', 'gamma', '--yes')).code).toBe(0)
    expect((await units()).map(({ slot }) => slot)).toEqual(['alpha.0', 'alpha.1', 'alpha.2'])
    const gone = await project.hc('job', 'show', 'gamma')
    expect(gone.code).toBe(2)
    expect(gone.stderr).toContain('gamma')
    expect(twice(await units())).toEqual([])
  })

  test('logs, events and host run tell of it', async () => {
    project.job(
      'talk',
      idleJob().replace(
        '[sleep, infinity]',
        '[sh, -c, "echo first words of $HC_SLOT on $HC_HOST; exec sleep infinity"]',
      ),
    )
    expect((await project.apply()).code).toBe(0)
    const { host } = await only('talk.0')
    const logs = await project.hc('logs', 'talk')
    expect(logs.code).toBe(0)
    expect(logs.stdout).toContain(`first words of talk.0 on ${host}`)

    const events = await project.events()
    const ids = events.map(({ id }) => id)
    expect(ids).toEqual([...ids].sort((a, b) => a - b))
    expect(events.some(({ kind, text }) => kind === 'applied' && text === 'talk version 1 applied')).toBe(true)
    expect(events.some(({ slot, kind, host: where }) => slot === 'talk.0' && kind === 'done' && where === host)).toBe(
      true,
    )

    const run = await project.hc('host', 'run', 'all:!nuc2', '--', 'sh', '-c', 'echo "I am $(hostname)"; exit 3')
    expect(run.code).toBe(3)
    expect(run.stdout).toContain('I am nuc1')
    expect(run.stdout).toContain('I am nuc3')
    expect(run.stdout).not.toContain('nuc2')
  })
})
