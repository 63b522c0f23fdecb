// One exec channel with a program at its far end: bytes both ways at the pace of the slower side, maybe with a terminal.
import type { Readable } from 'node:stream'
import type { ClientChannel } from 'ssh2'
import { drained, type SessionListener, type SessionProcess } from '../remote/session.js'
import { signalCode } from './channel.js'

/** After the exit status: how long the outputs must have been silent where a child keeps them open, ms. */
const LINGER_MS = 1000
const LOOK_MS = 50

/** Wraps a channel. `onEnd` is called when it no longer counts against the host's limit, maybe more than once. */
export class SessionChannel implements SessionProcess {
  private listener: SessionListener | null = null
  private code: number | null = null
  private closed = false
  private over = false
  private busy = 0
  private lastMoveAt = performance.now()
  private looks: NodeJS.Timeout | null = null

  constructor(
    private readonly channel: ClientChannel,
    private readonly onEnd: (session: SessionChannel) => void,
  ) {
    channel.on('error', () => {})
    channel.stderr.on('error', () => {})
    channel.on('exit', (code: number | null, signal?: string) => {
      this.code = code ?? signalCode(signal)
      this.lastMoveAt = performance.now()
      if (!this.over) this.looks ??= setInterval(() => this.lookForEnd(), LOOK_MS)
    })
    channel.on('close', () => {
      this.closed = true
      this.onEnd(this)
      this.looks ??= setInterval(() => this.lookForEnd(), LOOK_MS)
      this.lookForEnd()
    })
  }

  listen(listener: SessionListener): void {
    this.listener = listener
    this.pump(this.channel, (bytes) => listener.stdout(bytes))
    this.pump(this.channel.stderr, (bytes) => listener.stderr(bytes))
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.over || !this.channel.writable) return
    if (this.channel.write(bytes)) return
    await drained(this.channel)
  }

  end(): void {
    if (!this.over && this.channel.writable) this.channel.end()
  }

  resize({ rows, columns }: { readonly rows: number; readonly columns: number }): void {
    if (!this.over) this.channel.setWindow(rows, columns, 0, 0)
  }

  close(): void {
    this.finish('hc hung up')
  }

  /** The connection is gone. */
  abandon(reason: string): void {
    this.finish(reason)
    this.onEnd(this)
  }

  /** One chunk after the other: what the near side does not take is not asked of the host either. */
  private pump(stream: Readable, take: (bytes: Buffer) => Promise<void>): void {
    stream.on('data', (bytes: Buffer) => {
      if (this.over) return
      stream.pause()
      this.busy += 1
      void take(bytes).finally(() => {
        this.busy -= 1
        this.lastMoveAt = performance.now()
        stream.resume()
        if (this.closed) this.lookForEnd()
      })
    })
  }

  /** Over when all was taken and the channel is closed; or silent for a while after the program's own end. */
  private lookForEnd(): void {
    if (this.busy > 0 || this.channel.readableLength > 0 || this.channel.stderr.readableLength > 0) return
    if (this.closed || performance.now() - this.lastMoveAt > LINGER_MS) this.finish(null)
  }

  private finish(lost: string | null): void {
    if (this.over) return
    this.over = true
    if (this.looks) clearInterval(this.looks)
    this.channel.close()
    // What is left is of no use to anybody, but unread it would hold up the channel's own end.
    this.channel.resume()
    this.channel.stderr.resume()
    this.listener?.end({ code: lost === null ? this.code : null, lost })
  }
}
