import { describe, expect, it } from 'vitest'
import type { Job } from '../../src/model/job.js'
import type { Candidate, Occupant } from '../../src/model/plan.js'
import { place } from '../../src/scheduler/place.js'
import { type RemedyInput, remedies } from '../../src/scheduler/remedy.js'
import { applied, candidate, constraint, demand, GIB, job, MIB, occupant } from './support/make.js'

const strategy = 'balanced' as const
const small = { cpu: 4000, memory: 2 * GIB, disk: 10 * GIB, devices: { gpu: 1000 } }
const fixed = (host: number) => ({ host, container: null })
const needs = (part: Partial<Job['resources']>) => ({
  resources: { cpu: 100, memory: 0, disk: 0, devices: {}, ...part },
})

interface Case {
  readonly when: string
  readonly job?: Partial<Job>
  readonly hosts: readonly Candidate[]
  readonly occupants?: readonly Occupant[]
  readonly only?: string
  readonly says: string | undefined
}

const nuc = (name: string, more: Partial<Candidate> = {}) => candidate(name, { capacity: small, ...more })
const web = (slots: readonly [string, string][], more: Partial<Job> = {}) =>
  slots.map(([slot, host]) => occupant(slot, host, job('web', more)))

const CASES: readonly Case[] = [
  {
    when: 'memory is short: on the host that lacks the smallest share',
    job: needs({ memory: 3 * GIB }),
    hosts: [nuc('nuc1'), nuc('nuc2', { capacity: { ...small, memory: 2 * GIB + 812 * MIB } })],
    says: 'it would fit on nuc2 with at least 212 MiB more memory',
  },
  {
    when: 'a share counts, not the number of bytes or cores',
    job: needs({ cpu: 4000, memory: 8 * GIB }),
    hosts: [
      nuc('nuc1', { capacity: { ...small, cpu: 4000, memory: 7 * GIB } }),
      nuc('nuc2', { capacity: { ...small, cpu: 3900, memory: 8 * GIB } }),
    ],
    says: 'it would fit on nuc2 with at least 100m more cpu',
  },
  {
    when: 'two amounts are short',
    job: needs({ cpu: 5000, memory: 3 * GIB }),
    hosts: [nuc('nuc1')],
    says: 'it would fit on nuc1 with 1 core more cpu and 1 GiB more memory',
  },
  {
    when: 'a device is missing',
    job: needs({ devices: { gpu: 2000 } }),
    hosts: [nuc('nuc1')],
    says: 'it would fit on nuc1 with at least 1 more gpu',
  },
  {
    when: 'a host is cordoned',
    hosts: [nuc('nuc1', { capacity: { ...small, memory: 0 } }), nuc('nuc3', { cordoned: true })],
    says: 'it would fit on nuc3 once it is uncordoned: hc host uncordon nuc3',
  },
  {
    when: 'a cordoned host is short of memory too',
    job: needs({ memory: 2 * GIB + 100 * MIB }),
    hosts: [nuc('nuc3', { cordoned: true })],
    says: 'it would fit on nuc3 once it is uncordoned and with at least 100 MiB more memory: hc host uncordon nuc3',
  },
  { when: 'a host is lost', hosts: [nuc('nuc1', { verdict: 'lost' })], says: 'it would fit on nuc1 once it is back' },
  {
    when: 'a host is silent',
    hosts: [nuc('nuc1', { verdict: 'suspect' })],
    says: 'it would fit on nuc1 once it answers',
  },
  {
    when: 'a host takes no jobs',
    hosts: [nuc('nuc1', { takesJobs: false })],
    says: 'it would fit on nuc1 once hc_hosts takes it in',
  },
  {
    when: 'a label is missing',
    job: { constraints: [constraint('labels.ssd == true')] },
    hosts: [nuc('nuc1'), nuc('nuc2', { capacity: { ...small, memory: 0 } })],
    says: 'it would fit on nuc1 with the label ssd=true',
  },
  {
    when: 'the os is another',
    job: { constraints: [constraint('os == ubuntu')] },
    hosts: [nuc('nuc1')],
    says: 'it would fit on nuc1 without the constraint "os == ubuntu"',
  },
  {
    when: 'the driver is missing',
    job: { driver: 'docker' },
    hosts: [nuc('nuc1')],
    says: 'it would fit on nuc1 with docker installed',
  },
  {
    when: 'the image is missing',
    job: { image: 'web:1' },
    hosts: [nuc('nuc1', { lackingImages: { 'web:1': 'refused' } })],
    says: 'it would fit on nuc1 with the image web:1',
  },
  {
    when: 'the port is taken on every host',
    job: { ports: { http: fixed(80) } },
    hosts: [nuc('nuc1')],
    occupants: [occupant('proxy.0', 'nuc1', job('proxy', { ports: { http: fixed(80) } }))],
    says: 'port 80 is taken on the 1 host that can take it: one more host, or another port (auto takes any free one)',
  },
  {
    when: 'the port is taken where there is room',
    job: { ports: { http: fixed(80) }, ...needs({ memory: GIB }) },
    hosts: [nuc('nuc1'), nuc('nuc2', { capacity: { ...small, memory: 100 * MIB } })],
    occupants: [occupant('proxy.0', 'nuc1', job('proxy', { ports: { http: fixed(80) } }))],
    says: 'it would fit on nuc1 with another port than 80 (proxy.0 has it there)',
  },
  {
    when: 'something else listens on the port',
    job: { ports: { http: fixed(80) } },
    hosts: [nuc('nuc1', { foreignPorts: [80] })],
    says: 'it would fit on nuc1 once nothing else listens on port 80',
  },
  {
    when: 'a port is asked for twice',
    job: { ports: { a: fixed(80), b: fixed(80) } },
    hosts: [nuc('nuc1')],
    says: 'it would fit on nuc1 with port 80 asked for once',
  },
  {
    when: 'max_per_host leaves no host over',
    job: { maxPerHost: 1 },
    hosts: [nuc('nuc1'), nuc('nuc2'), nuc('nuc3'), nuc('nuc4', { takesJobs: false })],
    occupants: web([
      ['web.1', 'nuc1'],
      ['web.2', 'nuc2'],
      ['web.3', 'nuc3'],
    ]),
    says: 'max_per_host 1 allows 3 on the 3 hosts that can take it: one more host, or max_per_host 2',
  },
  {
    when: 'distinct: the only host with the label has one already',
    job: { distinct: 'rack' },
    hosts: [nuc('nuc1', { labels: { rack: 'a' } })],
    occupants: web([['web.1', 'nuc1']]),
    says: 'distinct: rack allows 1 slot per value, and none is left: one more host with another value of the label rack',
  },
  {
    when: 'distinct: another host has the same value',
    job: { distinct: 'rack' },
    hosts: [nuc('nuc1', { labels: { rack: 'a' } }), nuc('nuc2', { labels: { rack: 'a' } })],
    occupants: web([['web.1', 'nuc1']]),
    says: 'it would fit on nuc2 with a value of its own of the label rack',
  },
  {
    when: 'distinct: a host lacks the label',
    job: { distinct: 'rack' },
    hosts: [nuc('nuc1')],
    says: 'it would fit on nuc1 with the label rack, of another value',
  },
  {
    when: 'one of its conflict group is there',
    job: { conflictGroup: 'loud' },
    hosts: [nuc('nuc1')],
    occupants: [occupant('fan.0', 'nuc1', job('fan', { conflictGroup: 'loud' }))],
    says: 'it would fit on nuc1 without conflict_group: loud',
  },
  {
    when: 'whom it avoids is there',
    job: { conflicts: ['db'] },
    hosts: [nuc('nuc1')],
    occupants: [occupant('db.0', 'nuc1', job('db', { conflicts: ['web'] }))],
    says: 'it would fit on nuc1 without the conflict with db',
  },
  {
    when: 'whom it needs could come there',
    job: { with: ['db'], constraints: [constraint('host != nuc2')] },
    hosts: [nuc('nuc1'), nuc('nuc2')],
    occupants: [occupant('db.0', 'nuc2', job('db'))],
    says: 'it would fit on nuc1 once a slot of db is there',
  },
  {
    when: 'whom it needs is bound to another host',
    job: { with: ['db'], constraints: [constraint('host != nuc2')] },
    hosts: [nuc('nuc1'), nuc('nuc2')],
    occupants: [occupant('db.0', 'nuc2', job('db', { exclusive: true }))],
    says: 'it would fit on nuc2 without the constraint "host != nuc2"',
  },
  {
    when: 'whom it needs is nowhere',
    job: { with: ['db'] },
    hosts: [nuc('nuc1')],
    says: undefined,
  },
  {
    when: 'it belongs to a host that is gone for good',
    only: 'nuc9',
    hosts: [nuc('nuc1')],
    says: undefined,
  },
  {
    when: 'it leaves a drained host: staying is no remedy',
    job: needs({ memory: 3 * GIB }),
    hosts: [nuc('nuc1', { cordoned: true, draining: true, capacity: { ...small, memory: 4 * GIB } }), nuc('nuc2')],
    says: 'it would fit on nuc2 with at least 1 GiB more memory',
  },
]

