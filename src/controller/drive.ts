// Carries a recorded change through to its end, or follows the loop that does, telling how far it has come.
import { type HostName, type JobName, jobOfSlot, type Millis, type SlotName } from '../model/names.js'
import type { ActionView, Progress, ResultView } from '../model/views.js'
import { isSettled, progressOf as progressOfJobs, type SlotProgress } from '../planner/progress.js'
import type { Controller, Look, Tick } from './controller.js'
import { pauseAfter } from './pause.js'
import type { World } from './world.js'

/** How long a port may take to listen after its process has settled, ms, unless the job's own deadline is shorter. */
const LISTEN_BOUND_MS = 30_000
/** How long a whole change may take beyond the longest deadline of its jobs, ms. */
const SLACK_MS = 120_000
/** While a loop acts: between two looks, ms. Each costs the hosts that are being changed something. */
const FOLLOW_EVERY_MS = 350
/** How long to stay when nothing moves although something waits for its turn, ms. */
const STUCK_MS = 30_000

/** What a change touches. */
export interface Scope {
  readonly jobs: ReadonlySet<JobName>
  /** Only these slots of them; absent: all. */
  readonly slots?: ReadonlySet<SlotName>
}

/** What is driven, and to whom it is told. */
export interface Drive extends Scope {
  /** What was seen a moment ago, decided on the records as they are now; null: look anew. */
  readonly from: Look | null
  /** A loop acts: only follow. */
  readonly follow: boolean
  readonly patienceMs: Millis
  readonly signal: AbortSignal | null
  onProgress(progress: Progress): void
}

/** How it ended. */
export interface Driven {
  readonly look: Look
  readonly slots: readonly SlotProgress[]
  readonly results: readonly ResultView[]
  /** Slots that had to wait for their turn when it began, with what was to be done with them where they were. */
  readonly turns: readonly ActionView[]
  readonly outOfReach: readonly HostName[]
  readonly interrupted: boolean
}

/** Ticks (or looks) until every slot of the jobs is settled, a bound is passed, or the signal is aborted. */
export async function drive(world: World, controller: Controller, options: Drive): Promise<Driven> {
  const { clock } = world
  const startedAt = clock.now()
  const teller = new Teller(options, () => clock.now() - startedAt)
  const results: ResultView[] = []
  const listenSince = new Map<string, Millis>()
  let lastChangeAt = startedAt
  let from: Look | null = options.from
  let turns: readonly ActionView[] | null = null
  for (;;) {
    const look: Look | Tick = options.follow
      ? (from ?? (await controller.look(options.patienceMs)))
      : await controller.tick({
          ...(from && { from }),
          patienceMs: options.patienceMs,
          settleMs: Number.POSITIVE_INFINITY,
          onDecided: (decided) => teller.tell(progressOf(decided, options)),
        })
    if (isTick(look)) results.push(...look.results)
    turns ??= turnsOf(from ?? look, options)
    from = null
    const seen = progressOf(look, options).map((slot) => (options.follow ? half(slot) : slot))
    const slots = boundPorts(seen, listenSince, clock.now())
    if (teller.tell(slots)) lastChangeAt = clock.now()
    const acted = isTick(look) && look.results.length > 0
    const ended = !acted && isOver(slots)
    const now = clock.now()
    const overdue = now - startedAt > boundFor(look, options.jobs) || now - lastChangeAt > stuckBound(slots, look)
    const interrupted = options.signal?.aborted ?? false
    if (ended || overdue || interrupted) {
      const outOfReach = look.beliefs.filter(({ verdict }) => verdict !== 'ready' && verdict !== 'lost')
      const final = interrupted || ended ? slots : slots.map((slot) => giveUp(slot))
      return { look, slots: final, results, turns, outOfReach: outOfReach.map(({ host }) => host), interrupted }
    }
    const isActed = options.follow && slots.some(({ state }) => state === 'acting')
    await clock.sleep(isActed ? FOLLOW_EVERY_MS : pauseAfter(look, slots), options.signal ?? undefined)
  }
}

function progressOf({ decision, input }: Look, { jobs, slots }: Scope): readonly SlotProgress[] {
  const all = progressOfJobs(decision, jobs, input)
  return slots ? all.filter(({ slot }) => slots.has(slot)) : all
}

