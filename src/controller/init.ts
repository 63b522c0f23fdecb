// A cluster is begun: hosts are named, tried and written, with a first job, into a folder that has neither yet.
import { assert, UserError } from '../model/errors.js'
import type { Host } from '../model/host.js'
import type { InitView, NamedHost, NewHost, OfferedHost } from '../model/init.js'
import { byName, type HostName, SLOT_SUFFIX } from '../model/names.js'
import type { HostKeyView, HostTrialView } from '../model/trial.js'
import type { SshSettings } from '../ports.js'
import { freeName, hostWords, nameOfAddress, readHostWord } from '../spec/host-words.js'
import { parseInventory } from '../spec/inventory.js'
import { parseJobs } from '../spec/jobs.js'
import { resolvePath } from '../spec/paths.js'
import { inventoryText } from '../spec/starter.js'
import { helloText, starterJob } from '../spec/starter-job.js'
import { type TrialDoors, tryHosts } from './trial.js'
import { sameMachine } from './trial-verdict.js'
import { inWordsOf } from './trial-words.js'

/** What it needs of the world. */
export interface InitDoors {
  /** Absolute; it need not be there yet. */
  readonly folder: string
  readonly trial: TrialDoors
  readonly signal: AbortSignal | null
  /** The login of this machine: what ssh takes where nothing else is said. */
  readonly ownUser: string
  /** Folder of the JSON schemas; null: not known. */
  readonly schemas: string | null
  exists(path: string): Promise<boolean>
  offered(): Promise<readonly OfferedHost[]>
  isThisMachine(address: string): Promise<boolean>
  /** Where the others reach this machine; null: not known. */
  readonly ownAddress: string | null
  /** Makes all files or none, and overwrites none. Throws UserError. */
  createFiles(files: readonly { readonly path: string; readonly text: string }[]): Promise<void>
}

/** How hosts become an inventory, step by step. */
export interface Init {
  readonly folder: string
  /** Throws UserError where there is something that would be overwritten. */
  check(): Promise<void>
  /** Hosts that this machine knows. */
  offered(): Promise<readonly OfferedHost[]>
  /** Reads hosts as people name them. Throws UserError (usage). */
  read(words: readonly string[]): readonly NamedHost[]
  /** Does ~/.ssh/config name a user for it? */
  knowsUser(host: NamedHost): Promise<boolean>
  /** Makes them ready to be tried, beside those that are there; one of the same name takes its place. Throws UserError. */
  add(to: readonly NewHost[], named: readonly NamedHost[], user: string | null): Promise<readonly NewHost[]>
  /** Tries those that were not found fit yet. All come back, with what came of it. */
  try(
    hosts: readonly NewHost[],
    acceptKey: ((host: HostName, key: HostKeyView) => Promise<boolean>) | null,
  ): Promise<readonly NewHost[]>
  /** What is told where nothing was written. */
  told(hosts: readonly NewHost[]): InitView
  /** Writes inventory and first job. Throws UserError. */
  write(hosts: readonly NewHost[]): Promise<InitView>
  close(): Promise<void>
}

/** Begins a cluster over the real doors. */
export function createInit(doors: InitDoors): Init {
  const inventory = resolvePath(doors.folder, 'inventory.yml')
  const job = resolvePath(doors.folder, 'jobs/hello.yml')
  const schema = (name: string) => (doors.schemas === null ? null : resolvePath(doors.schemas, `${name}.schema.json`))
  return {
    folder: doors.folder,
    check: async () => {
      for (const path of [inventory, job]) if (await doors.exists(path)) throw taken(path)
    },
    offered: () => doors.offered(),
    read,
    knowsUser: async (named) => {
      if (named.user !== null) return true
      // `ssh -G` does not tell a user that is written from the login of this machine.
      const written = await doors.offered()
      if (written.some(({ name, target }) => name === named.address && target.includes('@'))) return true
      const settings = await settingsOf(doors, plain('it', named.address, { port: named.port }))
      return settings === null || settings.user !== doors.ownUser
    },
    add: (to, named, user) => add(doors, to, named, user),
    try: (hosts, acceptKey) => tryAll(doors, hosts, acceptKey),
    write: async (hosts) => {
      const text = inventoryText(hosts, schema('inventory'))
      hostsOf(hosts, text)
      const hello = helloText(starterJob(hosts), schema('job'))
      const read = parseJobs([{ file: job, text: hello }])
      assert('jobs' in read, 'the first job is valid')
      await doors.createFiles([
        { path: inventory, text },
        { path: job, text: hello },
      ])
      return viewOf(doors.folder, hosts, [inventory, job])
    },
    told: (hosts) => viewOf(doors.folder, hosts, []),
    close: () => doors.trial.close(),
  }
}

