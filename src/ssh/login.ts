// One attempt to log in on one host: host key, proof. Everything in it is bounded.
import type { Duplex } from 'node:stream'
import ssh2, { type Client, type ServerHostKeyAlgorithm } from 'ssh2'
import type { Millis } from '../model/names.js'
import type { Clock, SshSettings } from '../ports.js'
import { failure } from '../remote/text.js'
import { within } from '../remote/wait.js'
import { Connection } from './connection.js'
import { dropped, endpoint, LoginError, loginFailure, loginName, unknownKey, wrongKey } from './failures.js'
import type { Proofs } from './keys.js'
import { judgeKey, type KnownHostLine, knownHostName, recordedTypes } from './known-hosts.js'
import { appendKnownHost } from './known-hosts-files.js'

/** Until the keys are agreed on, and from there until the login: each, ms. */
export const CONNECT_MS: Millis = 5000
/** A dead peer is found after four seconds at the latest. */
const KEEPALIVE = { keepaliveInterval: 1000, keepaliveCountMax: 3 }

/** What an attempt needs to know. */
export interface LoginRequest {
  readonly settings: SshSettings
  readonly proofs: Proofs
  readonly knownHosts: readonly KnownHostLine[]
  readonly clock: Clock
  readonly log: (message: string) => void
  readonly signal: AbortSignal
}

/** Logs in over a stream, which it destroys when that fails. Throws LoginError. */
export async function logIn(request: LoginRequest, socket: Duplex): Promise<Connection> {
  const { settings, clock, signal } = request
  const client = new ssh2.Client()
  const ready = handshake(request, client, socket)
  const boundMs = settings.connectTimeoutMs ?? CONNECT_MS
  try {
    // Each half for itself: over a slow way that loses packets, keys and login together take as many round trips twice over.
    const half = await within(clock, boundMs, Promise.race([ready, keyed(client)]), signal)
    const done = half.inTime ? await within(clock, boundMs, ready, signal) : half
    if (done.inTime) return new Connection(client, socket, clock, loginName(settings))
  } catch (error) {
    client.destroy()
    socket.destroy()
    throw error
  }
  client.destroy()
  socket.destroy()
  if (signal.aborted) throw new LoginError(failure('aborted', 'stopped on request'))
  throw new LoginError(
    failure(
      'timeout',
      `${endpoint(settings)} took the connection, but no login within ${boundMs} ms`,
      'its sshd hangs, is overloaded, or something else listens there',
    ),
  )
}

/** Resolves when the keys are agreed on, before the login. */
function keyed(client: Client): Promise<void> {
  return new Promise((resolve) => client.once('handshake', () => resolve()))
}

function handshake(request: LoginRequest, client: Client, socket: Duplex): Promise<void> {
  const { settings, proofs } = request
  return new Promise((resolve, reject) => {
    const keyCheck: { refused: LoginError | null } = { refused: null }
    // Kept for the client's life: a second error without a listener ends the process.
    client.on('error', (error) => reject(keyCheck.refused ?? loginFailure(settings, error, proofs)))
    client.on('close', () => reject(keyCheck.refused ?? dropped(settings)))
    client.once('ready', () => resolve())
    const name = knownHostName(settings.address, settings.port, settings.hostKeyAlias)
    const serverHostKey = hostKeyAlgorithms(recordedTypes(request.knownHosts, name))
    client.connect({
      sock: socket,
      username: settings.user,
      authHandler: [...proofs.methods],
      hostVerifier: (key: Buffer, verify: (valid: boolean) => void) => {
        checkKey(request, name, key).then(
          () => verify(true),
          (error: unknown) => {
            keyCheck.refused = error instanceof LoginError ? error : new LoginError(failure('host-key', String(error)))
            verify(false)
          },
        )
      },
      ...(serverHostKey.length > 0 ? { algorithms: { serverHostKey } } : {}),
      agentForward: false,
      readyTimeout: 0,
      ...KEEPALIVE,
    })
  })
}

async function checkKey(request: LoginRequest, name: string, key: Buffer): Promise<void> {
  const { settings } = request
  const judged = judgeKey(request.knownHosts, name, key)
  if (judged.verdict === 'known') return
  if (judged.verdict !== 'unknown') throw wrongKey(settings, key, judged.line, judged.verdict === 'revoked')
  if (settings.strictHostKeys === 'no') {
    request.log(`the key of ${endpoint(settings)} is not known, and StrictHostKeyChecking is off: taken unchecked`)
    return
  }
  if (settings.strictHostKeys !== 'accept-new') throw unknownKey(settings, key)
  const [file] = settings.userKnownHostsFiles
  if (file === undefined) return
  await appendKnownHost(file, name, key, settings.hashKnownHosts)
  request.log(`recorded the key of ${endpoint(settings)} in ${file}`)
}

const ALGORITHMS: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
}

/** Signature algorithms of key types, best first; types that ssh2 does not speak are left out. */
function hostKeyAlgorithms(types: readonly string[]): ServerHostKeyAlgorithm[] {
  return Object.entries(ALGORITHMS).flatMap(([type, algorithms]) => (types.includes(type) ? [...algorithms] : []))
}
