// How much more of each amount one host needs: what a slot lacks there as things stand, and the least that does.
import { byName } from '../model/names.js'
import type { Candidate, Demand, Occupant } from '../model/plan.js'
import type { Resources } from '../model/resources.js'
import { amountOf, type More, stepOf } from './remedy-amounts.js'
import type { World } from './remedy-fixes.js'
import { Trials } from './remedy-trials.js'

/** Amounts in the order in which they are told. */
function namesOf(resources: readonly Resources[]): readonly string[] {
  const devices = new Set(resources.flatMap((each) => Object.keys(each.devices)))
  return ['cpu', 'memory', 'disk', ...[...devices].sort(byName)]
}

/** Not less, and in steps that can be told. */
function rounded(name: string, amount: number): number {
  const step = stepOf(name, amount)
  // The smallest whole number of steps whose integer is not less; steps of a tenth of a unit are no integers.
  return Math.ceil((Math.floor((amount - 1) / step) + 1) * step)
}

/** What a slot lacks on a host, everything there staying; `filters`: those that refuse it there. */
export function lacksOf(
  demand: Demand,
  host: Candidate,
  occupants: readonly Occupant[],
  filters: readonly string[],
): readonly More[] {
  const { resources } = demand.applied.job
  const here = occupants.filter((occupant) => occupant.host === host.name && occupant.slot !== demand.slot)
  const lacks = namesOf([resources]).flatMap((name) => {
    const need = amountOf(resources, name)
    const used = here.reduce((sum, { applied }) => sum + amountOf(applied.job.resources, name), 0)
    const lack = need === 0 ? 0 : need + used - amountOf(host.capacity, name)
    return lack > 0 ? [{ name, amount: rounded(name, lack) }] : []
  })
  // Free in all, but on no single device: one more has room.
  if (filters.includes('devices') && !lacks.some(({ name }) => Object.hasOwn(resources.devices, name))) {
    const shared = namesOf([resources])
      .slice(3)
      .filter((name) => amountOf(resources, name) > 0)
    return [...lacks, ...shared.map((name) => ({ name, amount: rounded(name, 1) }))]
  }
  return lacks
}

/** All that several slots ask for. */
export function sumOf(demands: readonly Demand[]): readonly More[] {
  const all = demands.map(({ applied }) => applied.job.resources)
  return namesOf(all).flatMap((name) => {
    const amount = all.reduce((sum, resources) => sum + amountOf(resources, name), 0)
    return amount > 0 ? [{ name, amount: rounded(name, amount) }] : []
  })
}

/**
 * The least of each amount (the others being as they were before it) with which all demands have a place, by bisection in
 * steps that can be told; others are rearranged as far as the trials may. `least`: one amount, and one step less of it is
 * shown to be too little. Null where `most` itself is too little.
 */
export function leastMore(
  world: World,
  host: Candidate,
  most: readonly More[],
  trials: Trials,
): { readonly more: readonly More[]; readonly least: boolean } | null {
  const attempt = (more: readonly More[]) => trials.of(Trials.withMore(world, host.name, more))
  if (!attempt(most).ok) return null
  if (trials.isAlone(world.demands)) return { more: most, least: most.length === 1 }
  let more = most
  let proved = false
  for (const { name, amount } of most) {
    if (!trials.thorough || trials.spent) break
    const others = more.filter((each) => each.name !== name)
    const found = leastOf(name, amount, (so) => attempt(so === 0 ? others : [...others, { name, amount: so }]), trials)
    proved = found.proved
    more = more.flatMap((each) =>
      each.name !== name ? [each] : found.amount === 0 ? [] : [{ name, amount: found.amount }],
    )
  }
  return { more, least: most.length === 1 && more.length === 1 && proved }
}

/** Between nothing and `most`, which does: the least that does, and whether one step less is shown to be too little. */
function leastOf(
  name: string,
  most: number,
  attempt: (amount: number) => { readonly ok: boolean; readonly impossible: boolean },
  trials: Trials,
): { readonly amount: number; readonly proved: boolean } {
  // Nothing more first: with others rearranged it may not be needed at all.
  const none = attempt(0)
  if (none.ok) return { amount: 0, proved: false }
  let [low, high, proved] = [0, most, none.impossible]
  for (;;) {
    // A smaller amount is told in smaller steps.
    const step = stepOf(name, high)
    const middle = rounded(name, (low + high) / 2)
    const next = middle < high ? middle : rounded(name, high - step)
    if (next >= high || next <= low) return { amount: rounded(name, high), proved }
    if (trials.spent) return { amount: high, proved: false }
    const { ok, impossible } = attempt(next)
    if (ok) high = next
    else [low, proved] = [next, impossible]
  }
}
