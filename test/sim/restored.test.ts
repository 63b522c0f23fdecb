// An older copy of the store is put back: it is recognized by what hosts were told, says so once, and neither acts nor renews.
import './mocked.js'

import { describe, expect, it } from 'vitest'
import { takeOver } from '../../src/controller/take-over.js'
import type { Records } from '../../src/model/records.js'
import { playScenario } from './simulate.js'
import type { Stage } from './stage.js'

const SMALL = { count: 1, edition: 1, memory: 64, notOn: null }

async function holds(scenario: (stage: Stage) => Promise<void>): Promise<void> {
  const { violations, story } = await playScenario(3, scenario)
  expect(violations, story.slice(-60).join('\n')).toEqual([])
}

const recordsOf = ({ disk }: Stage) => JSON.parse(disk.content.records ?? 'null') as Records
const warnings = ({ disk }: Stage) =>
  disk.content.events.filter(({ kind, text }) => kind === 'warning' && text.includes('older copy'))
const runs = (stage: Stage) =>
  [...stage.hosts.values()]
    .flatMap((host) => [...host.running().keys()].map((unit) => `${unit} on ${host.name}`))
    .sort()

/** cp -a .hc aside, and back. */
function putBack(stage: Stage, text: string | null): void {
  stage.disk.content.records = text
  stage.disk.changed(null)
  stage.operator.storeLost()
}

async function applied(stage: Stage, jobs: Readonly<Record<string, typeof SMALL>>, ms = 12_000): Promise<void> {
  for (const [name, dials] of Object.entries(jobs)) stage.operator.wanted.set(name, dials)
  stage.operator.apply(false)
  await stage.run(ms)
}

async function told(stage: Stage): Promise<void> {
  void stage.newProcess('take-over').command((world, controller) => takeOver(world, controller))
  await stage.run(8000)
}

describe('an older copy of the store', () => {
  // Without any exclusive job, on hosts that were never armed.
  it('of the same term is recognized under a loop that ticks, and nothing is sent until it is told', () =>
    holds(async (stage) => {
      await applied(stage, { web: SMALL })
      const before = stage.disk.content.records
      await applied(stage, { web: { ...SMALL, count: 2, edition: 2 }, big: SMALL })
      const after = runs(stage)
      expect(recordsOf(stage).term.number).toBe(1)
      putBack(stage, before)
      await stage.run(30_000)
      expect(recordsOf(stage)).toMatchObject({ older: { term: 1 } })
      expect(runs(stage)).toEqual(after)
      expect(warnings(stage)).toHaveLength(1)
      await told(stage)
      expect(recordsOf(stage)).toMatchObject({ term: { number: 2 } })
      expect(recordsOf(stage).older).toBeUndefined()
    }))

  it('does not act when the only host that shows it falls silent, nor by a loop that starts again', () =>
    holds(async (stage) => {
      await applied(stage, { web: SMALL })
      stage.leaveLoop()?.end()
      await stage.run(5000)
      const before = stage.disk.content.records
      stage.startLoop()
      await applied(stage, { web: { ...SMALL, edition: 2 } })
      const [told] = [...stage.hosts.values()].filter((host) => host.running().has('hc-web.0.service'))
      stage.leaveLoop()?.end()
      await stage.run(5000)
      putBack(stage, before)
      stage.startLoop()
      await stage.run(5000)
      expect(recordsOf(stage).older?.host).toBe(told?.name)
      stage.leaveLoop()?.end()
      told?.powerOff()
      stage.startLoop()
      await stage.run(30_000)
      // It would be replaced by now.
      expect(runs(stage)).toEqual([])
      expect(warnings(stage)).toHaveLength(1)
      told?.powerOn(0)
      await stage.run(10_000)
    }))

  it('renews no lease, and takes nothing over', () =>
    holds(async (stage) => {
      await applied(stage, { mail: SMALL })
      const before = stage.disk.content.records
      await applied(stage, { web: SMALL })
      const [home = ''] = stage.placesOf('mail.0')
      putBack(stage, before)
      await stage.run(20_000)
      const host = stage.hosts.get(home)
      expect(host?.lease.facts()?.until ?? 0).toBeLessThan(host?.uptime ?? 0)
      // A majority of voters answers: it goes on.
      expect(stage.placesOf('mail.0')).toEqual([home])
      host?.powerOff()
      await stage.run(60_000)
      expect(stage.placesOf('mail.0')).toEqual([])
      host?.powerOn(0)
      await stage.run(10_000)
      await told(stage)
    }))

  it('told to act does not start exclusive work while a host that might run it has not answered', () =>
    holds(async (stage) => {
      await applied(stage, { mail: SMALL })
      const [old = ''] = stage.placesOf('mail.0')
      stage.leaveLoop()?.kill()
      const before = stage.disk.content.records
      stage.startLoop()
      stage.hosts.get(old)?.powerOff()
      await stage.run(45_000)
      const [now = ''] = stage.placesOf('mail.0')
      expect(now).not.toBe(old)
      stage.hosts.get(old)?.powerOn(0)
      await stage.run(30_000)
      stage.leaveLoop()?.kill()
      putBack(stage, before)
      for (const other of ['control', 'gateway', ...stage.hosts.keys()].filter((name) => name !== now)) {
        if (other === 'control' || other === 'gateway') {
          stage.network.cut(other, now)
          stage.network.cut(now, other)
        }
      }
      await told(stage)
      stage.startLoop()
      await stage.run(60_000)
      expect(stage.placesOf('mail.0')).toEqual([now])
      stage.network.healAll()
      await stage.run(10_000)
    }))
})
