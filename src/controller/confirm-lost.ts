// `hc host confirm-lost`: an operator's word that a host is off, so that its exclusive slots may be started elsewhere.
import { UserError } from '../model/errors.js'
import { told } from '../model/event.js'
import type { HostVerbView } from '../model/host-verbs.js'
import { byName, type HostName, someOf } from '../model/names.js'
import type { Records } from '../model/records.js'
import { changeRecords } from './change.js'
import type { Controller, Look } from './controller.js'
import { findKnownHost, isExclusive, placedOn } from './forget.js'
import { newHostRecord } from './record.js'
import { firstRecords } from './recover.js'
import { SHOW_PATIENCE_MS } from './status.js'
import { claim } from './term.js'
import type { World } from './world.js'

/** How long one ping is waited for, ms. */
const PING_MS = 1000

/** Records the word, with the time and the boot that it is about. Throws UserError where a host lives after all. */
export async function confirmLost(
  world: World,
  controller: Controller,
  names: readonly HostName[],
): Promise<readonly HostVerbView[]> {
  const hosts = [...new Set(names)].sort(byName)
  const look = await controller.look(SHOW_PATIENCE_MS, null, hosts)
  for (const host of hosts) {
    findKnownHost(look.records, look, host)
    await refuse(world, look, host)
  }
  const begin = look.records ?? (await firstRecords(world, look))
  return changeRecords(world, (read) => {
    const records = claim(read, world.owner) ?? begin
    const value = hosts.map((host) => viewOf(records, host))
    const fresh = value.filter(({ changed }) => changed)
    if (fresh.length === 0) return { records: null, value }
    const at = world.clock.wall()
    const said = fresh.map(({ host }) => {
      const before = records.hosts[host] ?? newHostRecord(at)
      return [host, { ...before, confirmedLost: { at, bootId: before.bootId } }] as const
    })
    return {
      records: { ...records, hosts: { ...records.hosts, ...Object.fromEntries(said) } },
      events: fresh.map(({ host, text }) => told('confirmed-lost', text, { host })),
      value,
    }
  })
}

/** It answers, somebody hears it, or it answers at another name. */
async function refuse({ pinger }: World, { input, observation }: Look, host: HostName): Promise<void> {
  const state = input.hosts.find((one) => one.host.name === host)
  if (!state) return
  const seen = observation.hosts.find((one) => one.host === host)
  const { verdict, reason, stranger } = state.belief
  if (state.facts || seen?.answering) throw lives(`${host} answers`, `hc host drain ${host} moves away what is there`)
  const off = `switch ${host} off, then say it again`
  if (seen?.ownAt !== undefined) throw lives(`its machine answers at the address of ${seen.ownAt}`, off)
  // What answers at its address is another machine; of its own nothing is heard.
  if (seen?.failure?.kind === 'other-machine' || stranger !== undefined) return
  if (verdict === 'unmanageable' || verdict === 'cut-off') throw lives(`${host} is ${verdict}: ${reason}`, off)
  const { address, port, kind } = state.host.connection
  if (kind === 'local') throw lives(`${host} is this machine`, 'say it of another one')
  if (await pinger.reaches(address, port ?? 22, PING_MS)) {
    throw lives(
      `${host} answers pings`,
      `${off}; if another machine has its address now, take the address from that one first`,
    )
  }
}

function lives(why: string, hint: string): UserError {
  return new UserError(`${why}: it is not taken to be lost`, { code: 'usage', hint })
}

function viewOf(records: Records, host: HostName): HostVerbView {
  const slots = placedOn(records, host)
    .map(({ slot }) => slot)
    .filter((slot) => isExclusive(records, slot))
  const before = records.hosts[host]?.confirmedLost
  if (before) return { host, changed: false, slots, text: `${host} was said to be off already (${before.at})` }
  const then = slots.length === 0 ? '' : `: ${someOf(slots)} may be started elsewhere`
  return { host, changed: true, slots, text: `${host} is taken to be off, until it answers again${then}` }
}
