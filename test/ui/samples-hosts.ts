// What is said of hosts, and one host in full.
import type { ApplyView, HostDetailView, HostWordView, PlanView } from '../../src/model/views.js'
import { ALL_WELL, allocation, before, host, resources } from './samples.js'
import { DONE } from './samples-done.js'

export function hostWord(name: string, cordoned: boolean, changed = true): HostWordView {
  const text = cordoned ? `${name} is cordoned: it takes no allocations` : `${name} takes allocations again`
  return { host: name, cordoned, draining: false, changed, slots: [], text }
}

export const HOST_DETAIL: HostDetailView = {
  host: host('nuc3', { cordoned: true, bootedAt: before(90_000), free: resources(3600, 7168, 99), holds: 1 }),
  since: before(7200),
  connection: { kind: 'ssh', user: 'root', port: 22 },
  groups: ['web'],
  arch: 'x86_64',
  kernel: '6.1.0',
  total: resources(4000, 7936, 100),
  reserve: resources(0, 256),
  allocations: ALL_WELL.allocations.filter((each) => each.host === 'nuc3'),
  unclaimed: [],
  waiting: [],
  staying: [],
  refused: [],
  vantages: ['control', 'nuc1', 'nuc2'],
  events: [
    {
      id: 7,
      time: before(60),
      kind: 'cordon',
      host: 'nuc3',
      slot: null,
      reason: null,
      text: 'nuc3 cordoned by hc host cordon',
      term: 1,
    },
  ],
  hints: ['hc host uncordon nuc3 lets it take allocations again'],
}

export const DRAIN_PLAN: PlanView = {
  changes: true,
  actions: [
    { kind: 'move', slot: 'web.0', host: 'nuc2', from: 'nuc1', reason: 'host-draining', text: 'nuc1 is being drained' },
  ],
  unplaced: [],
  waiting: [],
  unclaimed: [],
  staying: [{ slot: 'db.0', host: 'nuc1', reason: 'its volume data is on nuc1: hc job stop db ends it' }],
  survives: {},
  images: [],
  warnings: [],
}

export const DRAINED: ApplyView = {
  ...DONE,
  ...DRAIN_PLAN,
  results: [{ slot: 'web.0', host: 'nuc2', ok: true, error: null }],
  converged: true,
  outOfReach: [],
  declined: false,
}

/** A slot of a host, as it stands there. */
export const ON_NUC1 = allocation('db.0', 'nuc1')
