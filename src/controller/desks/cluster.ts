import type { ListenChoice } from '../../model/outlook.js'
import type { LiveView, StatusView, TickView } from '../../model/views.js'
import { allocationViews, isConverged } from '../../planner/view.js'
import { Controller, type Tick } from '../controller.js'
import { shownControl } from '../inventories.js'
import { type LoopOptions, runLoop } from '../loop.js'
import { reconcileOnce } from '../once.js'
import { served } from '../outlook.js'
import { status } from '../status.js'
import { whileInForce } from '../store-change.js'
import { takeOver } from '../take-over.js'
import { disarmLeft, type LoopGone } from '../uninstall.js'
import { watchCluster } from '../watch.js'
import type { World } from '../world.js'
import { controllerOf, type Wiring } from './desk.js'

/** How a cluster is watched. */
export interface WatchOptions {
  readonly signal: AbortSignal
  /** Only this job or host; absent or null: all. */
  readonly filter?: string | null
  onView(view: LiveView): void
  /** What is wrong with the watching, told once: no view, or the loop fell silent; null: all is well again. */
  onTrouble(text: string | null): void
}

/** Options of `reconcile --cron`. */
export interface LoopChoices {
  /** null: hc_reconcile. */
  readonly expression: string | null
  readonly takeOver: boolean
  /** How the loop stands is served over HTTP. Absent or null: it is not. */
  readonly listen?: ListenChoice | null
  onTick(tick: TickView): void
  onNote(text: string): void
}

/** The cluster as a whole. */
export interface ClusterDesk {
  /** `filter`: a job's or a host's name. */
  status(filter: string | null): Promise<StatusView>
  /**
   * Tells a snapshot about once per second until the signal is aborted; never rejects for what hosts do. Throws UserError
   * before the first one, where the filter names nothing or files are wrong.
   */
  watch(options: WatchOptions): Promise<void>
  /** One tick, staying while a host is silent. */
  reconcileOnce(options: { readonly takeOver: boolean }): Promise<TickView>
  /** Ticks until the signal is aborted. */
  reconcileLoop(options: LoopChoices): Promise<void>
  /**
   * Sets the loop up as a systemd unit of this machine; returns the sentences that say what was done. `listen`: where it serves
   * how it stands.
   */
  installLoop(listen?: string | null): Promise<readonly string[]>
  /** Takes that unit away; hosts that the loop has left armed are disarmed. */
  uninstallLoop(): Promise<LoopGone>
}

/** The desk over the real doors. */
export function clusterDesk(wiring: Wiring): ClusterDesk {
  const { world } = wiring
  return {
    status: (filter) => status(world, controllerOf(wiring), filter),
    watch: (options) => {
      const controller = controllerOf(wiring)
      const { control } = world.store
      const show = control && { control: async () => (await shownControl(world)) ?? control.show() }
      return watchCluster({ ...world, look: () => status(world, controller, null), ...show }, options)
    },
    reconcileOnce: async (options) => {
      await fallBack(wiring)
      const controller = new Controller(world, { looks: true })
      if (options.takeOver) await takeOver(world, controller)
      return tickView(await reconcileOnce(world, controller, wiring.signal))
    },
    reconcileLoop: async (options) => {
      await fallBack(wiring)
      wiring.notes.say = (text) => options.onNote(text)
      if (options.takeOver) await takeOver(world, controllerOf(wiring))
      const choices = {
        expression: options.expression,
        signal: wiring.signal ?? new AbortController().signal,
        onTick: (tick: Tick) => options.onTick(tickView(tick)),
        onNote: (text: string) => options.onNote(text),
      }
      const run = (on: World, options: LoopOptions) => whileInForce(on, options, (all) => runLoop(on, all))
      if (!options.listen) return run(world, choices)
      await served(world, choices, { listen: wiring.listen, choice: options.listen }, run)
    },
    installLoop: async (listen) => {
      await wiring.reader.read()
      return wiring.loopUnit.install(wiring.reader.file, listen ?? null)
    },
    uninstallLoop: async () => {
      const done = await wiring.loopUnit.uninstall()
      await fallBack(wiring).catch(() => undefined)
      const left = await disarmLeft(world)
      return { ...left, done: [...done, ...left.done] }
    },
  }
}

/** A loop starts on the last good inventory when the present one is faulty. */
async function fallBack({ world, reader }: Wiring): Promise<void> {
  const kept = (await world.store.read())?.inventory
  if (kept) reader.fallBackOn(kept)
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
