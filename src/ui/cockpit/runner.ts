// The cockpit at work: keeps the state, watches the cluster, carries out what the keys asked for. Nothing here waits for a
// host before the next frame, and no failure of the cluster ends it.
import type { Event } from '../../model/event.js'
import type { LogLine } from '../../model/views.js'
import { failureOf, type Outcome, outcomeOf } from './acts.js'
import type { Cockpit, OnProgress } from './cockpit.js'
import type { Key } from './keys.js'
import { reduce } from './reduce.js'
import { type Act, type Effect, type Fetched, initialState, type Message, type Size, type State } from './state.js'

/** The clock of the screen: what is shown ages also while nothing comes, ms. */
const TICK = 1_000
/** Shortest time between two frames, ms. */
const FRAME = 40
/** Lines of journals and events are shown together that come within, ms. */
const GATHER = 100
/** After something that was followed has ended by a failure it is tried again, ms. */
const AGAIN = 2_000
/** Events of before, and lines of each journal. */
const [EVENTS, LINES] = [200, 500]
/** More lines than that at once are no longer read by anybody: the newest are kept. */
const FLOOD = 5_000

/** What the cockpit needs of the world beside the cluster. */
export interface RunnerOptions {
  readonly title: string
  readonly size: Size
  /** ms since 1970. */
  now(): number
  /** Draws the screen anew. */
  redraw(): void
}

/** Keeps the state and tells who watches it. */
export class Runner {
  readonly #cockpit: Cockpit
  readonly #options: RunnerOptions
  readonly #watchers = new Set<() => void>()
  readonly #end = new AbortController()
  readonly #logs = new Map<number, AbortController>()
  #state: State
  #resting = false
  #unseen = false
  #broken = false
  #done: () => void = () => undefined
  /** Settles when the operator leaves. */
  readonly left: Promise<void>

  constructor(cockpit: Cockpit, options: RunnerOptions) {
    this.#cockpit = cockpit
    this.#options = options
    this.#state = initialState({ size: options.size, now: options.now(), title: options.title })
    this.left = new Promise((resolve) => {
      this.#done = resolve
    })
  }

  /** The newest state; the same object until something changes. */
  get state(): State {
    return this.#state
  }

  /** Calls back after each change. */
  subscribe(onChange: () => void): () => void {
    this.#watchers.add(onChange)
    return () => this.#watchers.delete(onChange)
  }

  /** Begins to watch. */
  start(): void {
    const { signal } = this.#end
    const timer = setInterval(() => {
      const now = this.#options.now()
      if (now - this.#state.now > TICK / 2) this.tell({ kind: 'time', now })
    }, TICK)
    signal.addEventListener('abort', () => clearInterval(timer), { once: true })
    const failed = (text: string) => {
      this.#broken = true
      this.tell({ kind: 'trouble', text })
    }
    void this.#keepOn(() => this.#watch(), failed)
    void this.#keepOn(
      () => this.#events(),
      (text) => this.tell({ kind: 'note', text: `The record of events cannot be read: ${text}` }),
    )
  }

  /** Ends all that is followed; works that are under way are left to themselves. */
  stop(): void {
    this.#end.abort()
    for (const logs of this.#logs.values()) logs.abort()
    this.#done()
  }

  /** One thing has happened. */
  tell(message: Message): void {
    if (this.#end.signal.aborted) return
    const { state, effects } = reduce(this.#state, message)
    const changed = state !== this.#state
    this.#state = state
    if (changed) this.#announce()
    for (const effect of effects) this.#do(effect)
  }

  /** The keys of one event: what was pasted, or typed before a question stood there, is no answer to it. */
  press(keys: readonly Key[]): void {
    for (const key of keys) {
      const before = this.#state.ask
      this.tell({ kind: 'key', key })
      if (before === null && this.#state.ask !== null) return
    }
  }

  /** At most so many frames a second, the first at once. */
  #announce(): void {
    if (this.#resting) {
      this.#unseen = true
      return
    }
    this.#resting = true
    setTimeout(() => {
      this.#resting = false
      if (this.#unseen && !this.#end.signal.aborted) this.#announce()
    }, FRAME)
    this.#unseen = false
    for (const watcher of this.#watchers) watcher()
  }

  #do(effect: Effect): void {
    switch (effect.kind) {
      case 'quit':
        this.stop()
        break
      case 'redraw':
        this.#options.redraw()
        break
      case 'fetch-plan':
        this.#fetch(
          () => this.#cockpit.plan([], { prune: false }),
          (plan) => ({ kind: 'plan', plan }),
        )
        break
      case 'fetch-job':
        this.#fetch(
          () => this.#cockpit.job(effect.name),
          (detail) => ({ kind: 'job', name: effect.name, detail }),
        )
        break
      case 'fetch-explained':
        this.#fetch(
          () => this.#cockpit.explain(effect.target, null),
          (explained) => ({ kind: 'explained', target: effect.target, explained }),
        )
        break
      case 'fetch-host':
        this.#fetch(
          () => this.#cockpit.host(effect.name),
          (detail) => ({ kind: 'host', name: effect.name, detail }),
        )
        break
      case 'open-logs':
        void this.#openLogs(effect.id, effect.targets)
        break
      case 'close-logs':
        this.#logs.get(effect.id)?.abort()
        this.#logs.delete(effect.id)
        break
      case 'act':
        void this.#act(effect.id, effect.act)
        break
    }
  }

