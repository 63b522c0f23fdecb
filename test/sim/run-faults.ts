// What befalls batch and cron jobs: the power goes amid a run, hosts are lost amid one, no loop ticks for a while, clocks are set a little.
import type { Fault, Faults } from './faults.js'
import type { SimHost } from './host.js'

const NOTHING = () => {}

/** A host on which a run goes on, where there is one. */
function hostOfRun(faults: Faults): SimHost {
  const busy = [...faults.doors.hosts.values()].filter(({ runs }) => runs?.isRunning)
  return busy.length > 0 ? faults.random.pick(busy) : faults.anyHost()
}

/** All of them. */
export const RUN_FAULTS: readonly Fault[] = [
  {
    name: 'power cut amid a run',
    weight: 8,
    begin: (faults) => {
      const host = hostOfRun(faults)
      host.powerOff()
      return { text: host.name, end: () => host.powerOn(faults.random.between(1000, 20_000)) }
    },
  },
  {
    name: 'reboot amid a run',
    weight: 4,
    begin: (faults) => {
      const host = hostOfRun(faults)
      host.powerOff()
      host.powerOn(faults.random.between(300, 6000))
      return { text: host.name, end: NOTHING }
    },
  },
  {
    name: 'host of a run cut from all',
    weight: 6,
    begin: (faults) => {
      const { name } = hostOfRun(faults)
      const { network } = faults.doors
      const pairs = faults
        .members()
        .filter((other) => other !== name)
        .flatMap((other) => [[name, other] as const, [other, name] as const])
      for (const [from, to] of pairs) network.cut(from, to)
      return {
        text: name,
        end: () => {
          for (const [from, to] of pairs) network.heal(from, to)
        },
      }
    },
  },
  {
    name: 'no loop',
    weight: 8,
    begin: (faults) => {
      const { control } = faults.doors.operator
      control.leaveLoop()?.kill()
      return { text: 'nobody starts it again', end: () => control.startLoop() }
    },
  },
  {
    name: 'clock set a little',
    weight: 1,
    begin: (faults) => {
      const { time } = faults.doors
      const seconds = faults.random.between(-150, 150)
      time.wallShift = seconds * 1000
      return {
        text: `${seconds} s`,
        end: () => {
          time.wallShift = 0
        },
      }
    },
  },
]
