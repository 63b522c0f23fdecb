// What befalls the store and the machines themselves: older copies put back, a file cut off, hosts installed anew.
import type { Fault } from './faults.js'

const NOTHING = () => {}

/** All of them. */
export const STORE_FAULTS: readonly Fault[] = [
  {
    name: 'store copied, and put back',
    weight: 8,
    begin: (faults) => {
      const { keeper } = faults.doors
      const copy = keeper.copy()
      return { text: copy.records === null ? 'there is none' : 'cp -a .hc aside', end: () => keeper.putBack(copy) }
    },
  },
  {
    name: 'store cut off',
    weight: 4,
    begin: (faults) => ({ text: `after ${faults.doors.keeper.cutOff()} characters`, end: NOTHING }),
  },
  {
    name: 'store lost',
    weight: 2,
    begin: (faults) => {
      faults.doors.keeper.lose()
      return { text: 'rm -rf .hc', end: NOTHING }
    },
  },
  {
    name: 'installed anew',
    weight: 8,
    begin: (faults) => {
      const host = faults.anyHost()
      host.reinstall()
      return {
        text: `${host.name}: another machine id, another host key, an empty disk`,
        end: () => host.powerOn(faults.random.between(500, 20_000)),
      }
    },
  },
]
