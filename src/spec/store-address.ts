// hc_store: a folder, or etcd://[USER@]HOST[:PORT],...[/NAME][?ca=FILE&cert=FILE&key=FILE&tls=yes&password_file=FILE].
import type { StoreAddress } from '../model/store-address.js'

/** Port that etcd listens on for clients. */
const ETCD_PORT = 2379
const KNOWN = ['ca', 'cert', 'key', 'tls', 'password_file']
const ENDPOINT = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][A-Za-z0-9._-]*)(?::(\d{1,5}))?$/

/** What it says, or what is wrong with it. */
export type ReadAddress =
  | { readonly ok: true; readonly address: StoreAddress }
  | { readonly ok: false; readonly message: string; readonly hint: string | null }

const wrong = (message: string, hint: string | null = null): ReadAddress => ({ ok: false, message, hint })

/** hc_store as it stands in the text of an inventory that may have faults elsewhere; null: it can't be told, or is not there. */
export function writtenStoreAddress(text: string): StoreAddress | null {
  const [, written] = /^\s*["']?hc_store["']?\s*[:=]\s*["']?([^\s"']+)/m.exec(text) ?? []
  const read = written === undefined ? null : parseStoreAddress(written)
  return read?.ok ? read.address : null
}

/** Reads hc_store. */
export function parseStoreAddress(text: string): ReadAddress {
  if (!text.includes('://')) return { ok: true, address: { kind: 'folder', path: text } }
  const [, scheme = '', user, hosts = '', name, query = ''] =
    /^([a-z+]+):\/\/(?:([^@/?]*)@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(text) ?? []
  if (scheme !== 'etcd')
    return wrong(`${scheme || 'this'}:// is no store that hc knows`, 'etcd://nuc1,nuc2,nuc3, or a folder')
  if (user?.includes(':')) {
    return wrong(
      'a password in the inventory is one for everybody',
      'write etcd://USER@... with ?password_file=FILE, or set HC_ETCD_PASSWORD',
    )
  }
  const endpoints = []
  for (const part of hosts.split(',')) {
    const [, host = '', port] = ENDPOINT.exec(part) ?? []
    if (host === '' || Number(port ?? 1) > 65_535) return wrong(`"${part}" is no HOST or HOST:PORT`)
    endpoints.push({ host: host.replace(/^\[|\]$/g, ''), port: port === undefined ? ETCD_PORT : Number(port) })
  }
  const options = new Map<string, string>()
  for (const pair of query.split('&').filter((each) => each !== '')) {
    const [key = '', ...value] = pair.split('=')
    if (!KNOWN.includes(key)) return wrong(`there is no option ${key}`, `known are ${KNOWN.join(', ')}`)
    options.set(key, value.join('='))
  }
  if (name !== undefined && name !== '' && !/^[A-Za-z0-9_-]+$/.test(name))
    return wrong(`"${name}" is no name of a store`)
  const tls = options.get('tls')
  if (tls !== undefined && !['yes', 'no'].includes(tls)) return wrong('tls is yes or no')
  const file = (key: string) => options.get(key) || null
  if ((file('cert') === null) !== (file('key') === null)) return wrong('cert and key go together')
  if (tls === 'no' && (file('ca') ?? file('cert')) !== null)
    return wrong('ca, cert and key have no meaning without TLS')
  return {
    ok: true,
    address: {
      kind: 'etcd',
      endpoints,
      prefix: name ? `/hc/${name}/` : '/hc/',
      tls: tls === 'yes' || (file('ca') ?? file('cert')) !== null,
      ca: file('ca'),
      cert: file('cert'),
      key: file('key'),
      user: user || null,
      passwordFile: file('password_file'),
    },
  }
}

/** How hc_store is written; the same text for the same address. null: the folder beside the inventory. */
export function formatStoreAddress(address: StoreAddress | null): string {
  if (address === null) return '.hc'
  if (address.kind === 'folder') return address.path
  const { endpoints, prefix, tls, ca, cert, key, user, passwordFile } = address
  const hosts = endpoints.map(({ host, port }) => {
    return (host.includes(':') ? `[${host}]` : host) + (port === ETCD_PORT ? '' : `:${port}`)
  })
  const files = { ca, cert, key, password_file: passwordFile }
  const options = Object.entries(files).flatMap(([name, file]) => (file === null ? [] : [`${name}=${file}`]))
  const query = [...(tls && ca === null && cert === null ? ['tls=yes'] : []), ...options].join('&')
  const name = prefix.slice('/hc'.length, -1)
  return `etcd://${user === null ? '' : `${user}@`}${hosts.join(',')}${name}${query === '' ? '' : `?${query}`}`
}
