// A host on which nothing has changed says no more than that; what was known of it holds.
import { expect, test } from 'vitest'
import { BOOT, probe, World } from './support/world.js'

/** A whole answer that may be repeated, and its repetition. */
const whole = (token: string, uptimeS: number) =>
  probe(uptimeS).replace('hc-probe-end', `machine m-${token}\nkernel 6.1\nhc-section token\n${token}\nhc-probe-end`)
const same = (token: string, uptimeS: number) =>
  probe(uptimeS).replace('hc-probe-end', `term 7 me c\nsame ${token}\nhc-probe-end`)
const lastScript = (world: World) => world.transport.sent.filter(({ lane }) => lane === 'look').at(-1)?.script ?? ''
const mayRepeat = (world: World) => lastScript(world).includes('put same')

test('after a whole answer it may repeat itself, and its facts are those of then with the times of now', async () => {
  const world = new World(['n1'])
  world.probes.set('n1', { text: whole('12.3', 1000) })
  await world.look()
  expect(mayRepeat(world)).toBe(false)
  world.probes.set('n1', { text: same('12.3', 1001) })
  const { facts, answering } = await world.see('n1')
  expect(mayRepeat(world)).toBe(true)
  expect(answering).toBe(true)
  expect(facts).toMatchObject({
    bootId: BOOT,
    machineId: 'm-12.3',
    kernel: '6.1',
    uptimeMs: 1_001_000,
    term: { number: 7, owner: 'me' },
  })
  expect(facts?.containersKnown).toBe(false)
  await world.look()
  expect(mayRepeat(world)).toBe(true)
})

test('a repetition of what is not known is no answer: the host is asked for all of it in the same tick', async () => {
  const world = new World(['n1'])
  world.probes.set('n1', { text: whole('12.3', 1000) })
  await world.look()
  world.probes.set('n1', { text: same('99.9', 1001) })
  const asked = world.transport.sent.length
  const looked = world.look()
  await world.clock.pass(1)
  world.probes.set('n1', { text: whole('99.9', 1001) })
  await looked
  expect(world.transport.sent.length - asked).toBeGreaterThanOrEqual(2)
  expect((await world.see('n1')).facts).toMatchObject({ machineId: 'm-99.9' })
})

test('one that tells no token, or where something is under way, is asked for all each time', async () => {
  const world = new World(['n1'])
  await world.look()
  await world.look()
  expect(mayRepeat(world)).toBe(false)
  const unit = [
    'hc-section lines',
    '/etc/systemd/system/hc-web.0.service:X-Hc-Slot=web.0',
    'hc-section units',
    ...['Id=hc-web.0.service', 'LoadState=loaded', 'ActiveState=activating', 'SubState=auto-restart', 'MainPID=0'],
    'hc-section units-end 0',
    'hc-section token',
  ].join('\n')
  world.probes.set('n1', { text: whole('12.3', 1000).replace('hc-section token', unit) })
  expect((await world.see('n1')).facts?.units).toMatchObject([{ slot: 'web.0', active: 'activating' }])
  await world.look()
  expect(mayRepeat(world)).toBe(false)
})

test('a command that shows asks for all', async () => {
  const world = new World(['n1'], { looks: false })
  world.probes.set('n1', { text: whole('12.3', 1000) })
  await world.look()
  await world.look()
  expect(mayRepeat(world)).toBe(false)
})

test('while somebody watches, what is used is asked for in each tick', async () => {
  const world = new World(['n1'])
  world.probes.set('n1', { text: whole('12.3', 1000) })
  await world.look()
  world.watched = true
  await world.look()
  expect(mayRepeat(world)).toBe(false)
  world.watched = false
  await world.look()
  expect(mayRepeat(world)).toBe(true)
})