/** What is told of hosts; `files`: those that were written. */
function viewOf(folder: string, hosts: readonly NewHost[], files: readonly string[]): InitView {
  return {
    folder,
    written: files.length > 0,
    files,
    hosts: hosts.map(({ name, address, user, port, local, trial }) => ({ name, address, user, port, local, trial })),
    notes: hosts.flatMap(({ name, trial }) => (trial?.notes ?? []).map((note) => `${name}: ${note}`)),
    next: files.length > 0 ? ['hc plan', 'hc apply', 'hc endpoints', 'hc reconcile --install', 'hc ui'] : [],
  }
}

function taken(path: string): UserError {
  return new UserError(`${path} is there already, and hc init overwrites nothing`, {
    hint: 'hc inventory add brings a host into an inventory that is there; hc init FOLDER begins another one',
  })
}

function read(words: readonly string[]): readonly NamedHost[] {
  const hosts = words.flatMap(hostWords).flatMap((word) => {
    const found = readHostWord(word)
    if (!found.ok) throw new UserError(found.message, { code: 'usage', hint: found.hint })
    return found.hosts
  })
  const names = hosts.map(({ name }) => name)
  const twice = names.find((name, index) => name !== null && names.indexOf(name) < index)
  if (hosts.length === 0 || twice !== undefined) {
    const message = twice === undefined ? 'no host is named' : `two hosts are named ${twice}`
    throw new UserError(message, { code: 'usage', hint: 'write NAME=ADDRESS for each' })
  }
  return hosts
}

function plain(name: HostName, address: string, more: Partial<NewHost> = {}): NewHost {
  const base = { named: true, user: null, port: null, keyFile: null, local: false, trial: null }
  return { ...base, ...more, name, address }
}

/** The hosts of the model, read from the very text that is going to be written. Throws UserError. */
function hostsOf(hosts: readonly NewHost[], text: string = inventoryText(hosts, null)): readonly Host[] {
  const read = parseInventory({ file: 'inventory.yml', text })
  if ('inventory' in read) return read.inventory.hosts
  const [first] = read.faults
  throw new UserError(first?.message ?? 'these hosts make no inventory', { code: 'usage', hint: first?.hint ?? null })
}

async function settingsOf(doors: InitDoors, host: NewHost): Promise<SshSettings | null> {
  const [made] = hostsOf([host])
  return made === undefined ? null : doors.trial.settings(made)
}

async function add(
  doors: InitDoors,
  to: readonly NewHost[],
  named: readonly NamedHost[],
  user: string | null,
): Promise<readonly NewHost[]> {
  let all = to
  for (const one of named) all = await addOne(doors, all, one, user)
  hostsOf(all)
  return [...all].sort((a, b) => byName(a.name, b.name))
}

