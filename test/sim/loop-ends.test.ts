// What happens to armed slots in each way in which a loop ends: docs/exclusive.md has the same list.
import './mocked.js'

import { describe, expect, it } from 'vitest'
import { armedIn } from '../../src/controller/disarm.js'
import { disarmLeft, type LoopGone } from '../../src/controller/uninstall.js'
import type { Records } from '../../src/model/records.js'
import { playScenario } from './simulate.js'
import type { Stage } from './stage.js'

const SMALL = { count: 1, edition: 1, memory: 64, notOn: null }

/** Plays with `mail.0`, which is exclusive, running and armed somewhere. */
async function withMail(hosts: number, scenario: (stage: Stage, home: string) => Promise<void>): Promise<void> {
  const { violations, story } = await playScenario(hosts, async (stage) => {
    stage.operator.wanted.set('mail', SMALL)
    stage.operator.apply(false)
    await stage.run(10_000)
    const [home = ''] = stage.placesOf('mail.0')
    expect(armed(stage, home)).toEqual(['mail.0'])
    await scenario(stage, home)
  })
  expect(violations, story.slice(-60).join('\n')).toEqual([])
}

/** What the host itself holds. */
const armed = ({ hosts }: Stage, home: string) => (hosts.get(home)?.lease.facts()?.armed ?? []).map(({ slot }) => slot)

const inStore = ({ disk }: Stage): readonly string[] =>
  armedIn(JSON.parse(disk.content.records ?? 'null') as Records | null)

/** `armed mail.0 n1 loop-ticks`, oldest first. */
const told = ({ disk }: Stage) =>
  disk.content.events
    .filter(({ kind }) => kind === 'armed' || kind === 'disarmed')
    .map(({ kind, slot, host, reason }) => `${kind} ${slot} ${host} ${reason}`)

function cutAll({ hosts, network }: Stage, name: string): void {
  for (const other of ['control', 'gateway', ...hosts.keys()].filter((one) => one !== name)) {
    network.cut(other, name)
    network.cut(name, other)
  }
}

async function uninstall(stage: Stage): Promise<LoopGone> {
  let gone: LoopGone | null = null
  void stage.newProcess('hc reconcile --uninstall').command(async (world) => {
    gone = await disarmLeft(world)
  })
  await stage.run(25_000)
  if (!gone) throw new Error('it has not ended')
  return gone
}

describe('a loop that ends', () => {
  it('on purpose disarms, and tells each change once', () =>
    withMail(3, async (stage, home) => {
      expect(told(stage)).toEqual([`armed mail.0 ${home} loop-ticks`])
      stage.leaveLoop()?.end()
      await stage.run(10_000)
      expect(armed(stage, home)).toEqual([])
      expect(inStore(stage)).toEqual([])
      expect(told(stage)).toEqual([`armed mail.0 ${home} loop-ticks`, `disarmed mail.0 ${home} loop-ended`])
      // Without a loop and without a majority it goes on: nobody could take it over.
      cutAll(stage, home)
      await stage.run(60_000)
      expect(stage.placesOf('mail.0')).toEqual([home])
      stage.network.healAll()
      stage.startLoop()
      await stage.run(10_000)
      expect(armed(stage, home)).toEqual(['mail.0'])
      expect(told(stage).slice(2)).toEqual([`armed mail.0 ${home} loop-ticks`])
      expect(await uninstall(stage)).toEqual({ done: [expect.stringContaining('another loop ticks')], armed: [] })
      expect(armed(stage, home)).toEqual(['mail.0'])
    }))

  for (let after = 0; after < 600; after += 50) {
    it(`on purpose ${after} ms after an exclusive job was applied arms nothing after it has disarmed`, () =>
      withMail(2, async (stage) => {
        stage.operator.wanted.set('bot', SMALL)
        stage.operator.apply(false)
        await stage.run(after)
        stage.leaveLoop()?.end()
        await stage.run(25_000)
        for (const host of stage.hosts.keys()) expect(armed(stage, host)).toEqual([])
        expect(inStore(stage)).toEqual([])
        expect(stage.placesOf('mail.0')).toHaveLength(1)
      }))
  }

  it('by force leaves hosts armed: they go on with a majority, and hc reconcile --uninstall disarms them', () =>
    withMail(3, async (stage, home) => {
      stage.leaveLoop()?.kill()
      await stage.run(60_000)
      expect(armed(stage, home)).toEqual(['mail.0'])
      expect(stage.placesOf('mail.0')).toEqual([home])
      expect(await uninstall(stage)).toEqual({ done: [`disarmed ${home}`], armed: [] })
      expect(armed(stage, home)).toEqual([])
      expect(told(stage).at(-1)).toBe(`disarmed mail.0 ${home} loop-ended`)
      expect(await uninstall(stage)).toEqual({ done: [], armed: [] })
    }))

  it('while a host is out of sight leaves that one armed and says so, until it is disarmed', () =>
    withMail(3, async (stage, home) => {
      stage.network.cut('control', home)
      stage.network.cut(home, 'control')
      await stage.run(1000)
      stage.leaveLoop()?.kill()
      const others = [...stage.hosts.keys()].filter((one) => one !== home)
      for (const other of others) {
        stage.network.cut(other, home)
        stage.network.cut(home, other)
      }
      const gone = await uninstall(stage)
      expect(gone.armed).toEqual([home])
      expect(gone.done).toEqual([expect.stringContaining(`${home} is still armed`)])
      stage.network.healAll()
      await stage.run(1000)
      expect((await uninstall(stage)).armed).toEqual([])
      expect(armed(stage, home)).toEqual([])
    }))
})

describe('events of armed slots', () => {
  it('a slot that was taken over is disarmed on its old host when that is back', () =>
    withMail(3, async (stage, home) => {
      stage.hosts.get(home)?.powerOff()
      await stage.run(40_000)
      const [now = ''] = stage.placesOf('mail.0')
      stage.hosts.get(home)?.powerOn(0)
      await stage.run(60_000)
      expect(told(stage)).toEqual([
        `armed mail.0 ${home} loop-ticks`,
        `armed mail.0 ${now} loop-ticks`,
        `disarmed mail.0 ${home} slot-gone`,
      ])
    }))
})
