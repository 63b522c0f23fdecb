// A cluster for the cockpit that does what a test tells it, and clusters of any size.
import { vi } from 'vitest'
import type { Event } from '../../../src/model/event.js'
import type { AllocationView, HostView, JobView, LiveView } from '../../../src/model/views.js'
import type { Cockpit } from '../../../src/ui/cockpit/cockpit.js'
import { reduce } from '../../../src/ui/cockpit/reduce.js'
import { type Effect, initialState, type Message, type Size, type State } from '../../../src/ui/cockpit/state.js'
import { ALL_WELL, allocation, before, host, job, NOW, resources } from '../samples.js'
import { DETAIL, DONE, NO_PLAN } from '../samples-done.js'
import { EXPLAINED } from '../samples-explain.js'

export const SMALL: Size = { rows: 24, columns: 80 }

export function live(more: Partial<LiveView> = {}): LiveView {
  return { ...ALL_WELL, seenAt: before(0), source: 'loop', ...more }
}

/** A cluster of so many hosts and allocations; `round` makes the numbers move. */
export function bigView(hosts: number, allocations: number, round = 0, now = NOW): LiveView {
  const seenAt = new Date(now).toISOString()
  const hostViews: HostView[] = Array.from({ length: hosts }, (_, at) =>
    host(`node${at + 1}`, {
      lastContact: seenAt,
      bootedAt: new Date(now - (at + 1) * 3_600_000).toISOString(),
      used: resources((at * 70 + round * 30) % 4000, 900 + ((at * 37 + round) % 5000), at % 90),
      ...(at % 17 === 16 && { verdict: 'suspect' as const, reason: 'silent for 2.1s', used: null }),
    }),
  )
  const jobs: JobView[] = []
  const all: AllocationView[] = Array.from({ length: allocations }, (_, at) => {
    const name = `job-${Math.floor(at / 10)}`
    if (at % 10 === 0) jobs.push(job(name, { wanted: 10, running: 10, healthy: 10 }))
    return allocation(`${name}.${at % 10}`, `node${(at % hosts) + 1}`, {
      memory: (30 + ((at * 13 + round) % 400)) * 1024 * 1024,
      cpu: (at * 7 + round * 3) % 900,
      since: new Date(now - (at % 5000) * 60_000).toISOString(),
      ports: { http: { address: `10.0.0.${at % 250}`, port: 20_000 + at } },
    })
  })
  return {
    ...ALL_WELL,
    hosts: hostViews,
    jobs,
    allocations: all,
    loop: { ticking: true, lastTick: seenAt },
    seenAt,
    source: 'loop',
  }
}

/** The state after these messages, and all that was asked for. */
export function play(
  messages: readonly Message[],
  size: Size = SMALL,
  from?: State,
): { state: State; effects: Effect[] } {
  let state = from ?? initialState({ size, now: NOW, title: 'inventory.yml' })
  const effects: Effect[] = []
  for (const message of messages) {
    const step = reduce(state, message)
    state = step.state
    effects.push(...step.effects)
  }
  return { state, effects }
}

export const view = (of: LiveView, now = NOW): Message => ({ kind: 'view', view: of, now })
export const keys = (...names: readonly string[]): Message[] => names.map((key) => ({ kind: 'key', key }))

export function event(id: number, more: Partial<Event> = {}): Event {
  return {
    id,
    time: before(100 - id),
    kind: 'decided',
    host: 'nuc1',
    slot: 'web.0',
    reason: null,
    text: `event ${id}`,
    term: 1,
    ...more,
  }
}

/** Answers at once from samples; each test replaces what it is about. */
export function fakeCockpit(parts: Partial<Cockpit> = {}): Cockpit {
  const untilAborted = (signal: AbortSignal | undefined) =>
    new Promise<void>((resolve) => {
      if (signal?.aborted) resolve()
      signal?.addEventListener('abort', () => resolve(), { once: true })
    })
  return {
    watch: ({ onView, signal }) => {
      onView(live())
      return untilAborted(signal)
    },
    events: ({ signal }) => untilAborted(signal),
    logs: (_targets, { signal }) => untilAborted(signal),
    plan: async () => NO_PLAN,
    job: async () => DETAIL,
    explain: async () => EXPLAINED,
    host: () => new Promise(() => undefined),
    stopJob: async () => DONE,
    startJob: async () => DONE,
    restartJob: async () => DONE,
    cordonHost: async (name) => word(name, true),
    uncordonHost: async (name) => word(name, false),
    drainHost: async () => DONE,
    ...parts,
  }
}

function word(name: string, cordoned: boolean) {
  const text = `${name} is ${cordoned ? 'cordoned' : 'open again'}`
  return { host: name, cordoned, draining: false, changed: true, slots: [], text }
}

/** Waits until it holds, also on a machine that does much besides. */
export function soon(holds: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(holds, 10_000)
}
