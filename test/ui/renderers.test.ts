import { expect, test } from 'vitest'
import { type Fault, UserError } from '../../src/model/errors.js'
import { applyLines } from '../../src/ui/apply.js'
import { caddyLines, endpointsLines, hostsFileLines } from '../../src/ui/endpoints.js'
import { eventLine } from '../../src/ui/events.js'
import { errorLines } from '../../src/ui/faults.js'
import { hostOutputLine, hostRunRecap } from '../../src/ui/host-run.js'
import { hostListLines } from '../../src/ui/hosts.js'
import { inventoryLines } from '../../src/ui/inventory.js'
import { jobLines, jobListLines } from '../../src/ui/jobs.js'
import { unplacedLines } from '../../src/ui/left-undone.js'
import { logLine } from '../../src/ui/logs.js'
import { planLines } from '../../src/ui/plan.js'
import { statusLines } from '../../src/ui/status.js'
import { PLAIN } from '../../src/ui/style.js'
import { tickNews, tickSummary } from '../../src/ui/tick.js'
import { validateLines } from '../../src/ui/validate.js'
import { width } from '../../src/ui/width.js'
import * as states from './samples.js'
import * as done from './samples-done.js'
import * as plans from './samples-plan.js'

process.env.TZ = 'UTC'

const samples = { ...states, ...done }
const { canvas } = samples

const ENDPOINTS = [
  { slot: 'web.0', job: 'web', host: 'nuc1', name: 'http', address: '192.168.1.11', port: 8080, state: 'running' },
  { slot: 'web.1', job: 'web', host: 'nuc2', name: 'http', address: 'fd00::2', port: 8080, state: 'running' },
  { slot: 'db.0', job: 'db', host: 'nuc1', name: 'sql', address: '192.168.1.11', port: 5432, state: 'running' },
  { slot: 'api.0', job: 'api', host: 'nuc3', name: 'http', address: 'nuc3.lan', port: 80, state: 'running' },
  { slot: 'off.0', job: 'off', host: 'nuc3', name: 'http', address: '192.168.1.13', port: 81, state: 'failed' },
] as const

const RUNS = [
  { host: 'nuc1', exitCode: 0, stdout: '', stderr: '', error: null, failure: null },
  { host: 'nuc2', exitCode: 3, stdout: '', stderr: '', error: null, failure: null },
  { host: 'nuc3', exitCode: null, stdout: '', stderr: '', error: 'connection refused', failure: 'refused' },
  { host: 'nuc4', exitCode: null, stdout: '', stderr: '', error: 'connection refused', failure: 'refused' },
] as const

const FAULTS: readonly Fault[] = [
  {
    message: 'unknown field "contaner"',
    at: { file: 'jobs/web.yml', line: 3, column: 5 },
    lineText: '    contaner: localhost/web:1',
    hint: 'did you mean "container"?',
  },
  {
    message: 'port 8080 is also taken by db',
    at: { file: 'jobs/web.yml', line: 9, column: null },
    lineText: '  http: 8080',
    hint: null,
  },
  {
    message: 'cannot be read: no such file',
    at: { file: 'jobs/x.yml', line: null, column: null },
    lineText: null,
    hint: null,
  },
]

const EVENT = {
  id: 1,
  time: '2026-11-22T09:59:01Z',
  kind: 'verdict',
  host: 'nuc2',
  slot: null,
  reason: 'lost',
  text: 'lost: no answer for 3.1s, nor for nuc1',
  term: 4,
} as const

const INVENTORY = {
  _meta: { hostvars: { nuc1: { ansible_host: '192.168.1.11' }, nuc2: {} } },
  all: { children: ['ungrouped', 'web'] },
  web: { hosts: ['nuc1', 'nuc2'] },
  prod: { hosts: ['nuc1'] },
}

/** Name of the golden file -> lines. */
const GOLDEN: Readonly<Record<string, () => string[]>> = {
  'status-all-well': () => statusLines(samples.ALL_WELL, canvas()),
  'status-host-lost': () => statusLines(samples.HOST_LOST, canvas()),
  'status-suspect': () => statusLines(samples.HOST_SUSPECT, canvas()),
  'status-unplaced': () => statusLines(samples.UNPLACED, canvas()),
  'status-unplaced-wide': () => statusLines(samples.UNPLACED, canvas(), true),
  'status-under-way': () => statusLines(samples.UNDER_WAY, canvas()),
  'status-under-way-alone': () =>
    statusLines({ ...samples.UNDER_WAY, loop: { ticking: false, lastTick: null } }, canvas()).slice(0, 4),
  'status-empty': () => statusLines(samples.EMPTY, canvas()),
  'status-forty': () => statusLines(samples.FORTY, canvas()),
  plan: () => planLines(samples.PLAN, canvas()),
  'plan-verbose': () => planLines(samples.PLAN, canvas(), true),
  'plan-hosts': () => planLines(plans.HOST_BY_HOST, canvas()),
  'plan-hosts-verbose': () => planLines(plans.HOST_BY_HOST, canvas(), true),
  'plan-hundred': () => planLines(plans.HUNDRED, canvas()),
  'plan-none': () => planLines(samples.NO_PLAN, canvas()),
  'plan-none-but-unplaced': () => planLines({ ...samples.PLAN, changes: false, actions: [] }, canvas()),
  'apply-failed': () => applyLines(samples.APPLIED, canvas()),
  'apply-done': () => applyLines(samples.DONE, canvas()),
  'apply-nothing': () => applyLines({ ...samples.DONE, changes: false, actions: [], results: [] }, canvas()),
  'apply-out-of-reach': () =>
    applyLines({ ...samples.DONE, converged: false, outOfReach: ['nuc2'], waiting: samples.PLAN.waiting }, canvas()),
  'apply-unplaced': () => applyLines({ ...samples.DONE, unplaced: samples.PLAN.unplaced }, canvas()),
  endpoints: () => endpointsLines(ENDPOINTS, canvas()),
  'endpoints-hosts': () => hostsFileLines(ENDPOINTS),
  'endpoints-caddy': () => caddyLines(ENDPOINTS),
  jobs: () => jobListLines(samples.UNPLACED.jobs, canvas()),
  job: () => jobLines(samples.DETAIL, canvas()),
  hosts: () => hostListLines(samples.HOST_LOST.hosts, canvas(null)),
  'host-run': () => hostRunRecap(RUNS, canvas()),
  inventory: () => inventoryLines(INVENTORY, canvas()),
  validate: () =>
    validateLines(
      { files: ['a.yml', 'b.yml'], jobs: ['a'], hosts: ['nuc1'], notes: ['a: address has no effect yet'] },
      canvas(),
    ),
  faults: () =>
    errorLines(new UserError('2 files are wrong', { faults: FAULTS, hint: 'nothing was applied' }), canvas()),
  events: () => [
    eventLine(EVENT, canvas()),
    eventLine({ ...EVENT, kind: 'done', slot: 'web.0', text: 'start web.0 on nuc2: the job is new' }, canvas()),
  ],
  ticks: () => [
    ...tickNews(samples.TICK, null, canvas()),
    ...tickNews(samples.TICK_AFTER_LOSS, samples.TICK, canvas()),
    ...tickNews(samples.TICK, samples.TICK_AFTER_LOSS, canvas()),
    tickSummary(samples.TICK),
    tickSummary(samples.TICK_AFTER_LOSS),
  ],
}

