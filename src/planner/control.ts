// Where hc itself runs, as far as that can be told.
import type { HostName } from '../model/names.js'
import type { HostState } from './input.js'

/** What is known of hosts, as far as it tells which of them is this machine. */
interface Known {
  readonly hosts: readonly {
    readonly host: { readonly name: HostName; readonly connection: Pick<HostState['host']['connection'], 'kind'> }
    readonly facts: { readonly bootId: string } | null
    readonly lastFacts?: { readonly bootId: string } | null
  }[]
}

/**
 * The host that hc itself runs on: the one that is reached without a login, else the only one that shows this machine's boot
 * id (containers of one machine all show it); null: none.
 */
export function controlHost({ hosts }: Known, ownBootId: string | null): HostName | null {
  const local = hosts.find(({ host }) => host.connection.kind === 'local')
  if (local) return local.host.name
  const own = hosts.filter(({ facts, lastFacts }) => (facts ?? lastFacts)?.bootId === ownBootId)
  return ownBootId !== null && own.length === 1 ? (own[0]?.host.name ?? null) : null
}
