// Where allocations answer.
import type { AllocationView, EndpointView } from './views.js'

/** Every port of these allocations that have a host. */
export function endpointsOfAll(allocations: readonly AllocationView[]): readonly EndpointView[] {
  return allocations.flatMap(({ slot, job, host, ports, state }) =>
    host === null ? [] : Object.entries(ports).map(([name, where]) => ({ slot, job, host, name, ...where, state })),
  )
}
