// What is to be done next, as commands: one sentence for each kind of trouble.
import { byName, jobOfSlot, type SlotName } from '../model/names.js'
import { formatMillis } from '../model/resources.js'
import type { AllocationView, HostView, StatusView, UnplacedView } from '../model/views.js'

/** So many names stand in one sentence. */
const NAMED = 4
/** A loop that holds its lock, but has not ticked for so long, hangs, ms. */
const STALE_MS = 60_000

/** The hints of a snapshot. `wall`: the present, RFC 3339 UTC. */
export function hintsFor(view: Omit<StatusView, 'hints'>, wall: string): readonly string[] {
  return [
    ...forHosts(view.hosts),
    ...forLost(view),
    ...forFailed(view.allocations),
    ...forUnplaced(view.unplaced),
    ...forIntent(view.hosts),
    ...forHeld(view.hosts),
    ...forUnclaimed(view),
    ...forLoop(view, wall),
  ]
}

/** A host whose reason already says what mends it needs no more than a place to look. */
function forHosts(hosts: readonly HostView[]): readonly string[] {
  const off = hosts.filter(({ verdict }) => verdict !== 'ready' && verdict !== 'suspect')
  const [first] = off
  if (!first) return []
  const [waits, ran] = off.length === 1 ? ['waits', 'it'] : ['wait', 'them']
  return [`hc host show ${first.name} shows what is known of it, and what ${waits} for ${ran}`]
}

/** Exclusive work that waits for a lost host, or what waits for one that has left the inventory. */
function forLost({ hosts, waiting }: Pick<StatusView, 'hosts' | 'waiting'>): readonly string[] {
  return [...new Set(waiting.flatMap(({ host }) => host ?? []))].sort(byName).flatMap((name) => {
    const host = hosts.find((each) => each.name === name)
    const reasons = waiting.filter((each) => each.host === name).map(({ reason }) => reason)
    if (!host)
      return [
        `hc host forget ${name} places anew what was there; exclusive work needs hc host confirm-lost ${name} before`,
      ]
    const exclusive = reasons.some((reason) => reason.includes('exclusive'))
    return host.verdict === 'lost' && exclusive
      ? [`hc host confirm-lost ${name} says that it is off, so that exclusive work is started elsewhere`]
      : []
  })
}

/** Held hosts, and until when. */
function forHeld(hosts: readonly HostView[]): readonly string[] {
  return hosts.flatMap(({ held, cordoned, draining }) => (held && !cordoned && !draining ? [held] : []))
}

/** `web.0 (and 3 more)` of those, or null. */
function firstOf(slots: readonly SlotName[]): { readonly slot: SlotName; readonly more: string } | null {
  const [slot] = slots
  return slot === undefined ? null : { slot, more: slots.length > 1 ? ` (and ${slots.length - 1} more)` : '' }
}

function forFailed(allocations: readonly AllocationView[]): readonly string[] {
  const failed = firstOf(allocations.filter(({ state }) => state === 'failed').map(({ slot }) => slot))
  const held = firstOf(allocations.filter(({ note }) => note?.startsWith('its start failed')).map(({ slot }) => slot))
  return [
    ...(failed
      ? [`hc logs ${failed.slot} shows why it failed${failed.more}; hc job restart ${failed.slot} tries again`]
      : []),
    ...(held ? [`hc logs ${held.slot} may show more${held.more}; hc job restart ${held.slot} tries at once`] : []),
  ]
}

/** Amounts that reasons name: "needs 3 GiB memory, 1.7 GiB free". */
const AMOUNT = /^needs .*?\b(cpu|memory|disk)\b/

function forUnplaced(unplaced: readonly UnplacedView[]): readonly string[] {
  const [first] = unplaced
  if (!first) return []
  const job = jobOfSlot(first.slot)
  const lacking = new Set(first.reasons.flatMap(({ reason }) => AMOUNT.exec(reason)?.[1] ?? []))
  const what = [...lacking].sort(byName).join(' and ')
  if (what === '') return [`hc job show ${job} shows what ${first.slot} needs`]
  return [`${first.slot} lacks ${what}: let it ask for less in its file, lower a count, or add a host`]
}

/** A host that takes nothing new is easily forgotten. */
function forIntent(hosts: readonly HostView[]): readonly string[] {
  const names = hosts.filter(({ cordoned, draining }) => cordoned || draining).map(({ name }) => name)
  if (names.length === 0) return []
  const named = names.slice(0, NAMED).join(' ')
  const more = names.length > NAMED ? ` (and ${names.length - NAMED} more)` : ''
  return [`hc host uncordon ${named}${more} lets ${names.length === 1 ? 'it' : 'them'} take allocations again`]
}

function forUnclaimed({ unclaimed }: Pick<StatusView, 'unclaimed'>): readonly string[] {
  if (unclaimed.length === 0) return []
  const names = [...new Set(unclaimed.map(({ slot }) => jobOfSlot(slot)))].sort(byName)
  const where = unclaimed[0]?.host
  return [
    `hc apply of ${names.join(', ')} takes over what is unclaimed, without a restart; hc host clean ${where} takes it away`,
  ]
}

function forLoop({ loop, jobs }: Pick<StatusView, 'loop' | 'jobs'>, wall: string): readonly string[] {
  if (jobs.length === 0) return []
  if (!loop.ticking) return ['no loop is ticking: a later loss is not handled; hc reconcile --install sets one up']
  const silent = loop.lastTick === null ? 0 : Date.parse(wall) - Date.parse(loop.lastTick)
  // A loop that ticks would have written a later time, and an earlier one where the clock was set back.
  if (silent <= -STALE_MS) {
    return [
      `the loop ticked last ${formatMillis(-silent)} from now: the clock was set back, and it has not ticked since: journalctl -u hc-reconcile shows why`,
    ]
  }
  return silent < STALE_MS
    ? []
    : [`the loop has not ticked for ${formatMillis(silent)}: journalctl -u hc-reconcile shows why`]
}
