// A host is tried before it is taken into the inventory: reached as whom, root or not, and what it would bring.
import { UserError } from '../model/errors.js'
import type { Host, HostFacts } from '../model/host.js'
import type { HostName, Millis } from '../model/names.js'
import type { Failure } from '../model/observation.js'
import type { HostBrings, HostKeyView, HostTrialView } from '../model/trial.js'
import type { Clock, SshSettings, Transport } from '../ports.js'
import { parseProbe } from '../remote/probe.js'
import { failure } from '../remote/text.js'
import { parseHostname, parseTools, trialScript } from '../remote/trial.js'
import { within } from '../remote/wait.js'
import { candidateCapacity } from '../scheduler/capacity.js'
import { notesOf, sameMachine, unfit } from './trial-verdict.js'

/** From SYN to login, passphrases of keys included: a person may take that long. */
const LOGIN_MS: Millis = 300_000
/** The probe asks systemd and the engines for everything, each with a bound of its own. */
const PROBE_MS: Millis = 30_000
/** Keys on the way to a host, its own included, that one try may ask about. */
const KEYS = 4

/** What a try needs of the world. Opened for tries alone: what is recorded or refused here touches no other connection. */
export interface TrialDoors {
  readonly clock: Clock
  readonly transport: Transport
  /** Logs in, and asks nobody about keys of hosts. null: connected, or there is nothing to log in to. */
  login(host: Host): Promise<Failure | null>
  /** How it is reached; null: it is this machine. Throws UserError. */
  settings(host: Host): Promise<SshSettings | null>
  /** From now on the key is recorded in known_hosts when it is shown. */
  trust(key: HostKeyView): void
  /** Boot id of this machine; null: not known. */
  readonly ownBootId: string | null
  /** Who this hc is, in terms; null: it has not acted yet. */
  readonly owner: string | null
  close(): Promise<void>
}

/** How hosts are tried. */
export interface TrialOptions {
  /** Hosts of the inventory, of which one may be the same machine. They are asked too, and nothing is said of them. */
  readonly peers?: readonly Host[]
  /**
   * Asked about each key that is not known, one question after the other, also where many hosts show theirs at once; yes
   * records it as ssh would. Absent: no key is recorded, and the host is not ok.
   */
  acceptKey?(host: HostName, key: HostKeyView): Promise<boolean>
  readonly signal?: AbortSignal | null
}

/** Tries one host. Never rejects for what a host does. */
export async function tryHost(doors: TrialDoors, host: Host, options: TrialOptions = {}): Promise<HostTrialView> {
  const [view] = await tryHosts(doors, [host], options)
  if (view === undefined) throw new Error('bug: a host was tried and nothing came of it')
  return view
}

/** Tries several at once; the results are in the order of the hosts. */
export async function tryHosts(
  doors: TrialDoors,
  hosts: readonly Host[],
  options: TrialOptions = {},
): Promise<readonly HostTrialView[]> {
  const peers = askPeers(doors, hosts, options)
  const views = new Map<HostName, HostTrialView>()
  const decided = new Map<string, boolean>()
  let round: readonly Host[] = hosts
  for (let keys = 0; round.length > 0; keys += 1) {
    const tried = await Promise.all(round.map((host) => tryOnce(doors, host, options.signal ?? null)))
    for (const view of tried) {
      const before = views.get(view.name)
      const recordedKey = wasRecorded(before?.unknownKey ?? null, view) ?? before?.recordedKey ?? null
      views.set(view.name, { ...view, recordedKey })
    }
    round = keys < KEYS ? await accepted(doors, round, views, decided, options) : []
  }
  const found = hosts.map(({ name }) => views.get(name)).filter((view) => view !== undefined)
  return sameMachine(found, await peers)
}

/** The key, where the login went further with it than it had come without it. */
function wasRecorded(key: HostKeyView | null, now: HostTrialView): HostKeyView | null {
  const notReached = now.failure === 'unreachable' || now.failure === 'refused' || now.failure === 'timeout'
  return key === null || notReached || now.unknownKey?.where === key.where ? null : key
}