  #fetch<T>(ask: () => Promise<T>, message: (fetched: Fetched<T>) => Message): void {
    const tell = (fetched: Fetched<T>) => this.tell(message(fetched))
    called(ask).then(
      (value) => tell({ state: 'there', value }),
      (error: unknown) => tell({ state: 'failed', error }),
    )
  }

  /** Something that is followed goes on after a failure, until the end. */
  async #keepOn(work: () => Promise<void>, failed: (text: string) => void): Promise<void> {
    const { signal } = this.#end
    while (!signal.aborted) {
      await called(work).catch((error: unknown) => failed(failureOf(error).text))
      if (signal.aborted) return
      await pause(AGAIN, signal)
    }
  }

  #watch(): Promise<void> {
    return this.#cockpit.watch({
      signal: this.#end.signal,
      onView: (view) => {
        // A watch that was begun again does not know of the trouble that ended the one before.
        if (this.#broken) this.tell({ kind: 'trouble', text: null })
        this.#broken = false
        this.tell({ kind: 'view', view, now: this.#options.now() })
      },
      onTrouble: (text) => this.tell({ kind: 'trouble', text }),
    })
  }

  #events(): Promise<void> {
    const gather = gathering<Event>((events) => this.tell({ kind: 'events', events }), this.#end.signal)
    const { signal } = this.#end
    return this.#cockpit.events({ limit: EVENTS, follow: true, signal, onEvent: gather })
  }

  async #openLogs(id: number, targets: readonly string[]): Promise<void> {
    const control = new AbortController()
    this.#logs.set(id, control)
    const { signal } = control
    const onLine = gathering<LogLine>((lines) => this.tell({ kind: 'log-lines', id, lines }), signal)
    const text = await called(() =>
      this.#cockpit.logs(targets, {
        follow: true,
        lines: LINES,
        since: null,
        grep: null,
        signal,
        onLine,
        onWarning: (warning) => this.tell({ kind: 'log-warning', id, text: warning }),
      }),
    ).then(
      () => 'the journal has ended',
      (error: unknown) => failureOf(error).text,
    )
    if (!signal.aborted) this.tell({ kind: 'log-end', id, text: `${text}; q and l open it again` })
  }

  async #act(id: number, act: Act): Promise<void> {
    const onProgress: OnProgress = (progress) => this.tell({ kind: 'progress', id, progress, now: this.#options.now() })
    const { ok, text } = await called(() => carryOut(this.#cockpit, act, onProgress)).catch(failureOf)
    this.tell({ kind: 'ended', id, ok, text, now: this.#options.now() })
  }
}

/** Also what throws before it returns a promise is a rejection. */
async function called<T>(work: () => Promise<T>): Promise<T> {
  return work()
}

async function carryOut(cockpit: Cockpit, act: Act, onProgress: OnProgress): Promise<Outcome> {
  switch (act.verb) {
    case 'restart':
      return outcomeOf(await cockpit.restartJob(act.job, onProgress, ...(act.slots === null ? [] : [act.slots])))
    case 'stop':
      return outcomeOf(await cockpit.stopJob(act.job, onProgress))
    case 'start':
      return outcomeOf(await cockpit.startJob(act.job, onProgress))
    case 'cordon':
      return { ok: true, text: (await cockpit.cordonHost(act.host)).text }
    case 'uncordon':
      return { ok: true, text: (await cockpit.uncordonHost(act.host)).text }
    case 'drain':
      return outcomeOf(await cockpit.drainHost(act.host, onProgress))
  }
}

/** Takes single things and tells those together that come within a moment; of a flood the newest. */
function gathering<T>(tell: (things: readonly T[]) => void, signal: AbortSignal): (thing: T) => void {
  let gathered: T[] = []
  let waiting = false
  const flush = () => {
    waiting = false
    const things = gathered
    gathered = []
    if (!signal.aborted) tell(things)
  }
  return (thing) => {
    gathered.push(thing)
    if (gathered.length > 2 * FLOOD) gathered = gathered.slice(-FLOOD)
    if (!waiting) setTimeout(flush, GATHER)
    waiting = true
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}