test.each(Object.keys(GOLDEN))('%s is as in its golden file', async (name) => {
  const lines = GOLDEN[name]?.() ?? []
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`golden/${name}.txt`)
})

test('a tick that did nothing and did not converge says what is open', () => {
  const idle = {
    ...samples.TICK,
    converged: false,
    results: [],
    plan: { ...samples.TICK.plan, actions: [], waiting: [] },
  }
  expect(tickSummary(idle)).toBe('Not converged: nothing to do now, not everything runs yet; 2 hosts, 41 ms.')
  const waiting = [{ slot: 'db.0', host: 'nuc2', reason: 'its host is lost' }]
  expect(tickSummary({ ...idle, plan: { ...idle.plan, waiting } })).toBe(
    'Not converged: nothing to do, 1 slot waits; 2 hosts, 41 ms.',
  )
})

test('hosts that lack an image alike are told together', () => {
  const image = 'docker.io/library/redis:8'
  const images = ['nuc1', 'nuc2', 'nuc3'].map((host) => ({ image, host, state: 'will be pulled' }))
  const other = { image, host: 'nuc4', state: 'missing: no space' }
  const lines = planLines({ ...samples.PLAN, images: [...images, other] }, canvas())
  expect(lines).toContain('  nuc1, nuc2 and nuc3: docker.io/library/redis:8: will be pulled')
  expect(lines).toContain('  nuc4: docker.io/library/redis:8: missing: no space')
})

test('nothing of status is wider than the terminal', () => {
  for (const view of [samples.ALL_WELL, samples.HOST_LOST, samples.UNPLACED, samples.FORTY])
    for (const columns of [60, 80, 120])
      for (const line of statusLines(view, canvas(columns))) expect(width(line), line).toBeLessThanOrEqual(columns)
})

test('an error with one fault that says the same is told once', () => {
  const [fault] = FAULTS
  if (fault === undefined) throw new Error('no sample')
  const lines = errorLines(new UserError(fault.message, { faults: [fault] }), canvas())
  expect(lines).toEqual([
    'error: jobs/web.yml:3:5: unknown field "contaner"',
    '  3 |     contaner: localhost/web:1',
    '          ^',
    '  hint: did you mean "container"?',
  ])
})

test('the mark stands under the place in a very long line', () => {
  const lineText = `${'x'.repeat(500)}BAD${'y'.repeat(500)}`
  const fault = { message: 'bad', at: { file: 'a.yml', line: 1, column: 501 }, lineText, hint: null }
  const [, source = '', mark = ''] = errorLines(new UserError('bad', { faults: [fault] }), canvas())
  expect(source.slice(mark.length - 1, mark.length + 2)).toBe('BAD')
  expect(source.length).toBeLessThan(120)
})

test('what hosts print is stripped, lines and prefixes stay', () => {
  expect(hostOutputLine('nuc1', '\x1b]0;owned\x07red \x1b[31mtext', PLAIN)).toBe('nuc1 | red text')
  const line = { slot: 'web.0', host: 'nuc1', time: '2026-11-22T09:59:01Z', text: 'hello\x1b[2J' }
  expect(logLine(line, PLAIN, true)).toBe('web.0@nuc1 | hello')
  expect(logLine(line, PLAIN, false)).toBe('hello')
})

test('slots with the same reasons are told together, at most six by name', () => {
  const reasons = [{ host: 'nuc1', reason: 'is lost' }]
  const same = Array.from({ length: 8 }, (_, index) => ({ slot: `web.${index}`, reasons }))
  expect(unplacedLines([...same, { slot: 'db.0', reasons: [] }], canvas(null), '')).toEqual([
    'web.0, web.1, web.2, web.3, web.4, web.5 and 2 more have no place',
    '  nuc1: is lost',
    'db.0 has no place: no host takes jobs',
  ])
})

test('one host whose command ended well needs no recap; no host is said', () => {
  expect(hostRunRecap(RUNS.slice(0, 1), canvas())).toEqual([])
  expect(hostRunRecap([], canvas())).toEqual(['No host matches the pattern.'])
})
