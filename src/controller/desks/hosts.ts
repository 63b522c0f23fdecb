// Hosts: how they stand, and commands on them.
import { runOnHosts } from '../../cluster/run.js'
import type { HostRunView, HostView } from '../../model/views.js'
import { hosts } from '../status.js'
import { controllerOf, hostsMatching, type Wiring } from './desk.js'

/** Options of `host run`. */
export interface HostRunOptions {
  readonly parallel: number
  readonly timeoutMs: number | null
  /** Most characters of each output that the result holds per host; a million unless said otherwise. */
  readonly keep?: number
  onOutput(host: string, stream: 'stdout' | 'stderr', text: string): void
}

/** Hosts. */
export interface HostsDesk {
  hosts(): Promise<readonly HostView[]>
  /** `command` of one word is shell text, of several an argv that reaches the host as it is. */
  hostRun(pattern: string, command: readonly string[], options: HostRunOptions): Promise<readonly HostRunView[]>
}

/** The desk over the real doors. */
export function hostsDesk(wiring: Wiring): HostsDesk {
  const { world } = wiring
  return {
    hosts: () => hosts(world, controllerOf(wiring)),
    hostRun: async (pattern, command, options) => {
      const names = await hostsMatching(wiring, pattern)
      const { inventory } = await wiring.reader.read()
      const chosen = inventory.hosts.filter(({ name }) => names.includes(name))
      return runOnHosts(world.transport, chosen, command, options, wiring.signal)
    },
  }
}
