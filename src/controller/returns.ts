// Hosts that are lost and come back: how often, how long they take no new work afterwards, and since when one is quiet.
import type { HostName, Millis } from '../model/names.js'
import type { Verdict } from '../model/observation.js'
import type { HostRecord, Records, Returns } from '../model/records.js'
import type { Classified } from '../planner/classify.js'
import type { HostState, PlanInput } from '../planner/input.js'
import { settledInstead } from '../planner/returns.js'

/** How long the second return in a row is held, ms; each further one twice as long. The first is not held. */
export const FIRST_HOLD_MS: Millis = 30_000
/** The longest hold, ms. */
export const LONGEST_HOLD_MS: Millis = 1_800_000
/** After so long without a loss, earlier ones are forgotten, ms. */
export const FORGIVEN_MS: Millis = 86_400_000

/** What is remembered of losses after this look; the same where nothing is new. */
export function returnsOf(
  { returns, verdict }: Pick<HostRecord, 'returns' | 'verdict'>,
  judged: Verdict,
  answered: boolean,
  wall: string,
): Returns | undefined {
  const away = returns?.away === true || verdict === 'lost'
  if (answered) return away ? { times: recent(returns, wall) + 1, at: wall } : returns
  // Its verdict alone tells of a loss, until another takes its place: a host that boots refuses connections for a while.
  if (verdict !== 'lost' || judged === 'lost') return returns
  return { times: returns?.times ?? 0, at: returns?.at ?? null, away: true }
}

/** Returns that still count. */
function recent(returns: Returns | undefined, wall: string): number {
  if (!returns || returns.at === null) return 0
  return Date.parse(wall) - Date.parse(returns.at) < FORGIVEN_MS ? returns.times : 0
}

/** How long a host is held after so many returns in a row, ms. */
export function holdMs(times: number): Millis {
  return times < 2 ? 0 : Math.min(LONGEST_HOLD_MS, FIRST_HOLD_MS * 2 ** Math.min(times - 2, 20))
}

/** Until when a host takes no new work, ms since 1970; 0: it was never held, or the clock was set back since it came back. */
function heldUntil({ returns }: Pick<HostRecord, 'returns'>, wall: string): number {
  const hold = returns ? holdMs(returns.times) : 0
  if (!returns?.at || hold === 0 || Date.parse(returns.at) > Date.parse(wall)) return 0
  return Date.parse(returns.at) + hold
}

/** Does it take no new work for now, since it was lost too often? */
export function isHeld(record: Pick<HostRecord, 'returns'>, wall: string): boolean {
  return heldUntil(record, wall) > Date.parse(wall)
}

/** Is it ready again after another verdict? Its first answer is no return. */
export function isBack({ verdict }: Pick<HostRecord, 'verdict'>, judged: Verdict): boolean {
  return judged === 'ready' && verdict !== 'ready' && verdict !== 'unknown'
}

/** Since when it is ready again; a return that this look shows is not written down yet. */
export function returnedAt(record: HostRecord, judged: Verdict, wall: string): Pick<HostState, 'backAt'> {
  if (isBack(record, judged)) return { backAt: wall }
  return judged === 'ready' && record.backAt !== undefined ? { backAt: record.backAt } : {}
}

/** Is it held, and since when is it ready, uncordoned and not held? */
export function openness(
  name: HostName,
  record: HostRecord,
  verdict: Verdict,
  wall: string,
): Pick<HostState, 'held' | 'openSince'> {
  if (verdict !== 'ready') return {}
  const until = heldUntil(record, wall)
  if (until > Date.parse(wall)) {
    const clock = new Date(until).toISOString().slice(11, 19)
    const often = `${name} was lost and came back ${record.returns?.times} times within a day`
    return { held: `${often}: it takes no new slots until ${clock} UTC; hc host uncordon ${name} ends that` }
  }
  if (record.cordoned || record.draining || record.verdict !== 'ready') return {}
  const since = Math.max(Date.parse(record.verdictSince), until, Date.parse(record.uncordonedAt ?? record.verdictSince))
  return { openSince: new Date(since).toISOString() }
}

/** The records without what was said of slots in place of a lost host, where those are well by now; else the same. */
export function recordSettled(records: Records, classified: readonly Classified[], input: PlanInput): Records {
  const settled = settledInstead(classified, input).filter((slot) => {
    const placement = records.placements[slot]
    return placement?.instead !== undefined || placement?.beside !== undefined
  })
  if (settled.length === 0) return records
  const placements = { ...records.placements }
  for (const slot of settled) {
    const { instead: _lost, beside: _old, ...rest } = placements[slot] ?? {}
    placements[slot] = rest as (typeof placements)[string]
  }
  return { ...records, placements }
}
