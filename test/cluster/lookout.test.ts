// Who looks after a silent host, and whose looks count.
import { describe, expect, test } from 'vitest'
import { learnCard, strangerOf } from '../../src/cluster/cards.js'
import { unseen } from '../../src/cluster/watched.js'
import type { HostFacts } from '../../src/model/host.js'
import type { Look } from '../../src/model/observation.js'
import { host, settings } from '../planner/support/make.js'
import { probe, World } from './support/world.js'

describe('looks', () => {
  test('go once a second to a silent host, from control and from all that answer', async () => {
    const world = new World(['n1', 'n2', 'n3'])
    await world.tick(2)
    world.kill('n1')
    const { hosts } = await world.tick(5)
    const looks = hosts[0]?.looks ?? []
    for (const vantage of ['control', 'n2', 'n3']) {
      const own = looks.filter((look) => look.vantage === vantage)
      expect(own.length, vantage).toBeGreaterThanOrEqual(4)
      expect(own.every(({ reached }) => !reached)).toBe(true)
      const gaps = own.slice(1).map(({ at }, index) => at - (own[index]?.at ?? 0))
      expect(Math.max(...gaps)).toBeLessThanOrEqual(1100)
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(900)
    }
  })
  test('case 14: begin before the probe has failed: three hundred milliseconds without an answer', async () => {
    const world = new World(['n1', 'n2'])
    await world.tick(1)
    world.kill('n1')
    const begun = world.clock.now()
    const { looks } = await world.see('n1')
    expect(looks[0]?.at).toBeLessThanOrEqual(begun + 310)
  })
  test('are enough to call it lost within four seconds of the last contact', async () => {
    const world = new World(['n1', 'n2', 'n3'])
    const { hosts } = await world.tick(2)
    const contact = hosts[0]?.lastContactAt ?? 0
    world.kill('n1')
    let seen = await world.see('n1')
    const enough = () => {
      const own = seen.looks.filter(({ vantage }) => vantage === 'n3').map(({ at }) => at)
      return own.length >= 3 && (own.at(-1) ?? 0) - (own[0] ?? 0) >= 2000
    }
    while (!enough()) seen = await world.see('n1')
    expect(world.clock.now() - contact).toBeLessThan(4000)
  })
  test('of another that reaches it say so', async () => {
    const world = new World(['n1', 'n2', 'n3'])
    await world.tick(2)
    world.kill('n1')
    world.unreached.delete('n3>n1')
    const { hosts } = await world.tick(3)
    const by = (name: string) =>
      hosts[0]?.looks.filter(({ vantage }) => vantage === name).every(({ reached }) => reached)
    expect([by('control'), by('n2'), by('n3')]).toEqual([false, false, true])
  })
  test('of a vantage that falls silent itself are no looks', async () => {
    const world = new World(['n1', 'n2'])
    await world.tick(2)
    world.kill('n1')
    world.kill('n2')
    const { hosts } = await world.tick(4)
    expect(hosts[0]?.looks.some(({ vantage }) => vantage === 'n2')).toBe(false)
    expect(hosts[0]?.looks.some(({ vantage }) => vantage === 'control')).toBe(true)
  })
  test('that began before the host answered are no part of its next silence', async () => {
    const world = new World(['n1', 'n2'])
    await world.tick(2)
    world.kill('n1')
    await world.tick(3)
    world.probes.delete('n1')
    const back = await world.see('n1', 3000)
    await world.clock.pass(800)
    world.probes.set('n1', 'silence')
    const { looks } = await world.see('n1')
    expect(looks.every(({ at }) => at >= (back.lastContactAt ?? 0))).toBe(true)
  })
  test('are not made for a host that was never reached', async () => {
    const world = new World(['n1', 'n2'])
    world.kill('n1')
    const { hosts } = await world.tick(4)
    expect(hosts[0]).toMatchObject({ looks: [], everReached: false })
  })
  test('are made for one that the store knows', async () => {
    const world = new World(['n1', 'n2'], { known: { n1: { everReached: true, provenVantages: ['n2'] } } })
    world.kill('n1')
    const { hosts } = await world.tick(4)
    expect(hosts[0]?.looks.length).toBeGreaterThan(0)
    expect(hosts[0]).toMatchObject({ everReached: true, provenVantages: ['n2'] })
  })
  test('are not made by a command that only shows', async () => {
    const world = new World(['n1', 'n2'], { looks: false })
    await world.tick(1)
    world.kill('n1')
    const { hosts } = await world.tick(4)
    expect([hosts[0]?.looks, hosts[0]?.provenVantages, world.pinger.asked]).toEqual([[], [], []])
    expect(world.transport.sent.some(({ lane }) => lane === 'peer')).toBe(false)
  })
  test('end when the observer is closed, or the host leaves the inventory', async () => {
    for (const end of [(world: World) => world.observer.close(), (world: World) => world.know([host('n2')])]) {
      const world = new World(['n1', 'n2'])
      await world.tick(2)
      world.kill('n1')
      await world.tick(2)
      end(world)
      await world.clock.pass(1500)
      const count = world.pinger.asked.length
      await world.clock.pass(10_000)
      expect(world.pinger.asked.length).toBe(count)
    }
  })
})

