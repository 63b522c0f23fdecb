import { describe, expect, test } from 'vitest'
import {
  CONTROL_FINDINGS,
  type ControlListView,
  type ControlMachineView,
  type MemberState,
} from '../../src/model/control-group.js'
import type { Host } from '../../src/model/host.js'
import { judgeControl, spareOf } from '../../src/planner/control-findings.js'
import { judgeSelf, judgeWay, type OwnWay } from '../../src/planner/control-group.js'

const member = (name: string, more: Partial<MemberState> = {}): MemberState => ({
  id: '1',
  name,
  address: '10.0.0.1',
  answers: true,
  leads: false,
  version: '3.4.23',
  sizeBytes: 1,
  behind: 0,
  ...more,
})
const machine = (name: string, more: Partial<ControlMachineView> = {}): ControlMachineView => ({
  name,
  member: member(name),
  role: name === 'nuc1' ? 'leads' : 'stands-by',
  since: null,
  loop: 'active',
  current: { program: true, files: true, differing: [], edited: [] },
  error: null,
  ...more,
})
const view = (machines: readonly ControlMachineView[], trouble: string | null = null): ControlListView => ({
  store: 'etcd://nuc1',
  machines,
  spare: spareOf(machines),
  trouble,
})
const three = ['nuc1', 'nuc2', 'nuc3'].map((name) => machine(name))
const kinds = (shown: ControlListView, authority = true) =>
  judgeControl(shown, authority).map(({ kind, host }) => `${kind} ${host}`)

describe('what is found of control machines', () => {
  test('three that are well', () => expect(kinds(view(three))).toEqual([]))
  test('one that is gone', () => {
    const gone = machine('nuc3', { member: member('nuc3', { answers: false }), role: 'none', loop: null, error: 'off' })
    expect(kinds(view([...three.slice(0, 2), gone]))).toEqual([
      'no-spare null',
      'member-silent nuc3',
      'host-silent nuc3',
    ])
  })
  test('who is named by hc_store, and is no member', () => {
    const others = ['nuc2', 'nuc3'].map((name) => machine(name, { member: null }))
    const shown = { ...view([...three.slice(0, 1), ...others]), store: 'etcd://nuc1,nuc2' }
    expect(kinds(shown)).toEqual(['no-spare null', 'no-member nuc2'])
    // Nobody is known for one while etcd does not say who is.
    expect(kinds({ ...shown, trouble: 'no quorum' })).toEqual(['no-quorum null'])
  })
  test('where all answer, one more is the mend, and none is silent', () => {
    const mendOf = (shown: ControlListView) => judgeControl(shown, true).find(({ kind }) => kind === 'no-spare')?.mend
    const silent = machine('nuc3', { member: member('nuc3', { answers: false }) })
    expect(mendOf(view(three.slice(0, 2)))).toBe('hc control add OTHER: any one of three may fail')
    expect(mendOf(view([...three.slice(0, 2), silent]))).toContain('hc control remove HOST')
  })
  test('no quorum is said once, and is no matter of who leads', () => {
    expect(
      kinds(
        view(
          three.map((each) => ({ ...each, role: 'none' as const })),
          'etcd has no quorum',
        ),
      ),
    ).toEqual(['no-quorum null'])
  })
  test('a loop that is down, another program, an even number, no key here', () => {
    const down = machine('nuc2', {
      loop: 'failed',
      role: 'none',
      current: { program: false, files: true, differing: [], edited: [] },
    })
    const found = kinds(view([...three.filter(({ name }) => name !== 'nuc2'), down, machine('nuc4')]), false)
    expect(found).toEqual(['even-members null', 'no-authority null', 'loop-down nuc2', 'outdated nuc2'])
  })
  test('each is on the list', () => expect(new Set(CONTROL_FINDINGS).size).toBe(CONTROL_FINDINGS.length))
})

describe('a way that the others can go too', () => {
  const host = (connection: Partial<Host['connection']>): Host =>
    ({
      name: 'nuc1',
      connection: { kind: 'ssh', address: '10.0.0.1', port: null, user: null, options: {}, ...connection },
    }) as Host
  const way = { address: '10.0.0.1', port: 22, user: 'root', jump: null }
  const self = (over: Partial<OwnWay>): OwnWay => ({ resolved: '10.0.0.1', address: '10.0.0.9', user: 'root', ...over })
  test.each([
    [host({}), way, []],
    [host({ address: 'nuc1' }), way, ['ansible_host=10.0.0.1']],
    [host({}), { ...way, port: 2222, user: 'me' }, ['ansible_port=2222', 'ansible_user=me']],
    [host({ user: 'me', port: 2222 }), { ...way, port: 2222, user: 'me' }, []],
    [host({}), { ...way, jump: {} }, ['-J']],
    [host({ options: { proxyjump: 'gate' } }), { ...way, jump: {} }, []],
    [host({ kind: 'local' }), self({}), []],
    [host({ kind: 'local', address: 'nuc1' }), self({ resolved: '127.0.1.1' }), ['nuc1 ansible_host=10.0.0.9']],
    [host({ kind: 'local', address: 'nuc1' }), self({}), ['nuc1 ansible_host=10.0.0.9']],
    [host({ kind: 'local' }), self({ resolved: null, address: null }), ['ansible_host=ADDRESS']],
    [host({ kind: 'local' }), self({ user: 'me' }), ['root there: hc inventory set nuc1 ansible_user=me']],
    [host({ kind: 'local', user: 'me' }), self({ user: 'me' }), []],
  ])('%#', (one, from, mends) => {
    const said = judgeWay(one, from)
    expect(said).toHaveLength(mends.length)
    for (const [index, mend] of mends.entries()) expect(said[index]).toContain(mend)
  })
})

describe('the loop of this machine', () => {
  const unit = { loop: 'active', loopOf: '"node" "run.js" reconcile --cron --inventory "/srv/c/inventory.yml"' }
  test.each([
    [{ loop: null, loopOf: null }, 'none', []],
    [unit, 'active', []],
    [unit, 'inactive', []],
    [unit, 'none', ['say it as root']],
    [
      { ...unit, loopOf: unit.loopOf.replace('/c/', '/other/') },
      'active',
      ['another inventory than /srv/c/inventory.yml'],
    ],
  ] as const)('%j, unit %s', (found, loop, faults) => {
    const said = judgeSelf('nuc1', found, loop, '/srv/c/inventory.yml')
    expect(said).toEqual(faults.map((each) => expect.stringContaining(each)))
  })
})
