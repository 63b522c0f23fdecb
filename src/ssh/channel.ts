// One exec channel of a connection, as the shell that the lanes and commands talk to.
import { constants } from 'node:os'
import { StringDecoder } from 'node:string_decoder'
import type { ClientChannel } from 'ssh2'
import type { ShellEnd, ShellListener, ShellProcess } from '../remote/shell.js'

/** After the exit status: how long a child that kept the outputs open may hold the channel. */
const LINGER_MS = 1000

/** Wraps a channel. `onEnd` is called when it no longer counts against the host's limit, maybe more than once. */
export class ChannelShell implements ShellProcess {
  private listener: ShellListener | null = null
  private code: number | null = null
  private over: ShellEnd | null = null
  private linger: NodeJS.Timeout | null = null

  constructor(
    private readonly channel: ClientChannel,
    private readonly onEnd: (shell: ChannelShell) => void,
  ) {
    // A channel can report errors after its end; without a listener each would end the process.
    channel.on('error', () => {})
    channel.stderr.on('error', () => {})
    channel.on('exit', (code: number | null, signal?: string) => {
      this.code = code ?? signalCode(signal)
      // After a hang-up of our own nothing waits for this any more, and a timer would only keep the process alive.
      if (this.over === null) this.linger = setTimeout(() => this.finish(null), LINGER_MS)
    })
    channel.on('close', () => {
      this.finish(null)
      this.onEnd(this)
    })
  }

  listen(listener: ShellListener): void {
    this.listener = listener
    const stdout = new StringDecoder('utf8')
    const stderr = new StringDecoder('utf8')
    this.channel.on('data', (bytes: Buffer) => listener.stdout(stdout.write(bytes)))
    this.channel.stderr.on('data', (bytes: Buffer) => listener.stderr(stderr.write(bytes)))
    if (this.over) listener.end(this.over)
  }

  write(text: string): void {
    if (this.over === null && this.channel.writable) this.channel.write(text)
  }

  close(): void {
    this.finish('hc hung up')
    // What is left in the channel is of no use to anybody, but unread it would hold up the channel's own end.
    this.channel.resume()
    this.channel.stderr.resume()
  }

  /** The connection is gone. */
  abandon(reason: string): void {
    this.finish(reason)
    this.onEnd(this)
  }

  private finish(lost: string | null): void {
    if (this.over !== null) return
    if (this.linger) clearTimeout(this.linger)
    this.over = { code: this.code, lost }
    this.channel.close()
    this.listener?.end(this.over)
  }
}

/** 128+n, as a shell reports a signal; null for none. The protocol names signals without SIG, ssh2 with it. */
export function signalCode(signal: string | undefined): number | null {
  if (signal === undefined) return null
  const found = Object.entries(constants.signals).find(([name]) => name === `SIG${signal.replace(/^SIG/, '')}`)
  return 128 + (found?.[1] ?? 0)
}
