import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { ControlView } from '../../src/model/control.js'
import { FINDINGS, type FindingView, type HostExam, type WayExam } from '../../src/model/doctor.js'
import type { FailureKind } from '../../src/model/observation.js'
import { doctorView, finding } from '../../src/planner/doctor.js'
import { type ControlCase, clusterFindings, controlFindings } from '../../src/planner/doctor-control.js'
import { type HostCase, hostFindings } from '../../src/planner/doctor-host.js'
import { reachFindings } from '../../src/planner/doctor-reach.js'
import { applied, facts, GIB, host, input, job, ready, silent } from './support/make.js'

const EXAM: HostExam = {
  clockOffMs: 0,
  tookMs: 20,
  looks: ['ping', 'bash'],
  watchdog: false,
  watchdogSec: '0',
  battery: false,
  failedUnits: [],
  controllers: ['cpu', 'memory'],
  maxSessions: 10,
  docker: 'active',
  forwardPolicy: 'ACCEPT',
  disks: [{ path: '/', size: 100, used: 10 }],
  stateMode: '700',
  folders: [],
  containers: [],
  leaseTimer: 'inactive',
  leaseService: 'inactive',
  routed: [],
}
const WAY: WayExam = {
  target: 'root@10.0.0.1:22',
  keys: [{ path: '/k', mode: 0o600 }],
  namedKey: '/k',
  agent: null,
  agentAnswers: false,
  knownHosts: [{ path: '/known', mode: 0o644 }],
  forwards: true,
}
const SEEN = facts({
  drivers: { systemd: '252', podman: '4.3.1', docker: '20.10' },
  cgroup: 2,
  system: 'running',
  timezone: 'UTC',
  memoryAvailable: facts().capacity.memory,
})
const CASE: HostCase = {
  state: ready('n1', [], { facts: SEEN, lastFacts: SEEN }),
  failure: null,
  exam: EXAM,
  way: WAY,
  fence: null,
  unclaimed: [],
  jobs: { cron: true, exclusive: false },
}
const CONTROL: ControlCase = {
  exam: { store: { path: '/srv/.hc', mode: 0o700 }, loopUnit: 'system', disk: { path: '/srv', size: 100, used: 10 } },
  ways: new Map([['n1', WAY]]),
  store: 'read',
  loop: { held: true, silentMs: 900 },
  witness: { asked: ['10.0.0.254'], answers: true },
  anyHostAnswers: true,
  shared: null,
  deposed: null,
}
const LEADS: ControlView = { leader: { name: 'n1', pid: 1, since: '' }, standbys: [], trouble: null }

const bad = (found: readonly FindingView[]) => found.filter(({ level }) => level !== 'ok')
const withExam = (more: Partial<HostExam>, seen: Parameters<typeof facts>[0] = {}) =>
  hostFindings({ ...CASE, exam: { ...EXAM, ...more }, state: { ...CASE.state, facts: { ...SEEN, ...seen } } })
const withFacts = (more: Parameters<typeof facts>[0]) =>
  hostFindings({ ...CASE, state: { ...CASE.state, facts: { ...SEEN, ...more } } })
const failing = (kind: FailureKind) =>
  hostFindings({
    ...CASE,
    exam: null,
    state: silent('n1', 'unmanageable'),
    failure: { kind, message: `it is ${kind}`, hint: null },
  })
const control = (more: Partial<ControlCase>) => controlFindings({ ...CONTROL, ...more })
const way = (more: Partial<WayExam>) => control({ ways: new Map([['n1', { ...WAY, ...more }]]) })
const exclusive = applied(job('db', { exclusive: true }))
const ssh = (name: string, address: string) =>
  ready(name, [], {
    host: host(name, { connection: { ...host(name).connection, address } }),
    facts: facts({ connection: { own: address, peer: '10.0.0.9' } }),
  })

const ETCD = {
  kind: 'etcd',
  endpoints: [{ host: 'n1', port: 2379 }],
  prefix: '/hc/',
  ...{ tls: false, ca: null, cert: null, key: null, user: null, passwordFile: null },
} as const
const FULL = ['control', 'n1', 'n2', 'n3']
/** What is found of n1, by who was seen to reach whom. */
const reached = (reach: Readonly<Record<string, readonly string[]>>) =>
  reachFindings(
    input([exclusive], [ssh('n1', '10.0.0.1'), ssh('n2', '10.0.0.2'), ssh('n3', '10.0.0.3')]),
    ['n1'],
    new Map(Object.entries(reach)),
  )

