// `hc doctor`, the control machine: the store, the loop, the keys; and what holds for the cluster as a whole.
import { type ControlView, leadersText, otherInventoryCause } from '../model/control.js'
import type { ControlExam, FileMode, FindingView, WayExam } from '../model/doctor.js'
import type { HostName, Millis } from '../model/names.js'
import { formatMillis } from '../model/resources.js'
import { LONGER_TAKEOVER, shortTakeover } from '../spec/takeover.js'
import { diskFindings, finding } from './doctor.js'
import { controlVoter, isUnderRule } from './exclusive.js'
import { NOWHERE, votersFor } from './exclusive-arming.js'
import type { PlanInput } from './input.js'

/** All that was gathered of the control machine. */
export interface ControlCase {
  readonly exam: ControlExam
  readonly ways: ReadonlyMap<HostName, WayExam>
  /** null: there is none. */
  readonly store: 'read' | null
  readonly loop: {
    readonly held: boolean
    /** Since its last tick, ms; below zero where the clock was set back since; null: not known. */
    readonly silentMs: Millis | null
  }
  /** null: there was nobody to ask. */
  readonly witness: { readonly asked: readonly string[]; readonly answers: boolean } | null
  readonly anyHostAnswers: boolean
  /** Those that share the store; null: it is this machine's alone. */
  readonly shared: ControlView | null
  /** Why this machine writes to no host, or not to all; null: it does. */
  readonly deposed: string | null
}

/** A loop that has not ticked for so long hangs, ms. */
const LATE_MS: Millis = 30_000
/** Bits of a mode that let others than the owner in. */
const OTHERS = 0o077

/** All findings of the control machine itself. */
export function controlFindings(one: ControlCase): readonly FindingView[] {
  const { exam } = one
  return [
    ...storeFindings(one),
    ...sharedFindings(one),
    ...deposedFindings(one),
    ...loopFindings(one),
    ...wayFindings(one.ways),
    ...(exam.disk === null ? [] : diskFindings('control-disk', null, [exam.disk])),
    ...witnessFindings(one),
  ]
}

function storeFindings({ exam, store }: ControlCase): readonly FindingView[] {
  const { path, mode } = exam.store
  if (store !== null && mode === null) return [finding('store', null, { text: 'the store is read', level: 'ok' })]
  if (store === null || mode === null) {
    return [finding('store', null, { text: `there is no store at ${path} yet`, mend: 'hc apply makes it' })]
  }
  if ((mode & OTHERS) !== 0) {
    const text = `the store ${path} has mode ${mode.toString(8)}: others may read what jobs hold`
    return [finding('store-mode', null, { text, mend: `chmod 700 ${path}` })]
  }
  return [finding('store', null, { text: `the store ${path} is there, for its owner alone`, level: 'ok' })]
}

function sharedFindings({ shared }: ControlCase): readonly FindingView[] {
  if (shared === null) return []
  const { trouble } = shared
  if (trouble !== null) {
    const text = `the store cannot be written: ${trouble}; what is shown of the records may be old`
    return [finding('store-shared', null, { text, mend: 'hc control check names the members that are silent' })]
  }
  const others = otherInventoryCause(shared)
  return [
    finding('store-shared', null, { text: leadersText(shared), level: 'ok' }),
    ...(others === null ? [] : [finding('inventories', null, others)]),
  ]
}

function deposedFindings({ deposed }: ControlCase): readonly FindingView[] {
  if (deposed === null) return []
  const mend = 'type on the other machine or put the newer store back; or hc reconcile --take-over makes this one act'
  return [finding('deposed', null, { text: deposed, mend })]
}

function loopFindings({ exam, loop, store }: ControlCase): readonly FindingView[] {
  const install = 'hc reconcile --install'
  if (!loop.held) {
    if (store === null) return []
    return [finding('loop-absent', null, { text: 'no loop ticks: the loss of a host is not handled', mend: install })]
  }
  const { silentMs } = loop
  if (silentMs !== null && Math.abs(silentMs) > LATE_MS) {
    const text =
      silentMs > 0
        ? `a loop is there, and has not ticked for ${formatMillis(silentMs)}`
        : `a loop is there, and has not ticked since the clock was set back by ${formatMillis(-silentMs)} or more`
    const user = exam.loopUnit === 'user' ? '--user ' : ''
    const mend = exam.loopUnit
      ? `journalctl ${user}-u hc-reconcile shows why; systemctl ${user}restart hc-reconcile`
      : `cat ${exam.store.path}/loop.lock names its process: end it (kill -9, where it is stopped), then ${install}`
    return [finding('loop-late', null, { text, mend })]
  }
  const ticks = silentMs === null ? 'a loop is there' : `a loop ticks, ${formatMillis(Math.max(0, silentMs))} ago`
  const unit = { text: 'the loop is no unit of systemd: it does not come back after a reboot', mend: install }
  return [
    finding('loop-late', null, { text: ticks, level: 'ok' }),
    ...(exam.loopUnit ? [] : [finding('loop-unit', null, unit)]),
  ]
}

