// What of this machine is needed to set up control machines: its files in .hc/control, its program, its loop's unit, names.
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { userInfo } from 'node:os'
import type { MemberState, PackedProgram } from '../model/control-group.js'
import type { Host } from '../model/host.js'
import type { SshSettings } from '../ports.js'
import { ControlFiles } from './control-files.js'
import { loopUnitState, startLoopUnit, stopLoopUnit } from './install.js'
import { packProgram } from './packed-program.js'
import { ownAddress } from './self.js'

/** Where all of it is. */
export interface ControlPlace {
  /** `.hc/control` beside the inventory, absolute. */
  readonly folder: string
  /** bin/run.js, absolute, or the single executable. */
  readonly program: string
  settings(host: Host): Promise<SshSettings>
  /** Members of the etcd that hc_store names. */
  members(store: string): Promise<{
    list(): Promise<readonly MemberState[]>
    add(peer: string): Promise<void>
    remove(id: string): Promise<void>
  }>
}

/** Its name in `.hc`. */
export const OWN_CONTROL = 'control'

/** The doors over this machine. */
export function createControlDoors({ folder, program, settings, members }: ControlPlace) {
  const files = new ControlFiles(folder)
  let packed: Promise<PackedProgram> | null = null
  return {
    authority: (cluster: string, at: string) => files.authority(cluster, at),
    knownAuthority: () => files.known(),
    ownCertificate: (...args: Parameters<ControlFiles['ownCertificate']>) => files.ownCertificate(...args),
    settings: async (host: Host) => (host.connection.kind === 'local' ? null : settings(host)),
    own: { user: userInfo().username, address: ownAddress() },
    addressOf: async (name: string) => {
      if (isIP(name) !== 0) return name
      return lookup(name).then(
        ({ address }) => address,
        () => null,
      )
    },
    pack: () => {
      packed ??= packProgram(program)
      return packed
    },
    members,
    loop: loopUnitState,
    stopLoop: stopLoopUnit,
    startLoop: startLoopUnit,
  }
}
