import type { KeptTicksView, ReplayView } from '../../src/model/replay-view.js'
import { before } from './samples.js'

export const TICKS: KeptTicksView = {
  ticks: [
    { id: '20261122-095900-000', time: '2026-11-22T09:59:00.000Z', bytes: 2048, decided: [] },
    {
      id: '20261122-095930-250',
      time: '2026-11-22T09:59:30.250Z',
      bytes: 4096,
      decided: ['web.0', 'web.1', 'web.2', 'web.3', 'db.0'].map((slot) => ({ slot, host: 'nuc1', text: 'start' })),
    },
  ],
}

export const REPLAYED: ReplayView = {
  id: '20261122-095930-250',
  time: '2026-11-22T09:59:30.250Z',
  same: true,
  differsAt: null,
  hosts: [
    {
      name: 'nuc1',
      verdict: 'ready',
      reason: '',
      cordoned: true,
      blocked: null,
      units: [{ slot: 'web.0', active: 'active', sub: 'running' }],
    },
    { name: 'nuc2', verdict: 'lost', reason: 'no answer for 12s', cordoned: false, blocked: null, units: null },
  ],
  actions: [{ kind: 'start', slot: 'web.1', host: 'nuc1', from: 'nuc2', reason: 'host-lost', text: 'nuc2 is lost' }],
  unplaced: [],
  waiting: [{ slot: 'db.0', host: 'nuc2', reason: 'its data is on nuc2' }],
  told: ['nuc1'],
  now: null,
  events: [
    {
      id: 7,
      time: before(1),
      kind: 'done',
      host: 'nuc1',
      slot: 'web.1',
      reason: null,
      text: 'done',
      term: 1,
      tick: '20261122-095930-250',
    },
  ],
  record: {},
}
