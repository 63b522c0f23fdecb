// What a cluster answers to hc rebalance.
import type { Hc } from '../../src/hc.js'
import type { RebalanceView } from '../../src/model/rebalance.js'
import { DONE } from '../ui/samples-done.js'

const parts = { fit: 300_000, apart: 0, stay: 0, home: 0, affinity: 0, spread: 0 }
const whole = { cpu: 4000, memory: 1000, disk: 0, devices: {} }
const fill = (slots: number, memory: number) => ({
  slots,
  reserved: { cpu: 100 * slots, memory, disk: 0, devices: {} },
})

/** One move that gains. */
export const REBALANCE: RebalanceView = {
  ...DONE,
  changes: true,
  actions: [
    { kind: 'move', slot: 'web.1', host: 'nuc3', from: 'nuc1', reason: 'move-asked', text: 'it is better there' },
  ],
  unplaced: [],
  results: [],
  converged: false,
  moves: [
    {
      slot: 'web.1',
      job: 'web',
      from: 'nuc1',
      to: 'nuc3',
      gain: 300_000,
      parts,
      text: 'slots of web: nuc1 2 -> 1, nuc3 0 -> 1; memory in use: nuc1 80 % -> 50 %, nuc3 10 % -> 40 %',
    },
  ],
  minGain: 50_000,
  more: false,
  kept: [],
  hosts: [
    { host: 'nuc1', verdict: 'ready', capacity: whole, before: fill(3, 800), after: fill(2, 500), stay: 2 },
    { host: 'nuc2', verdict: 'ready', capacity: whole, before: fill(1, 300), after: fill(1, 300), stay: 1 },
    { host: 'nuc3', verdict: 'ready', capacity: whole, before: fill(1, 100), after: fill(2, 400), stay: 1 },
  ],
}

const MOVED: RebalanceView = {
  ...REBALANCE,
  results: [{ slot: 'web.1', host: 'nuc3', ok: true, error: null }],
  converged: true,
}

type Verbs = Pick<Hc, 'planRebalance' | 'rebalance'>

/** Answers as they are where all goes well. */
export const FAKE_REBALANCE: Verbs = {
  planRebalance: async () => REBALANCE,
  rebalance: async ({ confirm }) => ((await confirm(REBALANCE)) ? MOVED : { ...REBALANCE, declined: true }),
}
