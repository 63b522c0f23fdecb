// The Transport to the machine that hc runs on: `ansible_connection: local`.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { constants, userInfo } from 'node:os'
import { StringDecoder } from 'node:string_decoder'
import type { Host } from '../model/host.js'
import type { HostName } from '../model/names.js'
import type {
  Clock,
  CommandResult,
  RemoteCommand,
  RemoteResult,
  RemoteScript,
  RemoteSession,
  Transport,
} from '../ports.js'
import { runCommand } from '../remote/command.js'
import { Lane } from '../remote/lane.js'
import { noShell, type ShellEnd, type ShellListener, type ShellProcess, shellCommand } from '../remote/shell.js'
import { failure } from '../remote/text.js'
import { localSession } from './local-session.js'

/** After the shell's end: how long a child that kept the outputs open is listened to. */
const LINGER_MS = 1000

/** Makes the transport; shells are started when they are first needed. */
export function createLocalTransport(options: { readonly clock: Clock }): Transport {
  const lanes = new Map<string, Lane>()
  const running = new Set<LocalShell>()
  const doors = (host: Host) => ({
    clock: options.clock,
    nonce: () => randomBytes(16).toString('hex'),
    open: async (tag: string) => start(host, tag, running),
    waitingFor: (afterMs: number) => failure('timeout', `no shell started within ${afterMs} ms`),
    noShell: (code: number, stderr: string) => noShell(code, stderr, userInfo().username),
    unanswered: () => {},
  })
  return {
    async run(host: Host, request: RemoteScript): Promise<RemoteResult> {
      const key = laneKey(host.name, request.lane)
      const lane = lanes.get(key) ?? new Lane(request.lane, doors(host))
      lanes.set(key, lane)
      return lane.run(request.script, request.timeoutMs)
    },
    async command(host: Host, command: RemoteCommand): Promise<CommandResult> {
      return runCommand(command, doors(host))
    },
    async session(host: Host, session: RemoteSession): Promise<CommandResult> {
      return localSession(host, session, options.clock)
    },
    async close(host?: HostName): Promise<void> {
      for (const [key, lane] of [...lanes]) {
        if (host !== undefined && !key.startsWith(laneKey(host, ''))) continue
        lanes.delete(key)
        lane.close()
      }
      if (host === undefined) for (const shell of [...running]) shell.close()
    },
  }
}

/** Host names hold no blank. */
function laneKey(host: HostName, lane: string): string {
  return `${host} ${lane}`
}

function start(host: Host, tag: string, running: Set<LocalShell>): { process: ShellProcess } {
  // A group of its own, as sshd gives it: so that what a hung shell left behind can be ended as a whole.
  const child = spawn('/bin/sh', ['-c', shellCommand(host.become, tag)], { detached: true, stdio: 'pipe' })
  const shell = new LocalShell(child, () => running.delete(shell))
  running.add(shell)
  return { process: shell }
}

class LocalShell implements ShellProcess {
  private listener: ShellListener | null = null
  private over: ShellEnd | null = null
  private code: number | null = null
  private lost: string | null = null
  private linger: NodeJS.Timeout | null = null

  constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly onEnd: () => void,
  ) {
    // Writing to a shell that has ended is an error of its stdin; its end is told by `close`.
    child.stdin.on('error', () => {})
    child.on('error', (error) => {
      this.lost = error.message
      this.finish()
    })
    child.on('exit', (code, signal) => {
      this.code = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
      this.linger = setTimeout(() => this.finish(), LINGER_MS)
    })
    child.on('close', () => this.finish())
  }

  listen(listener: ShellListener): void {
    this.listener = listener
    const [stdout, stderr] = [new StringDecoder('utf8'), new StringDecoder('utf8')]
    this.child.stdout.on('data', (bytes: Buffer) => listener.stdout(stdout.write(bytes)))
    this.child.stderr.on('data', (bytes: Buffer) => listener.stderr(stderr.write(bytes)))
    if (this.over) listener.end(this.over)
  }

  write(text: string): void {
    if (this.over === null && this.child.stdin.writable) this.child.stdin.write(text)
  }

  close(): void {
    this.lost ??= 'hc hung up'
    this.finish()
  }

  private finish(): void {
    if (this.over !== null) return
    if (this.linger) clearTimeout(this.linger)
    this.over = { code: this.code, lost: this.lost }
    for (const stream of [this.child.stdin, this.child.stdout, this.child.stderr]) stream.destroy()
    this.onEnd()
    this.listener?.end(this.over)
  }
}
