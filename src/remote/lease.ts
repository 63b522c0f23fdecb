// The lease, as a host is told of it: renewals, which every probe may carry.
import type { Millis } from '../model/names.js'
import type { Guard } from './guard.js'

/** A renewal: by whom, for which boot, and the last moment at which the host takes it. */
export interface Renewal {
  /** `deadlineMs`: the host's own uptime; the lease never holds longer than that, however late the renewal came. */
  readonly guard: Pick<Guard, 'term' | 'cluster' | 'bootId' | 'deadlineMs'>
  /** hc_lease. */
  readonly leaseMs: Millis
}

/** Shell lines that renew the lease, for a probe to carry. */
export function renewal(_renewal: Renewal): string {
  return ''
}
