// Which store the inventory names. Only an inventory that speaks of hc_store is read for it before the command begins.
import { UserError } from '../model/errors.js'
import type { Inventory } from '../model/host.js'
import type { EtcdAddress, StoreAddress } from '../model/store-address.js'
import type { Sources } from '../ports.js'
import { folderOf, normalizePath, resolvePath } from '../spec/paths.js'
import { formatStoreAddress, parseStoreAddress, writtenStoreAddress } from '../spec/store-address.js'
import type { InventoryReader } from './inventory.js'

/** hc_takeover where the inventory can't be read, ms. */
const TAKEOVER_MS = 10_000

/** Where the store is, and what goes with it. */
export interface StoreChoice {
  /** null: `.hc/` beside the inventory. */
  readonly address: StoreAddress | null
  readonly takeoverMs: number
  /** Null where it can't be read. */
  readonly inventory: Inventory | null
}

/** Reads hc_store. A faulty inventory is told of later, by whoever needs it: its line about the store is taken as it stands. */
export async function chooseStore(reader: InventoryReader, sources: Sources): Promise<StoreChoice> {
  const texts = await textsBeside(reader.file, sources)
  const speaking = texts.find((text) => text.includes('hc_store'))
  if (speaking === undefined) return { address: null, takeoverMs: TAKEOVER_MS, inventory: null }
  try {
    const { inventory } = await reader.read()
    const { store = null, takeoverMs = TAKEOVER_MS } = inventory.settings
    return { address: store, takeoverMs, inventory }
  } catch {
    return { address: writtenStoreAddress(speaking), takeoverMs: TAKEOVER_MS, inventory: null }
  }
}

async function textsBeside(file: string, sources: Sources): Promise<readonly string[]> {
  const folder = resolvePath(folderOf(file), 'group_vars')
  const paths = [file, ...(await sources.list(folder, 2)).map((path) => resolvePath(folder, path))]
  const texts = paths.map((path) =>
    sources.readFile(path).then(
      (bytes) => new TextDecoder().decode(bytes),
      () => '',
    ),
  )
  return Promise.all(texts)
}

/** Members of etcd; a name of the inventory stands for that host's address. */
export function endpointsOf({ endpoints }: EtcdAddress, inventory: Inventory | null) {
  return endpoints.map(({ host, port }) => {
    const connection = inventory?.hosts.find(({ name }) => name === host)?.connection
    const address = connection === undefined ? host : connection.kind === 'local' ? '127.0.0.1' : connection.address
    return { name: host, address, port }
  })
}

/** How hc_store names it; the folder beside the inventory by one name, written or not. */
export function storeName(address: StoreAddress | null): string {
  return address?.kind === 'folder' ? normalizePath(address.path) : formatStoreAddress(address)
}

/** The store that a person names: as in hc_store, or `file` for the folder beside the inventory. Throws UserError. */
export function storeNamed(name: string): StoreAddress | null {
  if (name === 'file') return null
  if (!name.includes('/')) {
    const hint = 'file (the folder beside the inventory), a folder with a slash in it, or etcd://nuc1,nuc2,nuc3'
    throw new UserError(`"${name}" names no store`, { code: 'usage', hint })
  }
  const read = parseStoreAddress(name)
  if (read.ok) return read.address
  throw new UserError(`${name}: ${read.message}`, { code: 'usage', hint: read.hint })
}
