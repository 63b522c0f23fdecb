// The ways a seed is played, and with what each is replayed.

/** `seed`: faults alone; `drain`: an operator who drains hosts too; `crowd`: crowded hosts as well; `more`: drains, and the faults of fault-table-more.ts. */
export type Mode = 'seed' | 'drain' | 'crowd' | 'more'

/** The variable that plays one seed of a mode and tells its whole story. */
export const VARIABLES: Readonly<Record<Mode, string>> = {
  seed: 'HC_SIM_SEED',
  drain: 'HC_SIM_DRAIN',
  crowd: 'HC_SIM_CROWD',
  more: 'HC_SIM_MORE_SEED',
}

/** What a mode consists of. */
export function partsOf(mode: Mode): { readonly drains: boolean; readonly crowded: boolean; readonly more: boolean } {
  return { drains: mode !== 'seed', crowded: mode === 'crowd', more: mode === 'more' }
}

/** Seeds in which bugs were found, and what those were: each stays here. */
export const FOUND: Readonly<Record<Mode, readonly number[]>> = {
  // Two hc at once, capacity, a new cluster id, busy hosts, late writes, remains on a host; from 500001422: a loss that the
  // loop had found long ago, a batch job that had ended before its store was lost, hosts seen before another hc wrote;
  // from 600000102: an earlier write that a slow host carries out after a later one, the end of one plan while steps of the next are under way;
  // the last: a host that is held for a while after its second return is the only one with room.
  seed: [
    20260036, 20260054, 20260069, 20260189, 20260266, 1056, 1093, 1219, 1283, 7166, 1_054_243_388, 500_001_422,
    500_001_728, 500_002_295, 500_002_753, 600_000_102, 600_000_243, 1_269_633_866,
  ],
  // The store was removed between an operator's word and the lock.
  drain: [500_000_027],
  // Room is made by moves, and lower priorities are stopped and come back.
  crowd: [20260006, 20260008, 20260016, 20260024],
  // The clock was set back by hours while a slot waited for its next try.
  more: [910_000_130],
}
