// The faults there are, with how often each is drawn.
import type { Fault, Faults } from './faults.js'
import { hasProcess } from './systemd.js'

function cutting(faults: Faults, pairs: readonly (readonly [string, string])[]): () => void {
  const { network } = faults.doors
  for (const [from, to] of pairs) network.cut(from, to)
  return () => {
    for (const [from, to] of pairs) network.heal(from, to)
  }
}

const bothWays = (a: string, b: string): [string, string][] => [
  [a, b],
  [b, a],
]

const NOTHING = () => {}

/** All of them. */
export const FAULTS: readonly Fault[] = [
  {
    name: 'power cut',
    weight: 4,
    begin: (faults) => {
      const host = faults.anyHost()
      host.powerOff()
      return { text: host.name, end: () => host.powerOn(faults.random.between(2000, 20_000)) }
    },
  },
  {
    name: 'reboot',
    weight: 3,
    begin: (faults) => {
      const host = faults.anyHost()
      const ms = faults.random.between(500, 25_000)
      host.powerOff()
      host.powerOn(ms)
      return { text: `${host.name}, ${ms} ms`, end: NOTHING }
    },
  },
  {
    name: 'control-host cut',
    weight: 3,
    begin: (faults) => {
      const { name } = faults.anyHost()
      return { text: name, end: cutting(faults, bothWays(faults.anyControl(), name)) }
    },
  },
  {
    name: 'one-way cut',
    weight: 3,
    begin: (faults) => {
      const { name } = faults.anyHost()
      const control = faults.anyControl()
      const pair: [string, string] = faults.random.chance(0.5) ? [control, name] : [name, control]
      return { text: pair.join(' > '), end: cutting(faults, [pair]) }
    },
  },
  {
    name: 'host-host cut',
    weight: 1,
    begin: (faults) => {
      const [a, b] = [faults.anyHost().name, faults.anyHost().name]
      return { text: `${a} ${b}`, end: cutting(faults, bothWays(a, b)) }
    },
  },
  {
    name: 'host cut from all',
    weight: 3,
    begin: (faults) => {
      const { name } = faults.anyHost()
      const others = faults.members().filter((other) => other !== name)
      return {
        text: name,
        end: cutting(
          faults,
          others.flatMap((other) => bothWays(name, other)),
        ),
      }
    },
  },
  {
    name: 'control cut from all',
    weight: 2,
    begin: (faults) => {
      const names = [...faults.doors.hosts.keys(), ...(faults.random.chance(0.5) ? ['gateway'] : [])]
      const control = faults.anyControl()
      return {
        text: names.join(' '),
        end: cutting(
          faults,
          names.flatMap((name) => bothWays(control, name)),
        ),
      }
    },
  },
  {
    name: 'latency',
    weight: 2,
    begin: (faults) => {
      const { name } = faults.anyHost()
      const ms = faults.random.between(20, 1500)
      faults.doors.network.delay(name, ms)
      return { text: `${name} ${ms} ms`, end: () => faults.doors.network.delay(name, 0) }
    },
  },
  {
    name: 'loss',
    weight: 1,
    begin: (faults) => {
      const { network, random } = faults.doors
      network.loss = random.between(2, 30) / 100
      return {
        text: `${network.loss}`,
        end: () => {
          network.loss = 0
        },
      }
    },
  },
  {
    name: 'replies lost',
    weight: 3,
    begin: (faults) => {
      faults.trouble.replyLoss = faults.random.between(20, 100) / 100
      return {
        text: `${faults.trouble.replyLoss}`,
        end: () => {
          faults.trouble.replyLoss = 0
        },
      }
    },
  },
  {
    name: 'sshd',
    weight: 3,
    begin: (faults) => {
      const host = faults.anyHost()
      host.sshd = faults.random.chance(0.5) ? 'down' : 'hung'
      return {
        text: `${host.name} ${host.sshd}`,
        end: () => {
          host.sshd = 'up'
        },
      }
    },
  },
  {
    name: 'slow host',
    weight: 2,
    begin: (faults) => {
      const host = faults.anyHost()
      host.slowness = faults.random.between(3, 80)
      return {
        text: `${host.name} ${host.slowness} times`,
        end: () => {
          host.slowness = 1
        },
      }
    },
  },
  {
    name: 'disk full',
    weight: 2,
    begin: (faults) => {
      const host = faults.anyHost()
      host.diskFull = true
      return {
        text: host.name,
        end: () => {
          host.diskFull = false
        },
      }
    },
  },
  {
    name: 'control disk full',
    weight: 1,
    begin: (faults) => {
      const { disk } = faults.doors.operator.control
      disk.full = true
      return {
        text: '',
        end: () => {
          disk.full = false
        },
      }
    },
  },
  {
    name: 'crash',
    weight: 3,
    begin: (faults) => {
      const host = faults.anyHost()
      const running = [...host.systemd.units].filter(([, unit]) => hasProcess(unit)).map(([name]) => name)
      if (running.length === 0) return { text: `nothing on ${host.name}`, end: NOTHING }
      const unit = faults.random.pick(running)
      host.systemd.crash(unit)
      return { text: `${unit} on ${host.name}`, end: NOTHING }
    },
  },
  {
    name: 'loop killed',
    weight: 3,
    begin: (faults) => {
      faults.doors.operator.control.loop?.kill()
      return { text: 'now', end: NOTHING }
    },
  },
  {
    name: 'loop killed',
    weight: 5,
    begin: (faults) => {
      const effects = faults.random.between(0, 5)
      const { loop } = faults.doors.operator.control
      if (loop) loop.killAfter = effects
      return { text: `before effect ${effects + 1}`, end: NOTHING }
    },
  },
  {
    name: 'second loop',
    weight: 1,
    begin: (faults) => {
      faults.doors.secondLoop()
      return { text: '', end: NOTHING }
    },
  },
  {
    name: 'store lost',
    weight: 1,
    begin: (faults) => {
      faults.doors.keeper.lose()
      return { text: 'rm -rf .hc', end: NOTHING }
    },
  },
  {
    name: 'beat',
    weight: 1,
    begin: (faults) => {
      Object.assign(faults.trouble, { skips: faults.random.next(), doubles: faults.random.next() })
      return { text: 'irregular', end: () => Object.assign(faults.trouble, { skips: 0, doubles: 0 }) }
    },
  },
]
