// Ways through peers, as the loop that ticks found them: for commands that ask hosts without looking at them first.
import type { Host } from '../model/host.js'
import { byName, type HostName } from '../model/names.js'
import { isFresh } from './opinion.js'
import type { World } from './world.js'

/** Host -> the peer through which it is reached; others straight. */
export type Ways = ReadonlyMap<HostName, HostName>

/** What it needs of the world. */
export type WayDoors = Pick<World, 'transport' | 'clock'> & { readonly store: Pick<World['store'], 'readLoop'> }

/**
 * Goes the loop's ways from now on, each time that it is called: a way that the loop has left is left. Where no loop has ticked
 * lately all ways are straight.
 */
export function waysOf({ store, transport, clock }: WayDoors): (hosts: readonly Host[]) => Promise<Ways> {
  let taken: Ways = new Map()
  return async (hosts) => {
    const loop = await store.readLoop()
    const seen = loop && isFresh(loop, clock.wall()) ? loop.hosts : {}
    const byRemote = new Map(
      hosts.filter(({ connection }) => connection.kind !== 'local').map((host) => [host.name, host]),
    )
    const ways = new Map<HostName, HostName>()
    for (const [name, { through }] of Object.entries(seen)) {
      const peer = through === undefined ? undefined : byRemote.get(through)
      if (!transport.detour || peer === undefined || !byRemote.has(name)) continue
      transport.detour(name, peer)
      ways.set(name, peer.name)
    }
    for (const name of taken.keys()) if (!ways.has(name)) transport.detour?.(name, null)
    taken = ways
    return ways
  }
}

/** What is said of those of these hosts that are not reached straight, by name; `what` goes through a peer. */
export function wayNotes(ways: Ways, names: readonly HostName[], what: string): readonly string[] {
  return [...new Set(names)].sort(byName).flatMap((name) => {
    const through = ways.get(name)
    return through === undefined ? [] : [`${name} is cut off from here: ${what} through ${through}`]
  })
}
