// What befalls fence drivers, and what people do to a host that was switched off by one.
import type { Fault } from './faults.js'
import type { FenceWay } from './fencer.js'
import type { Random } from './random.js'

const NOTHING = () => {}

/** How a driver is: most work, some take their time. */
export function drawWay(random: Random): FenceWay {
  return random.weighted<FenceWay>([
    ['works', 6],
    ['slow', 3],
    ['fails', 1],
    ['hangs', 1],
    ['unsure', 1],
    ['lies', 1],
  ])
}

/** All of them. */
export const FENCE_FAULTS: readonly Fault[] = [
  {
    name: 'fence driver',
    weight: 8,
    begin: (faults) => {
      const { fences, random } = faults.doors
      const host = faults.anyHost()
      const way = drawWay(random)
      fences?.set(host.name, way)
      return { text: `${host.name} ${way}`, end: () => fences?.set(host.name, 'works') }
    },
  },
  {
    name: 'sshd hung for long',
    weight: 8,
    begin: (faults) => {
      const host = faults.anyHost()
      const { boots } = host
      host.sshd = 'hung'
      // Longer than any fault lasts: until it is fenced, or somebody sees to it.
      faults.doors.time.after(faults.random.between(20_000, 80_000), () => {
        if (host.boots === boots) host.sshd = 'up'
      })
      return { text: host.name, end: NOTHING }
    },
  },
  {
    name: 'power button',
    weight: 6,
    begin: (faults) => {
      const off = [...faults.doors.hosts.values()].filter(({ power }) => power === 'off')
      for (const host of off) host.powerOn(faults.random.between(500, 8000))
      return { text: off.map(({ name }) => name).join(' ') || 'nothing is off', end: NOTHING }
    },
  },
]
