// `hc host confirm-lost`, `forget` and `clean`: what is refused, what is recorded, what is told.
import { expect, test } from 'vitest'
import { planClean } from '../../src/controller/clean.js'
import { confirmLost } from '../../src/controller/confirm-lost.js'
import type { Controller, Look } from '../../src/controller/controller.js'
import { forgetHosts, planForget } from '../../src/controller/forget.js'
import { newHostRecord } from '../../src/controller/record.js'
import type { World } from '../../src/controller/world.js'
import type { AppliedJob } from '../../src/model/job.js'
import type { HostObservation } from '../../src/model/observation.js'
import type { Records } from '../../src/model/records.js'
import type { HostState } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import {
  applied,
  input,
  job,
  observation,
  observed,
  placement,
  ready,
  settings,
  silent,
  unheard,
  unit,
  WALL,
} from '../planner/support/make.js'
import { MemoryDisk, MemoryStore } from '../support/memory-store.js'
import { records } from './support/records.js'

interface Cluster {
  readonly jobs?: readonly AppliedJob[]
  readonly hosts: readonly HostState[]
  readonly heard?: readonly HostObservation[]
  readonly before?: Partial<Records>
  readonly pings?: boolean
}

const OWNER = 'desk-aaaa'

async function cluster({ jobs = [], hosts, heard = [], before = {}, pings = false }: Cluster) {
  const placements = Object.values(before.placements ?? {})
  const seen = input(jobs, hosts, placements)
  const known = records({
    jobs: Object.fromEntries(jobs.map((each) => [each.job.name, each])),
    hosts: Object.fromEntries(hosts.map(({ host }) => [host.name, { ...newHostRecord(WALL), bootId: 'b7' }])),
    ...before,
  })
  const store = new MemoryStore(new MemoryDisk(), { wall: () => WALL, owner: OWNER, command: 'test' })
  const lock = await store.lock(1000)
  await store.write(known)
  await lock.release()
  const look = {
    inventory: { hosts: hosts.map(({ host }) => host), settings: settings() },
    records: known,
    observation: observation(
      0,
      hosts.map(({ host, facts }) => {
        const own = heard.find((each) => each.host === host.name)
        return own ?? (facts ? observed(host.name, { facts }) : unheard(host.name, -60_000))
      }),
    ),
    input: seen,
    decision: decide(seen),
  } as unknown as Look
  const controller = { look: async () => look } as unknown as Controller
  const world = {
    store,
    owner: OWNER,
    lockTimeoutMs: 1000,
    clock: { wall: () => WALL },
    pinger: { reaches: async () => pings },
    inventory: async () => look.inventory,
  } as unknown as World
  return { world, controller, store, events: () => store.events({ limit: 10 }) }
}

const db = applied(job('db', { exclusive: true }))
const gone = silent('n2', 'lost')

test('a word that a host is off is recorded once, with the boot that it is about, and frees exclusive slots', async () => {
  const { world, controller, store, events } = await cluster({
    jobs: [db],
    hosts: [ready('n1'), gone],
    before: { placements: { 'db.0': placement('db.0', 'n2') } },
  })
  expect(await confirmLost(world, controller, ['n2', 'n2'])).toEqual([
    {
      host: 'n2',
      changed: true,
      slots: ['db.0'],
      text: 'n2 is taken to be off, until it answers again: db.0 may be started elsewhere',
    },
  ])
  expect((await store.read())?.hosts.n2?.confirmedLost).toEqual({ at: WALL, bootId: 'b7' })
  expect(await events()).toMatchObject([{ kind: 'confirmed-lost', host: 'n2' }])
  const again = await confirmLost(world, controller, ['n2'])
  expect(again[0]).toMatchObject({ changed: false, text: `n2 was said to be off already (${WALL})` })
  expect(await events()).toHaveLength(1)
})

