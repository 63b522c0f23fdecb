// Leases on simulated hosts: what is taken over and how soon, and what goes on although nobody renews its lease.
import './mocked.js'

import { describe, expect, it } from 'vitest'
import { playScenario } from './simulate.js'
import type { Stage } from './stage.js'

const SMALL = { count: 1, edition: 1, memory: 64, notOn: null }

/** Plays with `mail.0`, which is exclusive, running somewhere. */
async function withMail(hosts: number, scenario: (stage: Stage, home: string) => Promise<void>): Promise<void> {
  const { violations, story } = await playScenario(hosts, async (stage) => {
    stage.operator.wanted.set('mail', SMALL)
    stage.operator.apply(false)
    await stage.run(10_000)
    const [home = ''] = stage.placesOf('mail.0')
    await scenario(stage, home)
  })
  expect(violations, story.slice(-60).join('\n')).toEqual([])
}

function cut({ network }: Stage, a: readonly string[], b: readonly string[]): void {
  for (const x of a) {
    for (const y of b) {
      network.cut(x, y)
      network.cut(y, x)
    }
  }
}

/** ms until `mail.0` runs on another host than `home`; null: not within a minute. */
async function takenAfter(stage: Stage, home: string): Promise<number | null> {
  for (let passed = 0; passed <= 60_000; passed += 100) {
    if (stage.placesOf('mail.0').some((name) => name !== home)) return passed
    await stage.run(100)
  }
  return null
}

const othersOf = ({ hosts }: Stage, home: string) =>
  ['control', 'gateway', ...hosts.keys()].filter((name) => name !== home)

describe('an exclusive slot', () => {
  for (const hosts of [2, 3, 5]) {
    it(`is taken over within 20 s after a power cut, ${hosts} hosts`, () =>
      withMail(hosts, async (stage, home) => {
        stage.hosts.get(home)?.powerOff()
        const taken = await takenAfter(stage, home)
        expect(taken).toBeGreaterThan(10_000)
        expect(taken).toBeLessThan(20_000)
      }))
  }

  it('is taken over when its host is cut off from all, which stops it itself', () =>
    withMail(3, async (stage, home) => {
      cut(stage, [home], othersOf(stage, home))
      await stage.run(16_500)
      expect(stage.placesOf('mail.0')).toEqual([])
      expect(await takenAfter(stage, home)).toBeLessThan(4000)
    }))

  it('stays where it is while its host is only cut off from the control machine', () =>
    withMail(3, async (stage, home) => {
      cut(stage, [home], ['control', 'gateway'])
      expect(await takenAfter(stage, home)).toBeNull()
      expect(stage.placesOf('mail.0')).toEqual([home])
    }))

  it('case 8: goes on while the control machine is cut off from all', () =>
    withMail(3, async (stage, home) => {
      cut(stage, ['control'], [...stage.hosts.keys(), 'gateway'])
      await stage.run(120_000)
      expect(stage.placesOf('mail.0')).toEqual([home])
    }))

  it('case 2: is not taken over early by vantages that come back late', () =>
    withMail(3, async (stage, home) => {
      const vantages = [...stage.hosts.keys()].filter((name) => name !== home)
      cut(stage, ['control', 'gateway'], [home])
      await stage.run(500)
      cut(stage, ['control', 'gateway'], vantages)
      await stage.run(15_400)
      cut(stage, [home], vantages)
      await stage.run(100)
      for (const name of vantages) {
        stage.network.heal('control', name)
        stage.network.heal(name, 'control')
      }
      expect(await takenAfter(stage, home)).toBeGreaterThan(10_000)
    }))

  it('is begun again where it stopped itself, when its host is back before it was taken over', () =>
    withMail(2, async (stage, home) => {
      cut(stage, [home], othersOf(stage, home))
      await stage.run(14_800)
      stage.network.healAll()
      await stage.run(15_000)
      expect(stage.placesOf('mail.0')).toEqual([home])
    }))
})
