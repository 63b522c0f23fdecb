// Faults that came later than the first regression seeds: a table of their own, so that those seeds stay what they are.
import type { Fault, Faults } from './faults.js'
import { readable } from './readable.js'

type Pair = readonly [string, string]

function cutting(faults: Faults, pairs: readonly Pair[]): () => void {
  const { network } = faults.doors
  for (const [from, to] of pairs) network.cut(from, to)
  return () => {
    for (const [from, to] of pairs) network.heal(from, to)
  }
}

/** Hosts whose machine ids are in the store. */
function knownHosts({ doors }: Faults): ReadonlySet<string> {
  const hosts = readable(doors.operator.control.disk.content.records)?.hosts ?? {}
  return new Set(Object.keys(hosts).filter((name) => hosts[name]?.machineId))
}

const NOTHING = () => {}

/** All of them. */
export const MORE_FAULTS: readonly Fault[] = [
  {
    name: 'two sides',
    weight: 3,
    begin: (faults) => {
      const members = faults.members()
      const side = new Set(members.filter(() => faults.random.chance(0.5)))
      const pairs = members.flatMap((from) =>
        members.filter((to) => side.has(from) !== side.has(to)).map((to): Pair => [from, to]),
      )
      return { text: `${[...side].join(' ')} and the others`, end: cutting(faults, pairs) }
    },
  },
  {
    // One-way and non-transitive: any ways at all.
    name: 'some ways cut',
    weight: 3,
    begin: (faults) => {
      const members = faults.members()
      const share = faults.random.between(10, 50) / 100
      const pairs = members.flatMap((from) =>
        members.filter((to) => to !== from && faults.random.chance(share)).map((to): Pair => [from, to]),
      )
      return { text: pairs.map((pair) => pair.join('>')).join(' '), end: cutting(faults, pairs) }
    },
  },
  {
    name: 'frozen host',
    weight: 4,
    begin: (faults) => {
      const host = faults.anyHost()
      if (!host.isUp) return { text: `${host.name} is off`, end: NOTHING }
      host.freeze()
      return { text: host.name, end: () => faults.wake(host) }
    },
  },
  {
    name: 'all hosts off',
    weight: 1,
    begin: (faults) => {
      const hosts = [...faults.doors.hosts.values()]
      for (const host of hosts) host.powerOff()
      return {
        text: 'back in any order',
        end: () => {
          for (const host of hosts) host.powerOn(faults.random.between(500, 25_000))
        },
      }
    },
  },
  {
    name: 'flapping host',
    weight: 2,
    begin: (faults) => {
      const host = faults.anyHost()
      const heal = cutting(
        faults,
        ['control', host.name].map((from): Pair => (from === 'control' ? [from, host.name] : [from, 'control'])),
      )
      host.powerOff()
      host.powerOn(faults.random.between(500, 4000))
      return { text: `${host.name} boots, its way to hc is cut meanwhile`, end: heal }
    },
  },
  {
    name: 'addresses swapped',
    weight: 1,
    begin: (faults) => {
      const [a, b] = [faults.anyHost().name, faults.anyHost().name]
      const known = knownHosts(faults)
      // An address that was never seen may be anybody's.
      if (!known.has(a) || !known.has(b)) return { text: `${a} ${b}, not before hc knows them`, end: NOTHING }
      faults.doors.network.swap(a, b)
      return { text: `${a} ${b}`, end: () => faults.doors.network.unswap() }
    },
  },
  {
    name: 'clock set',
    weight: 2,
    begin: (faults) => {
      const { time } = faults.doors
      const hours = faults.random.between(-48, 48)
      time.wallShift = hours * 3_600_000
      return {
        text: `${hours} h`,
        end: () => {
          time.wallShift = 0
        },
      }
    },
  },
  {
    name: 'inventory edited',
    weight: 2,
    begin: (faults) => {
      faults.doors.editInventory()
      return { text: 'strategy and hold drawn anew', end: NOTHING }
    },
  },
]
