// `hc drill lose`: a host falls silent and what runs there dies, as in a power cut; how long it takes until all of it answers
// elsewhere is measured; then the host is let back. The loop does what it does in earnest, and knows of no drill.
import type { DrillPlan, DrillSlot, DrillView } from '../model/drill.js'
import { UserError } from '../model/errors.js'
import { type NewEvent, told } from '../model/event.js'
import type { HostName, Millis } from '../model/names.js'
import type { LiveView } from '../model/views.js'
import { callScript, DRILL_LEAD_MS, DRILL_TIMEOUT_MS, drillScript, parseDrill } from '../remote/drill.js'
import { changeRecords } from './change.js'
import type { Controller } from './controller.js'
import { type Drawn, drawDrill } from './drill-plan.js'
import { status } from './status.js'
import { watchCluster } from './watch.js'
import type { World } from './world.js'

/** How long after its end the cluster may take to converge, ms. */
const CONVERGE_MS: Millis = 90_000
/** The answer on which the order rests is good for so long, ms. */
const WITHIN_MS: Millis = 60_000
/** How long to wait on the host for another write, ms. */
const LOCK_MS: Millis = 10_000
/** Two calls of a host that is still silent are so far apart, ms. */
const CALL_EVERY_MS: Millis = 1500

/** What is asked for. */
export interface DrillRequest {
  readonly host: HostName
  readonly force: boolean
  /** null: long enough for what has to be taken over. */
  readonly boundMs: Millis | null
  /** Ctrl-C: the host is let back at once. */
  readonly signal: AbortSignal | null
  confirm(plan: DrillPlan): Promise<boolean>
  onNote(text: string): void
}

/** What was seen while the host was silent. */
interface Seen {
  readonly slots: Map<string, DrillSlot>
  lostMs: Millis | null
}

/** Rehearses it. Throws UserError where it may not be, before anything was done. */
export async function drill(world: World, controller: Controller, request: DrillRequest): Promise<DrillView> {
  const drawn = await drawDrill(world, controller, request)
  const { plan } = drawn
  const seen: Seen = { slots: new Map(), lostMs: null }
  const undone = { ...plan, slots: [], lostMs: null, silentMs: 0, convergedMs: null, interrupted: false }
  if (!(await request.confirm(plan))) return { ...undone, declined: true }
  if (request.signal?.aborted) return { ...undone, interrupted: true }
  const { clock } = world
  await tell(world, told('drill', beginning(plan), { host: plan.host, reason: 'begun' }))
  const mac = await fallSilent(world, drawn)
  const begun = clock.now() + DRILL_LEAD_MS
  request.onNote(`${plan.host} falls silent, for ${Math.round(plan.boundMs / 1000)} s at the most`)
  await measure(world, controller, request, plan, begun, seen)
  const interrupted = request.signal?.aborted === true
  request.onNote(`${plan.host} is let back`)
  const backAt = await letBack(world, controller, drawn, { mac, begun })
  const convergedMs = await converge(world, controller, backAt)
  const slots = plan.moves.map((slot) => seen.slots.get(slot) ?? { slot, host: null, afterMs: null })
  const view = { ...plan, slots, lostMs: seen.lostMs, silentMs: Math.round(backAt - begun), convergedMs, interrupted }
  await tell(world, told('drill', drillVerdict(view), { host: plan.host, reason: 'ended' }))
  return view
}

/** `nuc2 may die: 5 of 5 slots answered elsewhere within 3.9 s`. */
export function drillVerdict({ host, slots, interrupted }: DrillView): string {
  const times = slots.flatMap(({ afterMs }) => (afterMs === null ? [] : [afterMs]))
  const all = times.length === slots.length
  const within = times.length === 0 ? '' : ` within ${(Math.max(...times) / 1000).toFixed(1)} s`
  const what = `${times.length} of ${slots.length} slots answered elsewhere${within}`
  if (slots.length === 0) return `${host} may die: nothing that runs there has to answer elsewhere`
  if (interrupted && !all) return `the drill of ${host} was interrupted: ${what}`
  return all ? `${host} may die: ${what}` : `${host} may not die: only ${what}`
}

function beginning({ host, moves, waits, boundMs }: DrillPlan): string {
  const then = `${moves.length} slots are to answer elsewhere, ${waits.length} wait`
  return `drill: ${host} is made to seem lost for at most ${Math.round(boundMs / 1000)} s; ${then}`
}

async function tell(world: World, event: NewEvent): Promise<void> {
  await changeRecords(world, (records) => ({ records, events: [event], value: null }))
}