describe('proofs', () => {
  test('who reaches whom while all is well', async () => {
    const world = new World(['n1', 'n2', 'n3'])
    world.unreached.add('n3>n1')
    const { hosts } = await world.tick(2)
    expect(hosts.map(({ provenVantages }) => provenVantages)).toEqual([
      ['control', 'n2'],
      ['control', 'n1', 'n3'],
      ['control', 'n1', 'n2'],
    ])
  })
  test('a pair that had no luck is tried again', async () => {
    const world = new World(['n1', 'n2'])
    world.unreached.add('n2>n1')
    await world.tick(2)
    world.unreached.clear()
    const { hosts } = await world.tick(7)
    expect(hosts[0]?.provenVantages).toEqual(['control', 'n2'])
  })
  test('a pair is tried as soon as both answer, however late one of them comes', async () => {
    const world = new World(['n1', 'n2', 'n3'])
    world.probes.set('n2', { failure: 'unreachable' })
    await world.tick(3)
    world.probes.delete('n2')
    const { hosts } = await world.tick(2)
    expect(hosts.map(({ provenVantages }) => provenVantages)).toEqual([
      ['control', 'n2', 'n3'],
      ['control', 'n1', 'n3'],
      ['control', 'n1', 'n2'],
    ])
  })
  test('silence proves nothing and takes no proof away', async () => {
    const world = new World(['n1', 'n2'])
    await world.tick(2)
    world.kill('n1')
    const { hosts } = await world.tick(8)
    expect(hosts[0]?.provenVantages).toEqual(['control', 'n2'])
  })
})

describe('a witness', () => {
  test('case 15: is not asked while a host answers', async () => {
    const world = new World(['n1', 'n2'])
    await world.tick(1)
    world.kill('n1')
    expect((await world.tick(3)).witness).toBeNull()
  })
  test('is asked when none does', async () => {
    const world = new World(['n1'])
    await world.tick(1)
    world.kill('n1')
    expect((await world.tick(3)).witness).toBe(true)
    world.witness = false
    expect((await world.tick(1)).witness).toBe(false)
  })
  test('case 15: counts only if it answered while all was well', async () => {
    const world = new World(['n1'])
    world.witness = false
    await world.tick(1)
    world.witness = true
    world.kill('n1')
    expect((await world.tick(3)).witness).toBeNull()
  })
})

describe('in a large cluster', () => {
  const names = Array.from({ length: 50 }, (_, at) => `m${String(at).padStart(2, '0')}`)
  const killed = async (armed: boolean) => {
    const world = new World(names)
    const guard = { term: { number: 1, owner: 'a' }, cluster: 'c', leaseMs: 8000, hosts: new Set(['m10']) }
    if (armed)
      world.observer.know(
        names.map((name) => host(name)),
        settings(),
        new Map(),
        guard,
      )
    await world.tick(7)
    world.probes.set('m10', 'silence')
    for (const from of ['control', ...names]) world.unreached.add(`${from}>m10`)
    const { hosts } = await world.tick(5)
    const seen = hosts.find(({ host }) => host === 'm10')
    return { seen, world }
  }
  test('a host is proven and looked after by the 32 that follow it and by control, each often enough to call it lost', async () => {
    const { seen } = await killed(false)
    expect(seen?.provenVantages).toHaveLength(33)
    expect(seen?.provenVantages).toContain('m11')
    expect(seen?.provenVantages).not.toContain('m09')
    for (const vantage of seen?.provenVantages ?? []) {
      expect(seen?.looks.filter((look) => look.vantage === vantage && !look.reached).length).toBeGreaterThanOrEqual(3)
    }
  })
  test('all look after an armed one: half of all voters have to find it gone', async () => {
    const { seen } = await killed(true)
    expect(seen?.provenVantages).toHaveLength(50)
    expect(new Set(seen?.looks.map(({ vantage }) => vantage)).size).toBe(50)
  })
  test('when most fall silent at once, 32 of them are looked at within a second, and all in turn', async () => {
    const world = new World(names)
    await world.tick(7)
    const silent = names.slice(0, 48)
    for (const name of silent) world.probes.set(name, 'silence')
    const first = await world.tick(1)
    const looked = ({ hosts }: typeof first) => hosts.filter(({ looks }) => looks.length > 0).length
    expect(looked(first)).toBeLessThanOrEqual(32)
    expect(looked(await world.tick(3))).toBe(48)
  })
  test('first contacts of many get the time that they take together', async () => {
    const many = Array.from({ length: 160 }, (_, at) => `x${at}`)
    const world = new World(many)
    for (const name of many) world.probes.set(name, { text: probe(), afterMs: 3000 })
    const { hosts } = await world.look(900)
    expect(hosts.filter(({ answering }) => answering)).toHaveLength(160)
  })
})

