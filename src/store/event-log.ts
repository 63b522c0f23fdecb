// events.jsonl: what was decided and done, one JSON object per line, appended. Not synced: no decision rests on it, and
// a tick must not wait for a slow disk twice. After a power cut the last seconds of it may be missing.
import type { FileHandle } from 'node:fs/promises'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Event, NewEvent } from '../model/event.js'
import { storeError } from './errors.js'
import { openIfThere, replaceFile } from './files.js'

/** Bytes of one file; one older file is kept beside it. */
export const MAX_EVENT_FILE = 4 * 1024 * 1024

const CHUNK = 64 * 1024
const NEWLINE = 0x0a

/** End of the log as it was left by this object: valid while the file is that long. */
interface Tail {
  readonly ino: number
  readonly size: number
  readonly lastId: number
}

/** The record of events. Appending needs the lock; reading does not. */
export class EventLog {
  readonly #path: string
  readonly #old: string
  readonly #maxBytes: number
  #tail: Tail | null = null

  constructor(folder: string, maxBytes: number = MAX_EVENT_FILE) {
    this.#path = join(folder, 'events.jsonl')
    this.#old = join(folder, 'events.1.jsonl')
    this.#maxBytes = maxBytes
  }

  /** Records events under rising ids. When it rejects (UserError), none of them is recorded. */
  async append(events: readonly NewEvent[], term: number, time: string): Promise<readonly Event[]> {
    if (events.length === 0) return []
    try {
      let handle = await open(this.#path, 'a+', 0o600)
      try {
        const tail = await this.#repair(handle)
        const recorded = events.map((event, index): Event => ({ id: tail.lastId + 1 + index, time, ...event, term }))
        const bytes = Buffer.from(recorded.map((event) => `${JSON.stringify(event)}\n`).join(''))
        let { size } = tail
        if (size > 0 && size + bytes.length > this.#maxBytes) {
          await handle.close()
          await rename(this.#path, this.#old)
          handle = await open(this.#path, 'a+', 0o600)
          size = 0
        }
        await writeOrUndo(handle, bytes, size)
        const { ino } = await handle.stat()
        this.#tail = { ino, size: size + bytes.length, lastId: tail.lastId + events.length }
        return recorded
      } finally {
        await handle.close()
      }
    } catch (error) {
      throw storeError(error, 'Appending to', this.#path, 'these events are not recorded')
    }
  }

  /** The newest `limit` events with an id above `afterId`, oldest first. Reads from the end, no more than it needs. */
  async newest(limit: number, afterId: number): Promise<readonly Event[]> {
    try {
      return await this.#newest(limit, afterId)
    } catch (error) {
      throw storeError(error, 'Reading', this.#path, 'nothing was changed')
    }
  }

  /** Replaces the whole record by these, with their numbers: the newest in the file that is appended to. */
  async replace(events: readonly Event[]): Promise<void> {
    const lines = events.map((event) => `${JSON.stringify(event)}\n`)
    let from = lines.length
    for (let size = 0; from > 0; from -= 1) {
      size += Buffer.byteLength(lines[from - 1] ?? '')
      if (size > this.#maxBytes && from < lines.length) break
    }
    try {
      this.#tail = null
      await replaceFile(this.#old, lines.slice(0, from).join(''), { durable: true })
      await replaceFile(this.#path, lines.slice(from).join(''), { durable: true })
    } catch (error) {
      throw storeError(error, 'Writing', this.#path, 'the record of events may be an older one')
    }
  }

  async #newest(limit: number, afterId: number): Promise<readonly Event[]> {
    const found: Event[] = []
    let below = Number.POSITIVE_INFINITY
    for (const path of [this.#path, this.#old]) {
      for await (const event of eventsBackwards(path)) {
        if (event.id >= below) continue // rotated while it was read: the same events again under the old name
        if (event.id <= afterId || found.length >= limit) return found.reverse()
        below = event.id
        found.push(event)
      }
    }
    return found.reverse()
  }

  /** Finds the last id; cuts off a line that its writer did not live to end. */
  async #repair(handle: FileHandle): Promise<Tail> {
    const { ino, size } = await handle.stat()
    if (this.#tail?.ino === ino && this.#tail.size === size) return this.#tail
    const whole = await endOfLastLine(handle, size)
    if (whole < size) await handle.truncate(whole)
    for (const path of [this.#path, this.#old]) {
      for await (const event of eventsBackwards(path)) return { ino, size: whole, lastId: event.id }
    }
    return { ino, size: whole, lastId: 0 }
  }
}

async function writeOrUndo(handle: FileHandle, bytes: Buffer, size: number): Promise<void> {
  try {
    await handle.appendFile(bytes)
  } catch (error) {
    await handle.truncate(size).catch(() => undefined) // else the next append cuts the torn line off
    throw error
  }
}

async function endOfLastLine(handle: FileHandle, size: number): Promise<number> {
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - CHUNK)
    const newline = (await readRange(handle, start, end)).lastIndexOf(NEWLINE)
    if (newline >= 0) return start + newline + 1
    end = start
  }
  return 0
}

/** Events of a file from the last to the first. What is no event (a torn line, a hole left by a power cut) is skipped. */
async function* eventsBackwards(path: string): AsyncGenerator<Event> {
  const handle = await openIfThere(path)
  if (handle === null) return
  try {
    let end = await endOfLastLine(handle, (await handle.stat()).size)
    let rest: Buffer = Buffer.alloc(0)
    while (end > 0) {
      const start = Math.max(0, end - CHUNK)
      rest = Buffer.concat([await readRange(handle, start, end), rest])
      end = start
      const lines = rest.toString('latin1').split('\n') // one character per byte, so that a cut in UTF-8 does no harm
      const first = end === 0 ? 0 : 1
      for (let index = lines.length - 1; index >= first; index -= 1) {
        const event = parseEvent(Buffer.from(lines[index] ?? '', 'latin1').toString('utf8'))
        if (event !== null) yield event
      }
      rest = Buffer.from(lines[0] ?? '', 'latin1')
    }
  } finally {
    await handle.close()
  }
}

async function readRange(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const buffer = Buffer.alloc(end - start)
  let filled = 0
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, start + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

function parseEvent(line: string): Event | null {
  if (line === '') return null
  try {
    const value: unknown = JSON.parse(line)
    const isEvent = typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'number'
    return isEvent ? (value as Event) : null
  } catch {
    return null
  }
}
