// Composition root: reads files, makes the real doors, wires them. The only thing that commands/ call.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { homedir, hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { followEvents } from './cluster/events.js'
import { followLogs, type LogOptions } from './cluster/logs.js'
import { runOnHosts } from './cluster/run.js'
import { type ApplyRequest, applyJobs, prepare, viewOf } from './controller/apply.js'
import { Controller, type Tick } from './controller/controller.js'
import { InventoryReader } from './controller/inventory.js'
import { readJobFiles } from './controller/job-files.js'
import { commandJob, findJob, type JobVerb } from './controller/jobs.js'
import { runLoop } from './controller/loop.js'
import { reconcileOnce } from './controller/once.js'
import * as show from './controller/status.js'
import { takeOver } from './controller/take-over.js'
import { ownerName } from './controller/term.js'
import type { World } from './controller/world.js'
import { UserError } from './model/errors.js'
import type { Event } from './model/event.js'
import type { Inventory } from './model/host.js'
import type { JobName, SlotName } from './model/names.js'
import type {
  ApplyView,
  EndpointView,
  HostRunView,
  HostView,
  JobDetailView,
  JobView,
  PlanView,
  Progress,
  StatusView,
  TickView,
  ValidateView,
} from './model/views.js'
import { allocationViews, isConverged } from './planner/view.js'
import { inventoryGraph, inventoryList } from './spec/inventory-list.js'
import { matchPattern } from './spec/patterns.js'
import { createSshTransport } from './ssh/transport.js'
import { openStore } from './store/store.js'
import { createClock } from './system/clock.js'
import { installLoopUnit, uninstallLoopUnit } from './system/install.js'
import { createLocalTransport } from './system/local.js'
import { createPinger } from './system/ping.js'
import { routeTransport } from './system/route.js'
import { createSources } from './system/sources.js'
import { createSshResolver } from './system/ssh-config.js'

export type { LogOptions } from './cluster/logs.js'

/** How long another hc is waited for unless the command says otherwise, ms. */
const LOCK_TIMEOUT_MS = 30_000

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

/** Options of `apply`. */
export interface ApplyOptions {
  readonly prune: boolean
  readonly detach: boolean
  /** Shows the plan and says whether to go on. */
  confirm(plan: PlanView): Promise<boolean>
  onProgress(progress: Progress): void
}

/** Options of `reconcile --cron`. */
export interface LoopChoices {
  /** null: hc_reconcile. */
  readonly expression: string | null
  readonly takeOver: boolean
  onTick(tick: TickView): void
  onNote(text: string): void
}

/** Options of `host run`. */
export interface HostRunOptions {
  readonly parallel: number
  readonly timeoutMs: number | null
  onOutput(host: string, stream: 'stdout' | 'stderr', text: string): void
}

/** All that commands can do. Close it when done. */
export interface Hc {
  /** Absolute path of the inventory. */
  readonly inventoryFile: string
  validate(paths: readonly string[]): Promise<ValidateView>
  plan(paths: readonly string[], options: { readonly prune: boolean }): Promise<PlanView>
  apply(paths: readonly string[], options: ApplyOptions): Promise<ApplyView>
  /** `filter`: a job's or a host's name. */
  status(filter: string | null): Promise<StatusView>
  /** One tick, staying while a host is silent. */
  reconcileOnce(options: { readonly takeOver: boolean }): Promise<TickView>
  /** Ticks until the signal is aborted. */
  reconcileLoop(options: LoopChoices): Promise<void>
  /** Sets the loop up as a systemd unit of this machine; returns the sentences that say what was done. */
  installLoop(): Promise<readonly string[]>
  uninstallLoop(): Promise<readonly string[]>
  endpoints(job: JobName | null): Promise<readonly EndpointView[]>
  jobs(): Promise<readonly JobView[]>
  job(name: JobName): Promise<JobDetailView>
  stopJob(name: JobName, onProgress: (progress: Progress) => void): Promise<ApplyView>
  startJob(name: JobName, onProgress: (progress: Progress) => void): Promise<ApplyView>
  restartJob(name: JobName, onProgress: (progress: Progress) => void): Promise<ApplyView>
  removeJob(name: JobName, onProgress: (progress: Progress) => void): Promise<ApplyView>
  /** `targets`: jobs and slots; empty: all. */
  logs(targets: readonly (JobName | SlotName)[], options: LogOptions): Promise<void>
  events(options: { readonly limit: number; readonly follow: boolean; onEvent(event: Event): void }): Promise<void>
  hosts(): Promise<readonly HostView[]>
  /** `command` of one word is shell text, of several an argv that reaches the host as it is. */
  hostRun(pattern: string, command: readonly string[], options: HostRunOptions): Promise<readonly HostRunView[]>
  /** What `ansible-inventory --list` prints. */
  inventoryList(limit: string | null): Promise<unknown>
  /** What `ansible-inventory --graph` prints. */
  inventoryGraph(): Promise<string>
  close(): Promise<void>
}

