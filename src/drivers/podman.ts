// podman: its monitor (conmon) stays in the unit's cgroup, and a start replaces what has the name.
import { containerRecipe } from './container.js'
import { type Driver, majorVersion } from './driver.js'

/** The first podman whose `rm` takes a time. */
const SINCE = 4

/** Runs an image with podman. */
export const podmanDriver: Driver = {
  name: 'podman',
  recipe: (input) => {
    const version = majorVersion(input.facts, 'podman')
    const init = input.facts.containerInit?.podman
    const recent = version === null || version >= SINCE
    return containerRecipe(input, {
      name: 'podman',
      runOptions: [
        '--replace',
        '--cgroups=no-conmon',
        // The client prints to the unit's own output; `passthrough` would lose the unit's name in the journal.
        '--log-driver=none',
        // An init of its own, so that a program that ignores SIGTERM as process 1 ends at once when it is asked to.
        ...(init === undefined ? [] : ['--init', `--init-path=${init}`]),
      ],
      clear: null,
      remove: ['podman', 'rm', '--force', '--ignore', ...(recent ? ['--time', '0'] : [])],
      unit: [],
    })
  },
}
