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
