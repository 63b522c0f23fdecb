// A cluster that is watched: one snapshot after the other. Where a loop ticks they are the loop's, so that many viewers cost
// the hosts nothing; where none does, or it falls silent, this process looks by itself.
import type { ControlView } from '../model/control.js'
import { messageOf, UserError } from '../model/errors.js'
import type { Millis } from '../model/names.js'
import type { LiveView, StatusView } from '../model/views.js'
import type { Clock, Feed, FeedEnd } from '../ports.js'
import type { WatchOptions } from './desks/cluster.js'
import { filtered } from './status.js'
import { ControlLook, leadsElsewhere } from './store-change.js'

/** What watching needs of the world. */
export interface WatchDoors {
  readonly clock: Clock
  readonly feed: Feed
  /** One look of one's own, whole. */
  look(): Promise<StatusView>
  /** Who leads, where several control machines share the store. Absent: they do not. */
  control?(): Promise<ControlView>
}

/** How long the loop's first word is waited for before the first look of one's own, ms. */
const GREETING_MS = 300
/** Without a snapshot of the loop for so long, this process looks by itself, ms: two and a half ticks. */
const QUIET_MS = 2500
/** Without any sign of life for so long, the loop is said to hang, ms. */
const HUNG_MS = 4000
/** From one look of one's own to the next, where no loop ticks, ms. */
const LOOK_EVERY_MS = 1000
/** Between two tries to find a loop, ms. */
const RETRY_MS = 1000

/**
 * Tells snapshots until the signal is aborted. Throws UserError where there is nothing to watch: a filter that names
 * nothing, files that are wrong. What goes wrong after the first snapshot is trouble, and watching goes on.
 */
export async function watchCluster(doors: WatchDoors, options: WatchOptions): Promise<void> {
  await new Watch(doors, options).run()
}

class Watch {
  readonly #doors: WatchDoors
  readonly #options: WatchOptions
  readonly #ended = new AbortController()
  readonly #control: ControlLook
  /** The loop's snapshots suffice until then; clock of the doors. */
  #quietUntil: Millis
  #nap = new AbortController()
  #connected = false
  /** Since when there is no feed, though one is looked for. */
  #noneSince: Millis | null = null
  #loopViewAt: Millis | null = null
  #loopSeenAt = ''
  #aliveAt: Millis
  #aliveWall: string
  /** What is wrong with the loop, and with the looks. */
  #feedTrouble: string | null = null
  #lookTrouble: string | null = null
  #told: string | null = null
  #shown = false
  #fatal: { readonly error: unknown } | null = null

  constructor(doors: WatchDoors, options: WatchOptions) {
    this.#doors = doors
    this.#options = options
    this.#control = new ControlLook(doors.clock, doors.control)
    this.#quietUntil = doors.clock.now() + GREETING_MS
    this.#aliveAt = doors.clock.now()
    this.#aliveWall = doors.clock.wall()
  }

