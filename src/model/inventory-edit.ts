// Changes of the inventory that a person asks for, and what came of them.
import type { HostName } from './names.js'

/** One change. `assignments` are `key=value` as typed. */
export type InventoryEdit =
  | {
      readonly kind: 'add'
      /** Names or ranges. */
      readonly names: readonly string[]
      readonly groups: readonly string[]
      readonly assignments: readonly string[]
    }
  | { readonly kind: 'remove'; readonly hosts: readonly HostName[] }
  /** `target`: a host, a group, `all`, or a range as it stands in the file. */
  | { readonly kind: 'set'; readonly target: string; readonly assignments: readonly string[] }
  | { readonly kind: 'unset'; readonly target: string; readonly keys: readonly string[] }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | {
      readonly kind: 'group-add'
      readonly name: string
      readonly parent: string | null
      readonly hosts: readonly HostName[]
    }
  /** Without hosts the group itself. */
  | { readonly kind: 'group-remove'; readonly name: string; readonly hosts: readonly HostName[] }

/** One file, changed. */
export interface FileChangeView {
  /** Absolute. */
  readonly file: string
  /** Unified. */
  readonly diff: string
}

/** What an edit did, or with --dry-run would do. */
export interface InventoryEditView {
  /** The inventory, absolute. */
  readonly file: string
  /** Something is different on disk now (with `dryRun`: would be). */
  readonly changed: boolean
  readonly dryRun: boolean
  /** The operator said no. */
  readonly declined: boolean
  /** Of all files together. */
  readonly diff: string
  readonly changes: readonly FileChangeView[]
  /** Variable files and folders that have another name now. */
  readonly moved: readonly { readonly from: string; readonly to: string }[]
  /** What to know about it, as sentences. */
  readonly notes: readonly string[]
}
