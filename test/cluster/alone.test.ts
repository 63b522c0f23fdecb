// A control machine that is cut off from everything must find that out before it calls any host lost.
import { describe, expect, test } from 'vitest'
import type { Observation } from '../../src/model/observation.js'
import { judge } from '../../src/planner/verdicts.js'
import { settings } from '../planner/support/make.js'
import { World } from './support/world.js'

const verdicts = (seen: Observation): readonly string[] =>
  judge(seen, settings()).map(({ host, verdict }) => `${host} ${verdict}`)

/** The cable of the control machine is out; what runs on it, it still hears. */
function pull(world: World, names: readonly string[], reply: 'silence' | 'auth' = 'silence'): void {
  world.witness = false
  for (const name of names) {
    world.kill(name)
    if (reply === 'auth') world.probes.set(name, { failure: 'auth', unheard: true })
  }
}

/** Every verdict of each second. */
async function throughout(world: World, seconds: number): Promise<ReadonlySet<string>> {
  const seen = new Set<string>()
  for (let second = 0; second < seconds; second += 1) {
    for (const each of verdicts(await world.tick(1))) seen.add(each)
  }
  return seen
}

describe('a control machine that is cut off from everything', () => {
  test('freezes, and calls no host lost on the way there', async () => {
    const world = new World(['n1', 'n2', 'n3'])
    await world.tick(3)
    pull(world, ['n1', 'n2', 'n3'])
    const seen = await throughout(world, 60)
    expect([...seen].filter((each) => each.endsWith('lost'))).toEqual([])
    expect(seen).toContain('n1 unknown')
  })

  test('case 15: that is itself one of the hosts takes its own answer for no company', async () => {
    for (const others of [['n2'], ['n2', 'n3']]) {
      const world = new World(['n1', ...others], { here: 'n1' })
      await world.tick(3)
      pull(world, others)
      const seen = await throughout(world, 60)
      expect([...seen].filter((each) => each.endsWith('lost'))).toEqual([])
      expect(seen).toContain('n2 unknown')
      expect(seen).toContain('n1 ready')
    }
  })

  test('and a host that died beside it is lost all the same, where a witness answers', async () => {
    const world = new World(['n1', 'n2'], { here: 'n1' })
    await world.tick(3)
    world.kill('n2')
    expect(await throughout(world, 6)).toContain('n2 lost')
  })

  test('takes a refusal that it only remembers for no company', async () => {
    const world = new World(['n1', 'n2'])
    world.probes.set('n2', { failure: 'auth' })
    await world.tick(3)
    pull(world, ['n1'])
    pull(world, ['n2'], 'auth')
    const seen = await throughout(world, 30)
    expect([...seen].filter((each) => each.endsWith('lost'))).toEqual([])
    expect(seen).toContain('n1 unknown')
  })

  test('calls none lost when the witness, a router, is back before the hosts are', async () => {
    const world = new World(['n1', 'n2', 'n3'])
    await world.tick(3)
    pull(world, ['n1', 'n2', 'n3'])
    await throughout(world, 40)
    world.witness = true
    expect(await throughout(world, 2)).toEqual(new Set(['n1 suspect', 'n2 suspect', 'n3 suspect']))
    expect(await throughout(world, 3)).toContain('n2 lost')
  })

  test('looks anew at every host when the first one answers again', async () => {
    const world = new World(['n1', 'n2', 'n3'])
    for (const from of ['n1', 'n2', 'n3']) for (const to of ['n1', 'n2', 'n3']) world.unreached.add(`${from}>${to}`)
    await world.tick(3)
    pull(world, ['n1', 'n2', 'n3'])
    await throughout(world, 40)
    world.probes.delete('n1')
    world.unreached.delete('control>n1')
    let seen = await throughout(world, 1)
    for (let second = 0; second < 10 && !seen.has('n1 ready'); second += 1) {
      expect(seen).toEqual(new Set(['n1 unknown', 'n2 unknown', 'n3 unknown']))
      seen = await throughout(world, 1)
    }
    expect(seen).toEqual(new Set(['n1 ready', 'n2 suspect', 'n3 suspect']))
    expect(await throughout(world, 1)).toEqual(seen)
    expect(await throughout(world, 3)).toContain('n2 lost')
  })
})
