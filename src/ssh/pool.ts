// Connections by where they go: one each, shared by all who need it, jump hosts included.

import type { Duplex } from 'node:stream'
import pRetry from 'p-retry'
import { messageOf } from '../model/errors.js'
import type { Failure, HostKeyView } from '../model/observation.js'
import type { Clock, SshSettings } from '../ports.js'
import { Limit } from '../remote/limit.js'
import { failure } from '../remote/text.js'
import { Breaker } from './breaker.js'
import type { Connection } from './connection.js'
import { connectTcp } from './dial.js'
import { endpoint, keyView, LoginError, loginName } from './failures.js'
import type { Keys, Proofs } from './keys.js'
import { knownHostName } from './known-hosts.js'
import { appendKnownHost, KnownHostsFiles } from './known-hosts-files.js'
import { logIn } from './login.js'

/** Logins under way at once: what a control machine and a shared bastion bear. */
const LOGINS = 30
/** A login that was dropped before it began is tried twice more, after about 0.1 and 0.2 s. */
const RETRY = { retries: 2, minTimeout: 100, maxTimeout: 1000, factor: 2, randomize: true }
/** One login may ask for a key's record and for a passphrase, each for itself. */
const QUESTIONS = 2

/** What the pool needs. */
export interface PoolDoors {
  readonly clock: Clock
  readonly keys: Keys
  readonly log: (message: string) => void
  /** Asks a person whether an unknown key may be recorded; null: nobody is asked. */
  readonly confirmKey: ((question: string, key: HostKeyView) => Promise<boolean>) | null
}

/** Where one destination stands. */
interface Entry {
  readonly settings: SshSettings
  readonly breaker: Breaker
  connection: Connection | null
  attempt: Promise<Connection | Failure> | null
  phase: 'connecting' | 'login' | 'asking'
  readonly stop: AbortController
}

/** All connections of one transport. */
export class Pool {
  private readonly entries = new Map<string, Entry>()
  private readonly logins = new Limit(LOGINS)
  private readonly files = new KnownHostsFiles()
  private question: Promise<unknown> = Promise.resolve()

  constructor(private readonly doors: PoolDoors) {}

  /** The connection to a destination: the open one, the one under way, or a new one. Never rejects. */
  async get(settings: SshSettings): Promise<Connection | Failure> {
    const entry = this.entry(settings)
    if (entry.connection?.alive) return entry.connection
    entry.connection = null
    const standing = entry.breaker.standing()
    if (standing) return standing
    entry.attempt ??= this.connect(entry).finally(() => {
      entry.attempt = null
    })
    return entry.attempt
  }

  /** Makes a connection to take the place of the open one, which lives on until it is there; null: none is open, or it is being made. */
  replace(settings: SshSettings): Promise<Connection | Failure> | null {
    const entry = this.entry(settings)
    if (!entry.connection?.alive || entry.attempt !== null) return null
    entry.attempt = this.connect(entry).finally(() => {
      entry.attempt = null
    })
    return entry.attempt
  }

  /** The open connection, if there is one. */
  open(settings: SshSettings): Connection | null {
    const connection = this.entries.get(keyOf(settings))?.connection
    return connection?.alive ? connection : null
  }

  /** What keeps the destination from being there after `afterMs` of waiting. */
  waitingFor(settings: SshSettings, afterMs: number): Failure {
    const { phase, connection } = this.entry(settings)
    if (phase === 'asking') return failure('auth', `${loginName(settings)} waits for an answer on the terminal`)
    if (connection?.alive) return failure('timeout', `${loginName(settings)} starts no shell within ${afterMs} ms`)
    if (phase === 'login') return failure('timeout', `${loginName(settings)}: no login within ${afterMs} ms`)
    return failure('unreachable', `no answer from ${endpoint(settings)} within ${afterMs} ms`)
  }

  /** Ends the connection to a destination and forgets what went wrong there; all of them without one. */
  async close(settings?: SshSettings): Promise<void> {
    const keys = settings === undefined ? [...this.entries.keys()] : [keyOf(settings)]
    await Promise.all(
      keys.map(async (key) => {
        const entry = this.entries.get(key)
        this.entries.delete(key)
        entry?.stop.abort()
        await entry?.connection?.close()
      }),
    )
    // A host on the way that refused is asked anew too; one that is connected stays for the others.
    for (let jump = settings?.jump ?? null; jump !== null; jump = jump.jump) {
      const entry = this.entries.get(keyOf(jump))
      if (entry && !entry.connection?.alive && entry.attempt === null) this.entries.delete(keyOf(jump))
    }
  }

  private entry(settings: SshSettings): Entry {
    const key = keyOf(settings)
    const kept = this.entries.get(key)
    if (kept) return kept
    const breaker = new Breaker(() => this.doors.clock.now())
    const stop = new AbortController()
    const entry: Entry = { settings, breaker, connection: null, attempt: null, phase: 'connecting', stop }
    this.entries.set(key, entry)
    return entry
  }

