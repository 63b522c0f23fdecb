// Feeds in memory: those of all processes on one disk, without sockets.
import type { LiveView } from '../../src/model/views.js'
import type { Feed, FeedEnd, FeedViewer } from '../../src/ports.js'
import type { MemoryDisk } from './memory-store.js'

interface Served {
  readonly viewer: FeedViewer
  end(how: FeedEnd): void
}

const byDisk = new WeakMap<MemoryDisk, MemoryFeeds>()

/** Those of the processes that work on one disk. */
export function feedsOf(disk: MemoryDisk): MemoryFeeds {
  const feeds = byDisk.get(disk) ?? new MemoryFeeds()
  byDisk.set(disk, feeds)
  return feeds
}

/** What the processes of one machine share. */
export class MemoryFeeds {
  #serving: object | null = null
  #make: (() => LiveView) | null = null
  readonly #viewers = new Set<Served>()

  get viewers(): number {
    return this.#viewers.size
  }

  /** One process's feed. */
  open(): Feed {
    const self = {}
    return {
      open: () => undefined,
      publish: (make) => {
        this.#serving = self
        this.#make = make
        if (this.#viewers.size === 0) return
        const view = make()
        for (const { viewer } of this.#viewers) {
          viewer.onAlive(null)
          viewer.onView(view)
        }
      },
      fail: (text) => {
        this.#serving = self
        for (const { viewer } of this.#viewers) viewer.onAlive(text)
      },
      close: async () => {
        if (this.#serving === self) this.stop({ kind: 'ended', text: 'the loop ended' })
      },
      subscribe: (viewer, signal) => this.#subscribe(viewer, signal),
    }
  }

  /** The loop dies, or turns out to be another one. */
  stop(how: FeedEnd): void {
    this.#serving = null
    this.#make = null
    for (const served of [...this.#viewers]) served.end(how)
  }

  #subscribe(viewer: FeedViewer, signal: AbortSignal): Promise<FeedEnd> {
    if (this.#serving === null || signal.aborted) return Promise.resolve({ kind: 'none', text: 'no loop serves' })
    return new Promise((resolve) => {
      const served: Served = {
        viewer,
        end: (how) => {
          this.#viewers.delete(served)
          resolve(how)
        },
      }
      this.#viewers.add(served)
      signal.addEventListener('abort', () => served.end({ kind: 'ended', text: 'aborted' }), { once: true })
      viewer.onAlive(null)
      if (this.#make !== null) viewer.onView(this.#make())
    })
  }
}
