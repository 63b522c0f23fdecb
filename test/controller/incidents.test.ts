// People are told once when something breaks, and once when it is over.
import { expect, test } from 'vitest'
import { Incidents } from '../../src/controller/incidents.js'
import type { KeptIncident, Notice, OpenTarget } from '../../src/model/incident.js'
import type { Verdict } from '../../src/model/observation.js'
import type { HostState } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import type { Sources } from '../../src/ports.js'
import { applied, facts, GIB, input, job, placement, ready, settings, silent, unit } from '../planner/support/make.js'

interface Sent {
  readonly target: OpenTarget
  readonly notice: Notice
}

function stage(kept: KeptIncident[] = []) {
  const sent: Sent[] = []
  const clock = { at: 0, now: () => clock.at, wall: () => new Date(1_700_000_000_000 + clock.at).toISOString() }
  const store = {
    readIncidents: async () => [...kept],
    writeIncidents: async (next: readonly KeptIncident[]) => void kept.splice(0, kept.length, ...next),
  }
  const notifier = {
    send: async (target: OpenTarget, notice: Notice) => void sent.push({ target, notice }),
    run: async () => undefined,
  }
  const sources = {
    environment: (name: string) => (name === 'TOKEN' ? 'tk' : undefined),
  } as Partial<Sources> as Sources
  const incidents = new Incidents({ store, clock, sources, notifier })
  return { sent, clock, kept, incidents }
}

const notify = [{ kind: 'ntfy', url: 'http://127.0.0.1/t', token: { kind: 'env', name: 'TOKEN' } }] as const

function look(hosts: readonly HostState[], jobs = [applied(job('web'))]) {
  const plan = input(jobs, hosts, [placement('web.0', 'b')])
  const inventory = { file: 'inventory.yml', hosts: [], settings: { ...settings(), notify }, notes: [] }
  return { input: plan, decision: decide(plan), inventory, inventoryFault: null }
}

const web = unit('web.0')
const seen = facts({ units: [web] })
const well = () => look([ready('a', []), ready('b', [web], { facts: seen, lastFacts: seen })])
const judged = (verdict: Verdict) => look([ready('a', []), silent('b', verdict)])

test('a loss is told once, with what becomes of it, and its end after half a minute of quiet', async () => {
  const { sent, clock, incidents } = stage()
  await incidents.advance(well())
  for (const verdict of ['suspect', 'lost', 'lost', 'suspect', 'lost'] as const)
    await incidents.advance(judged(verdict))
  const told = await incidents.close()
  expect(told.map(({ kind, reason }) => [kind, reason])).toEqual([['notified', 'begin']])
  expect(sent.map(({ notice }) => [notice.kind, notice.title])).toEqual([['begin', 'b is lost']])
  expect(sent[0]?.notice.text).toMatch(/^b is lost: .*\. web\.0 on a instead$/)
  expect(sent[0]?.target).toEqual({ kind: 'ntfy', url: 'http://127.0.0.1/t', token: 'tk' })
  await incidents.advance(well())
  clock.at += 29_000
  await incidents.advance(well())
  await incidents.advance(judged('lost'))
  await incidents.advance(well())
  clock.at += 31_000
  await incidents.advance(well())
  await incidents.close()
  expect(sent.map(({ notice }) => notice.title)).toEqual(['b is lost', 'well again: b'])
})

test('the next hc remembers: nothing is told twice, and what ended meanwhile is told', async () => {
  const kept: KeptIncident[] = []
  const first = stage(kept)
  await first.incidents.advance(judged('lost'))
  await first.incidents.close()
  expect(kept.map(({ key, told }) => [key, told])).toEqual([['host b', true]])
  const second = stage(kept)
  // After its start it has not asked anybody yet: neither lost nor well.
  await second.incidents.advance(judged('unknown'))
  second.clock.at += 60_000
  await second.incidents.advance(judged('unknown'))
  await second.incidents.advance(judged('lost'))
  await second.incidents.close()
  expect(second.sent).toEqual([])
  await second.incidents.advance(well())
  second.clock.at += 30_000
  await second.incidents.advance(well())
  await second.incidents.close()
  expect(second.sent.map(({ notice }) => notice.kind)).toEqual(['end'])
  expect(kept).toEqual([])
})

test('a slot without a place is told of after ten seconds only', async () => {
  const { sent, clock, incidents } = stage()
  const big = [applied(job('big', { resources: { cpu: 0, memory: 4096 * GIB, disk: 0, devices: {} } }))]
  const tick = () => incidents.advance(look([ready('a', []), ready('b', [web], { facts: seen, lastFacts: seen })], big))
  await tick()
  clock.at += 9000
  await tick()
  await incidents.close()
  expect(sent).toEqual([])
  clock.at += 1000
  await tick()
  await incidents.close()
  expect(sent.map(({ notice }) => notice.title)).toEqual(['big.0 has no place'])
})
