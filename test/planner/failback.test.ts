import { describe, expect, test } from 'vitest'
import { homeOf, type Placement } from '../../src/model/plan.js'
import { decide } from '../../src/planner/plan.js'
import { applied, GIB, input, job, placement, ready, silent, unit } from './support/make.js'

function placedBy(seen: Parameters<typeof decide>[0]): Placement | null | undefined {
  return decide(seen).plan.actions.find(({ slot }) => slot === 'web.0')?.placement
}

describe('the home of a slot', () => {
  const web = (failback: 'stay' | 'home') => applied(job('web', { failback }), { hash: 'h' })
  const others = ['n2', 'n3', 'n4']

  test('is the host of its first placement, and kept after a loss', () => {
    const fresh = placedBy(input([web('home')], [ready('n1')], []))
    expect(fresh).not.toHaveProperty('home')
    expect(fresh && homeOf(fresh)).toBe('n1')
    const hosts = [silent('n1', 'lost'), ready('n2')]
    expect(placedBy(input([web('home')], hosts, [placement('web.0', 'n1')]))).toMatchObject({ host: 'n2', home: 'n1' })
    const again = [silent('n1', 'lost'), silent('n2', 'lost'), ready('n3')]
    const second = placedBy(input([web('home')], again, [placement('web.0', 'n2', { home: 'n1', number: 2 })]))
    expect(second).toMatchObject({ host: 'n3', home: 'n1' })
  })

  test.each(['stay', 'home'] as const)('draws a slot that needs a place: failback: %s', (failback) => {
    // n1, its home, is fuller than the others.
    const full = applied(job('full', { resources: { cpu: 1000, memory: 6 * GIB, disk: 0, devices: {} } }), {
      hash: 'h',
    })
    const hosts = [ready('n1', [unit('full.0')]), silent('n2', 'lost'), ready('n3'), ready('n4')]
    const records = [placement('full.0', 'n1'), placement('web.0', 'n2', { home: 'n1', number: 2 })]
    const found = placedBy(input([web(failback), full], hosts, records))
    if (failback === 'home') {
      expect(found?.host).toBe('n1')
      expect(found).not.toHaveProperty('home')
    } else {
      expect(others).toContain(found?.host)
      expect(found?.home).toBe('n1')
    }
  })

  test('is forgotten with a host that has left the inventory', () => {
    const hosts = [silent('n2', 'lost'), ready('n3')]
    const found = placedBy(input([web('home')], hosts, [placement('web.0', 'n2', { home: 'gone', number: 2 })]))
    expect(found?.host).toBe('n3')
    expect(found).not.toHaveProperty('home')
  })
})
