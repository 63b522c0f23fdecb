// The machines that hold the store together: members of one etcd that hc sets up.
import type { HostName, Millis } from './names.js'

/** One of them. */
export interface Member {
  /** Its name in the inventory: its name in etcd too, and what its certificate is for. */
  readonly name: HostName
  /** What the others connect to: an IP address. */
  readonly address: string
}

/** A key with its certificate, PEM. */
export interface Pair {
  readonly cert: string
  readonly key: string
}

/** What a certificate is for. */
export interface CertificateWish {
  readonly subject: string
  /** Names and IP addresses that it stands for; none: it is a client's. */
  readonly names: readonly string[]
}

/** What one host says before anything is changed there. */
export interface EtcdLook {
  readonly bootId: string
  readonly uptimeMs: Millis
  /** Path of the program; null: it is not installed. */
  readonly program: string | null
  /** `3.4.23`; null: not known. */
  readonly version: string | null
  /** As `uname -m` has it: `x86_64`, `aarch64`. */
  readonly machine: string
  /** What packages are had with; null: nothing that hc knows. */
  readonly manager: 'apt-get' | 'dnf' | 'pacman' | null
  /** State of hc's own unit, as systemd says it (`active`, `inactive`, `failed`); null: there is no such unit. */
  readonly unit: string | null
  /** The cluster that the member there is of; null: there is none. */
  readonly cluster: string | null
  /** It has data of a member already. */
  readonly data: boolean
  /** Ports of etcd that something else listens on. */
  readonly taken: readonly number[]
  /** Free below /var/lib, bytes; null: not known. */
  readonly freeBytes: number | null
  /** The firewall at work; null: none that hc knows. */
  readonly firewall: 'ufw' | 'firewalld' | null
  /** Its certificate, PEM; null: there is none. */
  readonly certificate: string | null
  /** The members that it began with, as in its configuration; null: there is none. */
  readonly initial: string | null
  /** Of the beginning that it is of, as in its configuration; null: there is none. */
  readonly token: string | null
}

/** What etcd tells of one of its members, and that one of itself. */
export interface MemberState {
  /** Its number in etcd, decimal. */
  readonly id: string
  /** Empty: it was added, and has not come yet. */
  readonly name: string
  /** The address that the others call. */
  readonly address: string
  readonly answers: boolean
  /** It leads the etcd (not the loop). */
  readonly leads: boolean
  readonly version: string | null
  /** Size of its data, bytes. */
  readonly sizeBytes: number | null
  /** Entries that the leader has and this one does not yet. */
  readonly behind: number | null
}

/** What one host says of its part as a control machine, before and after it has one. */
export interface StandbyLook {
  readonly bootId: string
  readonly uptimeMs: Millis
  /** As `uname -m` has it. */
  readonly machine: string
  /** How it calls itself, and is called by the store where its loop stands by. */
  readonly hostname: string
  /** The program that is there: its digest; null: none. */
  readonly program: string | null
  /** Pieces of a program that have arrived, by their digest. */
  readonly pieces: readonly string[]
  /** The loop's unit, as systemd says it (`active`, `inactive`, `failed`); null: there is none. */
  readonly loop: string | null
  /** What the loop's unit runs; null: there is none. */
  readonly loopOf: string | null
  /** Files of the control machine there: path -> sha256, hex. */
  readonly files: Readonly<Record<string, string>>
  /** Files elsewhere that hc has put there: sources of secrets. */
  readonly sources: readonly string[]
  /** `DIGEST PATH` of each file of the inventory that hc has brought there. */
  readonly sent: readonly string[]
  /** Its host keys, as in `.pub` files: type and key. */
  readonly hostKeys: readonly string[]
  /** The public half of its own key, as in a `.pub` file; null: it has none yet. */
  readonly ownKey: string | null
}

/** A file for a control machine. */
export interface StandbyFile {
  /** Absolute. */
  readonly path: string
  readonly bytes: Uint8Array
  /** Octal, `0600`. */
  readonly mode: string
}

