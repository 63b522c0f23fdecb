// A loop that ends on purpose disarms its hosts: nobody could take anything over from them, so they have nothing to stop.
import { renewalFor } from '../cluster/renewals.js'
import { LEASE_DEFAULTS } from '../model/lease-record.js'
import { byName, type HostName, type Millis, someOf } from '../model/names.js'
import type { Records } from '../model/records.js'
import { controlVoter } from '../planner/exclusive.js'
import type { HostState } from '../planner/input.js'
import { probeScript } from '../remote/probe.js'
import { within } from '../remote/wait.js'
import type { Controller, Look } from './controller.js'
import { carryOut, targetsOf } from './execution.js'
import { recordArmings } from './lease.js'
import { recordHosts } from './record.js'
import { claim } from './term.js'
import type { World } from './world.js'

/** How long hosts may take to answer, ms. */
const PATIENCE_MS = 1000
/** How long the store's lock is waited for, ms. */
const LOCK_MS = 2000

/**
 * Disarms all that answer, within a bound. Hosts that may be armed still, by name: they did not answer, or did not do it;
 * null: not known, since the store can't be read. What fails beside that is told to `debug`.
 */
export async function disarmAll(
  world: World,
  controller: Controller,
  boundMs: Millis,
  patienceMs: Millis = PATIENCE_MS,
): Promise<readonly HostName[] | null> {
  const failed = (error: unknown) => world.debug(`disarming: ${String(error)}`)
  const work = disarm(world, controller, patienceMs).catch(failed)
  await within(world.clock, boundMs, work)
  return world.store.read().then(armedIn, () => null)
}

/** Hosts that hold a lease by the records, or may, by name. */
export function armedIn(records: Records | null): readonly HostName[] {
  return Object.entries(records?.hosts ?? {})
    .filter(([, { lease }]) => lease && lease.held.length > 0)
    .map(([name]) => name)
    .sort(byName)
}

/** What it means where hosts could not be disarmed, and what to do; null where there is nothing to say. */
export function staysArmed(hosts: readonly HostName[] | null): string | null {
  if (hosts === null) return `it is not known whether hosts are still armed: ${AGAIN}`
  if (hosts.length === 0) return null
  const [is, it] = hosts.length === 1 ? ['is', 'it'] : ['are', 'they']
  return `${someOf(hosts)} ${is} still armed: without a loop ${it} may stop exclusive slots where ${it} reach${is === 'is' ? 'es' : ''} no majority; ${AGAIN}`
}

const AGAIN = 'a loop that ticks looks after them, and hc reconcile --uninstall disarms them once they answer'

async function disarm(world: World, controller: Controller, patienceMs: Millis): Promise<void> {
  const { store, clock } = world
  if (armedIn(await store.read()).length === 0) return
  const look = await controller.look(patienceMs)
  // Under another control machine hosts are armed by its word.
  const armed = look.input.hosts.filter(
    ({ facts, lease, blocked }) => facts && lease && lease.held.length > 0 && blocked?.kind !== 'foreign',
  )
  if (armed.length === 0) return
  await controller.underLock(LOCK_MS, async () => {
    const records = claim(await store.read(), world.owner)
    if (!records) return
    const noted = await grantAway(world, look, await onItsWay(world, records, armed), armed)
    const leases = new Map(armed.map(({ host }) => [host.name, { disarm: true } as const]))
    await carryOut([], look, noted, world, leases)
    const after = await controller.look(patienceMs)
    const { records: done, events } = recordHosts(noted, after.observation, after.beliefs, clock.wall(), 'loop-ended')
    if (done !== noted) await store.write(done)
    await store.appendEvents(events, done.term.number)
  })
}

/**
 * Recorded before it is sent: a host that is told to disarm, and does not answer, may run on unarmed. Nothing is taken over from
 * it before it has shown its rules again.
 */
async function onItsWay({ store }: World, records: Records, armed: readonly HostState[]): Promise<Records> {
  const told = armed.map(({ host }) => ({ host: host.name, arm: null, text: 'the loop ends' }))
  const noted = recordArmings(records, told)
  await store.write(noted)
  return noted
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
  for (const { host } of weak) {
    const record = hosts[host.name]
    const lease = record?.lease
    if (record && lease)
      hosts[host.name] = {
        ...record,
        // A lease of hc_away outlasts the lead of whoever gives it.
        lease: {
          ...lease,
          held: [...lease.held, ...lease.held.map(({ led: _, ...held }) => ({ ...held, leaseMs: awayMs }))],
        },
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
      const renew = renewalFor(target.facts, target.contactAt, clock.now(), guard)
      const script = probeScript(renew ? { renew } : {})
      return transport.run(host, { script, lane: 'look', timeoutMs: PATIENCE_MS })
    }),
  )
  return noted
}

/** Would it reach more than half of its voters without the control machine? By who was seen to reach it. */
function keepsAlone({ host, lease }: HostState, { observation, input }: Look): boolean {
  const own = controlVoter(input)
  const proven = observation.hosts.find((one) => one.host === host.name)?.provenVantages ?? []
  return (lease?.held ?? []).every(({ voters }) => {
    const reached = voters.filter((name) => proven.includes(name) && name !== own).length
    return 2 * (1 + reached) > voters.length + 1
  })
}
