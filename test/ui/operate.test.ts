// Hosts out of service, one host and one job in full, and a status of a hundred hosts: what is printed.
import { describe, expect, test } from 'vitest'
import { drainedLines, drainPlanLines } from '../../src/ui/drain.js'
import { hostLines } from '../../src/ui/host.js'
import { jobLines } from '../../src/ui/jobs.js'
import { spareLines } from '../../src/ui/spare.js'
import { statusLines } from '../../src/ui/status.js'
import { width } from '../../src/ui/width.js'
import { ALL_WELL, allocation, before, canvas, host, job, resources } from './samples.js'
import { DETAIL } from './samples-done.js'
import { DRAIN_PLAN, DRAINED, HOST_DETAIL } from './samples-hosts.js'

process.env.TZ = 'UTC'

const LOST = {
  ...HOST_DETAIL,
  host: host('nuc2', {
    verdict: 'lost',
    reason: 'no answer for 12s, nor for nuc1',
    used: null,
    lastContact: before(12),
  }),
  since: before(12),
  allocations: [allocation('db.0', 'nuc2', { state: 'unknown', note: 'its host does not answer' })],
  waiting: [{ slot: 'db.0', host: 'nuc2', reason: 'nuc2 is lost and holds its volume: it waits for that host' }],
  refused: [{ slot: 'web.1', reason: 'the host is lost' }],
  hints: ['hc host show nuc2 shows what is known of it'],
} as const

/** A hundred hosts and a thousand allocations, of which a few are not well. */
function large() {
  const hosts = Array.from({ length: 100 }, (_, n) => {
    if (n === 7) return host('node7', { verdict: 'lost', reason: 'no answer for 12s', lastContact: before(12) })
    return host(`node${n}`, n === 9 ? { cordoned: true } : {})
  })
  const jobs = Array.from({ length: 100 }, (_, n) => {
    const running = n === 3 ? 8 : 10
    return job(`job${n}`, { wanted: 10, running, healthy: running })
  })
  const allocations = Array.from({ length: 1000 }, (_, n) => {
    const failed = n === 31 || n === 35 ? { state: 'failed' as const, note: 'exit status 1' } : {}
    return allocation(`job${Math.floor(n / 10)}.${n % 10}`, `node${n % 100}`, failed)
  })
  return { ...ALL_WELL, converged: false, hosts, jobs, allocations }
}

const unplaced = [
  {
    slot: 'big.0',
    reasons: [
      { host: 'nuc1', reason: 'the host is being drained: hc host uncordon nuc1 ends that' },
      { host: 'nuc2', reason: 'needs 3 GiB memory, 1 GiB free of 4 GiB' },
    ],
  },
]
const exclusive = {
  kind: 'stop',
  slot: 'one.0',
  host: 'nuc1',
  from: null,
  reason: 'host-draining',
  text: 'nuc1 is being drained; exclusive: started on nuc2 once it is seen to be stopped',
} as const

const GOLDEN: Readonly<Record<string, () => readonly string[]>> = {
  'host-show': () => hostLines(HOST_DETAIL, canvas()),
  'host-show-lost': () => hostLines(LOST, canvas()),
  'host-show-draining': () =>
    hostLines({ ...HOST_DETAIL, host: { ...HOST_DETAIL.host, draining: true, holds: 3, leaving: 2 } }, canvas()).slice(
      0,
      2,
    ),
  'job-show-stopped': () => jobLines({ ...DETAIL, job: { ...DETAIL.job, stopped: true } }, canvas()).slice(0, 1),
  'drain-plan': () =>
    drainPlanLines({ ...DRAIN_PLAN, unplaced, actions: [...DRAIN_PLAN.actions, exclusive] }, ['nuc1'], canvas()),
  drained: () => drainedLines({ ...DRAINED, unplaced }, ['nuc1'], canvas()),
  'drained-failed': () =>
    drainedLines(
      {
        ...DRAINED,
        staying: [],
        results: [...DRAINED.results, { slot: 'api.0', host: 'nuc2', ok: false, error: 'exit status 127: not found' }],
      },
      ['nuc1', 'nuc3'],
      canvas(),
    ),
  'status-large': () => statusLines(large(), canvas()),
}

test.each(Object.keys(GOLDEN))('%s is as in its golden file', async (name) => {
  await expect(`${GOLDEN[name]?.().join('\n')}\n`).toMatchFileSnapshot(`golden/${name}.txt`)
})

test.each(Object.keys(GOLDEN))('%s fits the terminal', (name) => {
  // What failed is told in full.
  for (const line of GOLDEN[name]?.() ?? [])
    if (!line.includes('FAILED')) expect(width(line), line).toBeLessThanOrEqual(80)
})

describe('what is spare', () => {
  test('counts only hosts that take new slots now', () => {
    const free = resources(1500, 1024, 10)
    const hosts = [
      host('a', { free }),
      host('b', { free: resources(500, 2048, 10) }),
      host('c', { free, cordoned: true }),
      host('d', { free, verdict: 'lost' }),
      host('e', { free, takesJobs: false }),
    ]
    expect(spareLines(hosts, canvas())).toEqual([
      'Spare: 2 cores, 3 GiB memory, 20 GiB disk in all',
      'Largest job that would still fit: 1.5 cores, 1 GiB memory, 10 GiB disk on a',
    ])
    expect(spareLines(hosts.slice(0, 1), canvas())).toEqual(['Spare: 1.5 cores, 1 GiB memory, 10 GiB disk on a'])
    expect(spareLines(hosts.slice(2), canvas())).toEqual(['Spare: nothing, no host takes new slots now'])
    expect(spareLines([], canvas())).toEqual([])
  })
})