/** What is to be changed, but not in the first plan. */
function turnsOf({ decision }: Look, { jobs, slots }: Scope): readonly ActionView[] {
  const told = new Set([...decision.plan.actions, ...decision.plan.unplaced].map(({ slot }) => slot))
  return decision.classified.flatMap(({ subject: { slot, host }, bucket, reason, text }) => {
    const isTurn = (bucket === 'restart' || bucket === 'migrate') && jobs.has(jobOfSlot(slot)) && !told.has(slot)
    if (!isTurn || host === null || reason === null || !(slots?.has(slot) ?? true)) return []
    return [{ kind: 'restart', slot, host, from: null, reason, text }]
  })
}

function isTick(look: Look): look is Tick {
  return 'results' in look
}

/** All settled; or something has failed and nothing moves: what waits for its turn behind it waits for a person. */
function isOver(slots: readonly SlotProgress[]): boolean {
  const moving = slots.some(({ state }) => state === 'acting' || state === 'starting')
  return slots.every((slot) => isSettled(slot)) || (!moving && slots.some(({ state }) => state === 'failed'))
}

/** What runs and is not healthy yet has until its job's deadline. */
function stuckBound(slots: readonly SlotProgress[], { input }: Look): Millis {
  const jobs = new Set(slots.filter(({ health }) => health).map(({ slot }) => jobOfSlot(slot)))
  const deadlines = input.jobs.filter(({ job }) => jobs.has(job.name)).map(({ job }) => job.update.healthyDeadlineMs)
  return Math.max(STUCK_MS, ...deadlines)
}

/** The longest deadline among the jobs, and some. */
function boundFor(look: Look, jobs: ReadonlySet<JobName>): Millis {
  const deadlines = look.input.jobs
    .filter(({ job }) => jobs.has(job.name))
    .map(({ job }) => job.update.healthyDeadlineMs * Math.max(1, Math.ceil(job.count / job.update.maxParallel)))
  return SLACK_MS + Math.max(0, ...deadlines)
}

/** A port that stays silent for too long has failed. */
function boundPorts(slots: readonly SlotProgress[], since: Map<string, Millis>, now: Millis): readonly SlotProgress[] {
  return slots.map((slot) => {
    if (slot.missingPorts.length === 0) {
      since.delete(slot.slot)
      return slot
    }
    const from = since.get(slot.slot) ?? now
    since.set(slot.slot, from)
    if (now - from < LISTEN_BOUND_MS) return slot
    const ports = slot.missingPorts.join(', ')
    return {
      ...slot,
      state: 'failed',
      text: `it runs, but after ${LISTEN_BOUND_MS / 1000} s nothing listens on port ${ports}`,
    }
  })
}

/** What is seen of a step that the loop is just carrying out is half-done, and its reason would mislead. */
function half(slot: SlotProgress): SlotProgress {
  return slot.state === 'acting' ? { ...slot, text: '' } : slot
}

function giveUp(slot: SlotProgress): SlotProgress {
  return isSettled(slot) ? slot : { ...slot, state: 'failed', text: slot.text || 'it did not settle in time' }
}

/** Tells each change once. */
class Teller {
  readonly #options: Drive
  readonly #elapsed: () => Millis
  readonly #told = new Map<string, string>()

  constructor(options: Drive, elapsed: () => Millis) {
    this.#options = options
    this.#elapsed = elapsed
  }

  /** True when anything was new. */
  tell(slots: readonly SlotProgress[]): boolean {
    let news = false
    for (const { slot, host, state, text } of slots) {
      const key = `${slot} ${host}`
      // A count or a countdown that goes on is no news.
      const line = `${state} ${state === 'starting' ? '' : text.replace(/[\d.]+/g, '')}`
      if (this.#told.get(key) === line) continue
      const first = !this.#told.has(key)
      this.#told.set(key, line)
      news = true
      // What ran already and is left alone is no progress, nor what the plan has just said to have no place.
      if (first && (state === 'done' || (state === 'unplaced' && host === null))) continue
      const stays = state === 'unplaced' && host !== null
      const shown = stays || state === 'away' ? 'waiting' : state === 'unplaced' ? 'failed' : state
      // Each host's reason is in the plan and in the outcome; here it would only be long.
      const said = stays ? 'no other host can take it: it stays' : state === 'unplaced' ? 'no host can take it' : text
      this.#options.onProgress({
        kind: 'slot',
        slot,
        host,
        state: shown,
        text: said,
        atMs: Math.round(this.#elapsed()),
      })
    }
    return news
  }
}
