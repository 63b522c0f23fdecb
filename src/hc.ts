// Composition root: reads files, makes the real doors, wires them. The only thing that commands/ call.
import { existsSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Hc } from './controller/api.js'
import type { ControlDoors } from './controller/control/doors.js'
import type { Wiring } from './controller/desks/desk.js'
import type { DoctorDoors } from './controller/doctor.js'
import { createFacade } from './controller/facade.js'
import { createInit, type Init } from './controller/init.js'
import { InventoryReader } from './controller/inventory.js'
import type { Listen } from './controller/outlook.js'
import { Questions } from './controller/questions.js'
import { chooseStore, endpointsOf, type StoreChoice, storeName, storeNamed } from './controller/store-choice.js'
import type { CopyDoors } from './controller/store-copies.js'
import { ownerName } from './controller/term.js'
import type { TrialDoors } from './controller/trial.js'
import type { World } from './controller/world.js'
import { UserError } from './model/errors.js'
import type { Host } from './model/host.js'
import type { EtcdAddress, StoreAddress } from './model/store-address.js'
import type { HostKeyView } from './model/trial.js'
import type { Clock, Store } from './ports.js'
import { createSshTransport } from './ssh/transport.js'
import type { OpenOptions } from './store/etcd/open.js'
import { openFeed } from './store/feed.js'
import { borrowingTransport } from './store/lend-client.js'
import { openLending } from './store/lend-server.js'
import { openStore } from './store/store.js'
import { Ticks } from './store/ticks.js'
import { createClock } from './system/clock.js'
import { createControlDoors, OWN_CONTROL } from './system/control-doors.js'
import { ownHost, withOwnKey } from './system/control-files.js'
import { examineControl, examineWay } from './system/doctor.js'
import { createFencer } from './system/fence.js'
import { createProber, dialHere } from './system/health.js'
import { installLoopUnit, uninstallLoopUnit } from './system/install.js'
import { findInventory } from './system/inventory-file.js'
import { offeredHosts } from './system/known-names.js'
import { createLocalTransport } from './system/local.js'
import { createFiles } from './system/new-files.js'
import { createNotifier } from './system/notify.js'
import { createPinger } from './system/ping.js'
import { routeTransport } from './system/route.js'
import { commandName, fingerprintOf, isThisMachine, ownAddress, ownBootId, ownMachine } from './system/self.js'
import { createSolver } from './system/solver.js'
import { createSources } from './system/sources.js'
import { createSshResolver, sshConfigStamp } from './system/ssh-config.js'
import { createTextFiles } from './system/text-files.js'

export type * from './controller/api.js'
export type { Init } from './controller/init.js'

/** How long another hc is waited for unless the command says otherwise, ms. */
const LOCK_TIMEOUT_MS = 30_000

/** How long a port of this machine may take to be connected, ms. */
const DIAL_MS = 10_000

/** What every command can say. */
export interface HcOptions {
  /** -i/--inventory, else HC_INVENTORY, else inventory.yml here or above. */
  readonly inventory?: string | undefined
  /** ms to wait for another hc. */
  readonly lockTimeoutMs?: number | undefined
  /** Ends the work: Ctrl-C. */
  readonly signal?: AbortSignal | undefined
  /** Asks for the passphrase of a key; absent without a terminal. */
  readonly askPassphrase?: ((file: string) => Promise<string | null>) | undefined
  /** Asks whether an unknown host key may be recorded; absent without a terminal. */
  readonly confirmKey?: ((question: string) => Promise<boolean>) | undefined
  /** Diagnostics for HC_DEBUG. */
  readonly debug?: ((line: string) => void) | undefined
}