const CASES: readonly (readonly [id: string, level: string, text: string, found: () => readonly FindingView[]])[] = [
  ['out-of-reach', 'fault', 'it is unreachable', () => failing('unreachable')],
  ['host-key', 'fault', 'it is host-key', () => failing('host-key')],
  ['login', 'fault', 'it is auth', () => failing('auth')],
  ['not-root', 'fault', 'it is no-privileges', () => failing('no-privileges')],
  ['host-broken', 'fault', 'it is broken', () => failing('broken')],
  ['unexamined', 'fault', 'it answers its probe', () => hostFindings({ ...CASE, exam: null })],
  ['forwarding', 'warning', 'past loopback', () => hostFindings({ ...CASE, way: { ...WAY, forwards: false } })],
  ['sessions', 'warning', 'sshd allows 4 sessions', () => withExam({ maxSessions: 4 })],
  ['systemd', 'warning', 'systemd 241 is older', () => withFacts({ drivers: { ...SEEN.drivers, systemd: '241' } })],
  ['systemd', 'note', 'a unit has failed: x.service', () => withExam({ failedUnits: ['x.service'] })],
  ['cgroups', 'warning', 'limits of memory do not hold', () => withExam({ controllers: ['cpu'] })],
  ['cgroups', 'note', 'cgroup v1', () => withFacts({ cgroup: 1 })],
  ['engines', 'warning', 'docker.service is inactive', () => withExam({ docker: 'inactive' })],
  ['engines', 'note', 'neither podman nor docker', () => withFacts({ drivers: { systemd: '252' } })],
  ['forward-drop', 'warning', 'podman publishes', () => withExam({ forwardPolicy: 'DROP' })],
  ['clock', 'warning', 'its clock is 2.5s behind', () => withExam({ clockOffMs: -2500 })],
  ['disk', 'warning', '/run is full to 90 %', () => withExam({ disks: [{ path: '/run', size: 1000, used: 909 }] })],
  ['disk', 'fault', '/run is full to 97 %', () => withExam({ disks: [{ path: '/run', size: 1000, used: 970 }] })],
  ['memory', 'note', 'others than hc use', () => withFacts({ memoryAvailable: 0 })],
  ['state-folder', 'warning', 'mode 755', () => withExam({ stateMode: '755' })],
  ['unclaimed', 'warning', 'old.0 runs or lies', () => hostFindings({ ...CASE, unclaimed: ['old.0'] })],
  ['leftovers', 'warning', '/var/lib/hc/alloc/x.0 is left', () => withExam({ folders: ['x.0'] })],
  ['leftovers', 'warning', 'the container hc-x.0 (podman)', () => withExam({ containers: ['podman hc-x.0'] })],
  ['looks', 'warning', 'no ping, bash or nc', () => withExam({ looks: [] })],
  ['router', 'note', '10.1.0.2 is behind a router', () => withExam({ routed: ['10.1.0.2'] })],
  ['watchdog', 'note', 'RuntimeWatchdogSec is off', () => withExam({ watchdog: true })],
  ['no-fence', 'note', 'nobody can cut', () => hostFindings({ ...CASE, jobs: { cron: false, exclusive: true } })],
  [
    'battery',
    'warning',
    'takes no power from it',
    () => hostFindings({ ...CASE, fence: { power: 'on' }, exam: CASE.exam && { ...CASE.exam, battery: true } }),
  ],
  ['fence', 'fault', 'fails: no such outlet', () => hostFindings({ ...CASE, fence: { error: 'no such outlet' } })],
  ['fence', 'fault', 'says off while it answers', () => hostFindings({ ...CASE, fence: { power: 'off' } })],
  [
    'timezone',
    'warning',
    'time zone is not known',
    () => {
      const { timezone: _, ...rest } = SEEN
      return hostFindings({ ...CASE, state: { ...CASE.state, facts: rest } })
    },
  ],
  [
    'capacity',
    'warning',
    'hc_capacity says 900 GiB of memory',
    () => hostFindings({ ...CASE, state: { ...CASE.state, host: host('n1', { capacity: { memory: 900 * GIB } }) } }),
  ],
  [
    'lease-timer',
    'fault',
    'armed for db.0, but hc-lease.timer is inactive',
    () => {
      const armed = [{ slot: 'db.0', placement: 1 }]
      return withFacts({ lease: { rules: 1, until: 1, armed, words: [], stopped: [], unproven: [] } })
    },
  ],
  [
    'lease-timer',
    'fault',
    'armed for db.0, but its last look at the lease failed',
    () => {
      const armed = [{ slot: 'db.0', placement: 1 }]
      const lease = { rules: 1, until: 1, armed, words: [], stopped: [], unproven: [] }
      return withExam({ leaseTimer: 'active', leaseService: 'failed' }, { lease })
    },
  ],
  [
    'voter',
    'warning',
    'the answer of n9 does not count',
    () => withFacts({ lease: { rules: 1, until: 1, armed: [], words: [], stopped: [], unproven: ['n9'] } }),
  ],
  [
    'voter',
    'warning',
    'the voter n2 has no address',
    () => clusterFindings(input([exclusive], [ssh('n1', '10.0.0.1'), ssh('n2', '127.0.0.1')]), ['n1']),
  ],
  [
    'alone',
    'warning',
    'it was seen to reach 1 of 4 voters',
    () => reached({ n1: FULL, n2: ['control'], n3: ['control'] }),
  ],
  ['no-take-over', 'warning', '1 of 4 voters were seen', () => reached({ n1: ['control'], n2: FULL, n3: FULL })],
  ['two-voters', 'warning', 'two voters', () => clusterFindings(input([exclusive], [ssh('n1', '10.0.0.1')]), ['n1'])],
  [
    'short-takeover',
    'warning',
    'hc_takeover is 5s',
    () =>
      clusterFindings(
        { ...input([exclusive], []), settings: { ...input([], []).settings, store: ETCD, takeoverMs: 5000 } },
        [],
      ),
  ],
  ['store', 'note', 'there is no store', () => control({ store: null })],
  [
    'store-mode',
    'warning',
    'mode 755',
    () => control({ exam: { ...CONTROL.exam, store: { path: '/srv/.hc', mode: 0o755 } } }),
  ],
  ['store-shared', 'fault', 'no quorum', () => control({ shared: { ...LEADS, trouble: 'no quorum' } })],
  [
    'inventories',
    'warning',
    'n2 goes by another inventory than n1',
    () => control({ shared: { ...LEADS, otherInventory: ['n2'] } }),
  ],
  ['deposed', 'warning', 'b acts on n2', () => control({ deposed: 'b acts on n2' })],
  ['loop-absent', 'warning', 'no loop ticks', () => control({ loop: { held: false, silentMs: null } })],
  ['loop-late', 'fault', 'has not ticked for 31s', () => control({ loop: { held: true, silentMs: 31_000 } })],
  ['loop-late', 'fault', 'the clock was set back by 1h', () => control({ loop: { held: true, silentMs: -3_600_000 } })],
  ['loop-unit', 'note', 'no unit of systemd', () => control({ exam: { ...CONTROL.exam, loopUnit: null } })],
  ['key-file', 'warning', '/k does not exist', () => way({ keys: [{ path: '/k', mode: null }] })],
  ['key-file', 'warning', '/k has mode 644', () => way({ keys: [{ path: '/k', mode: 0o644 }] })],
  ['agent', 'warning', 'no ssh agent answers at /s', () => way({ agent: '/s' })],
  ['known-hosts', 'note', 'there is no /known yet', () => way({ knownHosts: [{ path: '/known', mode: null }] })],
  [
    'control-disk',
    'fault',
    '/srv is full to 99 %',
    () => control({ exam: { ...CONTROL.exam, disk: { path: '/srv', size: 100, used: 99 } } }),
  ],
  ['witness', 'warning', 'no witness answers', () => control({ witness: { asked: ['10.0.0.254'], answers: false } })],
]

