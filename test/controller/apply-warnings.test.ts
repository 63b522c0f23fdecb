// A warning about the cluster is told by the apply that finds it first, and by no other while it holds.
import { expect, test } from 'vitest'
import { warnOnce } from '../../src/controller/apply-warnings.js'
import type { Controller, Look } from '../../src/controller/controller.js'
import { witnessOf } from '../../src/controller/doctor.js'
import type { World } from '../../src/controller/world.js'
import { input, observation, observed, ready, settings, WALL } from '../planner/support/make.js'
import { MemoryDisk, MemoryStore } from '../support/memory-store.js'
import { records } from './support/records.js'

test('case 15: no witness is told once, and again after one had answered', async () => {
  const store = new MemoryStore(new MemoryDisk(), { wall: () => WALL, owner: 'desk-aaaa', command: 'test' })
  const lock = await store.lock(1000)
  await store.write(records())
  await lock.release()
  const answers = { witness: false }
  const debugged: string[] = []
  const world = {
    store,
    lockTimeoutMs: 1000,
    pinger: { reaches: async () => answers.witness, gateways: async () => ['192.168.1.1'] },
    debug: (text: string) => debugged.push(text),
  } as unknown as World
  const look = {
    inventory: { settings: settings() },
    input: input([], [ready('a')]),
    observation: observation(0, [observed('a')]),
  }
  const controller = { look: async () => look } as unknown as Controller
  const told: string[] = []
  const witness = () => witnessOf(world, look as unknown as Look)
  const apply = (acts = true) =>
    warnOnce(world, controller, {
      seen: null,
      witness: acts ? witness() : null,
      patienceMs: 100,
      onProgress: (progress) => told.push(progress.kind === 'warning' ? progress.text : ''),
    })
  expect(await apply()).toEqual([
    'no witness answers (192.168.1.1); hc_witness: [ADDRESS] in the inventory, of something that always answers pings; hc doctor shows more',
  ])
  expect(await apply()).toEqual([])
  expect((await store.read())?.told).toEqual(['witness'])
  answers.witness = true
  // Nobody waits for a silent witness where nothing is done: what was told of it stays told.
  expect(await apply(false)).toEqual([])
  expect((await store.read())?.told).toEqual(['witness'])
  expect(await apply()).toEqual([])
  answers.witness = false
  expect(await apply(false)).toEqual([])
  expect(await apply()).toHaveLength(1)
  expect(told).toHaveLength(2)
  // What was seen at the end of the apply is looked at, not the hosts once more.
  const blind = { look: async () => Promise.reject(new Error('looked again')) } as unknown as Controller
  answers.witness = true
  expect(
    await warnOnce(world, blind, {
      seen: look as unknown as Look,
      witness: witness(),
      patienceMs: 100,
      onProgress: () => {},
    }),
  ).toEqual([])
  expect((await store.read())?.told).toEqual([])
  expect(debugged).toEqual([])
  // Whatever goes wrong here, the apply has been done.
  const broken = { look: async () => Promise.reject(new Error('no look')) } as unknown as Controller
  expect(await warnOnce(world, broken, { seen: null, witness: null, patienceMs: 100, onProgress: () => {} })).toEqual(
    [],
  )
  expect(debugged).toEqual(['warnings: no look'])
})
