import { describe, expect, it } from 'vitest'
import type { Job } from '../../src/model/job.js'
import type { Candidate, Demand, Occupant } from '../../src/model/plan.js'
import { FILTERS } from '../../src/scheduler/filters.js'
import { place } from '../../src/scheduler/place.js'
import { applied, candidate, constraint, demand, GIB, job, MIB, occupant } from './support/make.js'

interface Case {
  readonly filter: string
  readonly when: string
  readonly job?: Partial<Job>
  readonly demand?: Partial<Demand>
  readonly host?: Partial<Candidate>
  readonly occupants?: readonly Occupant[]
  readonly reason: string
}

const fixed = (host: number) => ({ host, container: null })
const auto = { host: null, container: null }
const small = { cpu: 4000, memory: 2 * GIB, disk: 0, devices: { gpu: 1000 } }
const needs = (part: Partial<Job['resources']>) => ({
  resources: { cpu: 100, memory: 0, disk: 0, devices: {}, ...part },
})
const other = job('db', { resources: { cpu: 3800, memory: 1748 * MIB, disk: 0, devices: { gpu: 500 } } })
const gpus = (of: string, gpu: number) => job(of, { resources: { cpu: 0, memory: 0, disk: 0, devices: { gpu } } })
const most = gpus('ai', 700)
const twoGpus = { capacity: { ...small, devices: { gpu: 2000 } } }
const crowd = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`p${index}`, 20_000 + index]))

const CASES: readonly Case[] = [
  { filter: 'only', when: 'pinned', demand: { only: 'nuc9' }, reason: 'this slot stays on nuc9' },
  {
    filter: 'only',
    when: 'system job',
    job: { type: 'system' },
    demand: { only: 'nuc9' },
    reason: 'this slot is the one for nuc9: a system job has one on each matching host',
  },
  {
    filter: 'takes-jobs',
    when: '',
    host: { takesJobs: false },
    reason: 'the host takes no jobs: it is outside hc_hosts',
  },
  {
    filter: 'verdict',
    when: 'suspect',
    host: { verdict: 'suspect' },
    reason: 'the host is silent: nothing is started there until it answers',
  },
  {
    filter: 'verdict',
    when: 'unmanageable',
    host: { verdict: 'unmanageable' },
    reason: 'the host is there, but hc cannot manage it',
  },
  {
    filter: 'verdict',
    when: 'with the reason that is known',
    host: { verdict: 'unmanageable', verdictReason: 'the login was refused' },
    reason: 'the host is unmanageable: the login was refused',
  },
  { filter: 'verdict', when: 'lost', host: { verdict: 'lost' }, reason: 'the host is lost' },
  {
    filter: 'verdict',
    when: 'unknown',
    host: { verdict: 'unknown' },
    reason: 'the host has not answered yet since hc was started',
  },
  {
    filter: 'cordoned',
    when: '',
    host: { cordoned: true },
    reason: 'the host is cordoned: hc host uncordon nuc1 ends that',
  },
  { filter: 'driver', when: '', job: { driver: 'docker' }, reason: 'needs docker, which the host has not' },
  {
    filter: 'constraints',
    when: 'not met',
    job: { constraints: [constraint('os == ubuntu')] },
    reason: 'needs os == ubuntu, but os is debian',
  },
  {
    filter: 'constraints',
    when: 'label missing',
    job: { constraints: [constraint('labels.ssd == true')] },
    reason: 'needs labels.ssd == true, but it has no label ssd',
  },
  {
    filter: 'image',
    when: '',
    host: { lackingImages: { 'web@sha256:1': 'the registry refused it' } },
    job: { image: 'web:1' },
    reason: 'lacks the image web:1: the registry refused it',
  },
  {
    filter: 'address',
    when: '',
    host: { lackingSubnets: { '10.9.0.5/24': '10.0.0.0/24, fd00::/64' } },
    job: { address: '10.9.0.5/24', exclusive: true },
    reason: 'no interface of the host has a subnet with the address 10.9.0.5/24: it has 10.0.0.0/24, fd00::/64',
  },
  {
    filter: 'cpu',
    when: '',
    job: needs({ cpu: 1500 }),
    occupants: [occupant('db.0', 'nuc1', other)],
    reason: 'needs 1.5 cores cpu, 200m free of 4 cores',
  },
  {
    filter: 'memory',
    when: '',
    job: needs({ memory: 512 * MIB }),
    occupants: [occupant('db.0', 'nuc1', other)],
    reason: 'needs 512 MiB memory, 300 MiB free of 2 GiB',
  },
  {
    filter: 'memory',
    when: 'a hair too little',
    job: needs({ memory: 300 * MIB + 1 }),
    occupants: [occupant('db.0', 'nuc1', other)],
    reason: 'needs 314572801 B memory, 314572800 B free of 2 GiB',
  },
  { filter: 'disk', when: 'none', job: needs({ disk: GIB }), reason: 'needs 1 GiB disk, the host has none for jobs' },
  {
    filter: 'devices',
    when: 'a share',
    job: needs({ devices: { gpu: 1000 } }),
    occupants: [occupant('db.0', 'nuc1', other)],
    reason: 'needs 1 gpu, 0.5 free of 1',
  },
  {
    filter: 'devices',
    when: 'shares are left on two',
    job: needs({ devices: { gpu: 500 } }),
    host: twoGpus,
    occupants: [occupant('ai.0', 'nuc1', most), occupant('ai.1', 'nuc1', most)],
    reason: 'needs 0.5 gpu of one device, 0.3 free on the freest of 2',
  },
  {
    filter: 'devices',
    when: 'a whole one is wanted and none is',
    job: needs({ devices: { gpu: 1000 } }),
    host: { capacity: { ...small, devices: { gpu: 3000 } } },
    occupants: [700, 700, 600].map((gpu, at) => occupant(`ai.${at}`, 'nuc1', gpus('ai', gpu))),
    reason: 'needs 1 whole gpu, 0 of 3 not shared out',
  },
  {
    filter: 'port-twice',
    when: '',
    job: { ports: { a: fixed(80), b: fixed(80) } },
    reason: 'asks for port 80 twice: no host can give it',
  },
  {
    filter: 'port-foreign',
    when: '',
    job: { ports: { http: fixed(80) } },
    host: { foreignPorts: [80] },
    reason: 'needs port 80, on which something that is not of hc listens',
  },
  {
    filter: 'port-taken',
    when: 'fixed',
    job: { ports: { http: fixed(80) } },
    occupants: [occupant('proxy.0', 'nuc1', job('proxy', { ports: { http: fixed(80) } }))],
    reason: 'needs port 80, which proxy.0 has there',
  },
  {
    filter: 'port-taken',
    when: 'given to an auto port',
    job: { ports: { http: fixed(20_005) } },
    occupants: [occupant('proxy.0', 'nuc1', job('proxy', { ports: { http: auto } }), { http: 20_005 })],
    reason: 'needs port 20005, which proxy.0 has there',
  },
  {
    filter: 'auto-ports',
    when: '',
    job: { ports: { a: auto, b: auto } },
    occupants: [occupant('many.0', 'nuc1', job('many'), crowd)],
    reason: 'needs 2 ports of 20000-29999 (auto), 0 free of 10000',
  },
  {
    filter: 'max-per-host',
    when: '',
    job: { maxPerHost: 1 },
    occupants: [occupant('web.1', 'nuc1', job('web'))],
    reason: 'max_per_host is 1, 1 slot of web there already',
  },
  {
    filter: 'distinct',
    when: 'taken',
    job: { distinct: 'rack' },
    host: { labels: { rack: 'a' } },
    occupants: [occupant('web.1', 'nuc1', job('web'))],
    reason: 'distinct: rack allows 1 slot per value, 1 slot of web where it is a',
  },
  {
    filter: 'distinct',
    when: 'no label',
    job: { distinct: 'rack' },
    reason: 'distinct asks for the label rack, which the host has not',
  },
  {
    filter: 'conflict-group',
    when: '',
    job: { conflictGroup: 'loud' },
    occupants: [occupant('fan.0', 'nuc1', job('fan', { conflictGroup: 'loud' }))],
    reason: 'conflict group loud allows 1 slot per host, fan.0 is there',
  },
  {
    filter: 'conflict-group',
    when: 'the same unit',
    job: { unit: 'nginx.service' },
    occupants: [occupant('web.1', 'nuc1', job('web', { unit: 'nginx.service' }))],
    reason: 'unit nginx.service allows 1 slot per host, web.1 is there',
  },
  {
    filter: 'conflicts',
    when: 'it names the other',
    job: { conflicts: ['db'] },
    occupants: [occupant('db.0', 'nuc1', job('db'))],
    reason: 'conflicts with db, and db.0 is there',
  },
  {
    filter: 'conflicts',
    when: 'the other names it',
    occupants: [occupant('db.0', 'nuc1', job('db', { conflicts: ['web'] }))],
    reason: 'db.0 is there, and db conflicts with web',
  },
  {
    filter: 'with',
    when: 'nowhere',
    job: { with: ['db'] },
    reason: 'runs only with db, and no job of that name has or wants a place',
  },
]

