// What commands show: snapshots made of one look.

import { endpointsOfAll } from '../model/endpoints.js'
import { UserError } from '../model/errors.js'
import { type HostName, type JobName, jobOfSlot, type Millis, quoted, type SlotName, someOf } from '../model/names.js'
import type { EndpointView, HostView, JobView, StatusView } from '../model/views.js'
import { remedied } from '../planner/prospect.js'
import { searchKey } from '../planner/question.js'
import { allocationViews, hostViews, jobViews, type Measures, statusView, unplacedViews } from '../planner/view.js'
import { didYouMean } from '../spec/nearest.js'
import type { Controller, Look } from './controller.js'
import { shownControl } from './inventories.js'
import { findJob } from './jobs.js'
import type { World } from './world.js'

/** How long a command that shows waits for a host, ms: long enough to log in, short enough for a person. */
export const SHOW_PATIENCE_MS: Millis = 2500

/** The snapshot of `hc status`; `filter` names a job or a host. Throws UserError where it names neither. */
export async function status(world: World, controller: Controller, filter: string | null): Promise<StatusView> {
  const look = await controller.look(SHOW_PATIENCE_MS)
  const own = { ...(await snapshot(world, look)), survives: await controller.survivals.after(look) }
  const view = await withCountedWaits(world, own)
  return filter === null ? view : filtered(view, filter)
}

/** How long the loop's snapshot is waited for, ms: it tells the last one at once. */
const FEED_MS: Millis = 1000

/** The view with the loop's own account of exclusive slots that wait: it alone knows who has looked in vain, and since when. */
async function withCountedWaits({ feed, clock }: Pick<World, 'feed' | 'clock'>, view: StatusView): Promise<StatusView> {
  if (!view.loop.ticking || !view.waiting.some(({ reason }) => reason.includes('exclusive'))) return view
  const end = new AbortController()
  const counted = new Map<SlotName, string>()
  const onView = ({ waiting }: StatusView) => {
    for (const { slot, host, reason } of waiting)
      if (reason.startsWith('exclusive: ')) counted.set(`${slot} ${host}`, reason)
    end.abort()
  }
  await Promise.race([
    feed.subscribe({ onView, onAlive: () => undefined }, end.signal),
    clock.sleep(FEED_MS, end.signal),
  ])
  end.abort()
  const told = (slot: SlotName, host: HostName | null) => counted.get(`${slot} ${host}`)
  return {
    ...view,
    waiting: view.waiting.map((own) => ({ ...own, reason: told(own.slot, own.host) ?? own.reason })),
    allocations: view.allocations.map((own) => ({ ...own, note: told(own.slot, own.host) ?? own.note })),
  }
}

/** What was measured between the looks. */
export function measuresOf({ observation }: Look): Measures {
  return new Map(observation.hosts.flatMap(({ host, measured }) => (measured ? [[host, measured]] : [])))
}

/** What one look shows of the whole cluster. */
export async function snapshot(world: World, look: Look): Promise<StatusView> {
  const { loop, contacts } = await loopOf(world, look)
  const control = await shownControl(world)
  const view = statusView(look.input, look.decision.plan, look.decision.classified, loop, contacts, measuresOf(look))
  return { ...view, ...mended(look), inventoryFault: look.inventoryFault, ...(control && { control }) }
}

let last: { readonly key: string; readonly view: Pick<StatusView, 'unplaced' | 'remedy'> } | null = null

/** What would help slots without a place. Worked out again only when what it rests on has changed: views follow each other. */
export function mended({ decision, input }: Look): Pick<StatusView, 'unplaced' | 'remedy'> {
  const { unplaced } = decision.plan
  if (unplaced.length === 0) return { unplaced: [], remedy: null }
  const key = `${searchKey(input)} ${JSON.stringify(unplaced)}`
  if (last?.key !== key) {
    const found = remedied(decision, input)
    last = { key, view: { unplaced: unplacedViews(found.unplaced), remedy: found.remedy } }
  }
  return last.view
}

