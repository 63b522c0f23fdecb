// Ticks that acted are kept with what they were decided from; `hc explain --tick` shows one and plans it again.
import { UserError } from '../model/errors.js'
import type { Event, NewEvent } from '../model/event.js'
import { quoted } from '../model/names.js'
import type { KeptTicksView, ReplayHostView, ReplayView } from '../model/replay-view.js'
import type { HostState } from '../planner/input.js'
import { replay, type TickRecord, tickId, tickRecord, timeOfTick } from '../planner/replay.js'
import type { Look } from './controller.js'
import { hasSteps, inTick } from './execution.js'
import { decisionEvents } from './record.js'
import type { World } from './world.js'

/** Where ticks are kept, by their names. */
export interface TickKeeper {
  /** `text` is made when it is written. Never rejects. */
  keep(id: string, text: () => string): Promise<void>
  /** Oldest first. Throws UserError. */
  list(): Promise<readonly { readonly id: string; readonly bytes: number }[]>
  /** null: it is not kept. Throws UserError. */
  read(id: string): Promise<string | null>
}

/** Events that are searched for the name of a tick. */
const SEARCHED = 5000

/** Events of what was decided, with the name of their tick where somebody keeps it. */
export function tickEvents(world: Pick<World, 'ticks'>, look: Look): readonly NewEvent[] {
  return inTick(decisionEvents(look.decision.plan.actions), world, look)
}

/** Keeps what a tick that acts was decided from, beside it. */
export function keepTick({ ticks }: Pick<World, 'ticks'>, { input, decision }: Look): void {
  if (!ticks || !hasSteps(decision)) return
  void ticks.keep(tickId(input.wall), () => JSON.stringify(tickRecord(input, decision.plan)))
}

/** The ticks that are kept. Throws UserError. */
export async function keptTicks({ ticks, store }: Pick<World, 'ticks' | 'store'>): Promise<KeptTicksView> {
  const kept = (await ticks?.list()) ?? []
  const events = kept.length === 0 ? [] : await store.events({ limit: SEARCHED })
  const decided = new Map<string, Event[]>()
  for (const event of events) {
    if (event.kind !== 'decided' || event.tick === undefined) continue
    const of = decided.get(event.tick) ?? []
    decided.set(event.tick, of)
    of.push(event)
  }
  return {
    ticks: kept.flatMap(({ id, bytes }) => {
      const time = timeOfTick(id)
      if (time === null) return []
      const of = (decided.get(id) ?? []).map(({ slot, host, text }) => ({ slot, host, text }))
      return [{ id, time, bytes, decided: of }]
    }),
  }
}

/** One of them, planned again. Throws UserError where it is not kept, or can't be read. */
export async function replayTick({ ticks, store }: Pick<World, 'ticks' | 'store'>, id: string): Promise<ReplayView> {
  const time = timeOfTick(id)
  const text = time === null ? null : await ticks?.read(id)
  if (!text || time === null) {
    throw new UserError(`no tick ${quoted(id)} is kept`, {
      code: 'not-found',
      hint: 'hc explain --tick lists those that are: the newest that acted',
    })
  }
  const record = recordOf(text, id)
  const { same, differsAt, decision } = replay(record)
  const { actions, unplaced, waiting, greet, arms = [] } = record.plan
  const events = await store.events({ limit: SEARCHED })
  return {
    id,
    time,
    same,
    differsAt,
    hosts: record.input.hosts.map(hostView),
    actions: actions.map(({ kind, slot, host, from, reason, text: why }) => ({
      kind,
      slot,
      host,
      from,
      reason,
      text: why,
    })),
    unplaced,
    waiting,
    told: [...new Set([...greet, ...arms.map(({ host }) => host)])],
    now: same ? null : decision.plan,
    events: events.filter((event: Event) => event.tick === id),
    record,
  }
}

function recordOf(text: string, id: string): TickRecord {
  try {
    const record = JSON.parse(text) as TickRecord
    if (record.format === 1) return record
  } catch {
    // said below
  }
  throw new UserError(`what is kept of tick ${id} can't be read by this hc`, {
    code: 'store',
    exitCode: 1,
    hint: 'another version of hc wrote it, or the file is damaged',
  })
}

function hostView({ host, belief, cordoned, draining, blocked, facts }: HostState): ReplayHostView {
  return {
    name: host.name,
    verdict: belief.verdict,
    reason: belief.reason,
    cordoned: cordoned || draining,
    blocked: blocked?.text ?? null,
    units: facts === null ? null : facts.units.map(({ slot, active, sub }) => ({ slot, active, sub })),
  }
}
