// Is the loop well? Worked out when somebody asks, so that one that hangs is found out without its help.
import type { Millis } from '../../model/names.js'
import type { LoopHealth } from '../../model/outlook.js'
import { formatMillis } from '../../model/resources.js'

/** A tick may take so much longer than its beat before the loop counts as hanging, ms: steps and locks are waited for. */
const SLACK_MS = 15_000

/** What the loop has shown of itself; times are of the monotonic clock, ms. */
export interface LoopSigns {
  /** When serving began. */
  readonly since: Millis
  /** End of the last tick, well or not; null: none yet, or another machine leads. */
  readonly lastAt: Millis | null
  /** Why the last tick failed; null: it did not. */
  readonly trouble: string | null
  readonly blind: boolean
  /** Several control machines share the store. */
  readonly shared: boolean
  readonly tickMs: Millis
}

/** The loop's health at `now`. */
export function loopHealth(signs: LoopSigns, now: Millis): LoopHealth {
  const { since, lastAt, trouble, blind, shared, tickMs } = signs
  const bound = 2 * tickMs + SLACK_MS
  if (lastAt === null) {
    if (shared) return { ok: true, text: 'this control machine stands by: it does not lead' }
    const waited = `the loop has not ended a tick since ${whole(now - since)} ago`
    return { ok: false, text: now - since > bound ? `${waited}: it hangs` : waited }
  }
  const silent = now - lastAt
  if (silent > bound)
    return {
      ok: false,
      text: `the loop hangs: its last tick ended ${whole(silent)} ago, and one is due every ${whole(tickMs)}`,
    }
  if (trouble !== null) return { ok: false, text: `the loop's last tick failed: ${trouble}` }
  if (blind) {
    return {
      ok: false,
      text: 'the loop is blind: no host and no witness answers, so this control machine takes itself for the one cut off',
    }
  }
  return { ok: true, text: `the loop ticks, last ${whole(silent)} ago` }
}

function whole(ms: Millis): string {
  return formatMillis(Math.max(1, Math.round(ms / 1000)) * 1000)
}