describe('case 16: another machine at the address of a host', () => {
  const [OWN, OTHER] = ['02:00:00:00:00:01', '02:00:00:00:00:99']
  const ways = ['control>n1', 'n2>n1', 'n3>n1']
  const heardBy = (world: World, card: string) => {
    for (const way of ways) world.cards.set(way, card)
  }
  /** n1 falls silent, and its address is answered with this card. */
  async function silencedAt(card: string | null, learnt: string | null = OWN) {
    const world = new World(['n1', 'n2', 'n3'])
    if (learnt) heardBy(world, learnt)
    await world.tick(2)
    world.probes.set('n1', 'silence')
    for (const way of ways) world.cards.delete(way)
    if (card) heardBy(world, card)
    const { hosts } = await world.tick(5)
    return hosts[0] ?? (await world.see('n1'))
  }
  test('is no sign of life of it, and is told', async () => {
    const { looks, silence, silentSince } = await silencedAt(OTHER)
    expect(looks.length).toBeGreaterThan(9)
    expect(looks.every(({ reached, stranger }) => !reached && stranger === OTHER)).toBe(true)
    // Nor does it prove that the host itself is silent: for exclusive work nobody has looked in vain.
    expect(silence?.rows).toEqual([])
    expect(silence?.reachedAt ?? 0).toBeGreaterThan(silentSince ?? 0)
  })
  test('is found by the host that has the address itself, and one that always had it has never looked', async () => {
    const of = (looks: readonly Look[], name: string) => looks.filter(({ vantage }) => vantage === name)
    const { looks } = await silencedAt('own')
    expect(of(looks, 'n2').length).toBeGreaterThan(3)
    expect(of(looks, 'n2').every(({ reached, stranger }) => !reached && stranger === 'n2')).toBe(true)
    const before = await silencedAt('own', 'own')
    expect(of(before.looks, 'n2')).toEqual([])
  })
  test.each([
    ['its own card', OWN, OWN],
    ['no card that is known, as behind a router', null, OWN],
    ['a card, where nobody had heard one while all was well', OTHER, null],
  ])('is not taken for one by %s', async (_, card, learnt) => {
    const { looks } = await silencedAt(card, learnt)
    expect(looks.length).toBeGreaterThan(9)
    expect(looks.every(({ reached, stranger }) => reached && stranger === undefined)).toBe(true)
  })
})

test('a card that is none of its own is learnt only where nobody has heard one of its own', () => {
  const watched = { ...unseen(host('n1'), undefined), facts: { macs: ['02:00:00:00:00:01'] } as unknown as HostFacts }
  learnCard(watched, 'n2', '02:00:00:00:00:77')
  learnCard(watched, 'n3', '02:00:00:00:00:01')
  learnCard(watched, 'n3', '02:00:00:00:00:99')
  expect(strangerOf(watched, 'n2', '02:00:00:00:00:77')).toBeNull()
  expect(strangerOf(watched, 'n2', '02:00:00:00:00:01')).toBeNull()
  expect(strangerOf(watched, 'n2', '02:00:00:00:00:99')).toBe('02:00:00:00:00:99')
  expect(strangerOf(watched, 'n3', '02:00:00:00:00:99')).toBe('02:00:00:00:00:99')
  expect(strangerOf(watched, 'control', '02:00:00:00:00:99')).toBeNull()
})