/** Opens the inventory and the store; connects to nothing yet. Throws UserError when files are wrong. */
export async function openHc(options: HcOptions): Promise<Hc> {
  const file = findInventory(options.inventory)
  const debug = options.debug ?? (() => {})
  const clock = createClock()
  const sources = createSources(process.cwd())
  const notes: { say: (text: string) => void } = { say: debug }
  // Faults of the first reading are thrown; later ones only matter to a loop, which says them and goes on.
  const reader = new InventoryReader(file, sources, (text) => notes.say(text))
  const folder = join(dirname(file), '.hc')
  const owner = ownerName(hostname(), fingerprint(folder))
  const store = openStore(folder, { wall: clock.wall, owner, command: commandName() })
  const resolveSsh = createSshResolver()
  const ssh = createSshTransport({
    clock,
    resolve: resolveSsh,
    askPassphrase: options.askPassphrase ?? null,
    confirmKey: options.confirmKey ?? null,
    log: (line) => notes.say(line),
  })
  const transport = routeTransport({ ssh, local: createLocalTransport({ clock }) })
  const world: World = {
    clock,
    transport,
    store,
    sources,
    pinger: createPinger(),
    inventory: async () => (await reader.read()).inventory,
    inventoryTexts: () => reader.texts,
    lockTimeoutMs: options.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
    owner,
    pid: process.pid,
    debug,
  }
  return new WiredHc({ world, reader, signal: options.signal ?? null, notes })
}

interface Wiring {
  readonly world: World
  readonly reader: InventoryReader
  readonly signal: AbortSignal | null
  /** Where sentences from below go; a loop puts its own way of telling here. */
  readonly notes: { say: (text: string) => void }
}

class WiredHc implements Hc {
  readonly inventoryFile: string
  readonly #wiring: Wiring
  readonly #world: World

  constructor(wiring: Wiring) {
    this.#wiring = wiring
    this.#world = wiring.world
    this.inventoryFile = wiring.reader.file
  }

