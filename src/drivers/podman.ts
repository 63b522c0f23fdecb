// podman: conmon stays in the unit's cgroup, output goes straight to the journal.
import { containerRecipe } from './container.js'
import { type Driver, majorVersion } from './driver.js'

/** The first podman whose `rm` takes a time, and whose containers can write to the unit's own output. */
const SINCE = 4

/** Runs an image with podman. */
export const podmanDriver: Driver = {
  name: 'podman',
  recipe: (input) => {
    const version = majorVersion(input.facts, 'podman')
    const recent = version === null || version >= SINCE
    return containerRecipe(input, {
      name: 'podman',
      runOptions: [
        '--replace',
        '--cgroups=no-conmon',
        `--log-driver=${recent ? 'passthrough' : 'none'}`,
        ...(input.facts.containerInit?.includes('podman') ? ['--init'] : []),
      ],
      clear: null,
      remove: ['podman', 'rm', '--force', '--ignore', ...(recent ? ['--time', '0'] : [])],
      unit: [],
    })
  },
}
