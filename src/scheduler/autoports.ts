// Which numbers `auto` ports get.
import { byName } from '../model/names.js'
import type { Board, HostState } from './board.js'
import type { Item } from './problem.js'

/**
 * The range of auto ports, both ends included: below the ephemeral ports of Linux (32768 and up by default), above
 * what programs listen on by habit.
 */
export const AUTO_PORTS = { first: 20_000, last: 29_999 } as const

type Ports = Readonly<Record<string, number>>

const NO_PORTS: Ports = {}

/** FNV-1a, 32 bits (Fowler, Noll, Vo): spreads short texts evenly; http://www.isthe.com/chongo/tech/comp/fnv/. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index)
    hash = Math.imul(hash, 0x01000193)
  }
  return hash >>> 0
}

/**
 * A free number: the one that it had, else the first from a place that the slot's own name gives. So a slot asks for
 * the same number on every host, whatever else runs there, and a port that is given up is not at once another's.
 */
function choose(item: Item, name: string, taken: ReadonlySet<number>): number {
  const size = AUTO_PORTS.last - AUTO_PORTS.first + 1
  const had = item.previousPorts[name]
  if (had !== undefined && had >= AUTO_PORTS.first && had <= AUTO_PORTS.last && !taken.has(had)) return had
  const start = fnv1a(`${item.slot} ${name}`) % size
  for (let step = 0; step < size; step += 1) {
    const port = AUTO_PORTS.first + ((start + step) % size)
    if (!taken.has(port)) return port
  }
  throw new Error(`bug: no auto port left for ${item.slot}, though the filter counted one`)
}

/** Ports by name, in the order of names. */
function numbersOf({ shape: { job } }: Item, auto: (name: string) => number | undefined): Ports {
  const names = Object.keys(job.ports)
  if (names.length === 0) return NO_PORTS
  const ports: Record<string, number> = {}
  for (const name of names.sort(byName)) {
    const number = job.ports[name]?.host ?? auto(name)
    if (number !== undefined) ports[name] = number
  }
  return ports
}

function fixedPorts(item: Item): readonly [number, Ports] {
  return [item.index, numbersOf(item, () => undefined)]
}

function takenPorts(host: HostState): Set<number> {
  return new Set([...host.foreign, ...host.holders.keys()])
}

/**
 * All ports of the demands on one host, by item: fixed ones as they are, auto ones chosen. Numbers that slots had
 * before are given back first, so that a newcomer never takes one from under them.
 */
export function assignPorts(board: Board, hostIndex: number): ReadonlyMap<number, Ports> {
  const host = board.host(hostIndex)
  const demands = [...host.items].map((index) => board.item(index)).filter((item) => item.fixedAt < 0)
  // Demands are numbered by name, but movable occupants are numbered behind them.
  const { demandCount } = board.problem
  const numbered = demands.every(({ index }) => index < demandCount)
  demands.sort((a, b) => (numbered ? a.index - b.index : byName(a.slot, b.slot)))
  if (demands.every(({ shape }) => shape.autoPorts.length === 0)) return new Map(demands.map(fixedPorts))
  const taken = takenPorts(host)
  const auto = new Map<string, number>()
  const wanted = demands.flatMap((item) => item.shape.autoPorts.map((name) => ({ item, name })))
  const returning = ({ item, name }: { item: Item; name: string }) => item.previousPorts[name] !== undefined
  for (const each of [...wanted.filter(returning), ...wanted.filter((one) => !returning(one))]) {
    const port = choose(each.item, each.name, taken)
    taken.add(port)
    auto.set(`${each.item.slot} ${each.name}`, port)
  }
  return new Map(demands.map((item) => [item.index, numbersOf(item, (name) => auto.get(`${item.slot} ${name}`))]))
}
