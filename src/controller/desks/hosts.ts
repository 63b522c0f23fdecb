// Hosts: how they stand, and commands on them.
import { runOnHosts } from '../../cluster/run.js'
import type { HostCleanView, HostVerbView } from '../../model/host-verbs.js'
import { byName, type HostName, type Millis, type SlotName } from '../../model/names.js'
import type {
  ApplyView,
  FenceTestView,
  HostDetailView,
  HostRunView,
  HostView,
  HostWordView,
  PlanView,
  Progress,
} from '../../model/views.js'
import { cleanHost, planClean } from '../clean.js'
import { confirmLost } from '../confirm-lost.js'
import { drainHosts, planDrain } from '../drain.js'
import { fenceTest } from '../fence-test.js'
import { forgetHosts, planForget } from '../forget.js'
import { findHost, hostDetail } from '../host-detail.js'
import { type HostVerb, sayOfHosts } from '../hosts.js'
import { hosts, SHOW_PATIENCE_MS } from '../status.js'
import { wayNotes, waysOf } from '../ways.js'
import { controllerOf, hostsMatching, type Wiring } from './desk.js'

/** Options of `host run`. */
export interface HostRunOptions {
  readonly parallel: number
  readonly timeoutMs: number | null
  /** Most characters of each output that the result holds per host; a million unless said otherwise. */
  readonly keep?: number
  onOutput(host: string, stream: 'stdout' | 'stderr', text: string): void
  /** By which way a host is reached, where it is not the straight one. */
  onNote?(text: string): void
}

/** How hosts are drained. */
export interface DrainOptions {
  /** After so long nothing waits for its turn any more. Absent: no bound. */
  readonly deadlineMs?: Millis
  /** Shows what would move where, and says whether to go on. */
  confirm(plan: PlanView): Promise<boolean>
  onProgress(progress: Progress): void
}

/** Hosts. */
export interface HostsDesk {
  hosts(): Promise<readonly HostView[]>
  /** The hosts that Ansible patterns name, each once, by name. Throws UserError with the nearest name. */
  hostNames(patterns: readonly string[]): Promise<readonly HostName[]>
  /** Asks a host's fence driver whether the power is on; with `cycle` it is cut and given again. Throws UserError. */
  fenceTest(name: HostName, cycle: boolean): Promise<FenceTestView>
  /** All that is known of one host. */
  host(name: HostName): Promise<HostDetailView>
  /** It takes no new allocations; what is there stays. Also where it is out of reach. */
  cordonHost(name: HostName): Promise<HostWordView>
  /** Ends a cordon, and a drain. */
  uncordonHost(name: HostName): Promise<HostWordView>
  /** What a drain would move where. */
  planDrain(names: readonly HostName[]): Promise<PlanView>
  /** Cordons a host and moves away what may leave it. */
  drainHost(name: HostName, onProgress: (progress: Progress) => void): Promise<ApplyView>
  drainHosts(names: readonly HostName[], options: DrainOptions): Promise<ApplyView>
  /** What forgetting these hosts would mean; names may be of hosts that have left the inventory. Throws UserError. */
  planForget(names: readonly HostName[]): Promise<readonly HostVerbView[]>
  forgetHosts(names: readonly HostName[]): Promise<readonly HostVerbView[]>
  /** An operator's word that these are off. Throws UserError where one lives. */
  confirmLost(names: readonly HostName[]): Promise<readonly HostVerbView[]>
  /** Units of hc that the store knows nothing of. Throws UserError where the host does not answer. */
  planClean(name: HostName): Promise<HostCleanView>
  /** Stops those of these slots that are unclaimed still, and takes them away. */
  cleanHost(name: HostName, slots: readonly SlotName[]): Promise<HostCleanView>
  /** `command` of one word is shell text, of several an argv that reaches the host as it is. */
  hostRun(pattern: string, command: readonly string[], options: HostRunOptions): Promise<readonly HostRunView[]>
}

/** The desk over the real doors. */
export function hostsDesk(wiring: Wiring): HostsDesk {
  const { world } = wiring
  return {
    fenceTest: (name, cycle) => fenceTest(wiring.world, name, cycle),
    hosts: () => hosts(world, controllerOf(wiring)),
    hostNames: (patterns) => hostNames(wiring, patterns),
    host: (name) => hostDetail(world, controllerOf(wiring), name),
    cordonHost: (name) => say(wiring, 'cordon', name),
    uncordonHost: (name) => say(wiring, 'uncordon', name),
    planDrain: (names) => planDrain(world, controllerOf(wiring), { hosts: names, patienceMs: SHOW_PATIENCE_MS }),
    drainHost: (name, onProgress) => drain(wiring, [name], { confirm: async () => true, onProgress }),
    drainHosts: (names, options) => drain(wiring, names, options),
    planForget: (names) => planForget(controllerOf(wiring), names),
    forgetHosts: (names) => forgetHosts(world, controllerOf(wiring), names),
    confirmLost: (names) => confirmLost(world, controllerOf(wiring), names),
    planClean: (name) => planClean(world, controllerOf(wiring), name),
    cleanHost: (name, slots) => cleanHost(world, controllerOf(wiring), name, slots),
    hostRun: async (pattern, command, options) => {
      const names = await hostsMatching(wiring, pattern)
      const { inventory } = await wiring.reader.read()
      const chosen = inventory.hosts.filter(({ name }) => names.includes(name))
      const ways = await waysOf(world)(inventory.hosts)
      for (const note of wayNotes(ways, names, 'it is reached')) options.onNote?.(note)
      return runOnHosts(world.transport, chosen, command, options, wiring.signal)
    },
  }
}

async function hostNames(wiring: Wiring, patterns: readonly string[]): Promise<readonly HostName[]> {
  const found = await Promise.all(patterns.map((pattern) => hostsMatching(wiring, pattern)))
  return [...new Set(found.flat())].sort(byName)
}

async function say(wiring: Wiring, verb: HostVerb, name: HostName): Promise<HostWordView> {
  const { world } = wiring
  await findHost(world, name)
  const order = { hosts: [name], verb, patienceMs: SHOW_PATIENCE_MS }
  const [word] = (await sayOfHosts(world, controllerOf(wiring), order)).words
  if (!word) throw new Error('bug: nothing was said')
  return word
}

async function drain(wiring: Wiring, names: readonly HostName[], options: DrainOptions): Promise<ApplyView> {
  const { world, signal } = wiring
  for (const name of names) await findHost(world, name)
  return drainHosts(world, controllerOf(wiring), {
    hosts: names,
    patienceMs: SHOW_PATIENCE_MS,
    signal,
    ...(options.deadlineMs !== undefined && { deadlineMs: options.deadlineMs }),
    confirm: (plan) => options.confirm(plan),
    onProgress: (progress) => options.onProgress(progress),
  })
}
