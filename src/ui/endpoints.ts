// `hc endpoints`: where everything answers, for people and for other programs.

import { endpointsOfAll } from '../model/endpoints.js'
import { byName } from '../model/names.js'
import type { EndpointView, LiveView } from '../model/views.js'
import { sanitizeLine } from './sanitize.js'
import { table } from './table.js'
import { type Canvas, hostAndPort, stateCell } from './view.js'

/** One line per port of each allocation. */
export function endpointsLines(endpoints: readonly EndpointView[], canvas: Canvas): string[] {
  if (endpoints.length === 0) return ['No endpoints: no job that runs has ports.']
  return table<EndpointView>(
    [
      { title: 'SLOT', value: (row) => row.slot },
      { title: 'HOST', value: (row) => row.host },
      { title: 'PORT', value: (row) => row.name },
      { title: 'ADDRESS', value: (row) => hostAndPort(row.address, row.port), below: true },
      { title: 'STATE', value: (row) => stateCell({ state: row.state, healthy: null }) },
    ],
    endpoints,
    canvas.style,
    canvas.columns,
  )
}

const IP = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)$/

/**
 * Lines for /etc/hosts (hosts(5)): an address with the slots and jobs that run behind it. What does not run is left
 * out; an address that is a name cannot stand there and is said in a comment.
 */
export function hostsFileLines(endpoints: readonly EndpointView[]): string[] {
  const names = new Map<string, Set<string>>()
  for (const endpoint of endpoints.filter((each) => each.state === 'running')) {
    const address = sanitizeLine(endpoint.address)
    const known = names.get(address) ?? new Set()
    names.set(address, known.add(sanitizeLine(endpoint.job)).add(sanitizeLine(endpoint.slot)))
  }
  return [...names]
    .sort(([a], [b]) => byName(a, b))
    .map(([address, known]) => {
      const words = [...known].sort(byName).join(' ')
      return IP.test(address) ? `${address} ${words}` : `# ${words}: ${address} is a name, not an address`
    })
}

/**
 * A Caddyfile snippet per port of each job (caddyserver.com/docs/caddyfile/concepts#snippets): a site takes it up with
 * `import hc-JOB-PORT`. A port behind which nothing runs answers 503.
 */
export function caddyLines(endpoints: readonly EndpointView[]): string[] {
  const groups = new Map<string, EndpointView[]>()
  for (const endpoint of endpoints) {
    const name = `hc-${sanitizeLine(endpoint.job)}-${sanitizeLine(endpoint.name)}`
    groups.set(name, [...(groups.get(name) ?? []), endpoint])
  }
  return [...groups]
    .sort(([a], [b]) => byName(a, b))
    .flatMap(([name, members]) => {
      const upstreams = members
        .filter((member) => member.state === 'running')
        .map((member) => hostAndPort(sanitizeLine(member.address), member.port))
        .sort(byName)
      const directive = upstreams.length === 0 ? 'respond 503' : `reverse_proxy ${upstreams.join(' ')}`
      return [`(${name}) {`, `\t${directive}`, '}']
    })
}

/** How endpoints are printed. */
export function endpointFormat(
  format: 'table' | 'hosts' | 'caddy',
  canvas: Canvas,
): (endpoints: readonly EndpointView[]) => string[] {
  if (format === 'hosts') return hostsFileLines
  if (format === 'caddy') return caddyLines
  return (endpoints) => endpointsLines(endpoints, canvas)
}

/** The endpoints of a snapshot; null while a host is silent for a moment, of which nothing can be said. */
export function endpointsOfView(view: LiveView, job: string | null): readonly EndpointView[] | null {
  if (view.hosts.some(({ verdict }) => verdict === 'suspect')) return null
  return endpointsOfAll(view.allocations).filter((each) => job === null || each.job === job)
}