/** Opens the inventory and the store; connects to nothing yet. Throws UserError when files are wrong. */
export async function openHc(options: HcOptions): Promise<Hc> {
  const file = findInventory(options.inventory)
  const { debug = () => {} } = options
  const clock = createClock()
  const sources = createSources(process.cwd())
  const notes: { say: (text: string) => void } = { say: debug }
  // Faults of the first reading are thrown; later ones only matter to a loop, which says them and goes on.
  const reader = new InventoryReader(file, sources, (text) => notes.say(text), ownHost(ownControl(file)))
  const choice = await chooseStore(reader, sources)
  const { address } = choice
  const folder = resolve(dirname(file), address?.kind === 'folder' ? address.path : '.hc')
  const from = { folder, wall: clock.wall, command: commandName(), debug }
  const owner = address?.kind === 'etcd' ? null : ownerOf(folder)
  const openAt = (at: StoreAddress | null) => openAny(at, choice, reader, { ...from, from: dirname(file) })
  const [store, questions] = [await openAt(address), new Questions()]
  const resolveSsh = withOwnKey(createSshResolver(), ownControl(file))
  const ssh = createSshTransport({
    clock,
    resolve: resolveSsh,
    ways: () => sshConfigStamp(),
    askPassphrase: questions.noticed(options.askPassphrase),
    confirmKey: questions.noticed(options.confirmKey),
    log: (line) => notes.say(line),
  })
  const ways = { ssh: borrowingTransport(folder, { own: ssh, clock, debug }), local: createLocalTransport({ clock }) }
  const world: World = {
    clock,
    transport: routeTransport(ways),
    store,
    feed: openFeed(folder, { debug }),
    lending: openLending(folder, ssh, debug),
    ticks: new Ticks(folder),
    sources,
    prober: createProber({
      clock,
      dial: (host, address, port) =>
        host.connection.kind === 'local' ? dialHere(address, port, DIAL_MS) : ssh.forward(host, address, port),
    }),
    fencer: createFencer(dirname(file)),
    solver: createSolver(new URL(`./controller/search-thread${extname(import.meta.url)}`, import.meta.url)),
    notifier: createNotifier(dirname(file)),
    pinger: createPinger(),
    inventory: async () => (await reader.read()).inventory,
    inventoryTexts: () => reader.texts,
    inventoryFault: () => reader.fault,
    lockTimeoutMs: options.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
    owner,
    storeName: storeName(address),
    leftMs: () => store.leftMs?.() ?? Number.POSITIVE_INFINITY,
    ...ownMachine(),
    pid: process.pid,
    debug,
    answered: () => questions.answered(),
    holdQuestions: (until) => questions.hold(until),
  }
  return createFacade({
    world,
    reader,
    signal: options.signal ?? null,
    files: createTextFiles(),
    workingFolder: process.cwd(),
    listen: listenWith(clock),
    openTrial: () => trialDoors(options, owner),
    doctor: doctorDoors(folder, resolveSsh, ssh),
    copies: copyDoors(address, folder, openAt),
    control: controlDoors(reader, resolveSsh, debug),
    loopUnit: LOOP_UNIT,
    notes,
  })
}

const LOOP_UNIT: Wiring['loopUnit'] = {
  install: (inventory, listen) => installLoopUnit({ program: programFile(), inventory, listen }),
  uninstall: uninstallLoopUnit,
}

/** Loaded only where somebody listens. */
function listenWith(clock: Clock): Listen {
  return async (options) => (await import('./system/listen/listener.js')).openListener({ ...options, clock })
}

type StoreSurroundings = Pick<OpenOptions, 'folder' | 'wall' | 'command' | 'debug' | 'from'>

/** The store at an address; null: the folder beside the inventory. */
async function openAny(
  at: StoreAddress | null,
  choice: StoreChoice,
  reader: InventoryReader,
  options: StoreSurroundings,
): Promise<Store> {
  if (at?.kind === 'etcd') {
    const read = () => reader.read().then(({ inventory }) => inventory)
    return openShared(at, { ...choice, inventory: choice.inventory ?? (await read().catch(() => null)) }, options)
  }
  const folder = resolve(options.from, at?.path ?? '.hc')
  return openStore(folder, { ...options, owner: ownerOf(folder) })
}

function ownerOf(folder: string): string {
  return ownerName(hostname(), fingerprintOf(folder))
}

/** Backups, and other stores by the name that hc_store would give them. */
function copyDoors(
  here: StoreAddress | null,
  folder: string,
  openAt: (at: StoreAddress | null) => Promise<Store>,
): CopyDoors {
  const backups = () => import('./store/backup.js')
  return {
    write: async (...args) => (await backups()).writeBackup(...args),
    read: async (file) => (await backups()).readBackup(file),
    keep: async (contents, madeAt) => (await backups()).keepReplaced(folder, contents, madeAt),
    here: storeName(here),
    open: async (name) => {
      const at = storeNamed(name)
      return { store: await openAt(at), name: storeName(at) }
    },
  }
}