  async validate(paths: readonly string[]): Promise<ValidateView> {
    const { inventory, faults } = await this.#tryInventory()
    const jobs = await this.#readJobs(paths).catch((error: unknown) => {
      if (!(error instanceof UserError) || error.faults.length === 0) throw error
      faults.push(...error.faults)
      return null
    })
    if (faults.length > 0 || !inventory || !jobs) {
      throw new UserError(faults.length === 1 ? 'there is a fault' : `there are ${faults.length} faults`, { faults })
    }
    return {
      files: [this.inventoryFile, ...jobs.files],
      jobs: jobs.jobs.map(({ job }) => job.name),
      hosts: inventory.hosts.map(({ name }) => name),
      notes: [...inventory.notes, ...jobs.notes],
    }
  }

  async plan(paths: readonly string[], { prune }: { readonly prune: boolean }): Promise<PlanView> {
    const read = await this.#readJobs(paths)
    const controller = this.#controller(false)
    const request = {
      jobs: read.jobs,
      pruneFolders: prune ? read.folders : [],
      patienceMs: show.SHOW_PATIENCE_MS,
      onProgress: () => {},
    }
    const view = viewOf(await prepare(this.#world, controller, request, false))
    return { ...view, warnings: [...view.warnings, ...read.notes] }
  }

  async apply(paths: readonly string[], options: ApplyOptions): Promise<ApplyView> {
    const read = await this.#readJobs(paths)
    for (const text of read.notes) options.onProgress({ kind: 'warning', text })
    const request: ApplyRequest = {
      jobs: read.jobs,
      pruneFolders: options.prune ? read.folders : [],
      detach: options.detach,
      patienceMs: show.SHOW_PATIENCE_MS,
      signal: this.#wiring.signal,
      confirm: (plan) => options.confirm(plan),
      onProgress: (progress) => options.onProgress(progress),
    }
    return applyJobs(this.#world, this.#controller(false), request)
  }

  async status(filter: string | null): Promise<StatusView> {
    return show.status(this.#world, this.#controller(false), filter)
  }

  async reconcileOnce(options: { readonly takeOver: boolean }): Promise<TickView> {
    await this.#fallBack()
    const controller = this.#controller(true)
    if (options.takeOver) await takeOver(this.#world, controller)
    return tickView(await reconcileOnce(this.#world, controller, this.#wiring.signal))
  }

  async reconcileLoop(options: LoopChoices): Promise<void> {
    await this.#fallBack()
    this.#wiring.notes.say = (text) => options.onNote(text)
    if (options.takeOver) await takeOver(this.#world, this.#controller(false))
    await runLoop(this.#world, {
      expression: options.expression,
      signal: this.#wiring.signal ?? new AbortController().signal,
      onTick: (tick) => options.onTick(tickView(tick)),
      onNote: (text) => options.onNote(text),
    })
  }

  async installLoop(): Promise<readonly string[]> {
    await this.#wiring.reader.read()
    return installLoopUnit({ program: programFile(), inventory: this.inventoryFile })
  }

  async uninstallLoop(): Promise<readonly string[]> {
    return uninstallLoopUnit()
  }

  async endpoints(job: JobName | null): Promise<readonly EndpointView[]> {
    return show.endpoints(this.#world, this.#controller(false), job)
  }

  async jobs(): Promise<readonly JobView[]> {
    return show.jobs(this.#controller(false))
  }

  async job(name: JobName): Promise<JobDetailView> {
    return show.job(this.#world, this.#controller(false), name)
  }

  stopJob(name: JobName, onProgress: (progress: Progress) => void): Promise<ApplyView> {
    return this.#say('stop', name, onProgress)
  }

  startJob(name: JobName, onProgress: (progress: Progress) => void): Promise<ApplyView> {
    return this.#say('start', name, onProgress)
  }

  restartJob(name: JobName, onProgress: (progress: Progress) => void): Promise<ApplyView> {
    return this.#say('restart', name, onProgress)
  }

  removeJob(name: JobName, onProgress: (progress: Progress) => void): Promise<ApplyView> {
    return this.#say('remove', name, onProgress)
  }

  async logs(targets: readonly (JobName | SlotName)[], options: LogOptions): Promise<void> {
    const records = await this.#world.store.read()
    for (const target of targets) if (!target.includes('.')) findJob(records, target)
    const look = await this.#controller(false).look(show.SHOW_PATIENCE_MS)
    const allocations = allocationViews(look.decision.classified, look.decision.plan, look.input)
    const wanted = allocations.filter(
      ({ slot, job }) => targets.length === 0 || targets.includes(slot) || targets.includes(job),
    )
    await followLogs(this.#world.transport, look.inventory.hosts, wanted, options, this.#wiring.signal)
  }

  async events(options: {
    readonly limit: number
    readonly follow: boolean
    onEvent(event: Event): void
  }): Promise<void> {
    await followEvents(this.#world.store, this.#world.clock, options, this.#wiring.signal)
  }

  async hosts(): Promise<readonly HostView[]> {
    return show.hosts(this.#world, this.#controller(false))
  }

  async hostRun(pattern: string, command: readonly string[], options: HostRunOptions): Promise<readonly HostRunView[]> {
    const names = await this.#match(pattern)
    const { inventory } = await this.#wiring.reader.read()
    const hosts = inventory.hosts.filter(({ name }) => names.includes(name))
    return runOnHosts(this.#world.transport, hosts, command, options, this.#wiring.signal)
  }

  async inventoryList(limit: string | null): Promise<unknown> {
    const { data } = await this.#wiring.reader.read()
    return inventoryList(data, limit === null ? null : await this.#match(limit))
  }

  async inventoryGraph(): Promise<string> {
    const { data } = await this.#wiring.reader.read()
    return inventoryGraph(data)
  }

  async close(): Promise<void> {
    await this.#world.transport.close()
  }

  #controller(looks: boolean): Controller {
    return new Controller(this.#world, { looks })
  }

  #say(verb: JobVerb, name: JobName, onProgress: (progress: Progress) => void): Promise<ApplyView> {
    return commandJob(this.#world, this.#controller(false), {
      verb,
      name,
      patienceMs: show.SHOW_PATIENCE_MS,
      signal: this.#wiring.signal,
      onProgress,
    })
  }

  async #readJobs(paths: readonly string[]) {
    const known = Object.keys((await this.#world.store.read())?.jobs ?? {})
    return readJobFiles(this.#world.sources, paths, {
      workingFolder: process.cwd(),
      inventoryFile: this.inventoryFile,
      known,
    })
  }

  async #tryInventory(): Promise<{ inventory: Inventory | null; faults: UserError['faults'][number][] }> {
    try {
      return { inventory: (await this.#wiring.reader.read()).inventory, faults: [] }
    } catch (error) {
      if (!(error instanceof UserError) || error.faults.length === 0) throw error
      return { inventory: null, faults: [...error.faults] }
    }
  }

  /** A loop starts on the last good inventory when the present one is faulty. */
  async #fallBack(): Promise<void> {
    const kept = (await this.#world.store.read())?.inventory
    if (kept) this.#wiring.reader.fallBackOn(kept)
  }

  async #match(pattern: string): Promise<readonly string[]> {
    const { data } = await this.#wiring.reader.read()
    const found = matchPattern(data.tree, pattern)
    if ('message' in found) throw new UserError(found.message, { code: 'usage', hint: found.hint })
    return found
  }
}

function tickView(tick: Tick): TickView {
  const { decision, input, beliefs, results, tookMs } = tick
  const allocations = allocationViews(decision.classified, decision.plan, input)
  return {
    plan: decision.plan,
    results,
    converged: isConverged(allocations, decision.plan, input),
    hosts: beliefs.map(({ host, verdict, reason }) => ({ name: host, verdict, reason })),
    tookMs,
  }
}

/** -i, HC_INVENTORY (the command passes it on), else inventory.yml in the working folder or above it. */
function findInventory(named: string | undefined): string {
  if (named !== undefined) {
    const file = resolve(named)
    if (!existsSync(file)) throw new UserError(`the inventory ${named} does not exist`, { code: 'not-found' })
    return file
  }
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const file = join(folder, 'inventory.yml')
    if (existsSync(file)) return file
    if (folder === dirname(folder)) break
  }
  throw new UserError('there is no inventory.yml here or in a folder above', {
    code: 'not-found',
    hint: 'go to the folder that holds it, or name it: -i FILE or HC_INVENTORY',
  })
}

/** Tells this machine, login and store from any other; the same after the store was lost. */
function fingerprint(folder: string): string {
  const machine = ['/etc/machine-id', '/var/lib/dbus/machine-id'].find((path) => existsSync(path))
  const id = machine === undefined ? hostname() : readFileSync(machine, 'utf8').trim()
  const place = join(realpathSync(dirname(folder)), '.hc')
  return createHash('sha256')
    .update(`${id || hostname()} ${homedir()} ${place}`)
    .digest('hex')
    .slice(0, 10)
}

function commandName(): string {
  return [
    'hc',
    ...process.argv
      .slice(2)
      .filter((word) => /^[a-z]+$/.test(word))
      .slice(0, 2),
  ].join(' ')
}

/** bin/run.js of this program, from src/ as from dist/src/. */
function programFile(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  const candidates = [join(here, '..', 'bin', 'run.js'), join(here, '..', '..', 'bin', 'run.js')]
  return candidates.find((path) => existsSync(path)) ?? process.argv[1] ?? 'hc'
}
