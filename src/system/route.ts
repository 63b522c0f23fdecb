// Which transport a host is reached by.
import type { Host } from '../model/host.js'
import type { Transport } from '../ports.js'

/** One Transport of two: each request goes by the host's `connection.kind`. Closing all closes both. */
export function routeTransport(routes: { readonly ssh: Transport; readonly local: Transport }): Transport {
  const by = (host: Host) => (host.connection.kind === 'local' ? routes.local : routes.ssh)
  return {
    run: (host, request) => by(host).run(host, request),
    command: (host, command) => by(host).command(host, command),
    session: (host, session) => by(host).session(host, session),
    // A host's kind may have changed since it was opened, so both forget it.
    detour: (host, peer) => routes.ssh.detour?.(host, peer),
    close: async (host) => {
      await Promise.all([routes.ssh.close(host), routes.local.close(host)])
    },
  }
}
