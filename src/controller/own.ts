// What a loop knows of itself, and which of the hosts is the machine that it runs on.
import type { HostName } from '../model/names.js'
import type { Observation } from '../model/observation.js'
import type { Records } from '../model/records.js'
import type { Seen } from './assemble.js'
import type { World } from './world.js'

/** The loop that begins now. */
export function loopSelf({ clock, ownMacs, store }: World): NonNullable<Seen['loop']> {
  return { since: clock.now(), ...(ownMacs && { macs: ownMacs }), ...(store.control && { shared: true as const }) }
}

/**
 * The one host that shows the boot id and the machine id of this machine, now or when it was heard last: its voice is the
 * control machine's. A boot id alone is shown by all containers of a machine. null: none, or that is not sure.
 */
export function ownHost(
  { ownBootId, ownMachineId }: Pick<World, 'ownBootId' | 'ownMachineId'>,
  { hosts }: Pick<Observation, 'hosts'>,
  records: Records | null,
): HostName | null {
  if (!ownBootId || !ownMachineId) return null
  const own = hosts.filter(({ host, facts, lastFacts }) => {
    const known = facts ?? lastFacts ?? records?.hosts[host]
    return known?.bootId === ownBootId && known.machineId === ownMachineId
  })
  return own.length === 1 ? (own[0]?.host ?? null) : null
}