  async run(): Promise<void> {
    const { signal } = this.#options
    const stop = () => this.#end()
    if (signal.aborted) return
    signal.addEventListener('abort', stop, { once: true })
    try {
      // A look that is under way at the end is left to itself: it may wait for a silent host.
      const ended = new Promise((resolve) => this.#ended.signal.addEventListener('abort', resolve, { once: true }))
      await Promise.race([Promise.all([this.#follow(), this.#lookOn()]), ended])
    } finally {
      signal.removeEventListener('abort', stop)
    }
    if (this.#fatal) throw this.#fatal.error
  }

  /** Follows the loop's feed wherever there is one. */
  async #follow(): Promise<void> {
    const { clock, feed } = this.#doors
    const { signal } = this.#ended
    while (!signal.aborted) {
      this.#aliveAt = clock.now()
      this.#aliveWall = clock.wall()
      const viewer = { onView: (view: LiveView) => this.#loopView(view), onAlive: this.#alive.bind(this) }
      const end = await feed.subscribe(viewer, signal)
      if (signal.aborted) return
      this.#lost(end)
      await clock.sleep(RETRY_MS, signal)
    }
  }

  #alive(trouble: string | null): void {
    const now = this.#doors.clock.now()
    if (!this.#connected) this.#quietUntil = Math.max(this.#quietUntil, now + QUIET_MS)
    this.#connected = true
    this.#noneSince = null
    this.#aliveAt = now
    this.#aliveWall = this.#doors.clock.wall()
    this.#feedTrouble = trouble === null ? null : `the loop's last tick failed: ${trouble}`
    if (this.#feedTrouble !== null) this.#tell()
  }

  #loopView(view: LiveView): void {
    if (view.seenAt === this.#loopSeenAt) return // the last one once more, at a new connection
    const now = this.#doors.clock.now()
    const slow = this.#loopViewAt !== null && now - this.#loopViewAt > QUIET_MS
    // Where ticks are far apart, one's own looks go on between them.
    if (!slow) this.#quietUntil = now + QUIET_MS
    this.#loopViewAt = now
    this.#loopSeenAt = view.seenAt
    this.#lookTrouble = null
    const show = (control: ControlView | null) => this.#show({ ...view, source: 'loop', ...(control && { control }) })
    const again = () => this.#loopSeenAt === view.seenAt && show(this.#control.now(again))
    show(this.#control.now(again))
  }

  #lost(end: FeedEnd): void {
    const wasConnected = this.#connected
    if (end.kind === 'none') this.#noneSince ??= this.#doors.clock.now()
    this.#connected = false
    this.#feedTrouble = end.kind === 'none' || end.kind === 'ended' ? null : end.text
    this.#loopViewAt = null
    if (!wasConnected && this.#shown) return
    this.#quietUntil = this.#doors.clock.now()
    this.#nap.abort()
  }

  /** Looks while the loop's snapshots do not suffice; one at a time. */
  async #lookOn(): Promise<void> {
    const { clock } = this.#doors
    while (!this.#ended.signal.aborted) {
      const now = clock.now()
      if (now < this.#quietUntil) {
        await this.#sleep(this.#quietUntil - now)
        continue
      }
      await this.#look(now)
      await this.#sleep(Math.max(0, LOOK_EVERY_MS - (clock.now() - now)))
    }
  }

  async #look(begunAt: Millis): Promise<void> {
    try {
      const view = await this.#doors.look()
      const overtaken = this.#loopViewAt !== null && this.#loopViewAt >= begunAt
      if (this.#ended.signal.aborted || overtaken) return
      this.#lookTrouble = null
      this.#judge(view)
      this.#show({ ...view, seenAt: this.#doors.clock.wall(), source: 'own' })
    } catch (error) {
      if (this.#ended.signal.aborted) return
      if (!this.#shown && error instanceof UserError) return this.#fail(error)
      this.#lookTrouble = messageOf(error)
      this.#tell()
    }
  }

  /** What a loop that holds its lock, but tells nothing, means. */
  #judge({ loop: { ticking }, control }: StatusView): void {
    const now = this.#doors.clock.now()
    if (!ticking || leadsElsewhere(control)) {
      this.#feedTrouble = null
      this.#noneSince = null
    } else if (now - this.#aliveAt > HUNG_MS) {
      this.#feedTrouble = `the loop holds its lock but has told nothing since ${this.#aliveWall.slice(0, 19)}Z: it hangs or is stopped; hc looks by itself`
    } else if (this.#noneSince !== null && now - this.#noneSince > HUNG_MS) {
      this.#feedTrouble =
        'the loop that ticks serves no snapshots (it is of an older hc, or its ticks fail): hc looks by itself; restart the loop, or read its journal'
    }
  }

  #show(view: LiveView): void {
    const { filter } = this.#options
    try {
      const shown = filter === undefined || filter === null ? view : filtered(view, filter)
      this.#shown = true
      this.#options.onView(shown)
    } catch (error) {
      // What the viewer itself throws is a bug, and ends the watching with it.
      if (this.#shown && error instanceof UserError) this.#lookTrouble = error.message
      else this.#fail(error)
    }
    this.#tell()
  }

  #tell(): void {
    const text = this.#lookTrouble ?? this.#feedTrouble
    if (text === this.#told || this.#ended.signal.aborted) return
    this.#told = text
    this.#options.onTrouble(text)
  }

  #fail(error: unknown): void {
    this.#fatal ??= { error }
    this.#end()
  }

  #end(): void {
    this.#ended.abort()
    this.#nap.abort()
  }

  /** Until `ms` have passed, the loop is lost or watching ends. */
  async #sleep(ms: Millis): Promise<void> {
    if (this.#ended.signal.aborted) return
    this.#nap = new AbortController()
    await this.#doors.clock.sleep(ms, this.#nap.signal)
  }
}
