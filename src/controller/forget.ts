// `hc host forget`: what the store knows of a host is dropped, so that its slots are placed anew.
import { UserError } from '../model/errors.js'
import { told } from '../model/event.js'
import type { HostVerbView } from '../model/host-verbs.js'
import { isPinned } from '../model/job.js'
import { byName, type HostName, jobOfSlot, quoted, type SlotName, someOf } from '../model/names.js'
import type { Placement } from '../model/plan.js'
import type { BackOff, HostRecord, Records } from '../model/records.js'
import { isActive } from '../planner/phase.js'
import { didYouMean } from '../spec/nearest.js'
import { changeRecords } from './change.js'
import type { Controller, Look } from './controller.js'
import { newHostRecord } from './record.js'
import { SHOW_PATIENCE_MS } from './status.js'
import { claim } from './term.js'
import type { World } from './world.js'

/** What forgetting these hosts would mean. Throws UserError where it may not be: exclusive work might still run there. */
export async function planForget(controller: Controller, names: readonly HostName[]): Promise<readonly HostVerbView[]> {
  const look = await controller.look(SHOW_PATIENCE_MS, null, names)
  return judged(look.records, look, names)
}

/** Forgets them. Throws UserError as `planForget`. */
export async function forgetHosts(
  world: World,
  controller: Controller,
  names: readonly HostName[],
): Promise<readonly HostVerbView[]> {
  const look = await controller.look(SHOW_PATIENCE_MS, null, names)
  return changeRecords(world, (read) => {
    const records = claim(read, world.owner)
    const value = judged(records, look, names)
    const known = value.filter(({ changed }) => changed)
    if (!records || known.length === 0) return { records: null, value }
    return {
      records: known.reduce((before, { host }) => without(before, look, host, world.clock.wall()), records),
      events: known.map(({ host, text }) => told('forgotten', text, { host })),
      value,
    }
  })
}

function judged(records: Records | null, look: Look, names: readonly HostName[]): readonly HostVerbView[] {
  const hosts = [...new Set(names)].sort(byName)
  for (const host of hosts) findKnownHost(records, look, host)
  if (!records) return hosts.map((host) => nothing(host))
  for (const host of hosts) refuse(records, look, host, hosts)
  return hosts.map((host) => viewOf(records, look, host))
}

/** Throws UserError for a name that neither the inventory nor the records have. */
export function findKnownHost(records: Records | null, { inventory }: Pick<Look, 'inventory'>, host: HostName): void {
  const places = Object.values(records?.placements ?? {}).map((placement) => placement.host)
  const known = new Set([...inventory.hosts.map(({ name }) => name), ...Object.keys(records?.hosts ?? {}), ...places])
  if (known.has(host)) return
  const names = [...known].sort(byName)
  throw new UserError(`no host ${quoted(host)} is in the inventory, nor in the records`, {
    code: 'not-found',
    hint: didYouMean(host, names) ?? `known are: ${someOf(names)}`,
  })
}

/** What has its place there by the records; batch work that has ended is over, and stays so. */
export function placedOn({ placements }: Records, host: HostName): readonly Placement[] {
  return Object.values(placements)
    .filter((placement) => placement.host === host && !placement.completed)
    .sort((a, b) => byName(a.slot, b.slot))
}

/** Exclusive by its job; of a job that was removed only exclusive work is still recorded. */
export function isExclusive({ jobs }: Records, slot: SlotName): boolean {
  return jobs[jobOfSlot(slot)]?.job.exclusive ?? true
}

