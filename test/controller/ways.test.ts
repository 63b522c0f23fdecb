// Commands that ask hosts without looking first go the ways that the loop has found.
import { expect, test } from 'vitest'
import { wayNotes, waysOf } from '../../src/controller/ways.js'
import type { LoopSnapshot } from '../../src/model/records.js'
import { HandClock, ScriptedTransport } from '../cluster/support/doors.js'
import { host, WALL } from '../planner/support/make.js'

const HOSTS = [host('n1'), host('n2'), host('n3')]

function loopWith(through: Readonly<Record<string, string>>, lastTick = WALL): LoopSnapshot {
  const hosts = HOSTS.map(({ name }) => {
    const way = through[name] === undefined ? {} : { through: through[name] }
    return [name, { verdict: 'cut-off' as const, reason: '', lastContact: null, ...way }] as const
  })
  return { pid: 1, startedAt: WALL, lastTick, lastTickMs: 5, hosts: Object.fromEntries(hosts) }
}

function commandOf() {
  const clock = new HandClock()
  const transport = new ScriptedTransport(clock, () => 'silence')
  const told: { loop: LoopSnapshot | null } = { loop: null }
  const take = waysOf({ clock, transport, store: { readLoop: async () => told.loop } })
  return { transport, told, take }
}

test('the way of the loop is taken, and left when the loop has left it', async () => {
  const { transport, told, take } = commandOf()
  expect([...(await take(HOSTS))]).toEqual([])
  told.loop = loopWith({ n2: 'n3' })
  expect([...(await take(HOSTS))]).toEqual([['n2', 'n3']])
  expect([...transport.detours]).toEqual([['n2', 'n3']])
  told.loop = loopWith({ n2: 'n1' })
  await take(HOSTS)
  expect([...transport.detours]).toEqual([['n2', 'n1']])
  told.loop = loopWith({})
  expect([...(await take(HOSTS))]).toEqual([])
  expect(transport.detours.size).toBe(0)
})

test('what a loop told long ago is no way, nor is a peer that has left or is this machine', async () => {
  const { transport, told, take } = commandOf()
  told.loop = loopWith({ n2: 'n3' }, new Date(Date.parse(WALL) - 15_000).toISOString())
  await take(HOSTS)
  told.loop = loopWith({ n2: 'n9' })
  await take(HOSTS)
  told.loop = loopWith({ n2: 'n3' })
  const local = { ...host('n3'), connection: { ...host('n3').connection, kind: 'local' as const } }
  await take([host('n1'), host('n2'), local])
  expect(transport.detours.size).toBe(0)
})

test('a way that somebody else of this process took is left alone', async () => {
  const { transport, take } = commandOf()
  transport.detour('n2', host('n1'))
  await take(HOSTS)
  expect([...transport.detours]).toEqual([['n2', 'n1']])
})

test('it is told once of each host that was asked for', () => {
  const ways = new Map([
    ['n2', 'n3'],
    ['n1', 'n3'],
  ])
  expect(wayNotes(ways, ['n2', 'n2', 'n4'], 'it is reached')).toEqual([
    'n2 is cut off from here: it is reached through n3',
  ])
})