test.each<[string, string, Cluster, string]>([
  ['answers', 'n1', { hosts: [ready('n1')] }, 'n1 answers'],
  ['answers pings', 'n2', { hosts: [gone], pings: true }, 'n2 answers pings'],
  ['is heard by others', 'n2', { hosts: [silent('n2', 'cut-off')] }, 'n2 is cut-off'],
  ['is up without ssh', 'n2', { hosts: [silent('n2', 'unmanageable')] }, 'n2 is unmanageable'],
  [
    'answers at the address of another',
    'n2',
    { hosts: [ready('n1'), gone], heard: [unheard('n2', -60_000, { ownAt: 'n1' })] },
    'its machine answers at the address of n1',
  ],
  ['is in no inventory', 'n9', { hosts: [ready('n1')] }, 'no host n9'],
])('a host that %s is not said to be off', async (_, name, made, why) => {
  const { world, controller, store, events } = await cluster(made)
  await expect(confirmLost(world, controller, [name])).rejects.toThrow(why)
  expect((await store.read())?.hosts[name]?.confirmedLost).toBeUndefined()
  expect(await events()).toEqual([])
})

test('case 3: a silent host that may run exclusive work is not forgotten, before it is said to be off', async () => {
  const before = { placements: { 'db.0': placement('db.0', 'n2'), 'web.0': placement('web.0', 'n2') } }
  const made = { jobs: [db, applied(job('web'))], hosts: [ready('n1'), gone], before }
  const kept = await cluster(made)
  await expect(forgetHosts(kept.world, kept.controller, ['n2'])).rejects.toMatchObject({
    message: 'db.0 is exclusive and may still run on n2: n2 is not forgotten',
    hint: expect.stringContaining('hc host confirm-lost n2'),
  })
  expect(Object.keys((await kept.store.read())?.placements ?? {})).toEqual(['db.0', 'web.0'])
  const said = { n2: { ...newHostRecord(WALL), confirmedLost: { at: WALL, bootId: 'b7' } } }
  const { world, controller, store, events } = await cluster({ ...made, before: { ...before, hosts: said } })
  expect((await planForget(controller, ['n2']))[0]?.text).toBe('n2 is forgotten: db.0, web.0 are placed anew')
  await forgetHosts(world, controller, ['n2'])
  const after = await store.read()
  expect(after?.placements).toEqual({})
  expect(after?.hosts.n2).toMatchObject({ confirmedLost: { bootId: 'b7' }, lastContact: null })
  expect(await events()).toMatchObject([{ kind: 'forgotten', host: 'n2' }])
})

test('what runs exclusively on a host that answers is drained first, and data is not left behind on a silent one', async () => {
  const running = await cluster({
    jobs: [db],
    hosts: [ready('n1', [unit('db.0')])],
    before: { placements: { 'db.0': placement('db.0', 'n1') } },
  })
  await expect(planForget(running.controller, ['n1'])).rejects.toMatchObject({
    hint: expect.stringContaining('hc host drain n1'),
  })
  const volumes = [{ source: '/srv', target: '/srv', readOnly: false, shared: false }]
  const pinned = await cluster({
    jobs: [applied(job('data', { volumes }))],
    hosts: [ready('n1'), gone],
    before: { placements: { 'data.0': placement('data.0', 'n2') } },
  })
  await expect(planForget(pinned.controller, ['n2'])).rejects.toThrow('data.0 has its data on n2')
})

test('what would be cleaned is what this store knows nothing of, and only on a host that answers', async () => {
  const { world, controller } = await cluster({
    jobs: [applied(job('web'))],
    hosts: [ready('n1', [unit('web.0'), unit('old.0'), unit('other.3', { cluster: 'c9' })]), gone],
    before: { placements: { 'web.0': placement('web.0', 'n1') } },
  })
  const { units, results } = await planClean(world, controller, 'n1')
  expect([units.map(({ slot }) => slot), results]).toEqual([['old.0', 'other.3'], []])
  await expect(planClean(world, controller, 'n2')).rejects.toThrow('n2 is lost')
})

test('case 16: confirm-lost is taken of a host at whose address another machine answers', async () => {
  const strange = { ...gone, belief: { ...gone.belief, stranger: '02:00:00:00:00:99' } }
  const { world, controller, store } = await cluster({ hosts: [ready('n1'), strange], pings: true })
  expect(await confirmLost(world, controller, ['n2'])).toMatchObject([{ host: 'n2', changed: true }])
  expect((await store.read())?.hosts.n2?.confirmedLost).toBeDefined()
})
