// How few hosts do? Traces and packing instances whose best answer is known, beside the rules of others.
import type { Resources } from '../../src/model/resources.js'
import { type PlaceInput, place } from '../../src/scheduler/place.js'
import { candidate, demand, job, MIB } from '../../test/scheduler/support/make.js'
import { type Benchmark, cpuTime, table } from '../benchmark.js'
import { HOW_TO_GET, type Packing, packings, pods } from './data.js'
import { hostsNeeded, RULES } from './peers.js'

/** Units of the vectors: what fits into integers of any size there. */
function resources(amounts: readonly number[]): Resources {
  const devices = amounts.slice(3).map((amount, at) => [`d${at}`, amount * 1000] as const)
  const [cpu = 0, memory = 0, disk = 0] = amounts
  return { cpu, memory: memory * MIB, disk: disk * MIB, devices: Object.fromEntries(devices) }
}

/** Everything in one plan on so many alike hosts. */
function inputOf(capacity: readonly number[], needs: readonly (readonly number[])[], hosts: number): PlaceInput {
  const width = String(needs.length).length
  const name = (at: number) => String(at).padStart(width, '0')
  return {
    demands: needs.map((need, at) => demand(`j${name(at)}.0`, job(`j${name(at)}`, { resources: resources(need) }))),
    candidates: Array.from({ length: hosts }, (_, at) => candidate(`h${name(at)}`, { capacity: resources(capacity) })),
    occupants: [],
    strategy: 'pack',
  }
}

/** The fewest hosts on which place() finds room for all, going down from `from`, never below the bound by volume. */
function hcNeeds(capacity: readonly number[], needs: readonly (readonly number[])[], from: number): number {
  const bound = Math.max(
    1,
    ...capacity.map((all, at) => Math.ceil(needs.reduce((sum, need) => sum + (need[at] ?? 0), 0) / all)),
  )
  let best = from
  let below = bound - 1
  // Halving would trust that more hosts never hurt; the last steps are taken one by one.
  while (best - below > 1) {
    const hosts = best - below > 6 ? Math.floor((best + below) / 2) : best - 1
    if (place(inputOf(capacity, needs, hosts)).unplaced.length === 0) best = hosts
    else if (best - below > 6) below = hosts
    else break
  }
  return best
}

/** The trace as (cpu, memory) on hosts of 96 cores and 384 GiB. */
export const openb: Benchmark = async ({ data, print }) => {
  const all = pods(data)
  if (all === null) return print(HOW_TO_GET)
  const capacity = [96_000, 384 * 1024]
  const needs = all
    .map(({ cpu, memory }) => [cpu, memory])
    .filter((need) => need.every((of, at) => of <= (capacity[at] ?? 0)))
  const rows = [['rule', 'hosts', 'cpu s']]
  let most = needs.length
  for (const [name, rule] of Object.entries(RULES)) {
    const { ms, value } = cpuTime(() => hostsNeeded(capacity, needs, rule))
    most = Math.min(most, value)
    rows.push([name, String(value), (ms / 1000).toFixed(1)])
  }
  const { ms, value } = cpuTime(() => hcNeeds(capacity, needs, most + 20))
  rows.push(['hc, all in one plan (pack)', String(value), `${(ms / 1000).toFixed(1)} (several plans)`])
  print(`${needs.length} pods; bound by volume 884, best known 895\n\n${table(rows)}`)
}

/** The instances of vector bin packing with known best answer. */
export const vbp: Benchmark = async ({ data, quick, print }) => {
  const all = packings(data)
  if (all === null) return print(HOW_TO_GET)
  const chosen = quick ? all.filter((_, at) => at % 10 === 0) : all
  const mean = (of: (one: Packing) => number) =>
    (chosen.reduce((sum, one) => sum + of(one) / one.best, 0) / chosen.length).toFixed(4)
  const rows = [['rule', 'hosts / best known']]
  for (const [name, rule] of Object.entries(RULES))
    rows.push([name, mean(({ cap, items }) => hostsNeeded(cap, items, rule))])
  const first = RULES['first fit'] ?? (() => 0)
  const { ms, value } = cpuTime(() => mean(({ cap, items }) => hcNeeds(cap, items, hostsNeeded(cap, items, first))))
  rows.push([`hc (pack), ${(ms / 1000 / chosen.length).toFixed(1)} s per instance`, value])
  print(`${chosen.length} instances\n\n${table(rows)}`)
}
