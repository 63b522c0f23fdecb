// Ways round a cut: which host is asked through whom, and for how long.
import { expect, test } from 'vitest'
import { World } from './support/world.js'

/** n1, which the control machine does not reach, and n2 neither. */
async function cut(): Promise<World> {
  const world = new World(['n1', 'n2', 'n3'])
  await world.tick(2)
  world.kill('n1')
  world.unreached.delete('n3>n1')
  return world
}

test('a host that another reaches answers through it, and straight again as soon as it can', async () => {
  const world = await cut()
  for (let ticks = 0; !(await world.see('n1')).through; ticks += 1) {
    expect(ticks).toBeLessThan(12)
    await world.tick(1)
  }
  for (let ticks = 0; ticks < 6; ticks += 1) expect((await world.tick(1)).hosts[0]?.answering).toBe(true)
  const away = await world.see('n1')
  expect([away.answering, away.through]).toEqual([true, 'n3'])
  expect(away.facts).not.toBeNull()
  expect(world.transport.detours.get('n1')).toBe('n3')
  world.probes.delete('n1')
  await world.tick(6)
  const back = await world.see('n1')
  expect([back.answering, back.through]).toEqual([true, undefined])
  expect(world.transport.detours.size).toBe(0)
})

test('the straight way is asked all the time, the detour only after hc_lost_after', async () => {
  const world = await cut()
  await world.tick(12)
  const probes = world.transport.sent.filter(({ host, lane }) => host === 'n1' && lane === 'look')
  const [first] = probes.filter(({ through }) => through !== null)
  expect((first?.at ?? 0) - (probes[1]?.at ?? 0)).toBeGreaterThanOrEqual(2000)
  expect(probes.filter(({ at, through }) => through === null && at > (first?.at ?? 0)).length).toBeGreaterThan(0)
})

test('a peer that is lost takes the way with it: the host is silent, and no longer said to answer', async () => {
  const world = await cut()
  await world.tick(6)
  world.kill('n3')
  world.probes.set('n3>n1', 'silence')
  await world.tick(5)
  const seen = await world.see('n1')
  expect([seen.answering, seen.through]).toEqual([false, undefined])
  expect(world.transport.detours.size).toBe(0)
})

test('no way is sought round a host that nobody reaches, nor through one that does not let it pass', async () => {
  const dead = new World(['n1', 'n2', 'n3'])
  await dead.tick(2)
  dead.kill('n1')
  await dead.tick(6)
  expect(dead.transport.sent.some(({ through }) => through !== null)).toBe(false)
  const world = await cut()
  world.probes.set('n3>n1', { failure: 'unreachable' })
  await world.tick(6)
  const seen = await world.see('n1')
  expect([seen.answering, seen.through]).toEqual([false, undefined])
})

test('what a loop knows of the way is taken over by a command', async () => {
  const known = { everReached: true, provenVantages: [] }
  const options = { looks: false, known: { n1: { ...known, through: 'n3' } } }
  const world = new World(['n1', 'n2', 'n3'], options)
  world.probes.set('n1', 'silence')
  const seen = await world.see('n1')
  expect([seen.answering, seen.through]).toEqual([true, 'n3'])
})
