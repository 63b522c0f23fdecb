// What is served of a loop over HTTP rides on its feed: a snapshot is made only where somebody asks.
import type { Event } from '../model/event.js'
import type { Millis } from '../model/names.js'
import type { ListenChoice, TickFigures } from '../model/outlook.js'
import { isIsolated } from '../planner/verdicts.js'
import type { Feed } from '../ports.js'
import { longestTickMs } from '../spec/lease-settings.js'
import type { Tick } from './controller.js'
import type { LoopOptions } from './loop.js'
import type { World } from './world.js'

/** Serves how the loop stands. Nothing of it ever throws or makes a tick wait. */
export interface Outlook extends Pick<Feed, 'publish' | 'fail' | 'close'> {
  /** A tick has ended. */
  ticked(figures: TickFigures): void
  /** The loop leads no more, for now: what it saw last is no longer told. */
  rest(): void
}

/** What a loop tells of itself to be served. */
export interface OutlookOptions extends ListenChoice {
  /** Longest time from one tick to the next. */
  readonly tickMs: Millis
  /** Several control machines share the store: one that does not tick stands by. */
  readonly shared: boolean
  /** The newest `limit` events after `afterId`, oldest first. */
  events(limit: number, afterId: number): Promise<readonly Event[]>
  onNote(text: string): void
}

/** Begins to serve. Throws UserError where the address is none. */
export type Listen = (options: OutlookOptions) => Promise<Outlook>

/** Runs a loop that is served as it ticks. */
export async function served(
  world: World,
  options: LoopOptions,
  { listen, choice }: { readonly listen: Listen; readonly choice: ListenChoice },
  run: (world: World, options: LoopOptions) => Promise<void>,
): Promise<void> {
  const { settings } = await world.inventory()
  const outlook = await listen({
    ...choice,
    tickMs: longestTickMs(options.expression ?? settings.reconcile),
    shared: world.store.control !== undefined,
    events: (limit, afterId) => world.store.events({ limit, afterId }),
    onNote: options.onNote,
  })
  const onTick = (tick: Tick) => {
    outlook.ticked(figuresOf(tick))
    options.onTick(tick)
  }
  try {
    await run({ ...world, feed: both(world.feed, outlook) }, { ...options, onTick })
  } finally {
    await outlook.close()
  }
}

function both(feed: Feed, outlook: Outlook): Feed {
  return {
    open: () => feed.open(),
    publish: (make) => {
      feed.publish(make)
      outlook.publish(make)
    },
    fail: (text) => {
      feed.fail(text)
      outlook.fail(text)
    },
    close: async () => {
      outlook.rest()
      await feed.close()
    },
    subscribe: (viewer, signal) => feed.subscribe(viewer, signal),
  }
}

function figuresOf({ tookMs, decision, results, observation }: Tick): TickFigures {
  return { tookMs, actions: decision.plan.actions, results, blind: isIsolated(observation) }
}
