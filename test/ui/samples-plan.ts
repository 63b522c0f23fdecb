// Plans host by host, as hc plan shows them.
import type { Score } from '../../src/model/plan.js'
import type { PlannedHostView, PlanView } from '../../src/model/views.js'
import { NO_PLAN } from './samples-done.js'

const MIB = 1024 * 1024
const GIB = 1024 * MIB
const resources = (cpu: number, memory: number, more: Partial<PlannedHostView['before']['reserved']> = {}) => {
  return { cpu, memory, disk: 0, devices: {}, ...more }
}
const score = (parts: Partial<Score['parts']>): Score => {
  const all = { fit: 0, apart: 0, stay: 0, home: 0, affinity: 0, spread: 0, ...parts }
  return { total: Object.values(all).reduce((sum, part) => sum + part, 0), parts: all }
}
const CAPACITY = resources(4000, 7.5 * GIB, { disk: 100 * GIB, devices: { gpu: 2000 } })
const host = (name: string, more: Partial<PlannedHostView> = {}): PlannedHostView => {
  const same = { slots: 3, reserved: resources(600, 512 * MIB) }
  return { host: name, verdict: 'ready', capacity: CAPACITY, before: same, after: same, stay: 3, ...more }
}

/** What outranks, moves, replaces, and what has no place, with all that is known of it. */
export const HOST_BY_HOST: PlanView = {
  ...NO_PLAN,
  changes: true,
  actions: [
    {
      kind: 'stop',
      slot: 'lab.0',
      host: 'nuc2',
      from: null,
      reason: 'outranked',
      text: 'priority 20 gives way to web.1 with priority 80',
    },
    {
      kind: 'move',
      slot: 'db.0',
      host: 'nuc3',
      from: 'nuc2',
      reason: 'made-room',
      text: 'makes room for web.1',
      score: score({ fit: 700_000, apart: 1_000_000 }),
      next: null,
      why: 'no other host can take it',
    },
    {
      kind: 'start',
      slot: 'web.1',
      host: 'nuc2',
      from: null,
      reason: 'count-raised',
      text: '',
      score: score({ fit: 820_000, apart: 1_000_000 }),
      next: { host: 'nuc1', score: score({ fit: 640_000, apart: 0 }) },
      why: 'chosen over nuc1: fewer slots of web are here, more is left free here',
    },
  ],
  unplaced: [
    {
      slot: 'big.0',
      reasons: [
        { host: 'nuc1', reason: 'needs 8 GiB memory, 7 GiB free of 7.5 GiB' },
        { host: 'nuc2', reason: 'needs 8 GiB memory, 7 GiB free of 7.5 GiB' },
        { host: 'nuc3', reason: 'needs 8 GiB memory, 6.5 GiB free of 7.5 GiB' },
      ],
      proof: 'impossible',
      remedy: 'it would fit on nuc1 with at least 1 GiB more memory',
    },
  ],
  hosts: [
    host('nuc1'),
    host('nuc2', {
      before: { slots: 3, reserved: resources(1500, 2 * GIB, { disk: GIB }) },
      after: { slots: 2, reserved: resources(700, 640 * MIB, { devices: { gpu: 500 } }) },
      stay: 1,
    }),
    host('nuc3', {
      before: { slots: 0, reserved: resources(0, 0) },
      after: { slots: 1, reserved: resources(400, GIB, { disk: GIB }) },
      stay: 0,
    }),
    host('nuc4', { capacity: null, verdict: 'unknown' }),
    host('nuc5'),
  ],
}

/** One change among a hundred hosts, and a slot that each of them refuses for reasons of its own. */
export const HUNDRED: PlanView = {
  ...NO_PLAN,
  changes: true,
  actions: [{ kind: 'start', slot: 'web.0', host: 'n07', from: null, reason: 'new-job', text: '' }],
  unplaced: [
    {
      slot: 'big.0',
      reasons: Array.from({ length: 100 }, (_, index) => ({
        host: `n${String(index).padStart(2, '0')}`,
        reason: index < 60 ? 'needs os == debian, but os is alpine' : `needs 8 GiB memory, ${index} MiB free of 8 GiB`,
      })),
      proof: 'budget',
    },
  ],
  hosts: Array.from({ length: 100 }, (_, index) => host(`n${String(index).padStart(2, '0')}`)),
}
