// Where the store is, as hc_store says it.

/** An etcd, reached by any of its members. Paths of files are as they are written: from the inventory's folder. */
export interface EtcdAddress {
  readonly kind: 'etcd'
  /** In the order in which they are written. */
  readonly endpoints: readonly { readonly host: string; readonly port: number }[]
  /** All keys begin with it: `/hc/`. Several clusters can share an etcd. */
  readonly prefix: string
  readonly tls: boolean
  readonly ca: string | null
  readonly cert: string | null
  readonly key: string | null
  readonly user: string | null
  /** File with the password; null: HC_ETCD_PASSWORD. */
  readonly passwordFile: string | null
}

/** A folder, from the inventory's own. */
export interface FolderAddress {
  readonly kind: 'folder'
  readonly path: string
}

/** Where the store is. */
export type StoreAddress = EtcdAddress | FolderAddress
