// docker: the container is the daemon's; the client in the unit carries signals in and output out.
import { containerRecipe } from './container.js'
import type { Driver } from './driver.js'

// Quiet: that there is nothing to remove is the rule, and no line for the journal.
const REMOVE = ['/bin/sh', '-c', 'exec docker rm --force "$1" >/dev/null 2>&1', 'hc-remove']

/** Runs an image with docker. */
export const dockerDriver: Driver = {
  name: 'docker',
  recipe: (input) =>
    containerRecipe(input, {
      name: 'docker',
      // The journal has what the client prints; a second, unbounded copy is not kept.
      runOptions: ['--log-driver=none', ...(input.facts.containerInit?.docker === undefined ? [] : ['--init'])],
      clear: REMOVE,
      remove: REMOVE,
      unit: [
        ['Wants', 'docker.service'],
        ['After', 'docker.service docker.socket'],
      ],
    }),
}
