// The ways a seed is played, and with what each is replayed.

import type { Millis } from '../../src/model/names.js'
import { LIFE_FAULTS } from './ailments.js'
import { FAULTS } from './fault-table.js'
import { CONTROL_FAULTS } from './fault-table-control.js'
import { MORE_FAULTS } from './fault-table-more.js'
import { STORE_FAULTS } from './fault-table-store.js'
import type { Fault } from './faults.js'
import { FENCE_FAULTS } from './fence-faults.js'
import { FLAW_FAULTS } from './flaws.js'
import { RUN_FAULTS } from './run-faults.js'

/**
 * `seed`: faults alone; `drain`: an operator who drains hosts too; `crowd`: crowded hosts as well; `more`: drains, and the
 * faults of fault-table-more.ts; `store`: all that, and what befalls the store and the machines (fault-table-store.ts);
 * `fail`: as `more`, and services whose processes keep failing (flaws.ts); `control`: as `more`, and two control machines that take over from each other;
 * `life`: as `more`, and services that are asked how they are, fall sick, and are updated to versions that turn out bad (ailments.ts);
 * `runs`: as `more`, and batch and cron jobs that truly run to their ends (run-jobs.ts).
 * `fence`: as `more`, and fence drivers of some hosts, which work, take their time or fail (fence-faults.ts); what hc has put on a host
 * waits for its first word after a boot (boot-wait.ts), since a host that is switched on after a fence had been replaced.
 */
export type Mode = 'seed' | 'drain' | 'crowd' | 'more' | 'store' | 'control' | 'fail' | 'life' | 'runs' | 'fence'

/** All of them. */
export const MODES: readonly Mode[] = [
  ...(['seed', 'drain', 'crowd', 'more', 'store', 'control', 'fail', 'life', 'runs', 'fence'] as const),
]

/** The variable that plays one seed of a mode and tells its whole story. */
export const VARIABLES: Readonly<Record<Mode, string>> = {
  seed: 'HC_SIM_SEED',
  drain: 'HC_SIM_DRAIN',
  crowd: 'HC_SIM_CROWD',
  more: 'HC_SIM_MORE_SEED',
  store: 'HC_SIM_STORE_SEED',
  control: 'HC_SIM_CONTROL_SEED',
  fail: 'HC_SIM_FAIL_SEED',
  life: 'HC_SIM_LIFE_SEED',
  runs: 'HC_SIM_RUNS_SEED',
  fence: 'HC_SIM_FENCE_SEED',
}

/** What a mode consists of. */
export interface Parts {
  readonly drains: boolean
  readonly crowded: boolean
  /** Stores are put back, machines installed anew: the operator has to set right what hc refuses. */
  readonly mends: boolean
  /** There is a second control machine. */
  readonly two: boolean
  /** Some services fail. */
  readonly fails: boolean
  /** Services are asked how they are, and versions turn out bad. */
  readonly lives: boolean
  /** Batch and cron jobs are played as such. */
  readonly runs: boolean
  /** Some hosts have fence drivers. */
  readonly fences: boolean
  readonly tables: readonly (readonly Fault[])[]
  /** How long faults are drawn, ms: at least, and at most. */
  readonly lasts: readonly [Millis, Millis]
  /** Of the operator's words, so many are about hosts. */
  readonly hostWords: number
  /** After the faults have ended and the operator has said the last word: converged within so many ticks (of a second). */
  readonly ticksToConverge: number
}

/** What is drawn besides the faults of fault-table.ts. */
const LATER: Readonly<Record<Mode, readonly (readonly Fault[])[]>> = {
  seed: [],
  drain: [],
  crowd: [],
  more: [MORE_FAULTS],
  store: [MORE_FAULTS, STORE_FAULTS],
  control: [MORE_FAULTS, CONTROL_FAULTS],
  fail: [MORE_FAULTS, FLAW_FAULTS],
  life: [MORE_FAULTS, LIFE_FAULTS],
  runs: [MORE_FAULTS, RUN_FAULTS],
  fence: [MORE_FAULTS, FENCE_FAULTS],
}

const SHORT: Pick<Parts, 'lasts' | 'hostWords' | 'ticksToConverge'> = {
  lasts: [30_000, 90_000],
  hostWords: 0.6,
  ticksToConverge: 90,
}

