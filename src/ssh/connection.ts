// One connection that is logged in, and its channels.

import type { Duplex } from 'node:stream'
import pRetry from 'p-retry'
import type { Client, ClientChannel, ExecOptions } from 'ssh2'
import { messageOf } from '../model/errors.js'
import type { Millis } from '../model/names.js'
import type { Failure } from '../model/observation.js'
import type { Clock, SessionNear } from '../ports.js'
import { Limit } from '../remote/limit.js'
import type { SessionProcess } from '../remote/session.js'
import type { ShellProcess } from '../remote/shell.js'
import { failure } from '../remote/text.js'
import { within } from '../remote/wait.js'
import { ChannelShell } from './channel.js'
import { SessionChannel } from './session.js'

/** sshd allows ten sessions (MaxSessions) and gives a closed one free only after a while. */
const CHANNELS = 8
/** sshd confirms a channel at once, whatever the login shell does then. */
const OPEN_CHANNEL_MS: Millis = 10_000
/** A place is tried for six times over about 0.6 s: sshd frees that of a session that ended when it has reaped it. */
const OPEN_RETRY = { retries: 5, minTimeout: 20, factor: 2, randomize: true }
/** How long a connection may be silent while something runs on it. */
const BUSY_SILENCE_MS: Millis = 3000

/** What runs on a channel, told when the connection goes. */
interface Abandoned {
  abandon(reason: string): void
}

type Opened<T> = { readonly process: T } | { readonly failure: Failure }
type Wrap<T> = (channel: ClientChannel, onEnd: (ended: Abandoned) => void) => T

/** A kept-open connection. Its `ended` resolves once, with the reason. */
export class Connection {
  readonly ended: Promise<string>
  private reason: string | null = null
  private settleEnded: (reason: string) => void = () => {}
  private readonly channels = new Limit(CHANNELS)
  private lastHeardAt: Millis
  private lastError: string | null = null
  private readonly shells = new Set<Abandoned>()
  private streams = 0
  private retired = false

  constructor(
    private readonly client: Client,
    socket: Duplex,
    private readonly clock: Clock,
    readonly login: string,
  ) {
    this.lastHeardAt = clock.now()
    this.ended = new Promise((resolve) => {
      this.settleEnded = resolve
    })
    socket.on('data', () => {
      this.lastHeardAt = clock.now()
    })
    client.on('error', (error) => {
      this.lastError = error.message
    })
    client.on('close', () => this.finish(this.lastError ?? 'the host closed the connection'))
    // A jump host that dies ends the stream through it without an error.
    socket.on('close', () => this.finish(this.lastError ?? 'the connection closed'))
  }

  /** False once it can carry nothing any more. */
  get alive(): boolean {
    return this.reason === null
  }

  /** Starts a command on a channel of its own; waits for a free one where all are taken. */
  exec(command: string): Promise<Opened<ShellProcess>> {
    return this.open(command, {}, (channel, onEnd) => new ChannelShell(channel, onEnd))
  }

  /** The same for a program that somebody talks to, with a terminal where one is asked for. */
  session(command: string, pty: SessionNear['pty']): Promise<Opened<SessionProcess>> {
    const size = pty && { rows: pty.rows, cols: pty.columns, width: 0, height: 0, term: pty.term }
    return this.open(command, size ? { pty: size } : {}, (channel, onEnd) => new SessionChannel(channel, onEnd))
  }

  private async open<T extends Abandoned>(command: string, options: ExecOptions, wrap: Wrap<T>): Promise<Opened<T>> {
    const release = await this.channels.take()
    try {
      const opening = pRetry(() => this.openChannel(command, options, wrap, release), {
        ...OPEN_RETRY,
        shouldRetry: ({ error }) => error instanceof ChannelRefused && this.alive,
      })
      const opened = await within(this.clock, OPEN_CHANNEL_MS, opening)
      if (opened.inTime) return { process: opened.value }
      this.destroy('it opened no channel for 10 s')
      release()
      return { failure: failure('timeout', `${this.login} opens no channel`, 'the host or its sshd hangs') }
    } catch (error) {
      release()
      return { failure: this.alive ? noChannel(this.login, error) : this.lostFailure() }
    }
  }

