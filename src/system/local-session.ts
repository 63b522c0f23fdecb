// A program on this machine that somebody talks to: on pipes, or on the terminal that this process has itself.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { constants, userInfo } from 'node:os'
import type { Readable } from 'node:stream'
import type { Host } from '../model/host.js'
import type { Clock, CommandResult, RemoteSession, SessionNear } from '../ports.js'
import {
  drained,
  runSession,
  type SessionListener,
  type SessionProcess,
  sessionCommand,
  sessionScript,
} from '../remote/session.js'
import { noShell } from '../remote/shell.js'
import { failure } from '../remote/text.js'

/** After the program's end: how long a child that kept the outputs open is listened to, ms. */
const LINGER_MS = 1000

/** Near side of the checks alone. */
const NOBODY: SessionNear = {
  pty: null,
  begin: () => {},
  lend: () => {},
  stdout: async () => {},
  stderr: async () => {},
}

/** Runs one program on this machine; see `Transport.session`. */
export async function localSession(host: Host, session: RemoteSession, clock: Clock): Promise<CommandResult> {
  const { near, signal = null } = session
  const { become } = host
  const nonce = randomBytes(16).toString('hex')
  const doors = {
    clock,
    open: async (command: string) => ({ process: new PipedSession(command) }),
    noShell: (code: number, stderr: string) => noShell(code, stderr, userInfo().username),
  }
  const request = { become, nonce, prepare: session.prepare, signal }
  if (near.pty === null) return runSession({ ...request, program: session.program, near }, doors)
  // What is printed on the shared terminal is not seen here, so whether it can begin is found out first.
  const checked = await runSession({ ...request, program: ':', near: NOBODY }, doors)
  if (!checked.ok) return checked
  near.lend()
  const script = sessionScript(session.prepare, session.program, null)
  return onTerminal(sessionCommand(become, `hc-exec-${nonce.slice(0, 12)}`, script), signal)
}

/** The program has this process's own terminal, and stays in its foreground. */
function onTerminal(command: string, signal: AbortSignal | null): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', command], { stdio: 'inherit' })
    // Settled first: where the program is sudo's, a signal to it is refused, and the child tells that as an error.
    const abort = () => {
      resolve({ ok: false, failure: failure('aborted', 'stopped on request') })
      child.kill('SIGHUP')
    }
    child.on('error', (error) => resolve({ ok: false, failure: failure('broken', error.message) }))
    child.on('exit', (code, by) => {
      signal?.removeEventListener('abort', abort)
      resolve({ ok: true, exitCode: exitCode(code, by) })
    })
    signal?.addEventListener('abort', abort, { once: true })
    if (signal?.aborted) abort()
  })
}

class PipedSession implements SessionProcess {
  private over = false
  private busy = 0
  private ended: { code: number; lingers: boolean } | null = null
  private listener: SessionListener | null = null
  private readonly child

  constructor(command: string) {
    this.child = spawn('/bin/sh', ['-c', command], { detached: true, stdio: 'pipe' })
    this.child.stdin.on('error', () => {})
  }

  listen(listener: SessionListener): void {
    this.listener = listener
    this.pump(this.child.stdout, (bytes) => listener.stdout(bytes))
    this.pump(this.child.stderr, (bytes) => listener.stderr(bytes))
    this.child.on('error', (error) => this.finish(null, error.message))
    this.child.on('exit', (code, signal) => {
      this.ended = { code: exitCode(code, signal), lingers: true }
      setTimeout(() => this.settle(true), LINGER_MS).unref()
    })
    this.child.on('close', () => this.settle(true))
  }

  async write(bytes: Uint8Array): Promise<void> {
    const { stdin } = this.child
    if (this.over || !stdin.writable || stdin.write(bytes)) return
    await drained(stdin)
  }

  end(): void {
    this.child.stdin.end()
  }

  resize(): void {}

  close(): void {
    this.finish(null, 'hc hung up')
  }

  private pump(stream: Readable, take: (bytes: Buffer) => Promise<void>): void {
    stream.on('data', (bytes: Buffer) => {
      stream.pause()
      this.busy += 1
      void take(bytes).finally(() => {
        this.busy -= 1
        stream.resume()
        this.settle(false)
      })
    })
  }

  private settle(over: boolean): void {
    if (this.ended && over) this.ended.lingers = false
    if (this.ended && !this.ended.lingers && this.busy === 0) this.finish(this.ended.code, null)
  }

  private finish(code: number | null, lost: string | null): void {
    if (this.over) return
    this.over = true
    for (const stream of [this.child.stdin, this.child.stdout, this.child.stderr]) stream.destroy()
    this.listener?.end({ code, lost })
  }
}

function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal])
}