function wayFindings(ways: ControlCase['ways']): readonly FindingView[] {
  const all = [...ways.values()]
  const files = (of: (way: WayExam) => readonly FileMode[]) =>
    [...new Map(all.flatMap(of).map((file) => [file.path, file])).values()].sort((a, b) => (a.path < b.path ? -1 : 1))
  const missing = files(({ keys, namedKey }) => keys.filter(({ path, mode }) => path === namedKey && mode === null))
  const open = files(({ keys }) => keys).filter(({ mode }) => mode !== null && (mode & OTHERS) !== 0)
  const dead = [...new Set(all.flatMap(({ agent, agentAnswers }) => (agent && !agentAnswers ? [agent] : [])))].sort()
  const unknown = all.filter(({ knownHosts }) => knownHosts.length > 0 && knownHosts.every(({ mode }) => mode === null))
  const [first] = unknown.flatMap(({ knownHosts }) => knownHosts)
  return [
    ...missing.map(({ path }) =>
      finding('key-file', null, {
        text: `the private key ${path} does not exist`,
        mend: `ssh-keygen -t ed25519 -f ${path}; or ansible_ssh_private_key_file`,
      }),
    ),
    ...open.map(({ path, mode }) =>
      finding('key-file', null, {
        text: `the private key ${path} has mode ${mode?.toString(8)}: others may use it, and ssh refuses it`,
        mend: `chmod 600 ${path}`,
      }),
    ),
    ...dead.map((socket) =>
      finding('agent', null, {
        text: `no ssh agent answers at ${socket}`,
        mend: 'eval $(ssh-agent) and ssh-add; or take IdentityAgent out of ~/.ssh/config',
      }),
    ),
    ...(first
      ? [
          finding('known-hosts', null, {
            text: `there is no ${first.path} yet`,
            mend: 'hc status on a terminal asks about each key and records it',
          }),
        ]
      : []),
  ]
}

/** Is there a witness that answers? */
export function witnessFindings({
  witness,
  anyHostAnswers,
}: Pick<ControlCase, 'witness' | 'anyHostAnswers'>): readonly FindingView[] {
  if (witness === null || witness.asked.length === 0) {
    const text = 'there is no witness: neither hc_witness nor a default gateway'
    return [
      finding('witness', null, {
        text,
        mend: 'hc_witness: [ADDRESS] in the inventory, of something that always answers pings',
      }),
    ]
  }
  const asked = witness.asked.join(', ')
  if (witness.answers) return [finding('witness', null, { text: `the witness answers (${asked})`, level: 'ok' })]
  const text = `no witness answers (${asked})${anyHostAnswers ? '' : ', and no host: is this machine cut off?'}`
  return [
    finding('witness', null, {
      text,
      mend: 'hc_witness: [ADDRESS] in the inventory, of something that always answers pings',
    }),
  ]
}

/** What follows from all hosts together: who has a voice, and what the loss of the control machine means. */
export function clusterFindings(input: PlanInput, hosts: readonly HostName[]): readonly FindingView[] {
  const exclusive = input.jobs.some(isUnderRule)
  if (!exclusive) return []
  const [some] = input.hosts
  const voters = some === undefined ? [] : votersFor(some, input)
  const risk = shortTakeover(input.settings)
  const found: FindingView[] =
    risk === null ? [] : [finding('short-takeover', null, { text: risk, mend: LONGER_TAKEOVER })]
  if (voters.length + 1 === 2) {
    const text =
      'there are two voters: the sudden loss of the control machine stops exclusive jobs on the other until it is back'
    found.push(
      finding('two-voters', null, {
        text,
        mend: 'a third host in the inventory, also one that takes no jobs (hc_hosts)',
      }),
    )
  }
  for (const state of input.hosts) {
    if (!state.facts || !hosts.includes(state.host.name)) continue
    const lost = votersFor(state, input).filter(
      // How this machine is seen from there is told by a full probe only.
      ({ name, address }) =>
        address === NOWHERE && (name !== controlVoter(input) || state.facts?.connection !== undefined),
    )
    for (const { name } of lost) {
      const text = `the voter ${name} has no address that this host could look at: loopback, its own, or one that two share`
      found.push(
        finding('voter', state.host.name, { text, mend: `ansible_host of ${name}: an address that the others reach` }),
      )
    }
  }
  return found
}
