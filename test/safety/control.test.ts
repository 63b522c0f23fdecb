// Cases of the list that breaks naive versions, where it is the control machine that must do or leave something.
import { describe, expect, test } from 'vitest'
import { Fences } from '../../src/controller/fencing.js'
import { newHostRecord } from '../../src/controller/record.js'
import type { World as ControlWorld } from '../../src/controller/world.js'
import type { FenceRule } from '../../src/model/fence.js'
import { HandClock } from '../cluster/support/doors.js'
import { World } from '../cluster/support/world.js'
import { records } from '../controller/support/records.js'
import {
  applied,
  host,
  input,
  job,
  observation,
  placement,
  ready,
  settings,
  silent,
  WALL,
} from '../planner/support/make.js'
import { look, nuc1, known as reachable, server, transport } from '../ssh/world.js'
import { MemoryDisk, MemoryStore } from '../support/memory-store.js'

const guard = (hosts: readonly string[]) => ({
  term: { number: 3, owner: 'desk-1' },
  cluster: 'c1',
  leaseMs: 8000,
  hosts: new Set(hosts),
})
const renewing = (world: World) => world.transport.sent.filter(({ script }) => script.includes('renew_until=')).length

test('case 5: a command that only looks renews no lease; the loop of the owner does', async () => {
  for (const [leases, renewed] of [
    [null, false],
    [guard(['n1']), true],
  ] as const) {
    const world = new World(['n1', 'n2'], { looks: leases !== null })
    world.observer.know([host('n1'), host('n2')], settings(), new Map(), leases)
    await world.tick(3)
    expect(renewing(world) > 0).toBe(renewed)
    const asked = world.transport.sent.filter(({ script }) => script.includes('renew_until='))
    expect(asked.every((sent) => sent.host === 'n1')).toBe(true)
  }
})

test('case 13: leases are renewed while no tick comes, as when a plan takes minutes', async () => {
  const world = new World(['n1', 'n2'])
  world.observer.know([host('n1'), host('n2')], settings(), new Map(), guard(['n1']))
  await world.tick(2)
  const before = renewing(world)
  for (let second = 0; second < 20; second += 1) {
    await world.clock.pass(1000)
    world.observer.renew()
  }
  await world.clock.pass(100)
  expect(renewing(world) - before).toBeGreaterThanOrEqual(9)
  // Who is silent gets none: the wait for it must come to its end.
  world.kill('n1')
  await world.tick(3)
  const silent = renewing(world)
  for (let second = 0; second < 10; second += 1) {
    await world.clock.pass(1000)
    world.observer.renew()
  }
  expect(renewing(world)).toBe(silent)
})

describe('case 11: fences', () => {
  const fence: FenceRule = { kind: 'command', argv: ['power'] }
  const jobs = [applied(job('db', { exclusive: true, count: 2 }))]
  const places = [placement('db.0', 'b'), placement('db.1', 'c')]
  const down = (name: string) => silent(name, 'lost', { host: host(name, { fence }) })

  async function made() {
    const clock = new HandClock()
    const cut: string[] = []
    const store = new MemoryStore(new MemoryDisk(), { wall: () => WALL, owner: 'desk-aaaa', command: 'test' })
    const kept = records({ hosts: { b: newHostRecord(WALL), c: newHostRecord(WALL) } })
    const lock = await store.lock(1000)
    await store.write(kept)
    await lock.release()
    const fencer = { act: async () => void cut.push('off'), isOff: async () => true }
    const world = { clock, store, fencer, lockTimeoutMs: 1000, sources: {} } as unknown as ControlWorld
    const hosts = [ready('a'), down('b'), down('c'), ready('d')]
    const seen = {
      input: input(jobs, hosts, places),
      observation: observation(0, []),
      inventory: { hosts: hosts.map((state) => state.host), settings: settings() },
      records: kept,
    }
    const fences = new Fences(world, () => {})
    const advance = () => fences.advance(seen as unknown as Parameters<Fences['advance']>[0])
    return { clock, cut, store, fences, advance }
  }

  test('cut the power of one host per hold, however many are lost', async () => {
    const { clock, cut, store, fences, advance } = await made()
    advance()
    await fences.close()
    expect(cut).toEqual(['off'])
    for (let second = 0; second < 29; second += 1) {
      await clock.pass(1000)
      advance()
    }
    expect(cut).toEqual(['off'])
    await clock.pass(1000)
    advance()
    await fences.close()
    expect(cut).toEqual(['off', 'off'])
    expect((await store.read())?.hosts.b?.fenced).toBeDefined()
  })
})

test('case 18: one root shell serves all probes of a connection: sudo is asked once, not once per probe', async () => {
  const sshd = await server({ uid: 1000 })
  const made = transport(reachable(sshd))
  for (let probe = 0; probe < 20; probe += 1) {
    expect(await look(made, 'id -u', 5000, nuc1)).toMatchObject({ ok: true, output: '0\n' })
  }
  expect([sshd.seen.connections, sshd.seen.execs]).toEqual([1, 1])
})
