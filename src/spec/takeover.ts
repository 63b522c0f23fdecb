// hc_takeover: what a short one risks. Leases of hosts end with the lead, whose own lease is half of it (controller/leader.ts).
import type { Settings } from '../model/host.js'
import type { Millis } from '../model/names.js'
import { formatMillis } from '../model/resources.js'

/** From here on a lease outlasts a tick that is late, and one that fails. */
const SAFE_MS: Millis = 10_000

/** What mends it. */
export const LONGER_TAKEOVER = `hc_takeover: ${formatMillis(SAFE_MS)} (the default) or more`

/** What is risked, as a sentence; null: nothing, or there is one control machine only. */
export function shortTakeover({ store, takeoverMs = SAFE_MS }: Pick<Settings, 'store' | 'takeoverMs'>): string | null {
  if (store?.kind !== 'etcd' || takeoverMs >= SAFE_MS) return null
  return `hc_takeover is ${formatMillis(takeoverMs)}: a leader can renew the lease of a host for less than half of that, so that one slow tick may let it run out; a host that has no majority of its own at that moment stops its exclusive slots`
}
