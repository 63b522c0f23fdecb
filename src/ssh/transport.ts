// The Transport over SSH: lanes and commands of every host, over kept-open connections.
import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { messageOf, UserError } from '../model/errors.js'
import type { Host } from '../model/host.js'
import type { HostName } from '../model/names.js'
import type { Failure, HostKeyView } from '../model/observation.js'
import type {
  Clock,
  CommandResult,
  RemoteCommand,
  RemoteResult,
  RemoteScript,
  RemoteSession,
  SshSettings,
  Transport,
} from '../ports.js'
import { runCommand } from '../remote/command.js'
import { Lane } from '../remote/lane.js'
import { runSession } from '../remote/session.js'
import { noShell, type ShellProcess, shellCommand } from '../remote/shell.js'
import { failure } from '../remote/text.js'
import { within } from '../remote/wait.js'
import type { Connection } from './connection.js'
import type { AskPassphrase } from './keys.js'
import { type Link, newLink, stampOf } from './link.js'
import type { Pool } from './pool.js'

/** How long a person may take over a question in `login`. */
const QUESTION_MS = 300_000

/** The lane of scripts that others asked for: the loop's own wait for none of them. */
const LENT = 'lent'

/** What the transport is made of. */
export interface SshOptions {
  readonly clock: Clock
  /** How to log in on a host. May throw a UserError: what it says becomes the failure of each request. */
  resolve(host: Host): Promise<SshSettings>
  /** Another text where `resolve` may say otherwise than before (an edited ~/.ssh/config). Absent: always the same. */
  readonly ways?: () => string
  /** Asks for the passphrase of a key file, once per file; null or absent: nobody to ask. */
  readonly askPassphrase?: AskPassphrase | null
  /** Asks whether an unknown host key may be recorded; one question at a time. null or absent: refused. */
  readonly confirmKey?: ((question: string, key: HostKeyView) => Promise<boolean>) | null
  /** Sentences for a person: keys that were recorded, checks that are off. */
  readonly log?: (message: string) => void
}

type Opened = { readonly process: ShellProcess } | { readonly failure: Failure }

/** Makes the transport. Nothing is opened before the first request. */
export function createSshTransport(options: SshOptions): SshTransport {
  return new SshTransport(options)
}

/** The Transport over SSH. */
export class SshTransport implements Transport {
  private readonly links = new Map<string, Link>()
  private readonly detours = new Map<HostName, Host>()
  private pool: Pool | null = null
  private making: Promise<Pool> | null = null
  private closed = false

  constructor(private readonly options: SshOptions) {}

  async run(host: Host, request: RemoteScript): Promise<RemoteResult> {
    const link = this.link(host, request.direct)
    const result = await this.lane(link, request.lane).run(request.script, request.timeoutMs, request.twice)
    if (request.lane === 'look') link.answered = result.ok
    if (result.ok) link.privileges.record(null)
    return result
  }

  async command(host: Host, command: RemoteCommand): Promise<CommandResult> {
    const link = this.link(host)
    link.commands += 1
    try {
      return await runCommand(command, this.doors(link))
    } finally {
      link.commands -= 1
    }
  }

  async session(host: Host, { prepare, program, near, signal = undefined }: RemoteSession): Promise<CommandResult> {
    const link = this.link(host)
    const { clock, noShell } = this.doors(link)
    link.commands += 1
    try {
      const open = async (command: string) => {
        const connection = await this.connect(link)
        return 'kind' in connection ? { failure: connection } : connection.session(command, near.pty)
      }
      const request = { become: host.become, nonce: nonce(), prepare, program, near, signal: signal ?? null }
      return await runSession(request, { clock, open, noShell })
    } finally {
      link.commands -= 1
    }
  }

  /** How this process would go straight to the host, so that only the same way is lent. */
  stampOf(host: Host): string {
    return `${stampOf(host, null)} ${this.ways()}`
  }

