// A loop that ends on purpose disarms its hosts: nobody could take anything over from them, so they have nothing to stop.
import { renewalFor } from '../cluster/renewals.js'
import { LEASE_DEFAULTS } from '../model/lease-record.js'
import type { HostName, Millis } from '../model/names.js'
import type { Records } from '../model/records.js'
import { controlVoter } from '../planner/exclusive.js'
import type { HostState } from '../planner/input.js'
import { probeScript } from '../remote/probe.js'
import { within } from '../remote/wait.js'
import { underLock } from './change.js'
import type { Controller, Look } from './controller.js'
import { carryOut, targetsOf } from './execution.js'
import { recordHosts } from './record.js'
import type { World } from './world.js'

/** How long hosts may take to answer, ms. */
const PATIENCE_MS = 1000
/** How long the store's lock is waited for, ms. */
const LOCK_MS = 2000

/** Disarms all that answer, within a bound; what fails is said, and those hosts stay armed. */
export async function disarmAll(world: World, controller: Controller, boundMs: Millis): Promise<void> {
  const work = disarm(world, controller).catch((error: unknown) => world.debug(`disarming: ${String(error)}`))
  await within(world.clock, boundMs, work)
}

async function disarm(world: World, controller: Controller): Promise<void> {
  const { store, clock } = world
  if (!Object.values((await store.read())?.hosts ?? {}).some(({ lease }) => lease && lease.held.length > 0)) return
  const look = await controller.look(PATIENCE_MS)
  const armed = look.input.hosts.filter(({ facts, lease }) => facts && lease && lease.held.length > 0)
  if (armed.length === 0) return
  await underLock({ store, lockTimeoutMs: LOCK_MS }, async () => {
    const records = await store.read()
    if (!records) return
    const noted = await grantAway(world, look, records, armed)
    const leases = new Map(armed.map(({ host }) => [host.name, { disarm: true } as const]))
    await carryOut([], look, noted, world, leases)
    const after = await controller.look(PATIENCE_MS)
    const { records: known } = recordHosts(noted, after.observation, after.beliefs, clock.wall())
    if (known !== noted) await store.write(known)
  })
}

/**
 * Hosts that have no majority without the control machine get a lease of hc_away first, recorded before it is sent: should
 * the word that disarms them be lost, they stop nothing for so long.
 */
async function grantAway(
  { store, transport, clock }: World,
  look: Look,
  records: Records,
  armed: readonly HostState[],
): Promise<Records> {
  const { awayMs, leaseMs } = look.input.settings.lease ?? LEASE_DEFAULTS
  const weak = armed.filter((state) => !keepsAlone(state, look))
  if (weak.length === 0 || awayMs <= leaseMs) return records
  const hosts = { ...records.hosts }
  for (const { host, lease } of weak) {
    const record = hosts[host.name]
    if (record && lease)
      hosts[host.name] = {
        ...record,
        lease: { ...lease, held: [...lease.held, ...lease.held.map((held) => ({ ...held, leaseMs: awayMs }))] },
      }
  }
  const noted = { ...records, hosts }
  await store.write(noted)
  const { term, cluster } = records
  const guard = { term, cluster, leaseMs: awayMs, hosts: new Set<HostName>() }
  const targets = targetsOf(look)
  await Promise.all(
    weak.map(({ host }) => {
      const target = targets.get(host.name)
      if (!target) return null
      const script = probeScript({ renew: renewalFor(target.facts, target.contactAt, clock.now(), guard) })
      return transport.run(host, { script, lane: 'look', timeoutMs: PATIENCE_MS })
    }),
  )
  return noted
}

/** Would it reach more than half of its voters without the control machine? By who was seen to reach it. */
function keepsAlone({ host, lease }: HostState, { observation, input }: Look): boolean {
  const own = controlVoter(input.hosts)
  const proven = observation.hosts.find((one) => one.host === host.name)?.provenVantages ?? []
  return (lease?.held ?? []).every(({ voters }) => {
    const reached = voters.filter((name) => proven.includes(name) && name !== own).length
    return 2 * (1 + reached) > voters.length + 1
  })
}