/** The program as it is sent: an archive and Node itself, or the single executable, which is both; each part packed with gzip. */
export interface PackedProgram {
  /** Of all parts together: names what was sent. */
  readonly digest: string
  readonly form: ProgramForm
  /** Packs them: takes seconds. */
  parts(): Promise<readonly PackedPart[]>
  /** As `uname -m` has it: Node runs on no other kind. */
  readonly machine: string
}

/** `folder`: bin/run.js, which Node runs; `single`: one executable with Node inside. */
export type ProgramForm = 'folder' | 'single'

/** One of them. */
export interface PackedPart {
  /** `tar`: is unpacked; others: the file of that name, which can be run. */
  readonly kind: 'tar' | 'node' | 'hc'
  /** In pieces, so that what has arrived need not be sent again. */
  readonly pieces: readonly { readonly digest: string; readonly bytes: Uint8Array }[]
}

/** One step of what `hc control` did, or would do. */
export interface ControlStep {
  /** null: on this machine, or in the store. */
  readonly host: HostName | null
  readonly text: string
}

/** `hc control add --json`, and `remove`. */
export interface ControlChangeView {
  /** hc_store after it. */
  readonly store: string
  readonly members: readonly Member[]
  /** What is to be done, as sentences; empty: all is so already. */
  readonly plan: readonly string[]
  /** What was done. */
  readonly done: readonly ControlStep[]
  /** What is worth knowing. */
  readonly notes: readonly string[]
  readonly declined: boolean
}

/** How what a control machine has compares with what this one has. */
export interface ControlFiles {
  readonly program: boolean
  readonly files: boolean
  /** Paths there of the files that are others than here, or missing on one side, sorted. */
  readonly differing: readonly string[]
  /** Those among them that were edited there. */
  readonly edited: readonly string[]
}

/** One control machine, or a member that is none. */
export interface ControlMachineView {
  readonly name: HostName
  /** null: it is no member. */
  readonly member: MemberState | null
  /** `none`: no loop of it is known to the store. */
  readonly role: 'leads' | 'stands-by' | 'none'
  /** Since when, RFC 3339 UTC; null: not known. */
  readonly since: string | null
  /** State of its loop's unit, as systemd says it; null: there is none, or it was not asked. */
  readonly loop: string | null
  /** What it has is what this machine has; null: not known. */
  readonly current: ControlFiles | null
  /** Why it could not be asked; null: it was. */
  readonly error: string | null
}

/** `hc control list --json`. */
export interface ControlListView {
  readonly store: string
  readonly machines: readonly ControlMachineView[]
  /** Members that may still fail before nothing can be written; null: etcd does not say. */
  readonly spare: number | null
  /** Why the store can't be written; null: it can. */
  readonly trouble: string | null
}

/** What can be wrong with control machines. */
export type ControlFindingKind =
  | 'no-quorum'
  | 'nobody-leads'
  | 'no-member'
  | 'member-silent'
  | 'no-spare'
  | 'even-members'
  | 'member-behind'
  | 'etcd-full'
  | 'host-silent'
  | 'loop-down'
  | 'outdated'
  | 'edited'
  | 'no-authority'

/** All of them. */
export const CONTROL_FINDINGS: readonly ControlFindingKind[] = [
  'no-quorum',
  'nobody-leads',
  'no-member',
  'member-silent',
  'no-spare',
  'even-members',
  'member-behind',
  'etcd-full',
  'host-silent',
  'loop-down',
  'outdated',
  'edited',
  'no-authority',
]

/** One finding. */
export interface ControlFinding {
  readonly kind: ControlFindingKind
  readonly level: 'problem' | 'warning'
  readonly host: HostName | null
  readonly text: string
  /** What to do. */
  readonly mend: string
}

/** `hc control check --json`. */
export interface ControlCheckView extends ControlListView {
  readonly findings: readonly ControlFinding[]
  /** What each control machine needs and no command brings there, and what is left as it is: as `hc control add` tells it. */
  readonly notes: readonly string[]
}
