// Ticks planned again from what is kept of them: the same bytes, and nothing private in it.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PlanInput } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import { replay, type TickRecord, tickId, tickRecord, timeOfTick } from '../../src/planner/replay.js'
import { clusterDraw } from './support/draw.js'
import { applied, host, input, job, ready, settings, silent, unit } from './support/make.js'
import { readStory } from './support/story.js'

const GOLDEN = join(import.meta.dirname, '..', 'golden')
const stories = readdirSync(GOLDEN).filter((name) => existsSync(join(GOLDEN, name, 'inventory.yml')))

/** Through a file, as it comes back from the disk. */
function kept(of: PlanInput): TickRecord {
  return JSON.parse(JSON.stringify(tickRecord(of, decide(of).plan))) as TickRecord
}

describe('planned again', () => {
  test.each(stories)('%s is the same', (name) => {
    const { same, differsAt } = replay(kept(readStory(join(GOLDEN, name)).input))
    expect([same, differsAt]).toEqual([true, null])
  })

  test('so is what is drawn at random, also after earlier searches and in haste', () =>
    fc.assert(
      fc.property(clusterDraw, fc.boolean(), (drawn, hasty) => {
        const first = decide(drawn)
        const next: PlanInput = {
          ...drawn,
          searched: first.searched ?? [],
          vain: first.vain ?? null,
          ...(hasty && { hasty, searchSteps: 2000 }),
        }
        for (const each of [drawn, next]) expect(replay(kept(each)).differsAt).toBeNull()
      }),
      { numRuns: 25, seed: 7 },
    ))

  test('says where it differs', () => {
    const record = kept(input([applied(job('web'))], [ready('nuc1'), ready('nuc2')]))
    const [action] = record.plan.actions
    const other = action?.host === 'nuc1' ? 'nuc2' : 'nuc1'
    const actions = record.plan.actions.map((each) => ({ ...each, host: other }))
    expect(replay({ ...record, plan: { ...record.plan, actions } })).toMatchObject({
      same: false,
      differsAt: 'actions.0.host',
    })
    expect(replay({ ...record, plan: { ...record.plan, actions: [] } }).differsAt).toBe('actions.0')
  })
})

test('nothing private is kept', () => {
  const secret = 'hunter2'
  const web = job('web', {
    command: ['serve', `--password=${secret}`],
    env: { TOKEN: secret },
    envFiles: [`/srv/${secret}`],
    secrets: { KEY: { kind: 'command', argv: ['pass', secret] } },
    files: [{ source: `/srv/${secret}`, target: '/etc/x', mode: 0o600 }],
    systemd: { Service: { Environment: [secret] } },
    health: {
      check: { kind: 'http', port: 'http', path: `/?key=${secret}`, status: null, body: secret },
      intervalMs: 1000,
      timeoutMs: 1000,
      failures: 3,
      successes: 1,
      startMs: 0,
    },
  })
  const nuc = host('nuc1', {
    vars: { ansible_become_password: secret },
    fence: { kind: 'agent', program: 'fence_ipmilan', options: { passwd: secret } },
  })
  const connection = { ...nuc.connection, keyFile: `/${secret}`, options: { proxycommand: secret } }
  const state = { ...ready('nuc1', [unit('web.0')]), host: { ...nuc, connection } }
  const all: PlanInput = {
    ...input([applied(web, { fileHashes: { [`/srv/${secret}`]: 'x' }, folder: `/srv/${secret}` })], [state]),
    settings: settings({ notify: [{ kind: 'ntfy', url: secret, token: secret }], onChange: ['sh', secret] }),
  }
  expect(JSON.stringify(all)).toContain(secret)
  const record = kept(all)
  expect(JSON.stringify(record)).not.toContain(secret)
  expect(replay(record).same).toBe(true)
  // What is left is what was decided from.
  expect(record.input.hosts[0]?.host.fence).toEqual({ kind: 'command', argv: [] })
})

test('what a host said is kept once', () => {
  const both = input([applied(job('web'))], [ready('nuc1', [unit('web.0')]), silent('nuc2', 'lost')])
  const record = kept(both)
  expect(record.sameFacts).toEqual(['nuc1'])
  expect(record.input.hosts.map(({ lastFacts }) => lastFacts)).toEqual([null, both.hosts[1]?.lastFacts ?? null])
})

test('a tick is named by its time', () => {
  expect(tickId('2026-11-26T12:33:42.118Z')).toBe('20261126-123342-118')
  expect(timeOfTick('20261126-123342-118')).toBe('2026-11-26T12:33:42.118Z')
  expect(timeOfTick('4-17')).toBeNull()
})