  private async connect(entry: Entry): Promise<Connection | Failure> {
    const { signal } = entry.stop
    entry.phase = 'connecting'
    try {
      const connection = await this.loginAsking(entry)
      if (signal.aborted) {
        connection.destroy('hc closed it')
        return failure('aborted', 'stopped on request')
      }
      entry.connection?.retire()
      entry.connection = connection
      entry.breaker.record(null)
      return connection
    } catch (error) {
      if (signal.aborted) return failure('aborted', 'stopped on request')
      const failed =
        error instanceof LoginError
          ? error.failure
          : failure('auth', `${loginName(entry.settings)}: ${messageOf(error)}`)
      entry.breaker.record(failed)
      return failed
    }
  }

  /** Logs in; where that fails for want of a passphrase or of a known key, asks a person and tries again. */
  private async loginAsking(entry: Entry, asked = 0): Promise<Connection> {
    const { settings } = entry
    const proofs = await this.doors.keys.proofs(settings)
    try {
      return await this.loginRetrying(entry, proofs)
    } catch (error) {
      // An answer that changes nothing (a known_hosts that keeps nothing) must not be asked for again and again.
      if (!(error instanceof LoginError) || asked >= QUESTIONS) throw error
      entry.phase = 'asking'
      if (error.unknownKey !== null && settings.strictHostKeys === 'ask') {
        if (!(await this.mayRecord(settings, error.unknownKey, error.failure))) throw error
      } else if (error.failure.kind === 'auth' && proofs.locked.length > 0) {
        if (!(await this.unlockOne(proofs.locked))) throw lockedOut(error.failure, proofs)
      } else if (error.failure.kind === 'auth' && proofs.faults.length > 0) {
        throw new LoginError({ ...error.failure, hint: `unusable key files: ${proofs.faults.join('; ')}` })
      } else throw error
      entry.phase = 'connecting'
      return this.loginAsking(entry, asked + 1)
    }
  }

  private async loginRetrying(entry: Entry, proofs: Proofs): Promise<Connection> {
    const { signal } = entry.stop
    return pRetry(() => this.loginOnce(entry, proofs), {
      ...RETRY,
      signal,
      shouldRetry: ({ error }) => error instanceof LoginError && error.passing,
    })
  }

  private async loginOnce(entry: Entry, proofs: Proofs): Promise<Connection> {
    const { settings, stop } = entry
    const { clock, log } = this.doors
    entry.phase = 'connecting'
    if (proofs.methods.length === 0 && proofs.locked.length > 0) {
      throw new LoginError(failure('auth', `${loginName(settings)}: no key that needs no passphrase`))
    }
    const hop = settings.jump === null ? null : await this.get(settings.jump)
    if (hop !== null && 'kind' in hop) throw new LoginError({ ...hop, message: `jump host: ${hop.message}` })
    const [user, system] = await Promise.all([
      this.files.read(settings.userKnownHostsFiles),
      this.files.read(settings.globalKnownHostsFiles),
    ])
    const release = await this.logins.take()
    try {
      const socket: Duplex | Failure =
        hop === null
          ? await connectTcp(settings, clock, stop.signal)
          : await hop.forward(settings.address, settings.port)
      if ('kind' in socket) throw new LoginError(socket)
      entry.phase = 'login'
      const knownHosts = [...user, ...system]
      return await logIn({ settings, proofs, knownHosts, clock, log, signal: stop.signal }, socket)
    } finally {
      release()
    }
  }

  /** One question at a time: those of many hosts at once would trample each other. */
  private async mayRecord(settings: SshSettings, key: Buffer, unknown: Failure): Promise<boolean> {
    const { confirmKey, log } = this.doors
    const [file] = settings.userKnownHostsFiles
    if (confirmKey === null || file === undefined) return false
    const asking = this.question.then(() =>
      confirmKey(`${unknown.message}. Record it and go on?`, keyView(settings, key)),
    )
    this.question = asking.catch(() => {})
    if (!(await asking)) return false
    const name = knownHostName(settings.address, settings.port, settings.hostKeyAlias)
    await appendKnownHost(file, name, key, settings.hashKnownHosts)
    log(`recorded the key of ${endpoint(settings)} in ${file}`)
    return true
  }

  /** Asks for the passphrases until one key opens. */
  private async unlockOne(files: readonly string[]): Promise<boolean> {
    for (const file of files) if (await this.doors.keys.unlock(file)) return true
    return false
  }
}

function keyOf(settings: SshSettings): string {
  return JSON.stringify(settings)
}

function lockedOut(failed: Failure, proofs: Proofs): LoginError {
  const file = proofs.locked[0] ?? ''
  return new LoginError({
    ...failed,
    message: `${failed.message}; ${file} needs its passphrase`,
    hint: `put it into an agent first: eval $(ssh-agent); ssh-add ${file}`,
  })
}
