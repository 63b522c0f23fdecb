// The loop's end of the feed. It runs only while its process holds the loop's lock. Viewers are never waited for: who has not
// read the last snapshot yet is passed over.

import type { Socket } from 'node:net'
import { messageOf } from '../model/errors.js'
import type { LiveView } from '../model/views.js'
import { ALIVE_EVERY_MS, FEED_FORMAT, FEED_SOCKET, type FeedLine } from './feed-format.js'
import { FolderSocket } from './folder-socket.js'
import { lineOf } from './long-lines.js'

/** Viewers at a time unless said otherwise: each costs a copy of every snapshot. */
const MAX_VIEWERS = 16
/** Signs of life that a viewer may leave unread before it is dropped. */
const STUCK_AFTER = 15
/** Signs of life without a socket of ours in the folder, after which viewers are let go: another loop serves by then. */
const GONE_AFTER = 5

/** How a feed is opened. */
export interface FeedOptions {
  readonly debug: (line: string) => void
  /** Viewers at a time. */
  readonly maxViewers?: number
}

/** One viewer. */
interface Viewer {
  readonly socket: Socket
  /** Signs of life in a row that it had not read what was sent before. */
  stuck: number
}

/** Serves snapshots. */
export class FeedServer {
  readonly #options: FeedOptions
  readonly #socket: FolderSocket
  readonly #viewers = new Set<Viewer>()
  #make: (() => LiveView) | null = null
  #trouble: string | null = null
  #alive: NodeJS.Timeout | null = null
  #gone = 0
  #said = ''

  constructor(folder: string, options: FeedOptions) {
    this.#options = options
    this.#socket = new FolderSocket({
      folder,
      name: FEED_SOCKET,
      welcome: (socket) => this.#welcome(socket),
      debug: (why) => this.#debug(`the feed cannot be served: ${why}`),
    })
  }

  /** Serves from now on what is published. */
  open(): void {
    this.#socket.open()
  }

  /** A tick's snapshot. */
  publish(make: () => LiveView): void {
    this.#make = make
    this.#trouble = null
    this.#socket.serve()
    this.#sendView([...this.#viewers])
  }

  /** A tick that failed. It begins no serving: it may have failed because the lock is another loop's now. */
  fail(text: string): void {
    this.#trouble = text
  }

  /** Takes the socket away and lets all viewers go. */
  async close(): Promise<void> {
    await this.#socket.close()
    this.#dropAll()
  }

  #welcome(socket: Socket): void {
    socket.on('error', () => {}) // its end is told by `close`
    if (this.#socket.closed || this.#viewers.size >= (this.#options.maxViewers ?? MAX_VIEWERS)) {
      socket.end(
        lineOf<FeedLine>({ refused: `${this.#viewers.size} viewers watch the loop already, and it serves no more` }),
      )
      socket.destroySoon()
      return
    }
    const viewer: Viewer = { socket, stuck: 0 }
    this.#viewers.add(viewer)
    socket.on('close', () => {
      this.#viewers.delete(viewer)
      if (this.#viewers.size === 0) this.#rest()
    })
    socket.resume() // viewers have nothing to say; their end has to be noticed
    socket.write(lineOf<FeedLine>({ hello: 'hc-feed', format: FEED_FORMAT }))
    this.#alive ??= setInterval(() => void this.#signOfLife(), ALIVE_EVERY_MS).unref()
    this.#sendView([viewer])
  }

  #sendView(viewers: readonly Viewer[]): void {
    const ready = viewers.filter(({ socket }) => !isBehind(socket))
    if (ready.length === 0 || this.#make === null) return
    try {
      const line = lineOf<FeedLine>({ view: this.#make() })
      for (const { socket } of ready) socket.write(line)
    } catch (error) {
      this.#debug(`a snapshot cannot be made: ${messageOf(error)}`)
    }
  }

  async #signOfLife(): Promise<void> {
    const line = lineOf<FeedLine>({ alive: true, trouble: this.#trouble })
    for (const viewer of this.#viewers) {
      if (!isBehind(viewer.socket)) {
        viewer.stuck = 0
        viewer.socket.write(line)
      } else if (++viewer.stuck >= STUCK_AFTER) viewer.socket.destroy()
    }
    this.#gone = (await this.#socket.isThere()) ? 0 : this.#gone + 1
    if (this.#gone >= GONE_AFTER) this.#dropAll()
  }

  #dropAll(): void {
    for (const { socket } of this.#viewers) socket.destroy()
  }

  #rest(): void {
    if (this.#alive !== null) clearInterval(this.#alive)
    this.#alive = null
    this.#gone = 0
  }

  /** The same words once: the next tick tries again. */
  #debug(text: string): void {
    if (text !== this.#said) this.#options.debug(text)
    this.#said = text
  }
}

/** Something that was sent before is still waiting to be read. */
function isBehind(socket: Socket): boolean {
  return socket.writableLength > 0 || !socket.writable
}
