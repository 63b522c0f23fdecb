// Errors of sockets and of ssh2, told apart as Failure values with what to do next.
import type { Failure, HostKeyView } from '../model/observation.js'
import type { SshSettings } from '../ports.js'
import { failure } from '../remote/text.js'
import type { Proofs } from './keys.js'
import { fingerprint, type KnownHostLine, keyType } from './known-hosts.js'

/** A login attempt that failed. Thrown inside the room only; the transport hands out its failure. */
export class LoginError extends Error {
  constructor(
    readonly failure: Failure,
    /** The same attempt may well work a moment later: dropped before login, name server busy. */
    readonly passing: boolean = false,
    /** The unknown key, where a person can be asked about it. */
    readonly unknownKey: Buffer | null = null,
  ) {
    super(failure.message)
  }
}

/** `admin@10.0.0.1`, with the port where it is not 22. */
export function loginName(settings: SshSettings): string {
  const address = settings.address.includes(':') ? `[${settings.address}]` : settings.address
  return `${settings.user}@${address}${settings.port === 22 ? '' : `:${settings.port}`}`
}

/** Address and port, for messages about TCP. */
export function endpoint(settings: SshSettings): string {
  return `${settings.address} port ${settings.port}`
}

/** The code of a Node error, or an empty string. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function errorLevel(error: Error): string {
  return 'level' in error && typeof error.level === 'string' ? error.level : ''
}

/** Why a TCP connection was not had. */
export function connectFailure(settings: SshSettings, error: unknown): LoginError {
  const code = errorCode(error)
  const where = endpoint(settings)
  switch (code) {
    case 'ECONNREFUSED':
      return new LoginError(
        failure('refused', `${where} refused the connection`, 'the host is up but no sshd listens there: start it'),
      )
    case 'ECONNRESET':
    case 'EPIPE':
      return dropped(settings)
    case 'ENOTFOUND':
      return new LoginError(
        failure('unreachable', `${settings.address} is no name that resolves`, 'set ansible_host to an address'),
      )
    case 'EAI_AGAIN':
      return new LoginError(failure('unreachable', `no name server answers for ${settings.address}`), true)
    default: {
      const text = error instanceof AggregateError ? error.errors.map(String).join(', ') : String(error)
      return new LoginError(failure('unreachable', `${where}: ${text}`))
    }
  }
}

/** sshd hung up before the login: it does so with too many half-open logins, and with sources it penalises. */
export function dropped(settings: SshSettings): LoginError {
  return new LoginError(
    failure(
      'refused',
      `${endpoint(settings)} dropped the connection before login`,
      "sshd does so under MaxStartups and PerSourcePenalties: see 'journalctl -u ssh' on the host",
    ),
    true,
  )
}

/** Why a login failed, from what ssh2 says. */
export function loginFailure(
  settings: SshSettings,
  error: Error,
  { names: offered, absent }: Pick<Proofs, 'names' | 'absent'>,
): LoginError {
  const level = errorLevel(error)
  const login = loginName(settings)
  if (level === 'client-authentication' || level === 'agent' || /authentication failures/i.test(error.message)) {
    const keys = offered.length === 0 ? 'no key' : offered.join(', ')
    const missing = absent.map((file) => `; ${file} does not exist`).join('')
    const text = `${login} refused the login (offered: ${keys}${missing})`
    return new LoginError(failure('auth', text, keyHint(settings, offered)))
  }
  if (/no matching host key format/.test(error.message)) {
    return new LoginError(
      failure(
        'host-key',
        `${endpoint(settings)} no longer shows a key of the recorded types`,
        `if its keys were renewed on purpose: ssh-keygen -R '${hostKeyName(settings)}', then log in once with ssh`,
      ),
    )
  }
  if (level === 'handshake' || /^Handshake failed/.test(error.message)) {
    return new LoginError(
      failure('auth', `${endpoint(settings)}: ${error.message}`, 'the sshd there allows no algorithm that hc speaks'),
    )
  }
  if (level === 'client-timeout') return new LoginError(failure('timeout', `${endpoint(settings)}: ${error.message}`))
  if (level === 'client-socket' || errorCode(error) !== '' || /before handshake|closed/i.test(error.message)) {
    return dropped(settings)
  }
  return new LoginError(failure('refused', `${endpoint(settings)}: ${error.message}`))
}

/** How a login by password becomes one by key. */
function keyHint(settings: SshSettings, offered: readonly string[]): string {
  const port = settings.port === 22 ? '' : `-p ${settings.port} `
  const make = offered.length === 0 ? 'ssh-keygen -t ed25519, then ' : ''
  return `hc logs in by key, never by password: ${make}ssh-copy-id ${port}${settings.user}@${settings.address} (or by hand into ~/.ssh/authorized_keys there); another user or key: ansible_user, ansible_ssh_private_key_file`
}

/** The name that known_hosts files the key under, for ssh-keygen. */
export function hostKeyName(settings: SshSettings): string {
  if (settings.hostKeyAlias !== null) return settings.hostKeyAlias
  return settings.port === 22 ? settings.address : `[${settings.address}]:${settings.port}`
}

/** A key that no file knows. */
export function unknownKey(settings: SshSettings, key: Buffer): LoginError {
  const port = settings.port === 22 ? '' : `-p ${settings.port} `
  const [file = '~/.ssh/known_hosts'] = settings.userKnownHostsFiles
  const record =
    settings.strictHostKeys === 'yes'
      ? `record it by hand (StrictHostKeyChecking is yes): ssh-keyscan ${port}${settings.address} >>${file}`
      : `'ssh ${port}${settings.user}@${settings.address}' once records it`
  const failed = failure(
    'host-key',
    `the key of ${endpoint(settings)} is not known: ${keyType(key)} ${fingerprint(key)}`,
    `compare it with 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub' on the host; then ${record}`,
  )
  const recordable = settings.strictHostKeys === 'ask' && settings.userKnownHostsFiles.length > 0
  return new LoginError(recordable ? { ...failed, unknownKey: keyView(settings, key) } : failed, false, key)
}

/** The key for a person. */
export function keyView(settings: SshSettings, key: Buffer): HostKeyView {
  return { type: keyType(key), fingerprint: fingerprint(key), where: endpoint(settings) }
}

/** A key that differs from the recorded one, or one that is revoked. */
export function wrongKey(settings: SshSettings, key: Buffer, line: KnownHostLine, revoked: boolean): LoginError {
  const what = revoked ? 'is revoked' : 'has changed'
  return new LoginError(
    failure(
      'host-key',
      `the key of ${endpoint(settings)} ${what}: it shows ${keyType(key)} ${fingerprint(key)}, against ${line.file}:${line.line}`,
      revoked
        ? 'do not log in there before you know why'
        : `somebody may be in between, or the host was installed anew; in that case: ssh-keygen -f '${line.file}' -R '${hostKeyName(settings)}'`,
    ),
  )
}
