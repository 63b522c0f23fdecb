// What commands call, put together from the parts of the controller.
import { type EventOptions, followEvents } from '../cluster/events.js'
import { followLogs } from '../cluster/logs.js'
import { runOnHosts } from '../cluster/run.js'
import { UserError } from '../model/errors.js'
import type { Inventory } from '../model/host.js'
import type { JobName, SlotName } from '../model/names.js'
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
} from '../model/views.js'
import { allocationViews, isConverged } from '../planner/view.js'
import { inventoryGraph, inventoryList } from '../spec/inventory-list.js'
import { matchPattern } from '../spec/patterns.js'
import type { ApplyOptions, Hc, HostRunOptions, LogOptions, LoopChoices, WatchOptions } from './api.js'
import { type ApplyRequest, applyJobs } from './apply.js'
import { Controller, type Tick } from './controller.js'
import type { InventoryReader } from './inventory.js'
import { readJobFiles } from './job-files.js'
import { commandJob, findJob, type JobVerb } from './jobs.js'
import { runLoop } from './loop.js'
import { reconcileOnce } from './once.js'
import { prepare, viewOf } from './prepare.js'
import * as show from './status.js'
import { takeOver } from './take-over.js'
import { watchCluster } from './watch.js'
import type { World } from './world.js'

/** What the facade is made of. */
export interface Wiring {
  readonly world: World
  readonly reader: InventoryReader
  readonly signal: AbortSignal | null
  /** The folder that relative paths are seen from, absolute. */
  readonly workingFolder: string
  /** The loop as a unit of this machine. */
  readonly loopUnit: {
    install(inventory: string): Promise<readonly string[]>
    uninstall(): Promise<readonly string[]>
  }
  /** Where sentences from below go; a loop puts its own way of telling here. */
  readonly notes: { say: (text: string) => void }
}

/** The commands' view of everything, over the real doors. */
export class Facade implements Hc {
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

  async watch(options: WatchOptions): Promise<void> {
    await watchCluster(this.#world, this.#controller(false), options)
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
    return this.#wiring.loopUnit.install(this.inventoryFile)
  }

  async uninstallLoop(): Promise<readonly string[]> {
    return this.#wiring.loopUnit.uninstall()
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
    await followLogs(this.#world.transport, look.inventory.hosts, wanted, options, this.#until(options.signal))
  }

  async events(options: EventOptions): Promise<void> {
    await followEvents(this.#world.store, this.#world.clock, options, this.#until(options.signal))
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

  /** Ctrl-C, or the caller's own end. */
  #until(signal: AbortSignal | undefined): AbortSignal | null {
    const own = this.#wiring.signal
    return signal && own ? AbortSignal.any([signal, own]) : (signal ?? own)
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
      workingFolder: this.#wiring.workingFolder,
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
