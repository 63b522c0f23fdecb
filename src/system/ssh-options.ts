// From the words of ssh_config(5) to the settings of one login.
import { isAbsolute, join } from 'node:path'
import { UserError } from '../model/errors.js'
import type { SshSettings } from '../ports.js'

/** Directives in lower case, each with its values in the order found: as `ssh -G` prints them. */
export type SshOptionMap = ReadonlyMap<string, readonly string[]>

/** What of this machine stands in settings. */
export interface LocalSide {
  readonly home: string
  readonly user: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Key files that OpenSSH tries where none is named, but those that ssh2 can't use. */
const DEFAULT_KEYS = ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa']

/** Settings of one login, its jump left out. Throws UserError for what hc does not speak. */
export function settingsFrom(options: SshOptionMap, name: string, local: LocalSide): Omit<SshSettings, 'jump'> {
  const one = (key: string): string | null => options.get(key)?.[0] ?? null
  const proxyCommand = one('proxycommand')
  if (proxyCommand !== null && proxyCommand.toLowerCase() !== 'none') {
    throw new UserError(`${name}: ProxyCommand is not spoken`, { hint: 'say ProxyJump in ~/.ssh/config instead' })
  }
  const user = one('user') ?? local.user
  const port = portOf(one('port') ?? '22', name)
  const hostname = one('hostname')
  const address =
    hostname === null ? name : hostname.replace(/%(.)/g, (whole, letter) => (letter === 'h' ? name : whole))
  const alias = one('hostkeyalias')
  const tokens: Readonly<Record<string, string>> = {
    '%': '%',
    d: local.home,
    h: address,
    i: String(process.getuid?.() ?? 0),
    k: alias ?? name,
    n: name,
    p: String(port),
    r: user,
    u: local.user,
  }
  const path = (value: string) => expandPath(value, tokens, local)
  const paths = (values: readonly string[]) => values.filter((value) => value.toLowerCase() !== 'none').map(path)
  const seconds = Number(one('connecttimeout'))
  return {
    address,
    port,
    user,
    hostKeyAlias: alias,
    identityFiles: [...new Set(paths(options.get('identityfile') ?? DEFAULT_KEYS))],
    identitiesOnly: isYes(one('identitiesonly')),
    agent: agentOf(one('identityagent'), path, local),
    userKnownHostsFiles: paths(fileList(options.get('userknownhostsfile') ?? ['~/.ssh/known_hosts'])),
    globalKnownHostsFiles: paths(fileList(options.get('globalknownhostsfile') ?? ['/etc/ssh/ssh_known_hosts'])),
    hashKnownHosts: isYes(one('hashknownhosts')),
    strictHostKeys: strictness(one('stricthostkeychecking')),
    connectTimeoutMs: seconds > 0 ? seconds * 1000 : null,
  }
}

/** One hop of ProxyJump. */
export interface JumpName {
  readonly name: string
  readonly user: string | null
  readonly port: number | null
}

/** `user@host:port,ssh://other` -> the hops, first one first; empty for `none`. */
export function parseJumps(value: string | null): JumpName[] {
  if (value === null || value === '' || value.toLowerCase() === 'none') return []
  return value.split(',').map((hop) => {
    const match = /^(?:ssh:\/\/)?(?:(.+)@)?(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?\/?$/.exec(hop.trim())
    const name = match?.[2] ?? match?.[3]
    if (name === undefined) throw new UserError(`ProxyJump: '${hop}' is not [user@]host[:port]`)
    return { name, user: match?.[1] ?? null, port: match?.[4] === undefined ? null : portOf(match[4], hop) }
  })
}

function portOf(text: string, name: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65536) return port
  throw new UserError(`${name}: '${text}' is no port`)
}

function isYes(value: string | null): boolean {
  return value !== null && /^(yes|true)$/i.test(value)
}

function strictness(value: string | null): SshSettings['strictHostKeys'] {
  switch (value?.toLowerCase()) {
    case 'yes':
    case 'true':
      return 'yes'
    case 'accept-new':
      return 'accept-new'
    case 'no':
    case 'false':
    case 'off':
      return 'no'
    default:
      return 'ask'
  }
}

/** IdentityAgent: `none`, a path, `SSH_AUTH_SOCK` or `$NAME`; not set: SSH_AUTH_SOCK. */
function agentOf(value: string | null, path: (value: string) => string, local: LocalSide): string | null {
  if (value?.toLowerCase() === 'none') return null
  if (value === null || value === 'SSH_AUTH_SOCK') return local.environment.SSH_AUTH_SOCK || null
  const variable = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(value)
  if (variable?.[1] !== undefined) return local.environment[variable[1]] || null
  return path(value)
}

/** Several files in one value, parted by blanks; quotes keep blanks. */
function fileList(values: readonly string[]): string[] {
  return values.flatMap((value) => [...value.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? ''))
}

function expandPath(value: string, tokens: Readonly<Record<string, string>>, local: LocalSide): string {
  const bare = value.replace(/^"(.*)"$/, '$1')
  const named = bare
    .replace(/%(.)/g, (whole, letter: string) => tokens[letter] ?? whole)
    .replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string) => local.environment[name] ?? whole)
  if (named === '~' || named.startsWith('~/')) return join(local.home, named.slice(1))
  // Where OpenSSH takes a path as relative to the folder it is called in, a loop that runs anywhere can't.
  return isAbsolute(named) ? named : join(local.home, named)
}