async function addOne(
  doors: InitDoors,
  all: readonly NewHost[],
  one: NamedHost,
  user: string | null,
): Promise<readonly NewHost[]> {
  const before = placeOf(all, one)
  const others = all.filter((host) => host !== before)
  const guess = nameOfAddress(one.address)
  const taken = new Set(others.map(({ name }) => name))
  const name = one.name ?? before?.name ?? freeName(guess.name, taken)
  const named = one.name !== null || (before?.named ?? guess.chosen)
  if (await doors.isThisMachine(one.address)) {
    // A loopback address would lead each of the others to itself.
    const loop = /^(?:localhost|127\.[\d.]+|::1)$/i.test(one.address)
    const address = loop ? (doors.ownAddress ?? name) : one.address
    return [...others, plain(name, address, { named, local: true })]
  }
  const made = plain(name, one.address, { named, user: one.user ?? user, port: one.port })
  return [...others, await unaliased(doors, made)]
}

/** The host that is said anew: by its name, or without one by its address. Throws UserError. */
function placeOf(all: readonly NewHost[], one: NamedHost): NewHost | null {
  if (one.name !== null) return all.find(({ name }) => name === one.name) ?? null
  const same = all.find(({ address, port }) => address === one.address && (port ?? 22) === (one.port ?? 22))
  if (same) return same
  const guess = nameOfAddress(one.address)
  if (!guess.chosen || !all.some(({ name }) => name === guess.name)) return null
  throw new UserError(`there is a host ${guess.name} already`, {
    code: 'usage',
    hint: `to say it anew: ${guess.name}=USER@ADDRESS; for another one: OTHER-NAME=${one.address}`,
  })
}

/**
 * A name that only ~/.ssh/config knows is of no use to the other hosts, nor in `hc endpoints`: its address is written
 * instead, with user, port and key, where that leads to the very same login. Else the name stays.
 */
async function unaliased(doors: InitDoors, host: NewHost): Promise<NewHost> {
  const settings = await settingsOf(doors, host).catch(() => null)
  if (settings === null || settings.address === host.address) return host
  const key = settings.identityFiles[0] ?? null
  const tries: readonly Partial<NewHost>[] = [{}, { port: portOf(settings) }, { port: portOf(settings), keyFile: key }]
  for (const more of tries) {
    for (const user of host.user === null ? [null, settings.user] : [host.user]) {
      const other = { ...host, address: settings.address, user, ...more }
      const leads = await settingsOf(doors, other).catch(() => null)
      if (leads !== null && JSON.stringify(leads) === JSON.stringify(settings)) return other
    }
  }
  return host
}

function portOf({ port }: SshSettings): number | null {
  return port === 22 ? null : port
}

async function tryAll(
  doors: InitDoors,
  hosts: readonly NewHost[],
  acceptKey: ((host: HostName, key: HostKeyView) => Promise<boolean>) | null,
): Promise<readonly NewHost[]> {
  const open = hosts.filter(({ trial }) => trial?.ok !== true)
  const made = hostsOf(hosts).filter(({ name }) => open.some((host) => host.name === name))
  await Promise.all(made.map(({ name }) => doors.trial.transport.close(name)))
  const tried = await tryHosts(doors.trial, made, { signal: doors.signal, ...(acceptKey && { acceptKey }) })
  const fresh = new Map(inWordsOf('init', tried).map((view) => [view.name, view]))
  const views = hosts.flatMap(({ name, trial }): HostTrialView[] => {
    const view = fresh.get(name) ?? trial
    return view === null ? [] : [view]
  })
  const judged = new Map(sameMachine(views).map((view) => [view.name, view]))
  return renamed(hosts.map((host) => ({ ...host, trial: judged.get(host.name) ?? null })))
}

/** Hosts that nobody named are called what they call themselves. */
function renamed(hosts: readonly NewHost[]): readonly NewHost[] {
  const taken = new Set(hosts.filter(({ named }) => named).map(({ name }) => name))
  return hosts
    .map((host) => {
      const own = host.trial?.brings?.hostname ?? null
      if (host.named || host.trial === null || !host.trial.ok || own === null) return host
      const useful = SLOT_SUFFIX.test(own) && !/^localhost$/i.test(own)
      const name = freeName(useful ? own : host.name, taken)
      taken.add(name)
      return { ...host, name, named: true, trial: { ...host.trial, name } }
    })
    .sort((a, b) => byName(a.name, b.name))
}