/** The hosts to be tried again, because the key that they showed was accepted. */
async function accepted(
  doors: TrialDoors,
  hosts: readonly Host[],
  views: ReadonlyMap<HostName, HostTrialView>,
  decided: Map<string, boolean>,
  { acceptKey, signal }: TrialOptions,
): Promise<readonly Host[]> {
  const again: Host[] = []
  for (const host of hosts) {
    const key = views.get(host.name)?.unknownKey ?? null
    if (key === null || !acceptKey || signal?.aborted) continue
    const id = `${key.where} ${key.fingerprint}`
    const yes = decided.get(id) ?? (await acceptKey(host.name, key))
    decided.set(id, yes)
    if (!yes) continue
    doors.trust(key)
    again.push(host)
  }
  await Promise.all(again.map((host) => doors.transport.close(host.name)))
  return again
}

/** What the hosts of the inventory say; those that do not answer say nothing. */
async function askPeers(
  doors: TrialDoors,
  hosts: readonly Host[],
  { peers = [], signal = null }: TrialOptions,
): Promise<readonly HostTrialView[]> {
  const others = peers.filter(({ name }) => !hosts.some((host) => host.name === name))
  return Promise.all(others.map((host) => tryOnce(doors, host, signal)))
}

async function tryOnce(doors: TrialDoors, host: Host, signal: AbortSignal | null): Promise<HostTrialView> {
  const startedAt = doors.clock.now()
  const base = { name: host.name, recordedKey: null, root: null, notes: [], brings: null } as const
  const settings = await doors.settings(host).catch((error: unknown) => {
    if (error instanceof UserError) return failure('auth', error.message, error.hint)
    throw error
  })
  if (settings !== null && 'kind' in settings) {
    return { ...base, target: host.connection.address, ...refusal(settings), tookMs: doors.clock.now() - startedAt }
  }
  const target = settings === null ? 'this machine' : targetOf(settings)
  const asked = await ask(doors, host, signal)
  const tookMs = Math.round(doors.clock.now() - startedAt)
  if ('kind' in asked) return { ...base, target, ...refusal(asked), tookMs }
  const { facts } = asked
  const bad = unfit(facts)
  return {
    ...base,
    target,
    ...(bad === null ? { ok: true, reason: null, failure: null, hint: null, unknownKey: null } : refusal(bad)),
    root: settings === null || settings.user === 'root' ? 'login' : 'sudo',
    notes: notesOf(facts, settings === null ? 'local' : facts.bootId === doors.ownBootId ? 'ssh' : null, doors.owner),
    brings: bringsOf(host, asked),
    tookMs,
  }
}

/** What a host said of itself. */
interface Answer {
  readonly facts: HostFacts
  readonly hostname: string | null
  readonly tools: readonly string[]
}

async function ask(doors: TrialDoors, host: Host, signal: AbortSignal | null): Promise<Failure | Answer> {
  const login = await within(doors.clock, LOGIN_MS, doors.login(host), signal ?? undefined)
  if (!login.inTime) {
    return signal?.aborted
      ? failure('aborted', 'stopped on request')
      : failure('timeout', `no login within ${LOGIN_MS / 1000} s`)
  }
  if (login.value !== null) return login.value
  const result = await doors.transport.run(host, { script: trialScript(), lane: 'look', timeoutMs: PROBE_MS })
  if (!result.ok) return result.failure
  const parsed = parseProbe(result.output)
  if (!parsed.ok) return parsed.failure
  return { facts: parsed.facts, hostname: parseHostname(result.output), tools: parseTools(result.output) }
}

function refusal({ kind, message, hint, unknownKey }: Failure) {
  const away = kind === 'unreachable' ? 'is it switched on, and is that its address?' : null
  return { ok: false, reason: message, failure: kind, hint: hint ?? away, unknownKey: unknownKey ?? null }
}

function targetOf({ user, address, port }: SshSettings): string {
  return `${user}@${address.includes(':') ? `[${address}]` : address}:${port}`
}

function bringsOf(host: Host, { facts, hostname, tools }: Answer): HostBrings {
  const ports = facts.listening.filter(({ protocol }) => protocol === 'tcp').map(({ port }) => port)
  return {
    hostname,
    tools,
    listening: [...new Set(ports)].sort((a, b) => a - b),
    os: facts.os === null ? null : [facts.os, facts.osVersion].filter((part) => part !== null).join(' '),
    arch: facts.arch,
    kernel: facts.kernel,
    capacity: candidateCapacity(host, facts),
    drivers: facts.drivers,
    units: facts.units.length,
    machineId: facts.machineId,
    bootId: facts.bootId,
  }
}
