// The etcd that begins: the one that was begun before, or a new one; no store that is in force is taken down for it.
import { beforeEach, describe, expect, test } from 'vitest'
import { bringUp, findEarlier, NO_EARLIER } from '../../src/controller/control/beginning.js'
import { type Asked, storeOn } from '../../src/controller/control/ground.js'
import type { Tools } from '../../src/controller/control/members.js'
import type { Wiring } from '../../src/controller/desks/desk.js'
import type { EtcdLook, MemberState } from '../../src/model/control-group.js'
import { LockedError } from '../../src/model/errors.js'
import { initialCluster } from '../../src/remote/etcd.js'

const NAMES = ['nuc1', 'nuc2', 'nuc3']
const memberOf = (name: string) => ({ name, address: `10.0.0.${name.slice(3)}` })
const all = NAMES.map(memberOf)
const list = (...names: readonly string[]) => names.map((name) => memberOf(name) as unknown as MemberState)

function asked(name: string, etcd: Partial<EtcdLook> = {}): Asked {
  const there = {
    cluster: 'c1',
    token: 'c1.1',
    initial: initialCluster(all),
    data: true,
    unit: 'active',
    certificate: 'x',
    program: '/usr/bin/etcd',
  }
  return { member: memberOf(name), host: { name }, etcd: { ...there, ...etcd } } as unknown as Asked
}
const empty = (name: string) =>
  asked(name, { cluster: null, token: null, initial: null, data: false, unit: null, certificate: null })

/** What members say by the store's name, and what the store on a host holds. */
let says: Record<string, readonly MemberState[]>
let holds: Record<string, unknown>
let opened: string[]
let written: string[]
let steps: string[]
const free = async () => ({ release: async () => undefined })
let locks: typeof free

const wiring = {
  world: { clock: { wall: () => '2026-11-27T02:25:06.123Z', now: () => 0 } },
  control: {
    members: async (store: string) => ({
      list: async () => {
        const said = says[store]
        if (said === undefined) throw new Error('no answer')
        return said
      },
    }),
  },
  copies: {
    open: async (name: string) => {
      opened.push(name)
      const store = { lock: () => locks(), dump: async () => holds[name] ?? null }
      return { store, name }
    },
  },
} as unknown as Wiring

const tools = {
  wiring,
  cluster: 'c1',
  authority: { pair: { cert: 'ca' }, issue: () => ({ cert: 'cert', key: 'key' }) },
  hands: {
    write: async ({ member }: Asked, make: (guard: object) => string) => {
      const script = make({
        term: { number: 1, owner: 'o' },
        cluster: 'c1',
        key: null,
        bootId: 'b',
        deadlineMs: 1,
        lockMs: 1,
      })
      const token = /initial-cluster-token: "([^"]*)"/.exec(script)?.[1]
      written.push(`${member.name} ${token}${script.includes('removed-20261127T022506Z') ? ' aside' : ''}`)
      return { error: null, output: '' }
    },
  },
  onStep: (host: string | null, text: string) => steps.push(`${host ?? 'here'}: ${text}`),
  goesOn: () => undefined,
} as unknown as Tools
const place = { name: storeOn(NAMES), store: { loopHeld: async () => false } } as unknown as Parameters<
  typeof bringUp
>[1]

beforeEach(() => {
  says = {}
  holds = {}
  opened = []
  written = []
  steps = []
  locks = free
})

describe('what is found', () => {
  test('nothing at all', async () => {
    expect(await findEarlier(wiring, NAMES.map(empty), 'c1')).toEqual(NO_EARLIER)
  })
  test('one that stands, whole', async () => {
    for (const name of NAMES) says[storeOn([name])] = list(...NAMES)
    expect(
      await findEarlier(
        wiring,
        NAMES.map((name) => asked(name)),
        'c1',
      ),
    ).toEqual({ ...NO_EARLIER, token: 'c1.1' })
    // What it holds is for the move to judge.
    expect(opened).toEqual([])
  })
  const left = [asked('nuc1'), empty('nuc2'), empty('nuc3')]
  test('a member of one that two were taken out of', async () => {
    says[storeOn(['nuc1'])] = list('nuc1', 'nuc4')
    holds[storeOn(['nuc1'])] = { records: { moved: { to: '.hc', at: '' } } }
    expect(await findEarlier(wiring, left, 'c1')).toEqual({ token: null, aside: ['nuc1'], left: ['nuc4'] })
    holds[storeOn(['nuc1'])] = null
    expect(await findEarlier(wiring, left, 'c1')).toMatchObject({ token: null, aside: ['nuc1'] })
  })
  test('a store that was not moved away is not taken down', async () => {
    says[storeOn(['nuc1'])] = list('nuc1')
    holds[storeOn(['nuc1'])] = { records: {} }
    await expect(findEarlier(wiring, left, 'c1')).rejects.toThrow(
      'the etcd on nuc1 holds a store that was not moved away',
    )
  })
  test('what has no quorum is put aside; what another hc works on is not', async () => {
    says[storeOn(['nuc1'])] = list(...NAMES)
    locks = async () => Promise.reject(new Error('etcd has no quorum'))
    expect(await findEarlier(wiring, left, 'c1')).toEqual({ token: null, aside: ['nuc1'], left: [] })
    locks = async () => Promise.reject(new LockedError('another hc works', 'wait'))
    await expect(findEarlier(wiring, left, 'c1')).rejects.toThrow('another hc works')
  })
  test('what does not answer is put aside', async () => {
    expect(await findEarlier(wiring, left, 'c1')).toEqual({ token: null, aside: ['nuc1'], left: [] })
    expect(opened).toEqual([])
  })
})

describe('it is brought up', () => {
  test('anew, with a token that no other has', async () => {
    await bringUp(tools, place, [asked('nuc1'), empty('nuc2'), empty('nuc3')], {
      token: null,
      aside: ['nuc1'],
      left: [],
    })
    expect(written.sort()).toEqual(NAMES.map((name) => `${name} c1.20261127T022506123Z aside`))
    expect(steps[0]).toBe('nuc1: what the earlier etcd held is put aside: /var/lib/hc/etcd/removed-20261127T022506Z')
  })
  test('as it was: only what does not run is started', async () => {
    says[place.name] = list(...NAMES)
    const found = [asked('nuc1'), asked('nuc2', { unit: 'inactive' }), asked('nuc3')]
    await bringUp(tools, place, found, { ...NO_EARLIER, token: 'c1.1' })
    expect(written).toEqual(['nuc2 c1.1'])
  })
  test('anew where it says, once it answers, that others are its members', async () => {
    says[place.name] = list('nuc1')
    const found = NAMES.map((name) => asked(name, { unit: 'inactive' }))
    await bringUp(tools, place, found, { ...NO_EARLIER, token: 'c1.1' })
    expect(opened).toEqual([place.name])
    expect(written.slice(3).sort()).toEqual(NAMES.map((name) => `${name} c1.20261127T022506123Z aside`))
    holds[place.name] = { records: {} }
    written = []
    await expect(bringUp(tools, place, found, { ...NO_EARLIER, token: 'c1.1' })).rejects.toThrow('not moved away')
    expect(written).toHaveLength(3)
  })
})
