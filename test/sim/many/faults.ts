// What goes wrong where several control machines share an etcd.
import type { Millis } from '../../../src/model/names.js'
import { FAULTS } from '../fault-table.js'
import type { Faults } from '../faults.js'
import type { SimHost } from '../host.js'
import type { SimNetwork } from '../network.js'
import type { Random } from '../random.js'
import type { SimEtcd } from './etcd.js'
import type { ManyProcess } from './process.js'
import { TAKEOVER_MS } from './store.js'

/** Of the faults of one control machine, those that know of none. */
const ORDINARY: ReadonlySet<string> = new Set([
  ...['latency', 'loss', 'replies lost', 'sshd', 'slow host', 'disk full', 'crash', 'beat'],
])

/** What they are done to. */
export interface ManyFaultDoors {
  readonly random: Random
  readonly network: SimNetwork
  /** Links between control machines and members of etcd. */
  readonly links: SimNetwork
  readonly hosts: ReadonlyMap<string, SimHost>
  readonly machines: readonly string[]
  readonly faults: Faults
  readonly etcd: SimEtcd
  /** Something happens as soon as a word of the operator is written down. */
  atNextWord(doom: () => void): void
  /** Something happens to a host in the moment in which it is told to stop an exclusive slot. */
  atNextStop(doom: (host: string) => void): void
  /** Hosts are drained, so that there are such moments. */
  readonly drains: boolean
  /** The loop that leads, or any. */
  leader(): ManyProcess | null
  /** Cuts its power, with what runs of hc on it; on again after so long. */
  powerCut(machine: string, ms: Millis): void
  freeze(host: SimHost): () => void
}

/** One that has begun. */
export interface Begun {
  readonly text: string
  readonly end: () => void
}

const NOTHING = () => {}

function cut(networks: readonly SimNetwork[], machine: string, others: readonly string[]): () => void {
  const pairs = others.filter((other) => other !== machine)
  for (const network of networks)
    for (const other of pairs) {
      network.cut(machine, other)
      network.cut(other, machine)
    }
  return () => {
    for (const network of networks)
      for (const other of pairs) {
        network.heal(machine, other)
        network.heal(other, machine)
      }
  }
}

/** Draws one and begins it. */
export function strike(doors: ManyFaultDoors): Begun {
  const { random, network, links, hosts, machines, faults } = doors
  const all = [...new Set([...hosts.keys(), ...machines, 'gateway'])]
  const host = random.pick([...hosts.values()])
  const led = doors.leader()
  // More often than not it befalls who leads.
  const machine = led && random.chance(0.7) ? led.machine : random.pick(machines)
  return random.weighted<() => Begun>([
    [() => power(doors, host.name), 3],
    [() => power(doors, machine), 4],
    [() => once(`kill -9 of ${led?.name ?? 'nobody'}`, () => led?.kill()), 3],
    [() => killLater(led, random), 3],
    [() => once(`SIGTERM to ${led?.name ?? 'nobody'}`, () => led?.end()), 2],
    [() => stopped(led), 6],
    [() => stoppedAt(led, random), 4],
    [() => atWord(doors, led), 4],
    [() => members(doors, machine, random.chance(0.3)), 4],
    [() => full(doors), 2],
    [() => ({ text: `${machine} cut from etcd`, end: cut([links], machine, all) }), 4],
    [() => ({ text: `${machine} cut from hosts`, end: cut([network], machine, all) }), 4],
    [() => ({ text: `${machine} cut from hosts and etcd`, end: cut([network, links], machine, all) }), 4],
    [() => ({ text: `${host.name} cut from all`, end: cut([network, links], host.name, all) }), 3],
    [() => apart(random.pick(machines), host.name, [network]), 2],
    [() => quorum(doors, all), 2],
    [() => ({ text: `${host.name} frozen`, end: doors.freeze(host) }), 1],
    [() => sides(doors, all), 2],
    [() => ordinary(faults, random), 6],
    [() => atStop(doors, all), doors.drains ? 10 : 0],
  ])()
}

