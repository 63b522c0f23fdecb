// A viewer's end of the feed.

import { connect, type Socket } from 'node:net'
import { messageOf } from '../model/errors.js'
import type { FeedEnd, FeedViewer } from '../ports.js'
import { errnoOf } from './errors.js'
import { FEED_FORMAT, FEED_SOCKET } from './feed-format.js'
import { openFolder } from './folder-socket.js'
import { LongLines, objectIn } from './long-lines.js'

/** Characters of one line at most: a snapshot of 10,000 allocations has about 4 million. */
const MAX_LINE = 64 * 1024 * 1024

const NONE: FeedEnd = { kind: 'none', text: 'no loop serves snapshots here' }
const ENDED: FeedEnd = { kind: 'ended', text: 'the loop ended' }
const FOREIGN: FeedEnd = {
  kind: 'foreign',
  text: 'the loop that ticks is of another version of hc, whose snapshots this one cannot read',
}

/** Watches the feed in `folder` until the signal is aborted or it ends. */
export async function watchFeed(folder: string, viewer: FeedViewer, signal: AbortSignal): Promise<FeedEnd> {
  if (signal.aborted) return ENDED
  let socket: Socket
  try {
    const opened = openFolder(folder, FEED_SOCKET)
    // The address is used before connect() returns: the descriptor has done its work then.
    socket = connect(opened.socket)
    opened.close()
  } catch (error) {
    return failed(error)
  }
  return new Promise((resolve) => {
    const end = (how: FeedEnd) => {
      signal.removeEventListener('abort', stop)
      socket.destroy()
      resolve(how)
    }
    const stop = () => end(ENDED)
    signal.addEventListener('abort', stop, { once: true })
    let connected = false
    socket.setEncoding('utf8')
    const lines = new Greeted((line) => take(line, viewer))
    socket.on('connect', () => {
      connected = true
    })
    socket.on('data', (chunk: string) => {
      if (signal.aborted) return
      const how = lines.push(chunk)
      if (how) end(how)
    })
    socket.on('error', (error) => end(connected ? ENDED : failed(error)))
    socket.on('close', () => end(ENDED))
  })
}

function failed(error: unknown): FeedEnd {
  const code = errnoOf(error)
  // A socket without a process behind it is of a loop that died; one that does not accept in time is told by its silence.
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ECONNREFUSED' || code === 'EAGAIN') return NONE
  const why = messageOf(error)
  return { kind: 'refused', text: `the loop's snapshots cannot be had: ${why}` }
}

/** Takes line after line; the first has to be the greeting. */
class Greeted {
  readonly #onLine: (line: object) => FeedEnd | null
  readonly #lines = new LongLines(MAX_LINE)
  #greeted = false

  constructor(onLine: (line: object) => FeedEnd | null) {
    this.#onLine = onLine
  }

  push(chunk: string): FeedEnd | null {
    for (const line of this.#lines.push(chunk) ?? ['']) {
      const how = this.#line(line)
      if (how) return how
    }
    return null
  }

  #line(text: string): FeedEnd | null {
    const line = objectIn(text)
    if (line === null) return FOREIGN
    if ('refused' in line) return { kind: 'refused', text: String(line.refused) }
    if (this.#greeted) return this.#onLine(line)
    if (!('hello' in line) || line.hello !== 'hc-feed') return FOREIGN
    if (!('format' in line) || line.format !== FEED_FORMAT) return FOREIGN
    this.#greeted = true
    return this.#onLine({ alive: true, trouble: null })
  }
}

function take(line: object, viewer: FeedViewer): FeedEnd | null {
  if ('alive' in line) viewer.onAlive('trouble' in line && typeof line.trouble === 'string' ? line.trouble : null)
  if (!('view' in line)) return null
  const view = line.view as Parameters<FeedViewer['onView']>[0]
  viewer.onView(view)
  return null
}
