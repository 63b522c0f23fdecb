// The beginning of a cluster over machines and files that are in memory.
import { createInit } from '../../../src/controller/init.js'
import { UserError } from '../../../src/model/errors.js'
import type { OfferedHost } from '../../../src/model/init.js'
import { type Machine, trialWorld } from './trial-doors.js'

/** A boot id that is told from others by its digit. */
export const BOOT = (digit: string) => `${digit.repeat(8)}-1111-1111-1111-111111111111`

/** Doors over machines by name or address. `offered`: what ~/.ssh/config names. */
export function initWorld(machines: Readonly<Record<string, Machine>>, offered: readonly OfferedHost[] = []) {
  const files = new Map<string, string>()
  const { doors, logins } = trialWorld(machines)
  const init = createInit({
    folder: '/srv/c',
    trial: doors,
    signal: null,
    ownUser: 'root',
    schemas: '/usr/share/hc/schema',
    exists: async (path) => files.has(path),
    offered: async () => offered,
    isThisMachine: async (address) => address === 'localhost' || address === '192.168.1.10',
    ownAddress: '192.168.1.10',
    createFiles: async (made) => {
      if (made.some(({ path }) => files.has(path))) throw new UserError('is there already')
      for (const { path, text } of made) files.set(path, text)
    },
  })
  return { init, files, logins }
}