/** Gives the order. Throws UserError where the host does not take it. */
async function fallSilent(world: World, { look, own, plan }: Drawn): Promise<string> {
  const state = look.input.hosts.find(({ host }) => host.name === plan.host)
  const records = await world.store.read()
  if (!state?.facts || !records) throw new UserError(`${plan.host} does not answer any more: nothing was done`)
  const { facts, host } = state
  const from = look.input.hosts.flatMap((each) =>
    each === state ? [] : [each.facts?.connection?.own ?? each.host.connection.address],
  )
  const units = own.flatMap(({ slot, unit }) => (unit ? [unit] : [`hc-${slot}.service`, `hc-${slot}.timer`]))
  const kept = own.filter(({ slot }) => !plan.exclusive.includes(slot))
  const guard = {
    term: records.term,
    cluster: records.cluster,
    key: null,
    bootId: facts.bootId,
    deadlineMs: facts.uptimeMs + WITHIN_MS,
    lockMs: LOCK_MS,
  }
  const again = kept.map(({ slot, unit }) => unit ?? `hc-${slot}.service`)
  const order = { boundMs: plan.boundMs, from, units, again }
  const result = await world.transport.run(host, {
    script: drillScript(guard, order),
    lane: 'act',
    timeoutMs: DRILL_TIMEOUT_MS,
  })
  const said = result.ok ? parseDrill(result.output) : { ok: false as const, why: result.failure.message }
  if (said.ok) return said.mac
  await tell(world, told('drill', `no drill of ${plan.host}: ${said.why}`, { host: plan.host, reason: 'failed' }))
  throw new UserError(`${plan.host} does not take part: ${said.why}`, {
    code: 'usage',
    hint: `should it have fallen silent all the same, it is back by itself within ${Math.round(plan.boundMs / 1000)} s`,
  })
}

/** Watches until all that is to answer elsewhere does, the time is over, or somebody has had enough. */
async function measure(
  world: World,
  controller: Controller,
  { signal }: DrillRequest,
  { host, moves, boundMs }: DrillPlan,
  begun: Millis,
  seen: Seen,
): Promise<void> {
  const enough = new AbortController()
  const end = () => enough.abort()
  if (signal?.aborted) return
  signal?.addEventListener('abort', end, { once: true })
  void world.clock.sleep(Math.max(0, begun + boundMs - world.clock.now()), enough.signal).then(end)
  const onView = (view: LiveView) => {
    note(view, host, moves, world.clock.now() - begun, seen)
    if (seen.slots.size === moves.length && seen.lostMs !== null) end()
  }
  await watchCluster(
    { ...world, look: () => status(world, controller, null) },
    { signal: enough.signal, onView, onTrouble: () => {} },
  )
  signal?.removeEventListener('abort', end)
}

function note(view: LiveView, host: HostName, moves: readonly string[], afterMs: Millis, seen: Seen): void {
  if (view.hosts.some(({ name, verdict }) => name === host && verdict === 'lost')) seen.lostMs ??= Math.round(afterMs)
  for (const { slot, host: there, state, healthy } of view.allocations) {
    const well = (state === 'running' || state === 'scheduled') && healthy !== false
    if (!moves.includes(slot) || seen.slots.has(slot) || !well || there === null || there === host) continue
    seen.slots.set(slot, { slot, host: there, afterMs: Math.round(afterMs) })
  }
}

/** Has peers call the host until it answers; its own timer lets it back where no call reaches it. When it was back. */
async function letBack(
  world: World,
  controller: Controller,
  { look, plan }: Drawn,
  { mac, begun }: { readonly mac: string; readonly begun: Millis },
): Promise<Millis> {
  const { clock, transport } = world
  const own = look.input.hosts.find(({ host }) => host.name === plan.host)
  const address = own?.facts?.connection?.own ?? own?.host.connection.address ?? ''
  const peers = look.input.hosts.filter(({ host }) => host.name !== plan.host)
  // What fell silent last may be half a minute from its timer, and needs a moment to be reached again.
  const deadline = begun + plan.boundMs + 30_000
  for (;;) {
    const script = callScript(address, mac)
    const calls = peers.map(({ host }) => transport.run(host, { script, lane: 'peer', timeoutMs: 3000 }))
    await Promise.race([Promise.all(calls), clock.sleep(CALL_EVERY_MS)])
    const seen = await controller.look(CALL_EVERY_MS)
    const back = seen.observation.hosts.some(({ host, facts }) => host === plan.host && facts !== null)
    if (back || clock.now() > deadline) return clock.now()
  }
}

/** How long after `backAt` all was as it was applied, ms; null: not in time. */
async function converge(world: World, controller: Controller, backAt: Millis): Promise<Millis | null> {
  const { clock } = world
  while (clock.now() - backAt < CONVERGE_MS) {
    const view = await status(world, controller, null)
    if (view.converged && view.hosts.every(({ verdict }) => verdict === 'ready'))
      return Math.round(clock.now() - backAt)
    await clock.sleep(500)
  }
  return null
}
