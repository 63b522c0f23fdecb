// A loop whose store is no more the one in force ends: on the wrong one it would act beside the hc that has the right one.
import { hostname } from 'node:os'
import type { ControlView } from '../model/control.js'
import { UserError } from '../model/errors.js'
import type { Inventory } from '../model/host.js'
import type { Clock } from '../ports.js'
import type { Tick } from './controller.js'
import type { LoopOptions } from './loop.js'
import { storeName } from './store-choice.js'
import type { World } from './world.js'

/** Why the loop has to end, where the inventory names another store than the one that it ticks on; null: it does not. */
export function leftStore(
  { storeName: here, inventoryFault }: Pick<World, 'storeName' | 'inventoryFault'>,
  { settings }: Inventory,
): UserError | null {
  const named = storeName(settings.store ?? null)
  // While the file is faulty, an earlier version is in force, which may name an earlier store.
  if (here === undefined || named === here || inventoryFault() !== null) return null
  return new UserError(`hc_store in the inventory is ${named} by now, and this loop ticks on ${here}: it ends`, {
    code: 'store',
    exitCode: 1,
    hint: 'started again, it ticks on the new one (its unit does that by itself); hc store migrate moves what is in the old one',
  })
}

/** Runs a loop until it ends, or until its store is not the one that the inventory names. Throws UserError then. */
export async function whileInForce(
  world: World,
  options: LoopOptions,
  run: (options: LoopOptions) => Promise<void>,
): Promise<void> {
  const over = new AbortController()
  let left: UserError | null = null
  const onTick = (tick: Tick) => {
    left ??= leftStore(world, tick.inventory)
    if (left) over.abort()
    options.onTick(tick)
  }
  await run({ ...options, onTick, signal: AbortSignal.any([options.signal, over.signal]) })
  if (left) throw left
}

/** Who leads, asked beside the views of a loop that do not tell it, at most every so often, ms. */
const ASK_EVERY_MS = 2000

/** The control machines as they were seen last, for whoever watches. */
export class ControlLook {
  readonly #clock: Clock
  readonly #show: (() => Promise<ControlView>) | null
  #last: ControlView | null = null
  #askedAt: number | null = null

  /** `show`: absent where the store is this machine's alone. */
  constructor(clock: Clock, show: (() => Promise<ControlView>) | undefined) {
    this.#clock = clock
    this.#show = show ?? null
  }

  /** What is known; asks anew in the background where that is old. `onNews`: it is known for the first time. */
  now(onNews: () => void): ControlView | null {
    const at = this.#clock.now()
    if (this.#show && (this.#askedAt === null || at - this.#askedAt >= ASK_EVERY_MS)) {
      this.#askedAt = at
      const first = this.#last === null
      void this.#show().then(
        (view) => {
          this.#last = view
          if (first) onNews()
        },
        () => undefined,
      )
    }
    return this.#last
  }
}

/** Does another machine lead? Then a loop that tells nothing here is no trouble. */
export function leadsElsewhere(control: ControlView | undefined, machine: string = hostname()): boolean {
  return control?.leader !== null && control?.leader !== undefined && control.leader.name !== machine
}
