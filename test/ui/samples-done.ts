// Situations that renderers are shown: plans, what came of them, ticks.
import type { ApplyView, JobDetailView, PlanView, TickView } from '../../src/model/views.js'
import { before, job, resources, UNPLACED } from './samples.js'

export const PLAN: PlanView = {
  changes: true,
  actions: [
    {
      kind: 'start',
      slot: 'web.0',
      host: 'nuc1',
      from: null,
      reason: 'new-job',
      text: 'web.0 starts on nuc1: score 0.62, next best nuc3 with 0.58',
    },
    { kind: 'restart', slot: 'api.10', host: 'nuc1', from: null, reason: 'spec-changed', text: '' },
    { kind: 'move', slot: 'db.0', host: 'nuc3', from: 'nuc2', reason: 'host-draining', text: '' },
    { kind: 'start', slot: 'web.1', host: 'nuc3', from: 'nuc2', reason: 'host-lost', text: '' },
    { kind: 'stop', slot: 'old.0', host: 'nuc10', from: null, reason: 'job-removed', text: '' },
    { kind: 'forget', slot: 'web.1', host: 'nuc2', from: null, reason: 'host-lost', text: '' },
  ],
  unplaced: UNPLACED.unplaced,
  waiting: UNPLACED.waiting,
  unclaimed: UNPLACED.unclaimed,
  survives: {
    nuc1: { ok: true, unplaced: [] },
    nuc2: { ok: true, unplaced: [] },
    nuc3: { ok: false, unplaced: ['web.0', 'db.0'] },
    nuc10: { ok: null, unplaced: [] },
  },
  images: [{ image: 'localhost/web:1', host: 'nuc3', state: 'is pulled before anything is stopped' }],
  warnings: ['secret DB_PASSWORD of db asks for a passphrase: a failover cannot read it alone'],
}

export const NO_PLAN: PlanView = {
  changes: false,
  actions: [],
  unplaced: [],
  waiting: [],
  unclaimed: [],
  survives: {},
  images: [],
  warnings: [],
}

export const APPLIED: ApplyView = {
  ...PLAN,
  unplaced: [],
  waiting: [],
  results: [
    { slot: 'web.0', host: 'nuc1', ok: true, error: null },
    { slot: 'api.10', host: 'nuc1', ok: false, error: 'exit status 127: /usr/bin/api: not found' },
    { slot: 'db.0', host: 'nuc3', ok: true, error: null },
  ],
  converged: false,
  outOfReach: [],
  declined: false,
  loopTicking: true,
}

export const DONE: ApplyView = {
  ...APPLIED,
  results: [
    { slot: 'web.0', host: 'nuc1', ok: true, error: null },
    { slot: 'db.0', host: 'nuc3', ok: true, error: null },
  ],
  converged: true,
}

export const DETAIL: JobDetailView = {
  job: job('web', { wanted: 2, running: 1, healthy: 1, version: 4 }),
  hash: 'abc',
  image: 'localhost/web@sha256:0123',
  appliedAt: before(7200),
  folder: '/etc/hc/jobs',
  command: ['httpd', '-f'],
  unit: null,
  resources: resources(200, 64),
  constraints: ['labels.ssd == true'],
  placement: ['spread over hosts', 'at most 1 per host'],
  schedule: null,
  restart: { attempts: 10, windowMs: 300_000, delayMs: 200 },
  allocations: UNPLACED.allocations.filter((each) => each.job === 'web'),
  unplaced: UNPLACED.unplaced,
  waiting: [],
  backOffs: [
    { slot: 'web.1', failures: 3, until: before(-20), failedOn: ['nuc1'], error: 'exit status 127: httpd: not found' },
  ],
  events: [
    {
      id: 9,
      time: before(3),
      kind: 'failed',
      host: 'nuc1',
      slot: 'web.1',
      reason: null,
      text: 'exit status 127: httpd: not found',
      term: 1,
    },
  ],
  hints: ['hc logs web.1 may show more; hc job restart web.1 tries at once'],
}

export const TICK: TickView = {
  plan: { actions: [], unplaced: [], waiting: [], unclaimed: [], greet: [], survives: {}, wakeAt: null },
  results: [],
  converged: true,
  hosts: [
    { name: 'nuc1', verdict: 'ready', reason: '' },
    { name: 'nuc2', verdict: 'ready', reason: '' },
  ],
  tookMs: 41,
}

export const TICK_AFTER_LOSS: TickView = {
  ...TICK,
  plan: {
    ...TICK.plan,
    actions: [
      {
        kind: 'start',
        slot: 'web.1',
        job: 'web',
        host: 'nuc1',
        from: 'nuc2',
        reason: 'host-lost',
        text: '',
        wave: 0,
        placement: null,
      },
    ],
    waiting: UNPLACED.waiting,
  },
  results: [{ slot: 'web.1', host: 'nuc1', ok: false, error: 'no space left on device' }],
  converged: false,
  hosts: [
    { name: 'nuc1', verdict: 'ready', reason: '' },
    { name: 'nuc2', verdict: 'lost', reason: 'no answer for 3.2s' },
  ],
}