function refuse(records: Records, look: Look, host: HostName, names: readonly HostName[]): void {
  const state = look.input.hosts.find((one) => one.host.name === host)
  const record = records.hosts[host]
  const facts = state?.facts ?? null
  if (!facts && (record?.confirmedLost ?? record?.fenced) !== undefined) return
  // Both names of a swap are forgotten together: what runs is found again on the machine that it runs on.
  const ownAt = look.observation.hosts.find((one) => one.host === host)?.ownAt
  if (ownAt !== undefined && names.includes(ownAt)) return
  for (const { slot } of placedOn(records, host)) {
    const unit = facts?.units.find((each) => each.slot === slot)
    if (isExclusive(records, slot) && (!facts || (unit && isActive(unit)))) {
      throw stillThere(`${slot} is exclusive and ${facts ? 'runs' : 'may still run'} on ${host}`, host, facts !== null)
    }
    const applied = records.jobs[jobOfSlot(slot)]
    if (!facts && state && applied && isPinned(applied.job)) {
      throw stillThere(`${slot} has its data on ${host}, which does not answer`, host, false)
    }
  }
}

function stillThere(why: string, host: HostName, answers: boolean): UserError {
  return new UserError(`${why}: ${host} is not forgotten`, {
    code: 'usage',
    hint: answers
      ? `hc host drain ${host} moves away what may leave it`
      : `switch ${host} off for good, then say so: hc host confirm-lost ${host}`,
  })
}

function nothing(host: HostName): HostVerbView {
  return { host, changed: false, slots: [], text: `nothing is known of ${host}` }
}

function viewOf(records: Records, look: Look, host: HostName): HostVerbView {
  const there = placedOn(records, host)
  if (!records.hosts[host] && there.length === 0) return nothing(host)
  const slots = there.map(({ slot }) => slot)
  const answers = look.input.hosts.some((state) => state.host.name === host && state.facts !== null)
  const pinned = slots.filter((slot) => {
    const applied = records.jobs[jobOfSlot(slot)]
    return applied && isPinned(applied.job)
  })
  const parts = [
    slots.length === 0 ? 'nothing was placed there' : '',
    slots.length > 0 && answers ? `what runs there of ${someOf(slots)} is taken over as it is` : '',
    slots.length > 0 && !answers ? `${someOf(slots)} ${slots.length === 1 ? 'is' : 'are'} placed anew` : '',
    pinned.length > 0 && !answers ? `${someOf(pinned)} without the data that is on ${host}` : '',
  ].filter((part) => part !== '')
  return { host, changed: true, slots, text: `${host} is forgotten: ${parts.join(', ')}` }
}

/** The records without the host. Pure. */
export function without(records: Records, { input }: Pick<Look, 'input'>, host: HostName, wall: string): Records {
  const { [host]: before, ...hosts } = records.hosts
  const gone = new Set(placedOn(records, host).map(({ slot }) => slot))
  const placements = Object.entries(records.placements)
    .filter(([slot]) => !gone.has(slot))
    .map(([slot, placement]) => [slot, elsewhere(placement, host)] as const)
  const backOffs = Object.entries(records.backOffs).map(([slot, entry]): readonly [SlotName, BackOff] => {
    return [slot, { ...entry, failedOn: entry.failedOn.filter((name) => name !== host) }]
  })
  const silent = input.hosts.some((state) => state.host.name === host && state.facts === null)
  const off = before && silent ? offOf(before, wall) : null
  return {
    ...records,
    hosts: off ? { ...hosts, [host]: off } : hosts,
    placements: Object.fromEntries(placements),
    backOffs: Object.fromEntries(backOffs),
  }
}

/** That it is off is no memory of what it ran: without it exclusive work would wait for the host to be seen. */
function offOf({ confirmedLost, fenced }: HostRecord, wall: string): HostRecord | null {
  if (!confirmedLost && !fenced) return null
  return { ...newHostRecord(wall), ...(confirmedLost && { confirmedLost }), ...(fenced && { fenced }) }
}

function elsewhere(placement: Placement, host: HostName): Placement {
  const { home, wish, instead, beside, ...rest } = placement
  return {
    ...rest,
    ...(home !== undefined && home !== host && { home }),
    ...(wish !== undefined && wish !== host && { wish }),
    ...(instead !== undefined && instead !== host && { instead }),
    ...(beside !== undefined && beside !== host && { beside }),
  }
}
