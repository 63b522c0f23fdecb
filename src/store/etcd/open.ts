// Opens the store in etcd with what its address names: certificates, the password.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { messageOf, UserError } from '../../model/errors.js'
import type { EtcdAddress } from '../../model/store-address.js'
import type { Store } from '../../ports.js'
import type { ClientOptions, Endpoint } from './client.js'
import { type EtcdMembers, openMembers } from './members.js'
import { type EtcdStoreOptions, openEtcdStore } from './store.js'

/** What goes with the address. */
export interface OpenOptions extends Omit<EtcdStoreOptions, 'endpoints' | 'tls' | 'login' | 'prefix'> {
  readonly endpoints: readonly Endpoint[]
  /** The inventory's folder: paths are seen from there. */
  readonly from: string
}

/** Opens it; connects to nothing yet. Throws UserError where a file can't be read. */
export function openEtcd(address: EtcdAddress, options: OpenOptions): Store {
  return openEtcdStore({ ...options, ...clientOptions(address, options), prefix: address.prefix })
}

/** The members of the etcd at an address; connects to nothing yet. Throws UserError where a file can't be read. */
export function openGroup(address: EtcdAddress, options: Parameters<typeof clientOptions>[1]): EtcdMembers {
  return openMembers(clientOptions(address, options))
}

/** How the etcd at an address is reached. Throws UserError where a file can't be read. */
export function clientOptions(
  address: EtcdAddress,
  options: Pick<OpenOptions, 'from' | 'endpoints' | 'debug'>,
): ClientOptions {
  const text = (file: string | null, what: string): string | null => {
    if (file === null) return null
    try {
      return readFileSync(resolve(options.from, file), 'utf8')
    } catch (error) {
      throw new UserError(`the ${what} of etcd can't be read: ${messageOf(error)}`, {
        hint: 'see hc_store in the inventory',
      })
    }
  }
  const { tls, user, passwordFile } = address
  const pem = tls && {
    ca: text(address.ca, 'CA'),
    cert: text(address.cert, 'certificate'),
    key: text(address.key, 'key'),
  }
  const password = user === null ? null : (text(passwordFile, 'password')?.trimEnd() ?? process.env.HC_ETCD_PASSWORD)
  if (user !== null && !password) {
    throw new UserError(`there is no password for ${user} on etcd`, {
      hint: 'name its file in hc_store (?password_file=FILE), or set HC_ETCD_PASSWORD',
    })
  }
  const login = user !== null && password ? { name: user, password } : null
  const { endpoints, debug } = options
  return { endpoints, debug, tls: pem || null, login }
}