function reasonOf(each: Case): string | undefined {
  const asked = demand('web.0', applied(job('web', each.job), { imageRef: 'web@sha256:1' }), each.demand)
  const host = candidate('nuc1', { capacity: small, ...each.host })
  const { unplaced } = place({
    demands: [asked],
    candidates: [host],
    occupants: each.occupants ?? [],
    strategy: 'balanced',
  })
  return unplaced[0]?.reasons[0]?.reason
}

describe('filters', () => {
  it.each(CASES)('$filter $when: $reason', (each) => {
    expect(reasonOf(each)).toBe(each.reason)
  })

  it('are asked in the documented order, and each has a case', () => {
    const names = FILTERS.map(({ name }) => name)
    const first = 'only takes-jobs verdict cordoned driver constraints image address cpu memory disk devices'
    const then = 'port-twice port-foreign port-taken auto-ports max-per-host distinct conflict-group conflicts with'
    expect(names).toEqual([...first.split(' '), ...then.split(' ')])
    expect(new Set(CASES.map(({ filter }) => filter))).toEqual(new Set(names))
  })

  it('names the first that refuses where several do', () => {
    const reason = reasonOf({ filter: '', when: '', host: { cordoned: true }, job: needs({ cpu: 9000 }), reason: '' })
    expect(reason).toMatch(/cordoned/)
  })

  it('does not hold the lack of knowledge about drivers against a host', () => {
    expect(reasonOf({ filter: '', when: '', host: { drivers: null }, job: { driver: 'docker' }, reason: '' })).toBe(
      undefined,
    )
  })

  it('asks for no room in what the job does not need', () => {
    const greedy = job('db', { resources: { cpu: 100, memory: 9 * GIB, disk: 0, devices: {} } })
    const found = reasonOf({
      filter: '',
      when: '',
      job: needs({}),
      occupants: [occupant('db.0', 'nuc1', greedy)],
      reason: '',
    })
    expect(found).toBe(undefined)
  })
})
