// docker: the container is the daemon's; the client in the unit carries signals in and output out.
import { containerRecipe } from './container.js'
import type { Driver } from './driver.js'

/** Runs an image with docker. */
export const dockerDriver: Driver = {
  name: 'docker',
  recipe: (input) =>
    containerRecipe(input, {
      name: 'docker',
      // The journal has what the client prints; a second, unbounded copy is not kept.
      runOptions: ['--log-driver=none', ...(input.facts.containerInit?.includes('docker') ? ['--init'] : [])],
      clear: ['docker', 'rm', '--force'],
      remove: ['docker', 'rm', '--force'],
      unit: [
        ['Wants', 'docker.service'],
        ['After', 'docker.service docker.socket'],
      ],
    }),
}
