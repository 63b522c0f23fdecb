// What setting up control machines needs of the world besides what every command has.
import type { CertificateWish, MemberState, PackedProgram, Pair } from '../../model/control-group.js'
import type { Host } from '../../model/host.js'
import type { SshSettings } from '../../ports.js'

/** The authority of the etcd that hc set up. */
export interface OpenAuthority {
  readonly pair: Pair
  issue(wish: CertificateWish, at: string): Pair
}

/** The doors. */
export interface ControlDoors {
  /** Made where there is none yet, in .hc/control beside the inventory. */
  authority(cluster: string, at: string): Promise<OpenAuthority>
  /** null: there is none on this machine. */
  knownAuthority(): Promise<OpenAuthority | null>
  /** This machine's own certificate for the store; made where there is none. */
  ownCertificate(authority: OpenAuthority, at: string): Promise<void>
  /** How a host is reached; null: it is this machine. Throws UserError. */
  settings(host: Host): Promise<SshSettings | null>
  /** Whoever says the command, and the address that others may reach this machine by; null: not known. */
  readonly own: { readonly user: string; readonly address: string | null }
  /** The IP address of a name; null: it has none. */
  addressOf(name: string): Promise<string | null>
  /** This very program. Throws UserError. */
  pack(): Promise<PackedProgram>
  /** Members of the etcd that hc_store names. Throws UserError. */
  members(store: string): Promise<MemberDoors>
  /** The loop's unit of this machine. */
  loop(): Promise<'none' | 'active' | 'inactive'>
  stopLoop(): Promise<void>
  startLoop(): Promise<void>
}

/** See store/etcd/members.ts. */
export interface MemberDoors {
  list(): Promise<readonly MemberState[]>
  add(peer: string): Promise<void>
  remove(id: string): Promise<void>
}
