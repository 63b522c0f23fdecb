// The drivers there are.
import type { DriverName } from '../model/job.js'
import type { Recipe } from '../remote/recipe.js'
import { dockerDriver } from './docker.js'
import type { Driver, RecipeInput } from './driver.js'
import { podmanDriver } from './podman.js'
import { systemdDriver } from './systemd.js'

export type { Contents, Driver, RecipeInput, Rendering } from './driver.js'

/** By name. */
export const drivers: Readonly<Record<DriverName, Driver>> = {
  systemd: systemdDriver,
  podman: podmanDriver,
  docker: dockerDriver,
}

/** What the host is told to run the allocation. Throws UserError where secrets or env files can't be what they are for. */
export function recipeFor(input: RecipeInput): Recipe {
  return drivers[input.applied.job.driver].recipe(input)
}
