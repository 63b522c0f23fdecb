// One host with everything that is known of it, for `hc host show`.
import { UserError } from '../model/errors.js'
import type { Event } from '../model/event.js'
import type { Host } from '../model/host.js'
import { byName, type HostName, quoted } from '../model/names.js'
import type { HostDetailView, HostView, StatusView } from '../model/views.js'
import { hintsFor } from '../planner/hints.js'
import type { HostState } from '../planner/input.js'
import { deviceAttributes, roomOf } from '../scheduler/capacity.js'
import { didYouMean } from '../spec/nearest.js'
import type { Controller, Look } from './controller.js'
import { SHOW_PATIENCE_MS, snapshot } from './status.js'
import type { World } from './world.js'

/** So many of the newest events are looked through, and so many that name the host are shown. */
const SEARCHED = 2000
const SHOWN = 8

/** The whole of one host. Throws UserError for a name that is not in the inventory. */
export async function hostDetail(world: World, controller: Controller, name: HostName): Promise<HostDetailView> {
  await findHost(world, name)
  const look = await controller.look(SHOW_PATIENCE_MS)
  const view = await snapshot(world, look)
  const events = await world.store.events({ limit: SEARCHED })
  const state = look.input.hosts.find(({ host }) => host.name === name)
  const host = view.hosts.find((one) => one.name === name)
  if (!state || !host) throw new UserError(`${name} has just left the inventory`, { code: 'not-found' })
  const own = ofHost(view, name)
  return {
    host,
    ...identity(state),
    ...own,
    since: sinceOf(look, name, host.verdict),
    refused: view.unplaced.flatMap(({ slot, reasons }) =>
      reasons.filter((each) => each.host === name).map(({ reason }) => ({ slot, reason })),
    ),
    vantages: look.observation.hosts.find((one) => one.host === name)?.provenVantages.toSorted(byName) ?? [],
    events: eventsOf(events, name),
    hints: [
      ...forVerdict(host),
      ...hintsFor({ ...view, ...own, hosts: [host], unplaced: [] }, look.seen.wall).filter(
        (hint) => !isThis(hint, name),
      ),
    ],
  }
}

/** The host of that name. Throws UserError with the nearest name where the inventory has none. */
export async function findHost(world: World, name: HostName): Promise<Host> {
  const { hosts } = await world.inventory()
  const found = hosts.find((host) => host.name === name)
  if (found) return found
  const names = hosts.map((host) => host.name)
  throw new UserError(`there is no host ${quoted(name)} in the inventory`, {
    code: 'not-found',
    hint: didYouMean(name, names) ?? 'hc host list shows them',
  })
}

/** Who reads this has said `hc host show` already. */
function isThis(hint: string, name: HostName): boolean {
  return hint.startsWith(`hc host show ${name} `)
}

/** What a person can do where its reason does not say so itself. */
function forVerdict({ name, verdict }: HostView): readonly string[] {
  switch (verdict) {
    case 'lost':
      return [
        `switch ${name} on, or mend its network: it is looked for all the time, and taken back as soon as it answers`,
        `if it never comes back: hc host confirm-lost ${name} says that it is off, for exclusive work; hc host forget ${name} drops its places`,
      ]
    case 'cut-off':
      return [`mend the network between this control machine and ${name}: other hosts reach it`]
    case 'unknown':
      return [`hc host run ${name} -- true shows whether it can be reached, and why not`]
    default:
      return []
  }
}

function ofHost(view: StatusView, name: HostName) {
  const on = ({ host }: { readonly host: HostName | null }) => host === name
  return {
    allocations: view.allocations.filter(on),
    unclaimed: view.unclaimed.filter(on),
    waiting: view.waiting.filter(on),
    staying: (view.staying ?? []).filter(on),
  }
}

function identity({ host, facts, lastFacts }: HostState) {
  const known = facts ?? lastFacts
  const { kind, user, port } = host.connection
  const room = known || host.capacity ? roomOf(host, known, null) : null
  return {
    connection: { kind, user, port },
    groups: host.groups.filter((group) => group !== 'ungrouped'),
    arch: known?.arch ?? null,
    kernel: known?.kernel ?? null,
    total: room?.there ?? null,
    found: known && host.capacity ? known.capacity : null,
    promised: host.overcommit === undefined ? null : (room?.promised ?? null),
    deviceAttributes: deviceAttributes(host, known),
    reserve: host.reserve,
  }
}

/** The record tells since when, where it is of the same verdict. */
function sinceOf({ records }: Look, name: HostName, verdict: string): string | null {
  const record = records?.hosts[name]
  return record && record.verdict === verdict ? record.verdictSince : null
}

function eventsOf(events: readonly Event[], name: HostName): readonly Event[] {
  return events.filter(({ host }) => host === name).slice(-SHOWN)
}