  /** Throws ChannelRefused where sshd says no: then nothing was run. */
  private openChannel<T extends Abandoned>(
    command: string,
    options: ExecOptions,
    wrap: Wrap<T>,
    onEnd: () => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.reason !== null) return reject(new Error(this.reason))
      this.client.exec(command, options, (error, channel) => {
        if (error) return reject(/open failure/i.test(error.message) ? new ChannelRefused(error.message) : error)
        const wrapped = wrap(channel, (ended) => {
          this.shells.delete(ended)
          onEnd()
          this.endIfIdle()
        })
        this.shells.add(wrapped)
        resolve(wrapped)
      })
    })
  }

  /** A stream to an address as this host sees it. */
  forward(address: string, port: number): Promise<Duplex | Failure> {
    return new Promise((resolve) => {
      try {
        this.client.forwardOut('127.0.0.1', 0, address, port, (error, stream) => {
          if (!error) return resolve(this.counted(stream))
          const refused = /refused/i.test(error.message)
          const said = isProhibited(error) ? 'administratively prohibited' : error.message
          const message = `${this.login} reaches no ${address} port ${port}: ${said}`
          resolve(failure(refused ? 'refused' : 'unreachable', message))
        })
      } catch {
        resolve(this.lostFailure())
      }
    })
  }

  private counted(stream: Duplex): Duplex {
    this.streams += 1
    stream.once('close', () => {
      this.streams -= 1
      this.endIfIdle()
    })
    return stream
  }

  /** Another takes its place: it ends when nothing runs on it any more. */
  retire(): void {
    this.retired = true
    this.endIfIdle()
  }

  private endIfIdle(): void {
    if (this.retired && this.shells.size === 0 && this.streams === 0) this.destroy('another took its place')
  }

  /**
   * Something got no answer since `sentAt`. Where nothing at all was heard since then, the connection is ended, so that
   * the next request makes a new one: a new SYN finds a host that is back sooner than an old connection's retransmission.
   * While something else still runs on it, it gets three seconds of silence.
   */
  unanswered(sentAt: Millis, busy: boolean): void {
    const silentFor = this.clock.now() - this.lastHeardAt
    if (this.lastHeardAt >= sentAt || (busy && silentFor < BUSY_SILENCE_MS)) return
    this.destroy(`nothing heard for ${Math.round(silentFor)} ms`)
  }

  /** Ends it at once, for a reason. */
  destroy(reason: string): void {
    this.finish(reason)
    this.client.destroy()
  }

  /** Says goodbye; resolves when it is closed, within half a second. */
  async close(): Promise<void> {
    this.client.end()
    await within(this.clock, 500, this.ended)
    this.destroy('hc closed it')
  }

  private finish(reason: string): void {
    if (this.reason !== null) return
    this.reason = reason
    this.settleEnded(reason)
    for (const shell of [...this.shells]) shell.abandon(reason)
  }

  private lostFailure(): Failure {
    return failure('unreachable', `the connection to ${this.login} ended: ${this.reason ?? 'it closed'}`)
  }
}

/** RFC 4254, 5.1: SSH_OPEN_ADMINISTRATIVELY_PROHIBITED is 1; OpenSSH describes it as no more than `open failed`. */
function isProhibited(error: Error & { readonly reason?: unknown }): boolean {
  return error.reason === 1
}

/** sshd would not open a channel. */
class ChannelRefused extends Error {}

function noChannel(login: string, error: unknown): Failure {
  const said = messageOf(error)
  return failure(
    'broken',
    `${login} opens no channel: ${said}`,
    'raise MaxSessions in its sshd_config (hc uses up to 8)',
  )
}