  /** Runs a script by the open connection, in a shell of its own; null: there is none, or it goes another way. Never rejects. */
  async lend(host: HostName, stamp: string, script: string, timeoutMs: number): Promise<RemoteResult | null> {
    const link = this.links.get(host)
    if (!link?.answered || link.known === null || `${link.stamp} ${link.ways}` !== stamp) return null
    if (link.privileges.standing() || !this.pool?.open(link.known)) return null
    return this.lane(link, LENT).run(script, timeoutMs)
  }

  /** Ends the shells that were lent, where nothing runs in them. */
  release(): void {
    for (const { lanes } of this.links.values()) {
      const lane = lanes.get(LENT)
      if (lane && !lane.busy) lane.close()
    }
  }

  detour(host: HostName, peer: Host | null): void {
    if (peer) this.detours.set(host, peer)
    else this.detours.delete(host)
  }

  async close(host?: HostName): Promise<void> {
    if (host === undefined) this.closed = true
    const links = [...this.links].filter(([, link]) => host === undefined || link.host.name === host)
    await this.drop(links.map(([key]) => key))
    if (host === undefined) await (await this.making)?.close()
  }

  private async drop(keys: readonly string[]): Promise<void> {
    const links = keys.flatMap((key) => this.links.get(key) ?? [])
    for (const key of keys) this.links.delete(key)
    for (const link of links) {
      for (const lane of link.lanes.values()) lane.close()
    }
    await Promise.all(links.map((link) => (link.known === null ? null : this.pool?.close(link.known))))
  }

  /**
   * Logs in ahead of the first request, with the time that a person needs for questions about keys and passphrases. null: it
   * is connected.
   */
  async login(host: Host): Promise<Failure | null> {
    const connection = await within(this.options.clock, QUESTION_MS, this.connect(this.link(host)))
    if (!connection.inTime) return failure('timeout', `no login within ${QUESTION_MS / 1000} s`)
    return 'kind' in connection.value ? connection.value : null
  }

  /** A stream to an address as the host sees it: for health checks from where the job runs. */
  async forward(host: Host, address: string, port: number): Promise<Duplex | Failure> {
    const connection = await this.connect(this.link(host))
    return 'kind' in connection ? connection : connection.forward(address, port)
  }

  /** Does its sshd forward? Asked with a port that nothing listens on: a refusal is an answer too. null: it could not be asked. */
  async forwards(host: Host): Promise<boolean | null> {
    const connection = await this.connect(this.link(host))
    if ('kind' in connection) return null
    const end = await connection.forward('127.0.0.1', 1)
    if (!('kind' in end)) end.destroy()
    return !('kind' in end && /prohibit/i.test(end.message))
  }

  private link(host: Host, direct = false): Link {
    const peer = direct ? null : (this.detours.get(host.name) ?? null)
    const stamp = stampOf(host, peer)
    // Names of hosts have no space in them.
    const key = peer === null ? host.name : `${host.name} ${peer.name}`
    const kept = this.links.get(key)
    if (kept?.stamp === stamp) return kept
    if (kept) void this.drop([key])
    const link = newLink(host, peer, () => this.options.clock.now())
    this.links.set(key, link)
    return link
  }

  private lane(link: Link, name: string): Lane {
    const kept = link.lanes.get(name)
    if (kept) return kept
    const lane = new Lane(name, name === LENT ? this.lentDoors(link) : this.doors(link))
    link.lanes.set(name, lane)
    return lane
  }

  private ways(): string {
    return this.options.ways?.() ?? ''
  }

  /** What goes wrong in a shell that is lent says nothing of the connection, and delays nobody else. */
  private lentDoors(link: Link) {
    const failed = (code: number, stderr: string) => noShell(code, stderr, link.known?.user ?? 'the login')
    return { ...this.doors(link), open: (tag: string) => this.open(link, tag), noShell: failed, unanswered: () => {} }
  }

