// Where a slot is to be moved: by an operator's word, or back to its home.
import type { HostName } from '../model/names.js'
import { homeOf, type Placement } from '../model/plan.js'
import type { PlanInput } from './input.js'
import type { Classified } from './rules.js'

/** The host on which an operator wants it, where it is not there; null: none, or that host has left the inventory. */
export function wishOf({ wish, host }: Placement, { hosts }: Pick<PlanInput, 'hosts'>): HostName | null {
  return wish !== undefined && wish !== host && hosts.some((state) => state.host.name === wish) ? wish : null
}

/** The only host that a slot is to be moved to; null: any. What was lost or given up goes wherever it can. */
export function boundFor({ subject, bucket, reason }: Classified, input: PlanInput): HostName | null {
  const { placement } = subject
  if (!placement || !['migrate', 'restart', 'start'].includes(bucket)) return null
  return reason === 'went-home' ? homeOf(placement) : wishOf(placement, input)
}
