// A second control machine that takes over, from a copy of the store that is fresh or old, and back.
import { takeOver } from '../../src/controller/take-over.js'
import type { Fault } from './faults.js'

/** All of them. */
export const CONTROL_FAULTS: readonly Fault[] = [
  {
    name: 'take-over',
    weight: 14,
    begin: (faults) => {
      const { random } = faults
      const { operator, controls, story } = faults.doors
      const old = operator.control
      const next = controls.find((one) => one !== old)
      if (!next || operator.isBusy) return { text: 'nobody does it', end: () => {} }
      const copies = next.disk.content.records === null || random.chance(0.6)
      if (copies) {
        next.versions.gone()
        next.disk.putBack(old.disk.copy())
      }
      const fate = random.pick(['ticks on', 'ticks on', 'ticks on', 'is killed', 'ends'] as const)
      operator.command(
        `reconcile --take-over on ${next.member}`,
        (world, controller) => takeOver(world, controller),
        () => {
          story.tell('operator', `goes on at ${next.member}; the loop at ${old.member} ${fate}`)
          operator.goesTo(next)
          next.startLoop()
          if (fate === 'is killed') old.loop?.kill()
          if (fate === 'ends') old.leaveLoop()?.end()
        },
        next,
      )
      return { text: `${next.member}, ${copies ? 'with a copy of the store' : 'with the store it had'}`, end: () => {} }
    },
  },
]
