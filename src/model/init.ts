// A cluster that is begun: hosts as they were named, tried, and written into the first inventory.
import type { HostName } from './names.js'
import type { HostTrialView } from './trial.js'

/** A host as somebody named it: `nuc1=root@192.168.1.11:22`. What was not said is null. */
export interface NamedHost {
  readonly name: HostName | null
  readonly address: string
  readonly user: string | null
  readonly port: number | null
}

/** A host that this machine knows already and that can be offered. */
export interface OfferedHost {
  /** As it is named to ssh. */
  readonly name: string
  /** Where that leads, as far as it is written: `root@192.168.1.11`. */
  readonly target: string
  /** The file that names it. */
  readonly from: string
}

/** A host on its way into the inventory. */
export interface NewHost {
  readonly name: HostName
  /** Somebody chose the name; else the host's own name replaces it once that is known. */
  readonly named: boolean
  /** ansible_host; the same as the name where nothing has to be written. */
  readonly address: string
  readonly user: string | null
  readonly port: number | null
  readonly keyFile: string | null
  /** It is the machine that hc runs on: reached without SSH. */
  readonly local: boolean
  /** null: not tried. */
  readonly trial: HostTrialView | null
}

/** A host, as `hc init --json` tells it. */
export interface InitHostView {
  readonly name: HostName
  readonly address: string
  readonly user: string | null
  readonly port: number | null
  readonly local: boolean
  /** null: it was not tried. */
  readonly trial: HostTrialView | null
}

/** What `hc init` did. */
export interface InitView {
  /** Absolute. */
  readonly folder: string
  /** False: nothing was written. */
  readonly written: boolean
  /** Absolute paths of the new files. */
  readonly files: readonly string[]
  readonly hosts: readonly InitHostView[]
  /** What is worth knowing, as sentences. */
  readonly notes: readonly string[]
  /** Commands to go on with, in order. */
  readonly next: readonly string[]
}
