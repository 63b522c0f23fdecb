// A cluster that answers from samples; each test replaces what it is about.
import type { Hc, HcOptions } from '../../src/hc.js'
import { ALL_WELL } from '../ui/samples.js'
import { EXAMINED } from '../ui/samples-doctor.js'
import { DETAIL, DONE, PLAN, TICK } from '../ui/samples-done.js'
import { EXPLAINED } from '../ui/samples-explain.js'
import { DRAIN_PLAN, DRAINED, HOST_DETAIL, hostWord } from '../ui/samples-hosts.js'
import { REPLAYED, TICKS } from '../ui/samples-replay.js'
import { FAKE_DRILL } from './fake-drill.js'
import { FAKE_EDITS } from './fake-edits.js'
import { FAKE_HOST_VERBS } from './fake-host-verbs.js'
import { FAKE_REBALANCE } from './fake-rebalance.js'
import { FAKE_STORE } from './fake-store.js'

export interface Calls {
  opened: HcOptions[]
  closed: number
}

export const calls: Calls = { opened: [], closed: 0 }

const base: Hc = {
  inventoryFile: '/etc/hc/inventory.yml',
  validate: async (paths) => ({ files: paths, jobs: ['web'], hosts: ['nuc1'], notes: [] }),
  plan: async () => ({ ...PLAN, unplaced: [] }),
  apply: async (_paths, { confirm, onProgress }) => {
    if (!(await confirm(PLAN))) return { ...DONE, results: [], declined: true }
    onProgress({ kind: 'slot', slot: 'web.0', host: 'nuc1', state: 'done', text: '', atMs: 10 })
    return DONE
  },
  updateJobs: async (_names, { confirm }) => ((await confirm(PLAN)) ? DONE : { ...DONE, results: [], declined: true }),
  status: async () => ALL_WELL,
  watch: async () => undefined,
  reconcileOnce: async () => TICK,
  reconcileLoop: async () => undefined,
  installLoop: async () => ['hc-reconcile.service runs'],
  uninstallLoop: async () => ({ done: ['hc-reconcile.service is gone'], armed: [] }),
  endpoints: async () => [
    { slot: 'web.0', job: 'web', host: 'nuc1', name: 'http', address: '10.0.0.1', port: 80, state: 'running' },
  ],
  jobs: async () => [DETAIL.job],
  job: async () => DETAIL,
  stopJob: async () => DONE,
  startJob: async () => DONE,
  checkTarget: async () => undefined,
  restartJob: async () => DONE,
  removeJob: async () => DONE,
  rollbackJob: async () => DONE,
  runJob: async (job) => ({
    job,
    runs: [{ slot: `${job}.0`, host: 'nuc1', result: 'success', exitCode: 0, text: 'success' }],
    exitCode: 0,
  }),
  explain: async () => EXPLAINED,
  keptTicks: async () => TICKS,
  replayTick: async () => REPLAYED,
  jobHistory: async (job) => ({ job, versions: [] }),
  logs: async () => undefined,
  events: async () => undefined,
  exec: async () => ({ slot: 'web.0', host: 'nuc1', exitCode: 0 }),
  hosts: async () => ALL_WELL.hosts,
  hostNames: async (patterns) => patterns,
  host: async () => HOST_DETAIL,
  cordonHost: async (name) => hostWord(name, true),
  uncordonHost: async (name) => hostWord(name, false),
  planDrain: async () => DRAIN_PLAN,
  drainHost: async () => DRAINED,
  drainHosts: async (_names, { confirm }) => ((await confirm(DRAIN_PLAN)) ? DRAINED : { ...DRAINED, declined: true }),
  hostRun: async () => [],
  fenceTest: async (host) => ({ host, driver: 'fence_ipmilan', power: 'on', statusMs: 300, cycled: null }),
  inventoryList: async () => ({ shown: { _meta: { hostvars: { nuc1: {} } }, all: { children: [] } }, unusable: null }),
  inventoryHost: async () => ({ shown: { ansible_host: '10.0.0.1' }, unusable: null }),
  inventoryCheck: async () => ({ files: ['inventory.yml'], hosts: ['nuc1'], groups: [], notes: [] }),
  inventoryGraph: async () => ({ shown: '@all:\n  |--nuc1\n', unusable: null }),
  ...FAKE_HOST_VERBS,
  ...FAKE_EDITS,
  ...FAKE_DRILL,
  ...FAKE_REBALANCE,
  ...FAKE_STORE,
  doctor: async () => EXAMINED,
  simulate: async () => ({
    placements: [],
    unplaced: [],
    moves: [],
    survives: {},
    proved: true,
    remedy: null,
    looked: true,
    basis: [],
    hosts: [],
    fill: null,
  }),
  close: async () => {
    calls.closed += 1
  },
}

let replaced: Partial<Hc> = {}

/** What the next command meets. */
export function fakeHc(parts: Partial<Hc>): void {
  replaced = parts
}

/** In place of the real one. */
export async function openHc(options: HcOptions): Promise<Hc> {
  calls.opened.push(options)
  return { ...base, ...replaced }
}
