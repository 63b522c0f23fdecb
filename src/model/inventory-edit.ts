// Changes of the inventory that a person asks for, and what came of them.
import type { Fault } from './errors.js'
import type { LeftoversView, PurgeView } from './leftovers.js'
import type { HostName, SlotName } from './names.js'
import type { HostKeyView, HostTrialView } from './trial.js'

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

/** Decides on the key of a host that is not known; null: nobody does, and the host fails. */
export type AcceptKey = ((host: HostName, key: HostKeyView) => Promise<boolean>) | null

/** An edit before it is written. */
export interface EditReview {
  readonly view: InventoryEditView
  /** What the records place on hosts that would be gone. */
  readonly placed: readonly {
    readonly slot: SlotName
    readonly host: HostName
    /** Why a drain leaves it: its job was removed (an exclusive one keeps its place), is stopped, or is of type system. Absent: another reason. */
    readonly kept?: 'removed' | 'stopped' | 'system'
  }[]
  /** Tries the hosts that would be new. */
  tryHosts(acceptKey: AcceptKey): Promise<readonly HostTrialView[]>
  /** What of hc is on the hosts that would be gone. */
  leftovers(): Promise<readonly LeftoversView[]>
  /** Takes it away; volumes only where asked for. */
  purge(volumes: boolean): Promise<readonly PurgeView[]>
}

/** How an edit is made. */
export interface EditChoices {
  /** Only shows what would change: nobody is asked, nothing is written. */
  readonly dryRun: boolean
  /** Shown before anything is written; no: nothing is. */
  review(review: EditReview): Promise<boolean>
}

/** A file that is open for editing. */
export interface OpenFile {
  /** Absolute. */
  readonly file: string
  /** The copy that the editor gets. */
  readonly draft: string
  /** What the copy holds now, and what is wrong with the inventory then. */
  look(): Promise<DraftLook>
  /** Takes the draft as it was looked at, and removes it. */
  take(look: DraftLook): Promise<void>
  /** Removes the draft. */
  drop(): Promise<void>
}

/** A draft, looked at. */
export interface DraftLook {
  readonly text: string
  readonly changed: boolean
  readonly diff: string
  readonly faults: readonly Fault[]
  readonly notes: readonly string[]
  /** There were hosts, and the draft has none. */
  readonly emptied: boolean
  /** Hosts that the draft does not have any more by their name. */
  readonly gone: readonly HostName[]
  /** What the records place on them. */
  readonly placed: EditReview['placed']
}