/** What this machine has of its own as a control machine. */
function ownControl(inventory: string): string {
  return join(dirname(inventory), '.hc', OWN_CONTROL)
}

function controlDoors(
  reader: InventoryReader,
  settings: ReturnType<typeof createSshResolver>,
  debug: (line: string) => void,
): ControlDoors {
  const members = async (name: string) => {
    const at = storeNamed(name)
    if (at?.kind !== 'etcd') throw new UserError(`${name} is no etcd`)
    const endpoints = endpointsOf(at, (await reader.read()).inventory)
    return (await import('./store/etcd/open.js')).openGroup(at, { debug, from: dirname(reader.file), endpoints })
  }
  return createControlDoors({ folder: ownControl(reader.file), program: programFile(), settings, members })
}

/** Loaded only where it is used: a store on disk waits for nothing of it. */
async function openShared(
  address: EtcdAddress,
  { inventory, takeoverMs }: StoreChoice,
  options: StoreSurroundings,
): Promise<Store> {
  const { openEtcd } = await import('./store/etcd/open.js')
  return openEtcd(address, { ...options, endpoints: endpointsOf(address, inventory), takeoverMs })
}

/** What `hc init` can say besides. */
export interface InitOptions extends HcOptions {
  /** Where the cluster is begun; else the working folder. */
  readonly folder?: string | undefined
}

/** Begins a cluster where there is no inventory yet; connects to nothing and writes nothing by itself. */
export async function openInit(options: InitOptions): Promise<Init> {
  const schemas = join(dirname(programFile()), '..', 'schema')
  return createInit({
    folder: resolve(options.folder ?? '.'),
    trial: trialDoors(options, null),
    signal: options.signal ?? null,
    ownUser: userInfo().username,
    schemas: existsSync(schemas) ? schemas : null,
    exists: async (path) => existsSync(path),
    offered: () => offeredHosts(),
    isThisMachine,
    ownAddress: ownAddress(),
    createFiles: (files) => createFiles(files, options.signal ?? null),
  })
}

/** What the doctor asks of this machine, and of its ways to the hosts. */
function doctorDoors(
  folder: string,
  settings: ReturnType<typeof createSshResolver>,
  ssh: ReturnType<typeof createSshTransport>,
): DoctorDoors {
  return {
    control: () => examineControl(folder),
    way: async (host) => examineWay(await settings(host), host.connection.keyFile),
    forwards: (host) => ssh.forwards(host),
  }
}

/** Connections for hosts that are tried: nobody is asked about a key in the midst of them. */
function trialDoors({ askPassphrase, debug }: HcOptions, owner: string | null): TrialDoors {
  const clock = createClock()
  const resolve = createSshResolver()
  const trusted = new Set<string>()
  const idOf = ({ where, fingerprint: print }: HostKeyView) => `${where} ${print}`
  const ssh = createSshTransport({
    clock,
    resolve,
    askPassphrase: askPassphrase ?? null,
    confirmKey: async (_question, key) => trusted.has(idOf(key)),
    log: debug ?? (() => {}),
  })
  const transport = routeTransport({ ssh, local: createLocalTransport({ clock }) })
  const local = (host: Host) => host.connection.kind === 'local'
  return {
    clock,
    transport,
    login: async (host) => (local(host) ? null : ssh.login(host)),
    settings: async (host) => (local(host) ? null : resolve(host)),
    trust: (key) => trusted.add(idOf(key)),
    ownBootId: ownBootId(),
    owner,
    close: () => transport.close(),
  }
}

/** bin/run.js of this program, from src/ as from dist/src/; the single executable, which has none beside it, itself. */
function programFile(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  const candidates = [join(here, '..', 'bin', 'run.js'), join(here, '..', '..', 'bin', 'run.js')]
  return candidates.find((path) => existsSync(path)) ?? process.argv[1] ?? 'hc'
}
