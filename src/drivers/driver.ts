// What a driver is: from an applied job and its place to what a host is told. Drivers run nothing.
import type { HostFacts, Term } from '../model/host.js'
import type { AppliedJob, DriverName } from '../model/job.js'
import type { HostName, Millis } from '../model/names.js'
import type { Placement } from '../model/plan.js'
import type { Recipe } from '../remote/recipe.js'

/** The bytes that an allocation is given. */
export interface Contents {
  /** By source path. */
  readonly files: Readonly<Record<string, Uint8Array>>
  /** In the job's order. */
  readonly envFiles: readonly Uint8Array[]
  readonly secrets: Readonly<Record<string, Uint8Array>>
}

/** What a recipe depends on of the host it is for. */
export type Rendering = Pick<HostFacts, 'cgroup' | 'drivers' | 'containerInit'>

/** One allocation to be written. */
export interface RecipeInput {
  readonly applied: AppliedJob
  readonly placement: Placement
  readonly host: HostName
  readonly cluster: string
  readonly term: Term
  readonly facts: Rendering
  readonly contents: Contents
  /** hc_boot_wait, ms: how long a unit waits after a boot for the first word; 0: not at all. */
  readonly bootWaitMs: Millis
}

/** How an allocation runs. The same input gives the same recipe, byte for byte. */
export interface Driver {
  readonly name: DriverName
  /** Throws UserError where contents can't be what the job wants of them. */
  recipe(input: RecipeInput): Recipe
}

/** The leading number of a driver's version on the host; null where it is not known. */
export function majorVersion(facts: Rendering, driver: DriverName): number | null {
  const match = /^(\d+)/.exec(facts.drivers[driver] ?? '')
  return match ? Number(match[1]) : null
}
