// Hosts that are to forget hc: what is there, and its taking away under the cluster's term.
import type { Host } from '../model/host.js'
import type { LeftoversView, PurgeView } from '../model/leftovers.js'
import {
  type Leftovers,
  leftoversScript,
  PURGE_TIMEOUT_MS,
  parseLeftovers,
  parsePurge,
  purgeScript,
} from '../remote/purge.js'
import type { World } from './world.js'

/** How long the answer on which a purge rests stays good, ms. */
const WITHIN_MS = 60_000
/** How long to wait on the host for another write, ms. */
const LOCK_MS = 20_000
const LOOK_TIMEOUT_MS = 90_000

/** What of hc is on the hosts; one that does not answer says why. */
export async function findLeftovers(world: World, hosts: readonly Host[]): Promise<readonly LeftoversView[]> {
  const cluster = (await world.store.read())?.cluster ?? null
  return Promise.all(
    hosts.map(async (host): Promise<LeftoversView> => {
      const found = await look(world, host)
      const nothing = { host: host.name, error: null, units: [], foreign: [], containers: [], volumes: [] }
      if (typeof found === 'string') return { ...nothing, error: found }
      const own = (whose: string) => whose === '' || whose === cluster
      const names = (mine: boolean) => found.units.filter((unit) => own(unit.cluster) === mine).map(({ name }) => name)
      const volumes = found.volumes.map(({ name, kib }) => ({ name, bytes: kib === null ? null : kib * 1024 }))
      return { ...nothing, units: names(true), foreign: names(false), containers: found.containers, volumes }
    }),
  )
}

async function look(world: World, host: Host): Promise<Leftovers | string> {
  const result = await world.transport.run(host, { script: leftoversScript(), lane: 'act', timeoutMs: LOOK_TIMEOUT_MS })
  if (!result.ok) return result.failure.message
  return parseLeftovers(result.output) ?? 'its answer was cut'
}

/** Takes all of it away; volumes only where asked for. Nothing else of this control machine acts meanwhile. */
export async function purgeHosts(
  world: World,
  hosts: readonly Host[],
  volumes: boolean,
): Promise<readonly PurgeView[]> {
  const lock = await world.store.lock(world.lockTimeoutMs)
  try {
    const { term, cluster } = (await world.store.read()) ?? world.store.draft()
    return await Promise.all(
      hosts.map(async (host): Promise<PurgeView> => {
        const found = await look(world, host)
        if (typeof found === 'string') return { host: host.name, ok: false, error: found }
        const deadlineMs = found.uptimeMs + WITHIN_MS
        const guard = { term, cluster, key: null, bootId: found.bootId, deadlineMs, lockMs: LOCK_MS }
        const script = purgeScript(guard, { volumes })
        const result = await world.transport.run(host, { script, lane: 'act', timeoutMs: PURGE_TIMEOUT_MS })
        const error = result.ok ? parsePurge(result.output) : result.failure.message
        return { host: host.name, ok: error === null, error }
      }),
    )
  } finally {
    await lock.release()
  }
}
