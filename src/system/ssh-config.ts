// How to log in on a host: the inventory's own words first, then ~/.ssh/config as OpenSSH resolves it (`ssh -G`), or,
// where its client is not installed, as the ssh-config package reads it.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import SSHConfig from 'ssh-config'
import { messageOf, UserError } from '../model/errors.js'
import type { Host } from '../model/host.js'
import type { SshSettings } from '../ports.js'
import { Limit } from '../remote/limit.js'
import { type LocalSide, parseJumps, type SshOptionMap, settingsFrom } from './ssh-options.js'

/** Runs of `ssh -G` at once; each takes about 5 ms. */
const RUNS = 8
const RUN_MS = 10_000
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

/** What is asked for one name. */
interface Query {
  readonly name: string
  readonly user: string | null
  readonly port: number | null
  readonly keyFile: string | null
  /** `-o` options: win over the files. */
  readonly options: Readonly<Record<string, string>>
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

function bracketed(name: string): string {
  return name.includes(':') ? `[${name}]` : name
}

/** Looks names up, each question once, at most eight at a time. */
function optionLookup(options: SshConfigOptions, local: LocalSide): (query: Query) => Promise<SshOptionMap> {
  const kept = new Map<string, Promise<SshOptionMap>>()
  const limit = new Limit(RUNS)
  let program = options.program === undefined ? 'ssh' : options.program
  const find = async (query: Query): Promise<SshOptionMap> => {
    const release = await limit.take()
    try {
      if (program !== null) {
        const answer = await askClient(program, options.programArguments ?? [], query)
        if (answer !== null) return answer
        program = null
      }
      return await readConfig(query, local)
    } finally {
      release()
    }
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

/** Asks `ssh -G`; null where there is no such program. */
function askClient(program: string, before: readonly string[], query: Query): Promise<SshOptionMap | null> {
  const { name, user, port, keyFile, options } = query
  const words = [...before, '-G', '-T']
  if (user !== null) words.push('-l', user)
  if (port !== null) words.push('-p', String(port))
  if (keyFile !== null) words.push('-o', `IdentityFile="${keyFile}"`)
  for (const [key, value] of Object.entries(options)) words.push('-o', `${key}=${value}`)
  return new Promise((resolve, reject) => {
    execFile(program, [...words, '--', name], { timeout: RUN_MS }, (error, stdout, stderr) => {
      if (error === null) return resolve(parseAnswer(stdout))
      if (error.code === 'ENOENT' || error.code === 'EACCES') return resolve(null)
      const said = stderr.trim().split('\n').join('; ') || error.message
      reject(
        new UserError(`${name}: ssh does not take these settings: ${said}`, {
          hint: 'mend ~/.ssh/config or ansible_ssh_common_args',
        }),
      )
    })
  })
}

function parseAnswer(text: string): SshOptionMap {
  const found = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const blank = line.indexOf(' ')
    if (blank > 0) add(found, line.slice(0, blank).toLowerCase(), line.slice(blank + 1))
  }
  return found
}

/** Reads ~/.ssh/config without the client: neither Include nor Match exec is followed. */
async function readConfig(query: Query, local: LocalSide): Promise<SshOptionMap> {
  const found = new Map<string, string[]>()
  const { name, user, port, keyFile, options } = query
  if (user !== null) add(found, 'user', user)
  if (port !== null) add(found, 'port', String(port))
  if (keyFile !== null) add(found, 'identityfile', keyFile)
  for (const [key, value] of Object.entries(options)) add(found, key.toLowerCase(), value)
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
      for (const each of Array.isArray(value) ? value : [value]) add(found, lower, each)
    }
  } catch (error) {
    throw new UserError(`${file} can't be read: ${messageOf(error)}`)
  }
  return found
}

function add(found: Map<string, string[]>, key: string, value: string): void {
  found.set(key, [...(found.get(key) ?? []), value])
}
