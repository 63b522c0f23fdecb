// `hc host run`: what hosts print as they print it, and how it ended on each.
import type { HostRunView } from '../model/views.js'
import { sanitize, sanitizeLine } from './sanitize.js'
import type { Style } from './style.js'
import { type Canvas, sentence } from './view.js'
import { count, list } from './words.js'

/** One line of a host's output, with the host in front. */
export function hostOutputLine(host: string, line: string, style: Style): string {
  return `${style.paint('dim', `${sanitizeLine(host)} |`)} ${sanitize(line)}`
}

/** Who failed and how; nothing for one host whose command ended well. */
export function hostRunRecap(results: readonly HostRunView[], canvas: Canvas): string[] {
  if (results.length === 0) return ['No host matches the pattern.']
  const notRun = results.filter((result) => result.exitCode === null)
  const failed = results.filter((result) => result.exitCode !== null && result.exitCode !== 0)
  const lines = [
    ...groupsByReason(notRun).flatMap(([reason, hosts]) =>
      sentence(`${list(hosts)}: the command could not be run: ${reason}`, canvas, '', 'bad'),
    ),
    ...failed.flatMap((result) => sentence(`${result.host}: exit ${result.exitCode}`, canvas, '', 'bad')),
  ]
  if (results.length === 1) return lines
  const good = results.length - notRun.length - failed.length
  return [...lines, `${count(results.length, 'host')}: ${good} ok, ${failed.length} failed, ${notRun.length} not run`]
}

/** Hosts with the same reason together: `nuc1, nuc2 and nuc3: connection refused`. */
function groupsByReason(results: readonly HostRunView[]): [string, string[]][] {
  const groups = new Map<string, string[]>()
  for (const result of results) {
    const reason = result.error ?? result.failure ?? 'unknown'
    groups.set(reason, [...(groups.get(reason) ?? []), result.host])
  }
  return [...groups]
}