function inputOf({ job: more, hosts, occupants = [], only }: Case): RemedyInput {
  const asked = demand('web.0', applied(job('web', more)), { only: only ?? null, previous: 'nuc1' })
  return { demands: [asked], candidates: hosts, occupants, strategy }
}

describe('remedies', () => {
  it.each(CASES)('$when', (each) => {
    const input = inputOf(each)
    expect(place(input).unplaced).toHaveLength(1)
    expect(remedies(input).bySlot.get('web.0')).toBe(each.says)
  })

  it('tells the same whatever the order of hosts and occupants', () => {
    for (const each of CASES) {
      const input = inputOf(each)
      const turned = {
        ...input,
        candidates: input.candidates.toReversed(),
        occupants: input.occupants.toReversed(),
      }
      expect(remedies(turned)).toEqual(remedies(input))
    }
  })

  it('has one for all together', () => {
    const all = applied(job('web', { count: 3, ...needs({ memory: GIB }) }))
    const input: RemedyInput = {
      demands: ['web.0', 'web.1', 'web.2'].map((slot) => demand(slot, all)),
      candidates: [
        nuc('nuc1', { capacity: { ...small, memory: 512 * MIB } }),
        nuc('nuc2', { capacity: { ...small, memory: 256 * MIB } }),
      ],
      occupants: [],
      strategy,
    }
    expect(remedies(input).all).toBe('all 3 would fit with 2.5 GiB more memory on nuc1')
    expect(remedies(input).bySlot.get('web.2')).toBe('it would fit on nuc1 with at least 512 MiB more memory')
  })
})
