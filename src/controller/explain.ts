// `hc explain`: one look, and of each slot what the planner made of it.
import { matchesEvent } from '../cluster/events.js'
import { UserError } from '../model/errors.js'
import type { Event } from '../model/event.js'
import type { ExplainedSlotView, ExplainView } from '../model/explain-view.js'
import { byName, type HostName, jobOfSlot, type SlotName } from '../model/names.js'
import type { UnplacedView } from '../model/views.js'
import type { Classified } from '../planner/classify.js'
import { explainHosts } from '../planner/explained.js'
import { allocationViews } from '../planner/view.js'
import type { Controller, Look } from './controller.js'
import { findHost } from './host-detail.js'
import { backOffsOf, SEARCHED } from './job-detail.js'
import { measuresOf, mended, SHOW_PATIENCE_MS } from './status.js'
import { findTargets, isTargeted } from './targets.js'
import type { World } from './world.js'

/** So many of a slot's newest events are told. */
const TOLD = 6

/** Explains a slot, or all slots of a job; on one host, or on all. Throws UserError for names that are not known. */
export async function explainTarget(
  world: World,
  controller: Controller,
  target: string,
  host: HostName | null,
): Promise<ExplainView> {
  const { hosts } = await world.inventory()
  const targets = findTargets(await world.store.read(), [target], hosts)
  if (host !== null) await findHost(world, host)
  const look = await controller.look(SHOW_PATIENCE_MS)
  const events = await world.store.events({ limit: SEARCHED })
  const about = look.decision.classified.filter(
    ({ subject, bucket }) => subject.applied && bucket !== 'unclaimed' && isTargeted(targets, subject.slot),
  )
  const slots = new Map<SlotName, Classified[]>()
  for (const item of about) slots.set(item.subject.slot, [...(slots.get(item.subject.slot) ?? []), item])
  if (slots.size === 0) {
    throw new UserError(`${target} has no slots now`, {
      code: 'not-found',
      hint: `hc job show ${jobOfSlot(target)} tells whether it is stopped, or fits no host`,
    })
  }
  const unplaced = new Map(mended(look).unplaced.map((each) => [each.slot, each]))
  return {
    slots: [...slots]
      .sort(([a], [b]) => byName(a, b))
      .map(([slot, copies]) => explained(look, copies, { host, unplaced: unplaced.get(slot) ?? null, events })),
  }
}

interface Besides {
  readonly host: HostName | null
  readonly unplaced: UnplacedView | null
  readonly events: readonly Event[]
}

/** `copies`: usually one; a copy that is to be stopped is not what is asked about. */
function explained(look: Look, copies: readonly Classified[], { host, unplaced, events }: Besides): ExplainedSlotView {
  const { decision, input, records } = look
  const kept = copies.find(({ subject, bucket }) => subject.placement?.host === subject.host && bucket !== 'stop')
  const item = kept ?? copies[0]
  if (!item) throw new Error('bug: a slot without a copy')
  const { slot } = item.subject
  const actions = decision.plan.actions.filter((action) => action.slot === slot)
  const views = allocationViews(copies, decision.plan, input, measuresOf(look)).filter((view) => view.slot === slot)
  const view = views.find((each) => each.host === item.subject.host) ?? views[0]
  const coming = actions.find(({ placement }) => placement !== null)?.host ?? null
  const at = coming ?? (unplaced ? null : (view?.host ?? null))
  const { hosts, why } = explainHosts(item, at, decision.classified, input)
  return {
    slot,
    job: jobOfSlot(slot),
    host: view?.host ?? null,
    state: view?.state ?? 'pending',
    since: view?.since ?? null,
    note: view?.note ?? null,
    why,
    actions: actions.map(({ kind, host: where, from, reason, text }) => ({ kind, host: where, from, reason, text })),
    waiting: decision.plan.waiting.find((each) => each.slot === slot)?.reason ?? null,
    ...(unplaced?.proof !== undefined && { proof: unplaced.proof }),
    ...(unplaced?.remedy !== undefined && { remedy: unplaced.remedy }),
    backOff: backOffsOf(records, jobOfSlot(slot)).find((each) => each.slot === slot) ?? null,
    hosts: hosts.filter((each) => host === null || each.host === host),
    events: events.filter((event) => concerns(event, slot)).slice(-TOLD),
  }
}

function concerns(event: Event, slot: SlotName): boolean {
  return matchesEvent(event, { job: slot }) || (event.slot === null && matchesEvent(event, { job: jobOfSlot(slot) }))
}
