// Hosts that this machine knows: those of ~/.ssh/config, and those of the home that it has logged in on before.
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import type { OfferedHost } from '../model/init.js'

/** Files that Include may bring, and how deep: ssh itself stops at 16. */
const FILES = 100
const DEPTH = 16

/** What a Host block of ssh_config says of its names. */
export interface ConfigHost {
  readonly name: string
  readonly hostname: string | null
  readonly user: string | null
  readonly port: string | null
}

/** Reads the words of ssh_config(5): hosts with a name of their own (no wildcard, no negation), and what is included. */
export function readSshConfig(text: string): {
  readonly hosts: readonly ConfigHost[]
  readonly includes: readonly string[]
} {
  const hosts: { name: string; hostname: string | null; user: string | null; port: string | null }[] = []
  const includes: string[] = []
  let block: typeof hosts = []
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(line)
    const word = match?.[1]?.toLowerCase()
    const values = [...(match?.[2] ?? '').matchAll(/"([^"]*)"|(\S+)/g)].map((each) => each[1] ?? each[2] ?? '')
    const [value = ''] = values
    if (word === 'host') {
      block = values
        .filter((name) => /^[A-Za-z0-9_:]([A-Za-z0-9._:-]*)$/.test(name))
        .map((name) => ({ name, hostname: null, user: null, port: null }))
      hosts.push(...block)
    } else if (word === 'match') block = []
    else if (word === 'include') includes.push(...values)
    else if (word === 'hostname' || word === 'user' || word === 'port') {
      // The first value counts, as with ssh itself.
      for (const host of block) host[word] ??= value
    }
  }
  return { hosts, includes }
}

/** Everything that can be offered, each name once; those of ~/.ssh/config first. Files that can't be read offer nothing. */
export async function offeredHosts(home: string = homedir()): Promise<readonly OfferedHost[]> {
  const found = new Map<string, OfferedHost>()
  const folder = join(home, '.ssh')
  const files = [join(folder, 'config')]
  for (let index = 0; index < files.length && index < FILES; index += 1) {
    const file = files[index] ?? ''
    const { hosts, includes } = readSshConfig(await readFile(file, 'utf8').catch(() => ''))
    for (const host of hosts) if (!found.has(host.name) && !isForge(host)) found.set(host.name, offer(host))
    for (const pattern of includes) {
      for (const each of await glob(resolveInclude(pattern, home, folder))) if (!files.includes(each)) files.push(each)
    }
  }
  const targets = new Set([...found.values()].map(({ target }) => target.replace(/^.*@/, '')))
  for (const name of namesOfKnownHosts(await readFile(join(folder, 'known_hosts'), 'utf8').catch(() => ''))) {
    if (!found.has(name) && !targets.has(name)) found.set(name, { name, target: name, from: '~/.ssh/known_hosts' })
  }
  return [...found.values()]
}

function offer({ name, hostname, user, port }: ConfigHost): OfferedHost {
  const address = hostname === null ? name : hostname.replaceAll('%h', name)
  const target = `${user === null ? '' : `${user}@`}${address}${port === null || port === '22' ? '' : `:${port}`}`
  return { name, target, from: '~/.ssh/config' }
}

/** Places where people keep their sources are no hosts of a home. */
function isForge({ name, hostname, user }: ConfigHost): boolean {
  return (
    user === 'git' ||
    [name, hostname ?? ''].some((each) =>
      /(?:^|\.)(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)$/.test(each),
    )
  )
}

/** Names in plain text that are of the home: private addresses, names without a dot, and those of local domains. */
export function namesOfKnownHosts(text: string): readonly string[] {
  const names = text.split('\n').flatMap((line) => {
    if (/^\s*(?:[#@|]|$)/.test(line)) return []
    const [first = ''] = (line.trim().split(/\s+/)[0] ?? '').split(',')
    return [first]
  })
  return [...new Set(names)].filter(
    (name) =>
      /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)[\d.]+$/.test(name) ||
      /^[a-z][a-z0-9-]*(?:\.(?:local|lan|home|internal|home\.arpa))?$/i.test(name),
  )
}

function resolveInclude(pattern: string, home: string, folder: string): string {
  if (pattern.startsWith('~/')) return join(home, pattern.slice(2))
  return isAbsolute(pattern) ? pattern : join(folder, pattern)
}

/** Paths that match, with `*` and `?` in any part. */
async function glob(pattern: string): Promise<readonly string[]> {
  if (!/[*?]/.test(pattern)) return existsSync(pattern) ? [pattern] : []
  if (pattern.split('/').length > DEPTH) return []
  const name = pattern.slice(dirname(pattern).length).replace(/^\//, '')
  const shape = new RegExp(
    `^${name
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )
  const found: string[] = []
  for (const folder of await glob(dirname(pattern))) {
    const names = await readdir(folder).catch(() => [])
    found.push(
      ...names
        .filter((each) => shape.test(each) && !each.startsWith('.'))
        .sort()
        .map((each) => join(folder, each)),
    )
  }
  return found
}