  private doors(link: Link) {
    return {
      clock: this.options.clock,
      nonce,
      open: (tag: string) => this.openFirst(link, tag),
      openAnew: (tag: string) => this.openAnew(link, tag),
      waitingFor: (afterMs: number): Failure =>
        link.known === null || this.pool === null
          ? failure('timeout', `the ssh settings of ${link.host.name} were not read within ${afterMs} ms`)
          : this.pool.waitingFor(link.known, afterMs),
      noShell: (code: number, stderr: string): Failure => {
        const failed = noShell(code, stderr, link.known?.user ?? 'the login')
        link.privileges.record(failed)
        return failed
      },
      unanswered: (sentAt: number): void => {
        const connection = link.known === null ? null : this.pool?.open(link.known)
        connection?.unanswered(
          sentAt,
          link.commands > 0 || [...link.lanes].some(([name, lane]) => name !== LENT && lane.busy),
        )
      },
    }
  }

  private async open(link: Link, tag: string): Promise<Opened> {
    const standing = link.privileges.standing()
    if (standing) return { failure: standing }
    const connection = await this.connect(link)
    if ('kind' in connection) return { failure: connection }
    return connection.exec(shellCommand(link.host.become, tag))
  }

  /** sshd takes so many sessions of one connection (MaxSessions): the one that is lent makes room. */
  private async openFirst(link: Link, tag: string): Promise<Opened> {
    const opened = await this.open(link, tag)
    const lent = link.lanes.get(LENT)
    if ('process' in opened || !lent?.isOpen) return opened
    lent.close()
    return this.open(link, tag)
  }

  private openAnew(link: Link, tag: string): Promise<Opened> | null {
    if (this.closed || link.known === null) return null
    const replacing = this.pool?.replace(link.known) ?? null
    return replacing && this.openOn(link, replacing, tag)
  }

  /** A shell of the connection that replaces the one that the lanes are on; they follow it. */
  private async openOn(link: Link, replacing: Promise<Connection | Failure>, tag: string): Promise<Opened> {
    const connection = await replacing
    if ('kind' in connection) return { failure: connection }
    for (const lane of link.lanes.values()) lane.moveOn()
    return connection.exec(shellCommand(link.host.become, tag))
  }

  private async connect(link: Link) {
    if (this.closed) return failure('aborted', 'the connections were closed')
    link.settings ??= this.resolve(link)
    const settings = await link.settings
    if ('kind' in settings) return settings
    const pool = await this.ready()
    return pool.get(settings)
  }

  /** What speaks SSH takes a hundredth of a second to load: while `ssh -G` is waited for it costs nothing. */
  private ready(): Promise<Pool> {
    this.making ??= Promise.all([import('./pool.js'), import('./keys.js')]).then(([{ Pool }, { Keys }]) => {
      const { clock, askPassphrase, log = () => {}, confirmKey = null } = this.options
      this.pool = new Pool({ clock, keys: new Keys(askPassphrase ?? null), log, confirmKey })
      return this.pool
    })
    return this.making
  }

  private async resolve(link: Link): Promise<SshSettings | Failure> {
    try {
      const { host, peer } = link
      link.ways = this.ways()
      const resolving = this.options.resolve(host)
      // Not before it has asked, which takes a turn.
      setImmediate(() => setImmediate(() => void this.ready()))
      const own = await resolving
      // Whatever way there is in the settings: it is the one that does not work now.
      link.known = peer === null ? own : { ...own, jump: await this.options.resolve(peer) }
      return link.known
    } catch (error) {
      // Tried again at the next request: what the operator mends while a loop runs is seen.
      link.settings = null
      const hint = error instanceof UserError ? error.hint : null
      return { ...failure('auth', messageOf(error), hint), unheard: true }
    }
  }
}

function nonce(): string {
  return randomBytes(16).toString('hex')
}
