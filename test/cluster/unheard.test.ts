// How long a host has not been there at all, as told from the time for which it hangs.
import { describe, expect, test } from 'vitest'
import { World } from './support/world.js'

describe('a host that was off', () => {
  test('is kept as unheard until it answers a look again; two looks in vain are no such row', async () => {
    const world = new World(['n1', 'n2'])
    await world.tick(2)
    for (const way of ['n1', 'n2>n1']) world.probes.set(way, 'silence')
    world.unreached.add('control>n1')
    await world.tick(2)
    world.unreached.clear()
    expect((await world.tick(4)).hosts[0]).not.toHaveProperty('unheardAt')
    world.unreached.add('control>n1')
    await world.tick(6)
    const off = world.clock.now()
    world.unreached.clear()
    const { hosts } = await world.tick(20)
    expect(hosts[0]?.unheardAt).toBeGreaterThan(off - 2500)
    expect(hosts[0]?.unheardAt).toBeLessThanOrEqual(off)
  })

  test('the first two looks of a row wait until the next begins, so that a slow way is heard', async () => {
    const world = new World(['n1', 'n2'])
    await world.tick(2)
    world.kill('n1')
    const before = world.transport.sent.length
    await world.tick(6)
    const looks = world.transport.sent.slice(before).filter(({ lane, host }) => lane === 'peer' && host === 'n2')
    const bounds = looks.map(({ script }) => Number(/^bound=([\d.]+)/m.exec(script)?.[1]))
    expect(bounds.slice(0, 5)).toEqual([0.85, 0.85, 0.5, 0.5, 0.5])
    // Once it has answered, a row begins anew.
    world.probes.delete('n1')
    world.unreached.clear()
    await world.tick(8)
    const back = world.transport.sent.length
    world.kill('n1')
    await world.tick(2)
    const again = world.transport.sent.slice(back).find(({ lane, host }) => lane === 'peer' && host === 'n2')
    expect(again?.script).toContain('bound=0.850')
    expect((looks[2]?.at ?? 0) - (looks[0]?.at ?? 0)).toBeLessThan(2100)
  })
})
