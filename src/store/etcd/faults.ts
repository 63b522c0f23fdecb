// What is in the way of etcd, in sentences for people.
import { UserError } from '../../model/errors.js'

/** etcd's own refusal, by its gRPC code. */
export class Refusal extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** Something about certificates that no other try mends. */
export interface TlsFault {
  readonly what: string
  readonly mend: string
}

/** The PEM texts in use; null: no TLS. */
type Pem = { readonly ca: string | null; readonly cert: string | null } | null

/** Codes of Node and OpenSSL: a certificate that nobody here trusts. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
  'INVALID_CA',
])
/** What the far end says of a certificate of ours: alerts of TLS. */
const REFUSED = /^ERR_SSL_\w*ALERT_(BAD_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)$/

/** What is wrong with certificates; null: it is something else. `name`: the endpoint. */
export function tlsFaultOf(error: unknown, name: string, pem: Pem): TlsFault | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const text = error instanceof Error ? error.message : ''
  if (UNTRUSTED.has(code)) {
    return pem?.ca
      ? fault(`the certificate of ${name} is not signed by the CA in hc_store`, 'name the file of its CA: ?ca=FILE')
      : fault(`nobody trusts the certificate of ${name}`, 'name the file of its CA in hc_store: ?ca=FILE')
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = / altnames: (.*)$/.exec(text.slice(text.lastIndexOf("cert's")))?.[1] ?? 'other names'
    return fault(
      `the certificate of ${name} is for ${names}`,
      'write the member by such a name, or give it another certificate',
    )
  }
  if (code === 'CERT_HAS_EXPIRED') return fault(`the certificate of ${name} has expired`, 'give it a new one')
  if (code === 'CERT_NOT_YET_VALID') {
    return fault(`the certificate of ${name} is not valid yet`, 'look at the clocks of this machine and of that one')
  }
  if (REFUSED.test(code)) {
    return pem?.cert
      ? fault(
          `${name} does not accept the certificate in hc_store`,
          'it has to be signed by the CA that etcd trusts, and not to have expired',
        )
      : fault(`${name} asks for a certificate`, 'name one in hc_store: ?cert=FILE&key=FILE')
  }
  if (code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH') {
    return fault('the certificate and the key in hc_store are not of one pair', 'look at ?cert=FILE&key=FILE')
  }
  if (code.startsWith('ERR_OSSL_') || code === 'ERR_MISSING_PASSPHRASE') {
    return fault(
      "the certificate or the key in hc_store can't be read",
      'PEM files are needed, the key without a passphrase',
    )
  }
  // etcd's http.go: its gateway can't tell etcd of the name in a certificate, and refuses one that could be meant as a login.
  if (text.includes('CommonName of client')) {
    return fault(
      `${name} has users, and takes no certificate with a common name`,
      'give hc a certificate without CN (openssl req ... -subj /O=hc), and a user in hc_store: etcd://USER@HOST',
    )
  }
  if (pem && text.includes('wrong version number')) {
    return fault(`${name} does not speak TLS`, 'leave ca, cert, key and tls out of hc_store, or set TLS up there')
  }
  return null
}

/** What may be behind an error that passes as often as not; empty: nothing is known. `last`: the text of the error. */
export function suspicion(last: string, tls: boolean): string {
  if (!tls && last === 'socket hang up') return '; perhaps it wants TLS: ?ca=FILE or ?tls=yes in hc_store'
  // The gateway connects to etcd itself, with the certificate of the server.
  if (tls && /^connection (closed|error)/.test(last))
    return '; with --client-cert-auth the certificate of the server has to be for clients too (extendedKeyUsage: serverAuth, clientAuth)'
  return ''
}

/** The fault as an error. */
export function tlsError({ what, mend }: TlsFault): UserError {
  const message = `etcd can't be reached: ${plainText(what)}; running work is untouched, nothing was written`
  return new UserError(message, { code: 'store', exitCode: 1, hint: mend })
}

function fault(what: string, mend: string): TlsFault {
  return { what, mend }
}

/** The sentence for people. */
export function noQuorum(all: number, answering: number, detail: string): UserError {
  const needed = Math.floor(all / 2) + 1
  const answer = (count: number) => (count === 1 ? '1 answers' : `${count} answer`)
  const what =
    answering >= needed
      ? `etcd does not serve: ${answering} of ${all} ${answering === 1 ? 'answers' : 'answer'}`
      : `etcd has no quorum: ${answering} of ${all} ${answering === 1 ? 'answers' : 'answer'}`
  const until = answering >= needed ? 'they have a leader' : answer(needed)
  return new UserError(`${what}; running work is untouched, nothing can be written until ${until}`, {
    code: 'store',
    exitCode: 1,
    hint: plainText(detail),
  })
}

/** A refusal, with what mends it. */
export function refused({ code, message }: Refusal): UserError {
  const hints: readonly (readonly [RegExp, string])[] = [
    [/database space exceeded/, 'etcd is full: compact and defragment it, then `etcdctl alarm disarm`'],
    [/user name is empty/, 'etcd wants a login: hc_store: etcd://USER@HOST,...?password_file=FILE'],
    [/invalid user ID or password/, 'check the user in hc_store and the password in its file or HC_ETCD_PASSWORD'],
    [/permission denied/, "give the user's role read and write on the keys of hc (/hc/ and what begins with it)"],
  ]
  const hint = hints.find(([pattern]) => pattern.test(message))?.[1] ?? null
  return new UserError(`etcd refuses: ${message} (code ${code}); running work is untouched, nothing was written`, {
    code: 'store',
    exitCode: 1,
    hint,
  })
}

/** Without what a terminal would obey. */
export function plainText(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ')
}