test('where all is well there is nothing but ok', () => {
  expect(bad(hostFindings(CASE))).toEqual([])
  expect(bad(control({}))).toEqual([])
  expect(hostFindings(CASE).map(({ id }) => id)).toContain('answers')
})

test.each(CASES)('%s, a %s: %s', (id, level, text, found) => {
  const hits = bad(found())
  expect(hits).toMatchObject([{ id, level, text: expect.stringContaining(text) }])
  expect(hits[0]?.mend).toMatch(/\S/)
})

test('each finding of the list is provoked, and stands in the documentation', () => {
  const provoked = new Set([...CASES.map(([id]) => id), 'answers', 'store-broken'])
  expect([...provoked].sort()).toEqual(Object.keys(FINDINGS).sort())
  const page = readFileSync('docs/doctor.md', 'utf8')
  const rows = page.split('\n').flatMap((line) => /^\| `([a-z-]+)` \| (\w+) \| (.*?) \| /.exec(line)?.slice(1, 4) ?? [])
  expect(rows).toEqual(Object.entries(FINDINGS).flatMap(([id, said]) => [id, ...said]))
})

test('the control machine comes first, and of each host the worst', () => {
  const all = [
    finding('memory', 'b', { text: '' }),
    finding('fence', 'b', { text: '' }),
    finding('answers', 'a', { text: '' }),
    finding('store', null, { text: '' }),
  ]
  const view = doctorView(['b', 'a'], all, [])
  expect(view.findings.map(({ id }) => id)).toEqual(['store', 'answers', 'fence', 'memory'])
  expect([view.hosts, view.counts]).toEqual([['a', 'b'], { ok: 1, note: 2, warning: 0, fault: 1 }])
})

test.each([
  ['system', 'systemctl restart hc-reconcile'],
  ['user', 'systemctl --user restart hc-reconcile'],
  [null, 'cat /srv/.hc/loop.lock names its process'],
] as const)('a loop that hangs and is %s unit: %s', (loopUnit, mend) => {
  const found = control({ exam: { ...CONTROL.exam, loopUnit }, loop: { held: true, silentMs: 31_000 } })
  expect(found.find(({ id }) => id === 'loop-late')?.mend).toContain(mend)
})