/** Does a loop tick? A store that can't be asked is told of elsewhere. */
export function ticks({ store }: World): Promise<boolean> {
  return store.control ? store.loopHeld().catch(() => false) : store.loopHeld()
}

async function loopOf(world: World, look: Look) {
  const [ticking, snapshot] = await Promise.all([ticks(world), world.store.readLoop()])
  const contacts = new Map<HostName, string | null>(
    look.observation.hosts.map(({ host, facts }) => {
      const recorded = snapshot?.hosts[host]?.lastContact ?? look.records?.hosts[host]?.lastContact ?? null
      return [host, facts ? look.seen.wall : recorded]
    }),
  )
  return { loop: { ticking, lastTick: snapshot?.lastTick ?? null }, contacts }
}

/** The part of a snapshot that concerns one job or host. Throws UserError where the name is neither. */
export function filtered<V extends StatusView>(view: V, filter: string): V {
  const isHost = view.hosts.some(({ name }) => name === filter)
  const isJob = view.jobs.some(({ name }) => name === filter)
  if (!isHost && !isJob) {
    const names = [...view.hosts.map(({ name }) => name), ...view.jobs.map(({ name }) => name)]
    const job = jobOfSlot(filter)
    const slot =
      filter !== job && view.jobs.some(({ name }) => name === job) ? `${filter} is a slot: hc status ${job}` : null
    throw new UserError(`${quoted(filter)} is neither a host nor a job`, {
      code: 'not-found',
      hint: slot ?? didYouMean(filter, names) ?? (names.length > 0 ? `there are: ${someOf(names)}` : null),
    })
  }
  const ofJob = (slot: string) => jobOfSlot(slot) === filter
  const allocations = view.allocations.filter(({ job, host }) => (isHost ? host === filter : job === filter))
  const jobs = new Set(allocations.map(({ job }) => job))
  return {
    ...view,
    hosts: isHost ? view.hosts.filter(({ name }) => name === filter) : view.hosts,
    jobs: view.jobs.filter(({ name }) => (isHost ? jobs.has(name) : name === filter)),
    allocations,
    unplaced: view.unplaced.filter(({ slot }) => isHost || ofJob(slot)),
    ...(view.survives && { survives: isHost ? pick(view.survives, filter) : view.survives }),
    waiting: view.waiting.filter(({ slot, host }) => (isHost ? host === filter : ofJob(slot))),
    staying: (view.staying ?? []).filter(({ slot, host }) => (isHost ? host === filter : ofJob(slot))),
    unclaimed: view.unclaimed.filter(({ slot, host }) => (isHost ? host === filter : ofJob(slot))),
  }
}

function pick<T>(all: Readonly<Record<string, T>>, name: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => key === name))
}

/** `hc host list`. */
export async function hosts(world: World, controller: Controller): Promise<readonly HostView[]> {
  const look = await controller.look(SHOW_PATIENCE_MS)
  const { contacts } = await loopOf(world, look)
  return hostViews(look.decision.classified, look.input, contacts, measuresOf(look))
}

/** `hc job list`. */
export async function jobs(controller: Controller): Promise<readonly JobView[]> {
  const { decision, input } = await controller.look(SHOW_PATIENCE_MS)
  return jobViews(allocationViews(decision.classified, decision.plan, input), input)
}

/** `hc endpoints`: where everything answers, running or not. */
export async function endpoints(
  world: World,
  controller: Controller,
  name: JobName | null,
): Promise<readonly EndpointView[]> {
  if (name !== null) findJob(await world.store.read(), name)
  const all = endpointsOf(await controller.look(SHOW_PATIENCE_MS))
  return all.filter(({ job }) => name === null || job === name)
}

/** Every port of every allocation that has a host. */
export function endpointsOf({ decision, input }: Pick<Look, 'decision' | 'input'>): readonly EndpointView[] {
  return endpointsOfAll(allocationViews(decision.classified, decision.plan, input))
}
