// The format of known_hosts (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT") and its verdict on a key that a server shows.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** One line of a known_hosts file. */
export interface KnownHostLine {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly marker: 'none' | 'revoked' | 'cert-authority'
  /** The first field as it stands: patterns, or one hashed name. */
  readonly names: string
  readonly type: string
  readonly key: Buffer
}

/** What the files say of a key. `line`: the one that decides. */
export type KeyVerdict =
  | { readonly verdict: 'known' }
  | { readonly verdict: 'unknown' }
  | { readonly verdict: 'changed'; readonly line: KnownHostLine }
  | { readonly verdict: 'revoked'; readonly line: KnownHostLine }

/** Lines of one file; what is none (comments, damage) is left out, as OpenSSH does. */
export function parseKnownHosts(file: string, text: string): KnownHostLine[] {
  return text.split('\n').flatMap((whole, index) => parseLine(file, index + 1, whole))
}

function parseLine(file: string, line: number, whole: string): KnownHostLine[] {
  const fields = whole.trim().split(/[ \t]+/)
  const first = fields[0] ?? ''
  if (first === '' || first.startsWith('#')) return []
  const marker = first === '@revoked' ? 'revoked' : first === '@cert-authority' ? 'cert-authority' : 'none'
  if (marker === 'none' && first.startsWith('@')) return []
  const [names, type, encoded] = marker === 'none' ? fields : fields.slice(1)
  if (names === undefined || type === undefined || encoded === undefined) return []
  const key = Buffer.from(encoded, 'base64')
  return keyType(key) === type ? [{ file, line, marker, names, type, key }] : []
}

/** The algorithm that a public key in SSH's wire format begins with; empty where it is no key. */
export function keyType(key: Buffer): string {
  if (key.length < 4) return ''
  const length = key.readUInt32BE(0)
  return length > 64 ? '' : key.toString('latin1', 4, 4 + length)
}

/** The name a key is looked up under: `host`, or `[host]:port` where the port is not 22. An alias stands for itself. */
export function knownHostName(address: string, port: number, alias: string | null): string {
  if (alias !== null) return alias.toLowerCase()
  const name = address.toLowerCase()
  return port === 22 ? name : `[${name}]:${port}`
}

/** The lines that speak of a name. */
export function linesFor(lines: readonly KnownHostLine[], name: string): KnownHostLine[] {
  return lines.filter((line) => namesMatch(line.names, name))
}

/** Judges a key. Certificates are not spoken, so lines of authorities say nothing here. */
export function judgeKey(lines: readonly KnownHostLine[], name: string, key: Buffer): KeyVerdict {
  const mine = linesFor(lines, name)
  const revoked = mine.find((line) => line.marker === 'revoked' && line.key.equals(key))
  if (revoked) return { verdict: 'revoked', line: revoked }
  const plain = mine.filter((line) => line.marker === 'none')
  if (plain.some((line) => line.key.equals(key))) return { verdict: 'known' }
  const type = keyType(key)
  const other = plain.find((line) => line.type === type) ?? plain[0]
  return other ? { verdict: 'changed', line: other } : { verdict: 'unknown' }
}

/** Key types recorded for a name: a server is asked for these alone, else a second key of it would look changed. */
export function recordedTypes(lines: readonly KnownHostLine[], name: string): string[] {
  const plain = linesFor(lines, name).filter((line) => line.marker === 'none')
  return [...new Set(plain.map((line) => line.type))]
}

/** `SHA256:...` as ssh-keygen -l prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

/** A line that records a key. */
export function knownHostLine(name: string, key: Buffer, hashed: boolean): string {
  const field = hashed ? hashName(name, randomBytes(20)) : name
  return `${field} ${keyType(key)} ${key.toString('base64')}`
}

function hashName(name: string, salt: Buffer): string {
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}

function namesMatch(names: string, name: string): boolean {
  if (names.startsWith('|1|')) return hashMatches(names, name)
  let matches = false
  for (const pattern of names.split(',')) {
    if (pattern.startsWith('!')) {
      if (globMatches(pattern.slice(1), name)) return false
    } else if (globMatches(pattern, name)) matches = true
  }
  return matches
}

function hashMatches(names: string, name: string): boolean {
  const [, , salt = '', hash = ''] = names.split('|')
  const wanted = Buffer.from(hash, 'base64')
  const found = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
  return wanted.length === found.length && timingSafeEqual(wanted, found)
}

/** `*` and `?`; case does not count. Linear in pattern times name, whatever the pattern. */
function globMatches(pattern: string, name: string): boolean {
  const want = pattern.toLowerCase()
  let [at, star, from] = [0, -1, 0]
  let position = 0
  while (position < name.length) {
    if (at < want.length && want[at] === '*') {
      star = at
      from = position
      at += 1
    } else if (at < want.length && (want[at] === '?' || want[at] === name[position])) {
      at += 1
      position += 1
    } else if (star >= 0) {
      at = star + 1
      from += 1
      position = from
    } else return false
  }
  while (want[at] === '*') at += 1
  return at === want.length
}
