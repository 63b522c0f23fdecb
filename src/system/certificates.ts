// A small certificate authority: of hc's own, for one etcd. Node makes keys and signatures but no certificates, and openssl is
// not on every machine and would have keys in files: what a certificate is made of is written here (RFC 5280).
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'
import { isIP, isIPv4 } from 'node:net'
import type { CertificateWish, Pair } from '../model/control-group.js'
import { UserError } from '../model/errors.js'
import { bits, explicit, implicit, integer, objectId, octets, sequence, setOf, TRUE, time, utf8 } from './der.js'

const DAY_MS = 86_400_000
/** Clocks differ. */
const BEFORE_MS = DAY_MS
/** Nobody renews what a house runs on: the authority outlives its certificates. */
const CA_DAYS = 20 * 365
const LEAF_DAYS = 10 * 365

const ECDSA_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'))
const COMMON_NAME = objectId('2.5.4.3')
const KEY_ID = '2.5.29.14'
const KEY_USAGE = '2.5.29.15'
const ALT_NAMES = '2.5.29.17'
const CONSTRAINTS = '2.5.29.19'
const AUTHORITY = '2.5.29.35'
const EXTENDED = '2.5.29.37'
const SERVER = objectId('1.3.6.1.5.5.7.3.1')
const CLIENT = objectId('1.3.6.1.5.5.7.3.2')

/** A new authority. `at`: RFC 3339. */
export function makeAuthority(subject: string, at: string): Pair {
  const { privateKey, publicKey } = newKey()
  const id = keyId(publicKey)
  // Only signs certificates, and none of other authorities.
  const extensions = [
    extension(CONSTRAINTS, sequence(TRUE, integer(Buffer.from([0]))), true),
    extension(KEY_USAGE, bits(Buffer.from([0x04]), 2), true),
    extension(KEY_ID, octets(id)),
  ]
  const name = nameOf(subject)
  return pair({ issuer: name, subject: name, publicKey, extensions, days: CA_DAYS, at }, privateKey, privateKey)
}

/** A certificate of that authority. A member's is for both sides: etcd's members call each other, and its gateway itself. */
export function issue(authority: Pair, { subject, names }: CertificateWish, at: string): Pair {
  const issuer = new X509Certificate(authority.cert)
  const { privateKey, publicKey } = newKey()
  const extensions = [
    extension(CONSTRAINTS, sequence(), true),
    extension(KEY_USAGE, bits(Buffer.from([0x80]), 7), true),
    extension(EXTENDED, names.length > 0 ? sequence(SERVER, CLIENT) : sequence(CLIENT)),
    extension(KEY_ID, octets(keyId(publicKey))),
    extension(AUTHORITY, sequence(implicit(0, keyId(issuer.publicKey)))),
    ...(names.length > 0 ? [extension(ALT_NAMES, sequence(...names.map(altName)))] : []),
  ]
  const signer = createPrivateKey(authority.key)
  if (!issuer.checkPrivateKey(signer)) {
    throw new UserError("the authority's key does not belong to its certificate", {
      exitCode: 1,
      hint: 'take both from a backup, or from another control machine',
    })
  }
  // The one who signs has no other name than this.
  const cn = /^CN=(.*)$/m.exec(issuer.subject)?.[1] ?? ''
  const wish = { issuer: nameOf(cn), subject: nameOf(subject), publicKey, extensions, days: LEAF_DAYS, at }
  return pair(wish, privateKey, signer)
}

/** When a certificate ends, RFC 3339 UTC; null: it is none. */
export function endOfCertificate(pem: string): string | null {
  try {
    return new Date(new X509Certificate(pem).validTo).toISOString()
  } catch {
    return null
  }
}

interface Wish {
  readonly issuer: Buffer
  readonly subject: Buffer
  readonly publicKey: KeyObject
  readonly extensions: readonly Buffer[]
  readonly days: number
  readonly at: string
}

function pair({ issuer, subject, publicKey, extensions, days, at }: Wish, own: KeyObject, signer: KeyObject): Pair {
  const now = new Date(at).getTime()
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(15)])
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    ECDSA_SHA256,
    issuer,
    sequence(time(new Date(now - BEFORE_MS)), time(new Date(now + days * DAY_MS))),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions)),
  )
  const whole = sequence(body, ECDSA_SHA256, bits(sign('sha256', body, signer)))
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? []
  return {
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: own.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function newKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { privateKey, publicKey: createPublicKey(privateKey) }
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20)
}

function nameOf(common: string): Buffer {
  return sequence(setOf(sequence(COMMON_NAME, utf8(common))))
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(objectId(id), ...(critical ? [TRUE] : []), octets(value))
}

function altName(name: string): Buffer {
  if (isIP(name) === 0) return implicit(2, Buffer.from(name, 'ascii'))
  return implicit(7, isIPv4(name) ? Buffer.from(name.split('.').map(Number)) : ipv6(name))
}

function ipv6(text: string): Buffer {
  // The URL parser writes any form of it in the same way.
  const [, plain = ''] = /^\[(.*)\]$/.exec(new URL(`http://[${text}]`).hostname) ?? []
  const [head = '', tail] = plain.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':')).map((group) => Number.parseInt(group, 16))
  const [left, right] = [groups(head), groups(tail ?? '')]
  const all = [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right]
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]))
}
