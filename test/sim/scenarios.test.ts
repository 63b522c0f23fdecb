// Written scenarios: each is a bug that the simulation found, or a case of safety that chance meets too rarely.
import './mocked.js'

import { describe, expect, it } from 'vitest'
import type { LiveView } from '../../src/model/views.js'
import { feedsOf } from '../support/memory-feed.js'
import { playScenario } from './simulate.js'
import type { Stage } from './stage.js'

async function holds(hosts: number, scenario: (stage: Stage) => Promise<void>): Promise<void> {
  const { violations, story } = await playScenario(hosts, scenario)
  expect(violations, story.slice(-60).join('\n')).toEqual([])
}

const SMALL = { count: 1, edition: 1, memory: 64, notOn: null }

function cutOff({ hosts, network }: Stage, name: string): void {
  for (const other of ['control', 'gateway', ...hosts.keys()]) {
    network.cut(other, name)
    network.cut(name, other)
  }
}

function homeOf({ placesOf }: Stage, slot: string): string {
  const [home, ...others] = placesOf(slot)
  expect(others).toEqual([])
  if (home === undefined) throw new Error(`${slot} does not run`)
  return home
}

describe('exclusive work never runs twice', () => {
  it('when its host is cut off', () =>
    holds(3, async (stage) => {
      stage.operator.wanted.set('mail', SMALL)
      stage.operator.apply(false)
      await stage.run(10_000)
      cutOff(stage, homeOf(stage, 'mail.0'))
      await stage.run(60_000)
    }))

  it('when its job is removed and applied again while its host is cut off', () =>
    holds(3, async (stage) => {
      stage.operator.wanted.set('mail', SMALL)
      stage.operator.apply(false)
      await stage.run(20_000)
      cutOff(stage, homeOf(stage, 'mail.0'))
      await stage.run(20_000)
      stage.operator.say('remove', 'mail')
      await stage.run(20_000)
      stage.operator.apply(false)
      await stage.run(60_000)
    }))

  it('when its job is pruned and applied again while its host is cut off', () =>
    holds(3, async (stage) => {
      stage.operator.wanted.set('mail', SMALL)
      stage.operator.wanted.set('web', SMALL)
      stage.operator.apply(false)
      await stage.run(20_000)
      cutOff(stage, homeOf(stage, 'mail.0'))
      await stage.run(20_000)
      stage.operator.wanted.delete('mail')
      stage.operator.apply(true)
      await stage.run(20_000)
      stage.operator.wanted.set('mail', SMALL)
      stage.operator.apply(false)
      await stage.run(60_000)
    }))

  it('when it is to move and its host is cut off before it has stopped there', () =>
    holds(3, async (stage) => {
      stage.operator.wanted.set('mail', SMALL)
      stage.operator.apply(false)
      await stage.run(20_000)
      const home = homeOf(stage, 'mail.0')
      stage.operator.wanted.set('mail', { ...SMALL, edition: 2, notOn: home })
      // What is sent does not arrive; what is answered does.
      stage.network.delay(home, 40)
      stage.operator.apply(false)
      for (let waited = 0; waited < 5000 && !stage.disk.content.records?.includes('"EDITION":"2"'); waited += 20) {
        await stage.run(20)
      }
      cutOff(stage, home)
      await stage.run(60_000)
    }))

  it('when the store is lost and its host is cut off', () =>
    holds(3, async (stage) => {
      stage.operator.wanted.set('mail', SMALL)
      stage.operator.wanted.set('agent', SMALL)
      stage.operator.apply(false)
      await stage.run(20_000)
      cutOff(stage, homeOf(stage, 'mail.0'))
      await stage.run(20_000)
      stage.loseStore()
      await stage.run(5000)
      stage.operator.apply(false)
      await stage.run(60_000)
    }))
})

describe('a store that was lost', () => {
  it('costs no restart when all is applied again', () =>
    holds(3, async (stage) => {
      for (const name of ['web', 'api', 'agent', 'mail', 'notes']) stage.operator.wanted.set(name, SMALL)
      stage.operator.apply(false)
      await stage.run(20_000)
      stage.loseStore()
      await stage.run(60_000)
      stage.operator.apply(false)
      await stage.run(20_000)
    }))

  it('is found again on hosts that were all out of reach when the jobs were applied again', () =>
    holds(3, async (stage) => {
      for (const name of ['web', 'api', 'agent']) stage.operator.wanted.set(name, { ...SMALL, count: 2 })
      stage.operator.apply(false)
      await stage.run(20_000)
      for (const name of stage.hosts.keys()) cutOff(stage, name)
      stage.loseStore()
      await stage.run(10_000)
      stage.operator.apply(false)
      await stage.run(20_000)
      for (const name of ['control', 'gateway', 'n2', 'n3'])
        for (const other of ['n2', 'n3', 'gateway', 'control']) {
          stage.network.heal(name, other)
          stage.network.heal(other, name)
        }
      await stage.run(20_000)
    }))
})

describe('who watches', () => {
  it('sees what the loop sees, tick by tick: a lost host, and its work elsewhere', () =>
    holds(3, async (stage) => {
      stage.operator.wanted.set('web', { ...SMALL, count: 2 })
      stage.operator.apply(false)
      await stage.run(10_000)
      const views: LiveView[] = []
      const ended = new AbortController()
      const viewer = { onView: (view: LiveView) => void views.push(view), onAlive: () => {} }
      const end = feedsOf(stage.disk).open().subscribe(viewer, ended.signal)
      await stage.run(3_000)
      expect(views.at(-1)).toMatchObject({ converged: true, source: 'loop', loop: { ticking: true } })
      expect(views.length).toBeGreaterThanOrEqual(3)
      const home = homeOf(stage, 'web.0')
      stage.hosts.get(home)?.powerOff()
      await stage.run(20_000)
      expect(views.some(({ hosts }) => hosts.some(({ name, verdict }) => name === home && verdict === 'suspect'))).toBe(
        true,
      )
      const now = views.at(-1)
      expect(now?.hosts.find(({ name }) => name === home)).toMatchObject({ verdict: 'lost', used: null })
      expect(now?.allocations.find(({ slot }) => slot === 'web.0')).toMatchObject({ state: 'running' })
      expect(now?.allocations.find(({ slot }) => slot === 'web.0')?.host).toBe(homeOf(stage, 'web.0'))
      ended.abort()
      expect((await end).kind).toBe('ended')
    }))
})
