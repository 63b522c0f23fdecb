// Somebody who watches, and a loop that may tick, on a simulated clock.
import type { WatchOptions } from '../../../src/controller/desks/cluster.js'
import { watchCluster } from '../../../src/controller/watch.js'
import type { ControlView } from '../../../src/model/control.js'
import type { LiveView, StatusView } from '../../../src/model/views.js'
import type { Feed } from '../../../src/ports.js'
import { ProcessClock, SimTime } from '../../sim/time.js'
import { MemoryFeeds } from '../../support/memory-feed.js'
import { ALL_WELL } from '../../ui/samples.js'

/** See above. */
export class Stage {
  readonly time = new SimTime()
  readonly clock = new ProcessClock(this.time, 5_000, () => true, { skips: () => false, doubles: () => false })
  readonly feeds = new MemoryFeeds()
  readonly seen: { readonly at: number; readonly source: string; readonly seenAt: string }[] = []
  readonly troubles: (string | null)[] = []
  readonly views: LiveView[] = []
  looks = 0
  overlapping = 0
  #looking = 0
  /** How long a look takes, ms. */
  takes = 50
  ticking = false
  /** Of a store that several control machines share. */
  control: (() => Promise<ControlView>) | null = null
  look: () => StatusView = () => ({ ...ALL_WELL, loop: { ticking: this.ticking, lastTick: null } })
  ended: 'open' | 'well' | unknown = 'open'
  readonly #end = new AbortController()
  #loop: { readonly feed: Feed; stopped: boolean } | null = null

  watch(more: Partial<WatchOptions> = {}, feed: Feed = this.feeds.open()): void {
    const { control } = this
    const doors = { clock: this.clock, feed, look: () => this.#look(), ...(control && { control }) }
    void watchCluster(doors, {
      signal: this.#end.signal,
      onView: (view) => {
        this.views.push(view)
        this.seen.push({ at: this.time.now, source: view.source, seenAt: view.seenAt })
      },
      onTrouble: (text) => this.troubles.push(text),
      ...more,
    }).then(
      () => {
        this.ended = 'well'
      },
      (error: unknown) => {
        this.ended = error
      },
    )
  }

  async #look(): Promise<StatusView> {
    this.looks += 1
    this.#looking += 1
    if (this.#looking > 1) this.overlapping += 1
    await this.time.sleep(this.takes)
    this.#looking -= 1
    return this.look()
  }

  /** A loop that ticks every `everyMs`. */
  startLoop(everyMs = 1000): void {
    const loop = { feed: this.feeds.open(), stopped: false }
    this.#loop = loop
    this.ticking = true
    const tick = () => {
      if (loop.stopped) return
      const seenAt = this.time.wall()
      loop.feed.publish(() => ({ ...ALL_WELL, loop: { ticking: true, lastTick: seenAt }, seenAt, source: 'loop' }))
      this.time.after(everyMs, tick)
    }
    tick()
  }

  /** kill -STOP: it ticks no more, but its socket and its lock stay. */
  hang(): void {
    if (this.#loop) this.#loop.stopped = true
  }

  killLoop(): void {
    this.hang()
    this.ticking = false
    this.feeds.stop({ kind: 'ended', text: 'the loop ended' })
  }

  pass(ms: number): Promise<void> {
    return this.time.run(this.time.now + ms, () => {})
  }

  /** Sources of the views since `at`, without repetitions. */
  sources(at = 0): string[] {
    const all = this.seen.filter((view) => view.at >= at).map(({ source }) => source)
    return all.filter((source, index) => source !== all[index - 1])
  }

  end(): void {
    this.#end.abort()
  }
}
