// How to log in on a host: the inventory's own words first, then ~/.ssh/config as OpenSSH resolves it (`ssh -G`), or,
// where its client is not installed, as the ssh-config package reads it.
import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import SSHConfig from 'ssh-config'
import { messageOf, UserError } from '../model/errors.js'
import type { Host } from '../model/host.js'
import type { SshSettings } from '../ports.js'
import { addOption, type Query, SshClient } from './ssh-client.js'
import { type LocalSide, parseJumps, type SshOptionMap, settingsFrom } from './ssh-options.js'

/** Hosts on the way to a host, beyond which a circle is assumed. */
const HOPS = 8

/** Where the parts of this machine are not the real ones: for tests. */
export interface SshConfigOptions {
  readonly local?: LocalSide
  /** The client's name or path; null: as if it were not installed. */
  readonly program?: string | null
  /** Arguments in front, such as `-F FILE`. */
  readonly programArguments?: readonly string[]
}

/**
 * Makes the function that resolves a host's settings. Answers are kept for its life. It throws UserError for options that
 * OpenSSH refuses or hc does not speak.
 */
export function createSshResolver(options: SshConfigOptions = {}): (host: Host) => Promise<SshSettings> {
  const local = options.local ?? { home: homedir(), user: userInfo().username, environment: process.env }
  const lookup = optionLookup(options, local)
  const resolve = async (query: Query, path: readonly string[]): Promise<SshSettings> => {
    if (path.length >= HOPS) throw new UserError(`ProxyJump goes in a circle: ${path.join(' -> ')}`)
    const found = await lookup(query)
    const own = settingsFrom(found, query.name, local)
    const hops = parseJumps(found.get('proxyjump')?.[0] ?? null)
    const last = hops.at(-1)
    if (last === undefined) return { ...own, jump: null }
    // As ssh does: the last hop is reached through those before it, whatever its own ProxyJump says.
    const before = hops
      .slice(0, -1)
      .map(
        (hop) =>
          `${hop.user === null ? '' : `${hop.user}@`}${bracketed(hop.name)}${hop.port === null ? '' : `:${hop.port}`}`,
      )
    const hopOptions: Record<string, string> = before.length > 0 ? { proxyjump: before.join(',') } : {}
    const jump = await resolve({ ...last, keyFile: null, options: hopOptions }, [...path, query.name])
    return { ...own, jump }
  }
  return (host) => {
    const { address, user, port, keyFile, options: own } = host.connection
    return resolve({ name: address, user, port, keyFile, options: own }, [])
  }
}

/** Another text once ~/.ssh/config or the system's has been edited; files that they include are not looked at. */
export function sshConfigStamp(home: string = homedir()): string {
  return [join(home, '.ssh/config'), '/etc/ssh/ssh_config']
    .map((file) => {
      const found = statSync(file, { throwIfNoEntry: false })
      return found ? `${found.mtimeMs}/${found.size}` : '-'
    })
    .join(' ')
}

function bracketed(name: string): string {
  return name.includes(':') ? `[${name}]` : name
}

/** Looks names up, each question once. */
function optionLookup(options: SshConfigOptions, local: LocalSide): (query: Query) => Promise<SshOptionMap> {
  const kept = new Map<string, Promise<SshOptionMap>>()
  const { program = 'ssh', programArguments = [] } = options
  let client = program === null ? null : new SshClient(program, programArguments)
  const find = async (query: Query): Promise<SshOptionMap> => {
    const answer = (await client?.ask(query)) ?? null
    if (answer !== null) return answer
    client = null
    return readConfig(query, local)
  }
  return (query) => {
    const key = JSON.stringify(query)
    const found = kept.get(key) ?? find(query)
    kept.set(key, found)
    // What the operator mends while a loop runs is seen at the next try.
    found.catch(() => kept.delete(key))
    return found
  }
}

/** Reads ~/.ssh/config without the client: neither Include nor Match exec is followed. */
async function readConfig(query: Query, local: LocalSide): Promise<SshOptionMap> {
  const found = new Map<string, string[]>()
  const { name, user, port, keyFile, options } = query
  if (user !== null) addOption(found, 'user', user)
  if (port !== null) addOption(found, 'port', String(port))
  if (keyFile !== null) addOption(found, 'identityfile', keyFile)
  for (const [key, value] of Object.entries(options)) addOption(found, key.toLowerCase(), value)
  const file = join(local.home, '.ssh', 'config')
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    return found
  }
  try {
    const computed = SSHConfig.parse(text).compute(
      { Host: name, ...(user === null ? {} : { User: user }) },
      { ignoreCase: true, matchExec: false },
    )
    for (const [key, value] of Object.entries(computed)) {
      const lower = key.toLowerCase()
      if (found.has(lower) && lower !== 'identityfile') continue
      for (const each of Array.isArray(value) ? value : [value]) addOption(found, lower, each)
    }
  } catch (error) {
    throw new UserError(`${file} can't be read: ${messageOf(error)}`)
  }
  return found
}
