// hc simulate without --input: job files and the inventory, or what a store knows that runs; through the program's own doors.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SimulateOptions } from '../../src/controller/desks/simulate.js'
import { type Hc, openHc } from '../../src/hc.js'
import type { Placement } from '../../src/model/plan.js'
import { openStore } from '../../src/store/store.js'
import { applied, GIB, job, placement, WALL } from '../planner/support/make.js'

const NOTHING: SimulateOptions = { lose: [], add: [], set: [], fill: null, effort: 1 }
const INVENTORY = `all:
  hosts:
    a: {ansible_host: 127.0.0.1, ansible_port: 1, hc_capacity: {cpu: 4, memory: 8Gi, disk: 10Gi}}
    b: {ansible_host: 127.0.0.1, ansible_port: 2, hc_capacity: {cpu: 4, memory: 8Gi, disk: 10Gi}}
    c: {ansible_host: 127.0.0.1, ansible_port: 3, hc_capacity: {cpu: 2, memory: 4Gi, disk: 10Gi}}
`
let folder = ''
let hc: Hc

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hc-test-'))
  await writeFile(join(folder, 'inventory.yml'), INVENTORY)
  await mkdir(join(folder, 'jobs'))
  await writeFile(
    join(folder, 'jobs', 'web.yml'),
    'command: [/usr/bin/sleep, infinity]\ncount: 2\nresources: {cpu: 3, memory: 1Gi}\n',
  )
  hc = await openHc({ inventory: join(folder, 'inventory.yml') })
})
afterEach(async () => {
  await hc.close()
  await rm(folder, { recursive: true, force: true })
})

const big = applied(job('big', { count: 2, resources: { cpu: 1500, memory: 2 * GIB, disk: 0, devices: {} } }))

/** A store in which `big` was applied and runs there. */
async function know(...placements: readonly Placement[]): Promise<void> {
  const store = openStore(join(folder, '.hc'), { wall: () => WALL, owner: 'test', command: 'test' })
  const lock = await store.lock(5000)
  const records = await store.create()
  await store.write({
    ...records,
    jobs: { big },
    placements: Object.fromEntries(placements.map((each) => [each.slot, each])),
  })
  await lock.release()
}

const at = (view: Awaited<ReturnType<Hc['simulate']>>) => view.placements.map(({ slot, host }) => `${slot} ${host}`)

test('nothing was applied yet: the files in jobs/, on hosts as they are declared', async () => {
  const view = await hc.simulate([], NOTHING)
  expect(view.basis[0]).toBe('Taken: 1 from job files; nothing was applied yet, so nothing runs')
  expect(at(view)).toEqual(['web.0 a', 'web.1 b'])
  expect(view.unplaced).toEqual([])
  expect(view.hosts.map(({ name, before, after }) => [name, before.slots, after.slots])).toEqual([
    ['a', 0, 1],
    ['b', 0, 1],
    ['c', 0, 0],
  ])
})

test('what the store knows to run stays, and its host can be lost', async () => {
  await know(placement('big.0', 'c'), placement('big.1', 'b'))
  const view = await hc.simulate([], NOTHING)
  expect(view.basis[0]).toContain('the jobs as they were applied')
  expect(at(view)).toEqual(['big.0 c', 'big.1 b'])
  expect(view.moves).toEqual([])
  const lost = await hc.simulate([], { ...NOTHING, lose: ['b'] })
  expect(at(lost)).toEqual(['big.0 c', 'big.1 a'])
  expect(lost.hosts.find(({ name }) => name === 'b')).toMatchObject({
    lost: true,
    before: { slots: 1 },
    after: { slots: 0 },
  })
})

test('a file beside what runs: that moves where it has to', async () => {
  await know(placement('big.0', 'a'), placement('big.1', 'b'))
  const view = await hc.simulate([join(folder, 'jobs', 'web.yml')], NOTHING)
  expect(view.basis[0]).toContain('and 1 more as they were applied; what runs is where the store has it')
  expect(view.placements).toHaveLength(3)
  expect(view.moves).toEqual([{ slot: expect.stringMatching(/^big/), from: expect.any(String), to: 'c' }])
  // One of web is left over: c has 2 cores in all.
  expect(view.unplaced.map(({ slot, remedy }) => `${slot}: ${remedy}`)).toEqual([
    expect.stringMatching(/^web\.\d: it would fit /),
  ])
})

test('the store is as it was, and no lock is taken', async () => {
  await know(placement('big.0', 'a'))
  const store = openStore(join(folder, '.hc'), { wall: () => WALL, owner: 'test', command: 'test' })
  const before = await store.read()
  const lock = await store.lock(5000)
  await hc.simulate([], { ...NOTHING, lose: ['a'], set: ['big.count=5'] })
  await lock.release()
  expect(await store.read()).toEqual(before)
})
