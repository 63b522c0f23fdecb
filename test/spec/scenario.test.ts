import { describe, expect, test } from 'vitest'
import type { Json } from '../../src/model/host.js'
import { parseScenario } from '../../src/spec/scenario.js'

const HOST = { capacity: { cpu: 4, memory: '8Gi' } }
const GIB = 1024 ** 3

function faults(scenario: Json): readonly string[] {
  const read = parseScenario('s.json', JSON.stringify(scenario))
  return 'faults' in read
    ? read.faults.map(({ message, hint }) => (hint === null ? message : `${message} (${hint})`))
    : []
}

describe('a scenario', () => {
  test('bare numbers are cores and bytes, also broken and with an exponent', () => {
    const hosts = {
      a: { capacity: { cpu: 0.5, memory: 1e9, disk: 1.5, devices: { gpu: 0.5 } }, labels: { ssd: true, rack: 1 } },
      b: { capacity: { cpu: '250m', memory: '8Gi' }, os: 'debian', drivers: { podman: '4.9' } },
    }
    const read = parseScenario('s.json', JSON.stringify({ hosts, jobs: [{ name: 'web', resources: { cpu: 5e-2 } }] }))
    expect(read).toMatchObject({
      scenario: {
        hosts: [
          {
            name: 'a',
            capacity: { cpu: 500, memory: 1_000_000_000, disk: 2, devices: { gpu: 500 } },
            labels: { ssd: 'true', rack: '1' },
            os: null,
          },
          { name: 'b', capacity: { cpu: 250, memory: 8 * GIB, disk: 0 }, os: 'debian', drivers: { podman: '4.9' } },
        ],
        jobs: [{ name: 'web', count: 1, resources: { cpu: 50, memory: 128 * 1024 ** 2, disk: 0 } }],
        running: [],
        lose: [],
      },
    })
  })

  test('what the parts say about each other is told together with what is wrong in one of them', () => {
    const said = faults({
      hosts: { a: HOST },
      jobs: [{ name: 'web', count: 'many' }, { name: 'web' }],
      running: [
        { slot: 'web.0', host: 'b' },
        { slot: 'wbe.0', host: 'a' },
      ],
      lose: ['c'],
    })
    expect(said).toHaveLength(5)
    expect(said.join('\n')).toMatch(/count/)
    for (const text of ['there is already a job "web"', 'no host "b"', '"wbe.0" is a slot of no job', 'no host "c"']) {
      expect(said.join('\n')).toContain(text)
    }
    // The job may be the one whose name can't be read.
    const unnamed = faults({ hosts: { a: HOST }, jobs: [{ name: 7 }], running: [{ slot: 'web.0', host: 'a' }] })
    expect(unnamed).toHaveLength(1)
  })

  test('a job needs nothing that runs, but what it says is checked', () => {
    const jobs = [
      { name: 'a', ports: { http: { host: 8080, container: 80 } } },
      { name: 'b', type: 'cron' },
    ]
    expect(faults({ hosts: { a: HOST }, jobs })).toEqual([
      'jobs[1].type: a cron job needs a schedule (write schedule: "0 3 * * *")',
    ])
  })

  test.each<readonly [Json, string]>([
    [{ jobs: [] }, 'hosts is missing'],
    [{ hosts: { a: {} }, jobs: [] }, 'hosts.a.capacity is missing'],
    [
      { hosts: { a: { capacity: { cpu: -1 } } }, jobs: [] },
      'hosts.a.capacity.cpu: an amount of cpu cannot be negative',
    ],
    [{ hosts: { 'a b': HOST }, jobs: [] }, 'hosts.a b: "a b" in hosts must be a host name'],
    [
      { hosts: { a: { capacity: { memroy: 1 } } }, jobs: [] },
      'hosts.a.capacity.memroy: unknown field "memroy" (did you mean "memory"?)',
    ],
    [{ hosts: {}, jobs: [{ count: 1 }] }, 'jobs[0].name is missing'],
    [{ hosts: {}, jobs: [{ name: 'web0.0' }] }, 'jobs[0].name must be a job name'],
    [{ hosts: {}, jobs: [{ name: 'a' }, { name: 'a' }] }, 'jobs[1].name: there is already a job "a" in jobs[0]'],
    [{ hosts: {}, jobs: [], extra: 1 }, 'extra: unknown field "extra"'],
    [[], 'must be a mapping, not a list'],
  ])('%j', (scenario, fault) => {
    const found = faults(scenario)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(fault)
  })

  test.each<readonly [Json, string]>([
    [{ slot: 'web.0', host: 'z' }, 'running[0].host: there is no host "z" in hosts'],
    [{ slot: 'web.2', host: 'a' }, 'running[0].slot: there is no slot "web.2" (web has slots web.0 to web.1)'],
    [{ slot: 'web.00', host: 'a' }, 'running[0].slot: there is no slot "web.00"'],
    [{ slot: 'web', host: 'a' }, 'running[0].slot: there is no slot "web"'],
    [{ slot: 'wbe.0', host: 'a' }, 'running[0].slot: "wbe.0" is a slot of no job in jobs (did you mean "web"?)'],
    [{ slot: 'agent.b', host: 'a' }, `running[0].slot: "agent.b" can't run on a`],
  ])('running: %j', (running, fault) => {
    const jobs = [
      { name: 'web', count: 2 },
      { name: 'agent', type: 'system' },
    ]
    expect(faults({ hosts: { a: HOST, b: HOST }, jobs, running: [running] })[0]).toContain(fault)
  })

  test('a slot runs once, and what is lost is a host', () => {
    const running = [
      { slot: 'web.0', host: 'a' },
      { slot: 'web.0', host: 'a' },
    ]
    expect(faults({ hosts: { a: HOST }, jobs: [{ name: 'web' }], running, lose: ['b'] })).toEqual([
      'running[1].slot: web.0 runs already in running[0] (a slot runs once)',
      'lose[0]: there is no host "b" in hosts (did you mean "a"?)',
    ])
  })
})
