import { describe, expect, test } from 'vitest'
import type { EtcdLook, StandbyLook } from '../../src/model/control-group.js'
import { judgeCount, judgeHost, judgeStandby } from '../../src/planner/control-group.js'

describe('how many may hold the store', () => {
  test.each([
    ['', 'one machine'],
    ['a', 'one machine'],
    ['a b', 'the loss of either stops all writing'],
    ['a a b', 'a is named twice'],
    ['a b c d e f g h', 'at most 7'],
  ])('%s: not these', (names, why) => {
    expect(judgeCount(names.split(' ').filter(Boolean)).faults.join()).toContain(why)
  })
  test.each([
    ['a b c', null],
    ['a b c d e', null],
    ['a b c d', 'with 4 members no more may fail than with 3 (1)'],
    ['a b c d e f', 'with 6 members no more may fail than with 5 (2)'],
  ])('%s: these', (names, note) => {
    const { faults, notes } = judgeCount(names.split(' '))
    expect(faults).toEqual([])
    if (note === null) expect(notes).toEqual([])
    else expect(notes.join()).toContain(note)
  })
})

describe('what stands against a host', () => {
  const good: EtcdLook = {
    bootId: 'b',
    uptimeMs: 1,
    program: '/usr/bin/etcd',
    version: '3.4.23',
    machine: 'x86_64',
    manager: 'apt-get',
    unit: null,
    cluster: null,
    data: false,
    taken: [],
    freeBytes: 1e10,
    firewall: null,
    certificate: null,
    initial: null,
    token: null,
  }
  const judge = (over: Partial<EtcdLook>) =>
    judgeHost({ name: 'nuc1', address: '192.168.1.11' }, { ...good, ...over }, 'c1')

  test('nothing', () => {
    expect(judge({})).toEqual({ faults: [], notes: [] })
    expect(judge({ cluster: 'c1', version: '4.0.0' }).faults).toEqual([])
    expect(judge({ program: null, version: null }).faults).toEqual([])
  })
  test.each<[Partial<EtcdLook>, string]>([
    [{ cluster: 'c2' }, 'another cluster (c2)'],
    [{ taken: [2379, 2380] }, 'port 2379 and 2380'],
    [{ program: null, manager: null }, 'no etcd, and neither'],
    [{ version: '3.3.25' }, 'etcd 3.3.25: hc needs 3.4'],
    [{ freeBytes: 100 * 1024 * 1024 }, '100 MiB free in /var/lib, 512 MiB are needed'],
  ])('%j', (over, why) => {
    expect(judge(over).faults.join()).toContain(why)
  })
  test('a firewall is no fault, but told of with the mend', () => {
    expect(judge({ firewall: 'ufw' })).toMatchObject({ faults: [], notes: [expect.stringContaining('ufw allow')] })
  })
})

test('a host of another kind is told of with the mend', () => {
  const look = { machine: 'aarch64', loopOf: null } as unknown as StandbyLook
  expect(judgeStandby('nuc2', look, 'aarch64', '/var/lib/hc/control')).toEqual([])
  expect(judgeStandby('nuc2', look, 'x86_64', '/var/lib/hc/control')).toEqual([
    'nuc2 is of another kind (aarch64) than this machine (x86_64), and does not run its program: name a host instead on which uname -m says x86_64, or say it on a machine of the kind that most of them are',
  ])
})
