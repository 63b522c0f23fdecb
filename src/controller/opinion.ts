// A command has no time to judge a silent host: it borrows the verdict of the loop that has. What is written down may be
// shown; acted upon is only what the loop has just found.
import type { HostName, Millis } from '../model/names.js'
import type { Belief, Observation } from '../model/observation.js'
import type { LoopSnapshot, Records } from '../model/records.js'

/** A snapshot older than this says nothing about now, ms. */
const FRESH_MS = 15_000

/** A verdict of the loop that is older is no ground to start a host's work elsewhere, ms: the host may be back. */
const SURE_MS = 1500

/**
 * Hosts that the loop that ticks does not reach: nothing is gained by waiting for them too, but for those that the command
 * is `about`: the loop does not tell what they answer.
 */
export function unreached(
  loop: LoopSnapshot | null,
  wall: string,
  about: readonly HostName[] = [],
): ReadonlySet<HostName> {
  if (!loop || !isFresh(loop, wall)) return new Set()
  return new Set(
    Object.entries(loop.hosts).flatMap(([name, { verdict, through }]) =>
      verdict === 'ready' || through !== undefined || about.includes(name) ? [] : [name],
    ),
  )
}

/** Was it written a moment ago? What lies ahead was not: the clock was set back since. */
export function isFresh(loop: LoopSnapshot, wall: string, withinMs: Millis = FRESH_MS): boolean {
  return Math.abs(Date.parse(wall) - Date.parse(loop.lastTick)) < withinMs
}

/** What was believed before this process: by the loop that ticks, else as it was written down last. */
export interface Opinion {
  readonly loop: LoopSnapshot | null
  readonly records: Records | null
  readonly wall: string
}

/** The beliefs, with those of silent hosts replaced by what is known better elsewhere. For showing, never for acting. */
export function borrow(beliefs: readonly Belief[], silent: ReadonlySet<HostName>, opinion: Opinion): readonly Belief[] {
  const { loop, records, wall } = opinion
  const fresh = loop !== null && isFresh(loop, wall)
  return beliefs.map((belief) => {
    if (!silent.has(belief.host)) return belief
    const seen = fresh ? loop.hosts[belief.host] : undefined
    // What refuses this process may be another machine at its address: the loop knows whose card it is.
    if (belief.verdict === 'unmanageable' && seen?.stranger === undefined) {
      return seen?.verdict === 'unmanageable' && seen.hungMs !== undefined ? { ...belief, hungMs: seen.hungMs } : belief
    }
    // The loop may have heard from it a moment ago, this process only failed to: that is no more than a suspicion.
    if (seen?.verdict === 'ready') return belief
    if (seen) return believed(belief.host, seen)
    const record = records?.hosts[belief.host]
    if (record?.verdict !== 'lost') return belief
    return { ...belief, verdict: 'lost', reason: `no answer; found lost on ${record.verdictSince}` }
  })
}

function believed(host: HostName, { verdict, reason, hungMs, stranger }: LoopSnapshot['hosts'][HostName]): Belief {
  return { host, verdict, reason, ...(hungMs !== undefined && { hungMs }), ...(stranger !== undefined && { stranger }) }
}

/** The same for all hosts of an observation that do not answer. */
export function opine(beliefs: readonly Belief[], { hosts }: Observation, opinion: Opinion): readonly Belief[] {
  const silent = new Set(hosts.filter(({ answering }) => !answering).map(({ host }) => host))
  return silent.size === 0 ? beliefs : borrow(beliefs, silent, opinion)
}

/**
 * Beliefs as borrowed, for acting upon: a loss that the loop has not just found is a suspicion, unless the host was fenced or
 * the operator has said it. For how long a host hangs only the loop knows, and only the loop acts upon it.
 */
export function surely(beliefs: readonly Belief[], { loop, records, wall }: Opinion): readonly Belief[] {
  const isSure = (host: HostName) => {
    const { fenced, confirmedLost } = records?.hosts[host] ?? {}
    if (fenced ?? confirmedLost) return true
    return loop?.hosts[host]?.verdict === 'lost' && isFresh(loop, wall, SURE_MS)
  }
  return beliefs.map(({ hungMs: _, ...belief }) =>
    belief.verdict !== 'lost' || isSure(belief.host)
      ? belief
      : { ...belief, verdict: 'suspect', reason: `${belief.reason}; the loop, or hc reconcile, looks again` },
  )
}