/** With time for updates, which are taken back meanwhile or wait until canaries have proved themselves. */
const LONG: typeof SHORT = { lasts: [60_000, 150_000], hostWords: 0.2, ticksToConverge: 180 }

/** What a mode consists of. */
export function partsOf(mode: Mode): Parts {
  const two = mode === 'control'
  const mends = mode === 'store' || two
  return {
    drains: mode !== 'seed',
    crowded: mode === 'crowd',
    mends,
    two,
    fails: mode === 'fail',
    lives: mode === 'life',
    runs: mode === 'runs',
    fences: mode === 'fence',
    tables: [FAULTS, ...LATER[mode]],
    ...(mode === 'life' || mode === 'runs' ? LONG : SHORT),
  }
}

/** Seeds in which bugs were found, and what those were: each stays here. */
export const FOUND: Readonly<Record<Mode, readonly number[]>> = {
  // Two hc at once, capacity, a new cluster id, busy hosts, late writes, remains on a host; from 500001422: a loss that the
  // loop had found long ago, a batch job that had ended before its store was lost, hosts seen before another hc wrote;
  // from 600000102: an earlier write that a slow host carries out after a later one, the end of one plan while steps of the next are under way;
  // from 1269633866: a host that is held for a while after its second return is the only one with room; a write of a loop whose store
  // was lost is carried out late by a slow host, and what it did is done again.
  seed: [
    20260036, 20260054, 20260069, 20260189, 20260266, 1056, 1093, 1219, 1283, 7166, 1_054_243_388, 500_001_422,
    500_001_728, 500_002_295, 500_002_753, 600_000_102, 600_000_243, 1_269_633_866, 496_285_410,
  ],
  // The store was removed between an operator's word and the lock.
  drain: [500_000_027],
  // Room is made by moves, and lower priorities are stopped and come back.
  crowd: [20260006, 20260008, 20260016, 20260024],
  // The clock was set back by hours while a slot waited for its next try.
  more: [910_000_130],
  // A machine installed anew was taken for itself by no command while a loop ticked; a frozen host woke, replaced, and with a
  // majority, while the store could not be read; a host was forgotten on which slots had failed that wait.
  store: [1_000_055, 1_000_069, 3_000_326],
  // Who was deposed carried out in the same moment what the other had decided as well.
  control: [40_000_032],
  // For the laws of reschedules.ts and moves.ts: a replaced copy failed out of sight, an apply between two failures, a drain.
  // For the laws themselves: a slot that ran well again left a host that was drained; it failed unseen where it had failed before; a word
  // about one job followed an apply that was killed.
  fail: [42, 72, 79, 106, 83_000_074, 83_000_108, 83_000_122],
  // A store that was lost amid a rollout, so that one slot that was sick already was adopted beside the next that was changed;
  // a version that nobody had asked how it was, since no loop ticked, taken back at its deadline.
  // A unit that was begun in the moment in which its host booted had never begun, to whoever asked.
  // A slot whose host was lost was begun elsewhere while another took its turn; what had failed for good was begun anew once its host
  // was lost; a version was taken back for the slot that it had one less of.
  life: [1, 14, 22, 24, 45, 47, 48, 54, 83_000_102, 83_000_232, 84_000_020],
  // A run that was due while one went on was begun as soon as that had ended; a batch job that had failed for good was run again
  // elsewhere once its host was lost; one whose host went down between two tries was not run again; a run that hc had seen to end
  // well was told as lost after a power cut.
  // After a store was lost, a batch job that had ended well was begun again for a copy of it that the lost one had begun.
  // The same where both were seen at once; one with `rerun: false` was run again whose host's disk had been full; what the power had
  // cut off was told as stopped.
  runs: [2, 3, 22, 25, 147, 311, 503, 83_000_034, 83_000_179, 83_000_192],
  // The records could be had only seconds after a driver had said that a host is off: by then it was on again.
  // For moves.ts: room was made after a loss; a host that was back before its replacement was well kept a slot, and was drained.
  // For the model: a host that was switched on after a fence began at once what had been replaced, instead of waiting for a word.
  fence: [84_000_058, 83_000_035, 83_000_230, 86_000_069],
}
