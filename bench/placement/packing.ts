// How few hosts do? Traces and packing instances whose best answer is known, beside the rules of others.
import type { Resources } from '../../src/model/resources.js'
import { type PlaceInput, place, REPAIR_STEPS } from '../../src/scheduler/place.js'
import { candidate, demand, job, MIB } from '../../test/scheduler/support/make.js'
import { type Benchmark, cpuTime, table } from '../benchmark.js'
import { HOW_TO_GET, type Packing, packings, pods } from './data.js'
import { decreasing, hostsNeeded, RULES } from './peers.js'

type Vector = readonly number[]

/** What is to be packed, into as few hosts of one size as can be. */
interface Packs {
  readonly capacity: Vector
  readonly needs: readonly Vector[]
}

/** Units of the vectors: what fits into integers of any size there. */
function resources(amounts: Vector): Resources {
  const devices = amounts.slice(3).map((amount, at) => [`d${at}`, amount * 1000] as const)
  const [cpu = 0, memory = 0, disk = 0] = amounts
  return { cpu, memory: memory * MIB, disk: disk * MIB, devices: Object.fromEntries(devices) }
}

function numbered(letter: string, at: number): string {
  return letter + String(at).padStart(6, '0')
}

/** Everything in one plan on so many alike hosts. */
function inputOf({ capacity, needs }: Packs, hosts: number, effort: number): PlaceInput {
  return {
    demands: needs.map((need, at) => {
      const name = numbered('j', at)
      return demand(`${name}.0`, job(name, { resources: resources(need) }))
    }),
    candidates: Array.from({ length: hosts }, (_, at) =>
      candidate(numbered('h', at), { capacity: resources(capacity) }),
    ),
    occupants: [],
    strategy: 'pack',
    steps: Math.floor(REPAIR_STEPS * effort),
  }
}

/** True where place() finds room for all; what it says is added up here once more. */
function fits(packs: Packs, hosts: number, effort: number): boolean {
  const { placed, unplaced } = place(inputOf(packs, hosts, effort))
  if (unplaced.length > 0) return false
  const used = new Map<string, number[]>()
  for (const { slot, host } of placed) {
    const sums = used.get(host) ?? packs.capacity.map(() => 0)
    const need = packs.needs[Number(slot.slice(1, 7))] ?? []
    used.set(
      host,
      sums.map((sum, at) => sum + (need[at] ?? 0)),
    )
  }
  const isLawful = [...used.values()].every((sums) => sums.every((sum, at) => sum <= (packs.capacity[at] ?? 0)))
  if (!isLawful || placed.length !== packs.needs.length || used.size > hosts) throw new Error('bug: no lawful packing')
  return true
}

/** What all needs together take, in whole hosts. */
function bound({ capacity, needs }: Packs): number {
  const hosts = capacity.map((all, at) => Math.ceil(needs.reduce((sum, need) => sum + (need[at] ?? 0), 0) / all))
  return Math.max(1, ...hosts)
}

/** The fewest hosts on which place() finds room for all: from `most` down, one by one, to the first without. */
function hcNeeds(packs: Packs, most: number, effort: number, tell: (text: string) => void = () => {}): number {
  const least = bound(packs)
  let hosts = most + 1
  // hc may need more than another rule does.
  while (hosts < 2 * most && !fits(packs, hosts, effort)) hosts += 1
  for (; hosts > least; hosts -= 1) {
    const { ms, value } = cpuTime(() => fits(packs, hosts - 1, effort))
    tell(`${hosts - 1} hosts: ${value ? 'all placed' : 'not found'} (${(ms / 1000).toFixed(1)} s)`)
    if (!value) break
  }
  return hosts
}

/** Hosts by the rules of others; all take the needs as they come but for the last. */
function others({ capacity, needs }: Packs): ReadonlyMap<string, number> {
  const found = new Map(Object.entries(RULES).map(([name, rule]) => [name, hostsNeeded(capacity, needs, rule)]))
  const sorted = decreasing(capacity, needs)
  for (const [name, rule] of Object.entries(RULES)) {
    found.set(`${name}, largest first`, hostsNeeded(capacity, sorted, rule))
  }
  return found
}

/** The trace as (cpu, memory) on hosts of 96 cores and 384 GiB. */
export const openb: Benchmark = async ({ data, effort, print }) => {
  const all = pods(data)
  if (all === null) return print(HOW_TO_GET)
  const capacity = [96_000, 384 * 1024]
  const needs = all
    .map(({ cpu, memory }) => [cpu, memory])
    .filter((need) => need.every((of, at) => of <= (capacity[at] ?? 0)))
  const packs = { capacity, needs }
  const known = others(packs)
  const { ms, value } = cpuTime(() => hcNeeds(packs, Math.min(...known.values()), effort, print))
  const rows = [...known].map(([name, hosts]) => [name, String(hosts)])
  rows.push([`hc (pack), effort ${effort}, ${(ms / 1000).toFixed(0)} s for all sizes tried`, String(value)])
  print(`\n${needs.length} pods; bound by volume ${bound(packs)}\n\n${table([['rule', 'hosts'], ...rows])}`)
}

/** The instances of vector bin packing with known best answer. */
export const vbp: Benchmark = async ({ data, quick, effort, print }) => {
  const all = packings(data)
  if (all === null) return print(HOW_TO_GET)
  const chosen = quick ? all.filter((_, at) => at % 10 === 0) : all
  const parts = new Map<string, number>()
  const add = (name: string, hosts: number, { best }: Packing) => parts.set(name, (parts.get(name) ?? 0) + hosts / best)
  const hc = `hc (pack), effort ${effort}`
  let cpu = 0
  let hit = 0
  for (const [at, one] of chosen.entries()) {
    const packs = { capacity: one.cap, needs: one.items }
    const known = others(packs)
    for (const [name, hosts] of known) add(name, hosts, one)
    const { ms, value } = cpuTime(() => hcNeeds(packs, Math.min(...known.values()), effort))
    add(hc, value, one)
    cpu += ms / 1000
    if (value <= one.best) hit += 1
    if ((at + 1) % 20 === 0) {
      print(`${at + 1} instances, ${cpu.toFixed(0)} s: ${((parts.get(hc) ?? 0) / (at + 1)).toFixed(4)}`)
    }
  }
  const rows = [...parts].map(([name, sum]) => [name, (sum / chosen.length).toFixed(4)])
  print(`\n${chosen.length} instances; hc finds the best known in ${hit}, ${(cpu / chosen.length).toFixed(1)} s each\n`)
  print(table([['rule', 'hosts / best known'], ...rows]))
}
