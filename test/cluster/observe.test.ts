// Who answers, and since when one does not.
import { describe, expect, test } from 'vitest'
import { host } from '../planner/support/make.js'
import { BOOT, probe, World } from './support/world.js'

describe('a probe', () => {
  test('that is answered gives facts', async () => {
    const world = new World(['n2', 'n1'])
    const { hosts, at, witness } = await world.look()
    expect(hosts.map((one) => one.host)).toEqual(['n1', 'n2'])
    expect(hosts[0]).toMatchObject({ answering: true, everReached: true, silentSince: null, missed: 0, failure: null })
    expect(hosts[0]?.facts?.bootId).toBe(BOOT)
    expect([at < 100, witness]).toEqual([true, null])
  })
  test('does not wait for its patience where all have answered', async () => {
    const world = new World(['n1'])
    await world.look(5000)
    expect(world.clock.now()).toBeLessThan(50)
  })
  test('that makes no sense is a failure', async () => {
    const world = new World(['n1'])
    world.probes.set('n1', { text: 'motd' })
    expect(await world.see('n1')).toMatchObject({
      answering: false,
      facts: null,
      failure: { kind: 'broken' },
      missed: 1,
    })
  })
  test('is sent once: a slow one is waited for, and counts in the next call', async () => {
    const world = new World(['n1'])
    await world.look()
    world.probes.set('n1', { text: probe(2000), afterMs: 700 })
    const first = await world.see('n1', 400)
    expect(first.facts?.uptimeMs).toBe(1_000_000)
    await world.clock.pass(500)
    world.probes.set('n1', 'silence')
    const second = await world.see('n1', 100)
    expect(second.facts?.uptimeMs).toBe(2_000_000)
    expect(world.transport.sent.filter(({ lane }) => lane === 'look')).toHaveLength(3)
  })
  test('is waited for again where the host that never answered is forgotten, as after a question to a person', async () => {
    const world = new World(['n1', 'n2'], { looks: false })
    world.probes.set('n1', 'silence')
    expect(await world.see('n1')).toMatchObject({ answering: false })
    world.observer.forgetStrangers()
    world.know(['n1', 'n2'].map((name) => host(name)))
    world.probes.set('n1', { text: probe(), afterMs: 300 })
    expect(await world.see('n1')).toMatchObject({ answering: true, missed: 0 })
  })
  test('asks for what is costly at first contact and every five minutes', async () => {
    const world = new World(['n1'])
    await world.tick(303)
    const full = world.transport.sent.filter(({ lane, script }) => lane === 'look' && script.includes('\nlearn\n'))
    expect(full.map(({ at }) => Math.round(at / 1000))).toEqual([0, 301])
  })
})

describe('silence', () => {
  test('begins with the last contact', async () => {
    const world = new World(['n1', 'n2'])
    const { lastContactAt } = await world.see('n1')
    world.kill('n1')
    await world.clock.pass(1000)
    await world.look()
    const { silentSince, missed, failure, answering, lastFacts, facts } = await world.see('n1')
    expect(silentSince).toBe(lastContactAt)
    expect([missed > 0, failure?.kind, answering]).toEqual([true, 'timeout', false])
    expect([facts, lastFacts?.bootId]).toEqual([null, BOOT])
  })
  test('does not begin while nobody asked: a control machine that was held up counts no time of its own', async () => {
    const world = new World(['n1', 'n2'])
    const { lastContactAt } = await world.see('n1')
    world.kill('n1')
    await world.clock.pass(60_000)
    const asked = world.clock.now()
    await world.look()
    const { silentSince, missed } = await world.see('n1')
    expect(missed > 0 && lastContactAt !== null && lastContactAt < 100).toBe(true)
    expect(silentSince).toBe(asked - 1500)
  })
  test('is no silence before the probe is overdue', async () => {
    const world = new World(['n1'])
    await world.look()
    world.probes.set('n1', 'silence')
    await world.clock.pass(1000)
    expect(await world.see('n1', 600)).toMatchObject({ answering: true, silentSince: null })
  })
  test('of a host that never answered begins with the first try', async () => {
    const world = new World(['n1'])
    await world.clock.pass(5000)
    world.probes.set('n1', { failure: 'unreachable' })
    expect(await world.see('n1')).toMatchObject({ silentSince: 5000, everReached: false, lastContactAt: null })
  })
  test('ends with an answer, and says so at once', async () => {
    const world = new World(['n1'])
    await world.look()
    world.kill('n1')
    await world.tick(3)
    world.probes.delete('n1')
    const before = world.news
    // The probe that is under way is given the time of a first contact.
    await world.tick(5)
    const seen = await world.see('n1')
    expect(seen).toMatchObject({ answering: true, silentSince: null, missed: 0, failure: null, looks: [] })
    expect(world.news).toBeGreaterThan(before)
  })
})

describe('after steps were carried out', () => {
  test('only a probe that was sent afterwards tells what is there', async () => {
    const world = new World(['n1', 'n2'])
    await world.look()
    await world.clock.pass(1000)
    world.probes.set('n1', { text: probe(1001), afterMs: 400 })
    const pending = world.observer.observe(300)
    await world.clock.pass(100)
    world.observer.acted('n1')
    const during = (await world.clock.until(pending)).hosts[0]
    expect(during).toMatchObject({ answering: true, facts: null, silentSince: null })
    expect(during?.lastFacts).not.toBeNull()
    await world.clock.pass(500)
    const stale = await world.see('n1', 1)
    expect(stale.facts).toBeNull()
    world.probes.set('n1', { text: probe(1002) })
    await world.clock.pass(500)
    expect((await world.see('n1')).facts?.uptimeMs).toBe(1_002_000)
  })
  test('the other hosts are seen as ever', async () => {
    const world = new World(['n1', 'n2'])
    await world.look()
    await world.clock.pass(10)
    world.observer.acted('n1')
    world.probes.set('n1', 'silence')
    const { hosts } = await world.look(100)
    expect(hosts.map(({ facts }) => facts === null)).toEqual([true, false])
  })
})

test('a host that joins is asked, one that left is forgotten', async () => {
  const world = new World(['n1', 'n2'])
  await world.look()
  world.know([host('n2'), host('n3')])
  expect((await world.look()).hosts.map((one) => one.host)).toEqual(['n2', 'n3'])
})