function power({ powerCut, random }: ManyFaultDoors, machine: string): Begun {
  const ms = random.between(3000, 50_000)
  powerCut(machine, ms)
  return { text: `${machine} without power for ${ms} ms`, end: NOTHING }
}

/** A fault that has no end of its own. */
function once(text: string, act: () => void): Begun {
  act()
  return { text, end: NOTHING }
}

function killLater(led: ManyProcess | null, random: Random): Begun {
  const effects = random.between(0, 5)
  if (led) led.killAfter = effects
  return { text: `${led?.name ?? 'nobody'} killed before effect ${effects + 1}`, end: NOTHING }
}

function stopped(led: ManyProcess | null): Begun {
  led?.pause()
  return { text: `SIGSTOP to ${led?.name ?? 'nobody'}`, end: () => led?.goOn() }
}

/** In the middle of what it does, past its lease: when it goes on, another one leads and it does not know of it. */
function stoppedAt(led: ManyProcess | null, random: Random): Begun {
  const effects = random.between(0, 8)
  const ms = TAKEOVER_MS / 2 + random.between(-1500, 8000)
  if (led) led.stopAfter = { effects, ms }
  return { text: `SIGSTOP to ${led?.name ?? 'nobody'} for ${ms} ms after effect ${effects + 1}`, end: NOTHING }
}

/** What the operator said is written down, and who leads is gone in the same moment. */
function atWord({ atNextWord, powerCut, random }: ManyFaultDoors, led: ManyProcess | null): Begun {
  const [power, ms] = [random.chance(0.5), random.between(3000, 30_000)]
  atNextWord(() => {
    if (power && led) powerCut(led.machine, ms)
    else led?.kill()
  })
  return { text: `${led?.name ?? 'nobody'} ${power ? 'without power' : 'killed'} at the next word`, end: NOTHING }
}

/** Nobody can see that it stops, and it does not hear of it: from the next such moment on, whenever that comes. */
function atStop({ atNextStop, network, links, faults, random }: ManyFaultDoors, all: readonly string[]): Begun {
  const ms = random.between(3000, 30_000)
  atNextStop((host) => {
    const heal = cut([network, links], host, all)
    faults.doors.time.after(ms, heal)
  })
  return { text: `whoever is to stop an exclusive slot next is cut from all for ${ms} ms`, end: NOTHING }
}

/** Processes of etcd are killed, one or two of three. */
function members({ etcd, random }: ManyFaultDoors, machine: string, two: boolean): Begun {
  const other = random.pick(etcd.members.filter((one) => one !== machine))
  const killed = two ? [machine, other] : [machine]
  for (const one of killed) etcd.down.add(one)
  return {
    text: `etcd killed on ${killed.join(' and ')}`,
    end: () => {
      for (const one of killed) etcd.down.delete(one)
    },
  }
}

function full({ etcd }: ManyFaultDoors): Begun {
  etcd.disk.full = true
  return {
    text: 'etcd is full',
    end: () => {
      etcd.disk.full = false
    },
  }
}

function apart(a: string, b: string, networks: readonly SimNetwork[]): Begun {
  return { text: `${a} and ${b} apart`, end: cut(networks, a, [b]) }
}

function quorum({ machines, links, random }: ManyFaultDoors, all: readonly string[]): Begun {
  const two = machines.filter((_, index) => index !== random.between(0, 2)).slice(0, 2)
  const ends = two.map((machine) => cut([links], machine, all))
  return {
    text: `etcd without a quorum: ${two.join(' ')}`,
    end: () => {
      for (const end of ends) end()
    },
  }
}

function sides({ network, links, random }: ManyFaultDoors, all: readonly string[]): Begun {
  const side = all.filter(() => random.chance(0.5))
  const others = all.filter((one) => !side.includes(one))
  const ends = side.map((one) => cut([network, links], one, others))
  return {
    text: `${side.join(' ')} and the others`,
    end: () => {
      for (const end of ends) end()
    },
  }
}

function ordinary(faults: Faults, random: Random): Begun {
  const fault = random.pick(FAULTS.filter(({ name }) => ORDINARY.has(name)))
  const { text, end } = fault.begin(faults)
  return { text: `${fault.name}: ${text}`, end }
}
