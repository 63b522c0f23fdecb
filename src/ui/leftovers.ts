// What of hc is on a host that is to leave, for the question before it is taken away.
import { UserError } from '../model/errors.js'
import type { LeftoversView } from '../model/leftovers.js'
import { formatBytes } from '../model/resources.js'
import { EXIT } from './exit-codes.js'
import { type Canvas, sentence } from './view.js'
import { list } from './words.js'

/** One block per host. */
export function leftoversLines(hosts: readonly LeftoversView[], canvas: Canvas): string[] {
  return hosts.flatMap(({ host, units, containers, volumes }) => {
    const parts = [
      ...(units.length > 0 ? [`units: ${list(units)}`] : []),
      ...(containers.length > 0 ? [`containers: ${list(containers)}`] : []),
      ...volumes.map(({ name, bytes }) => `volume ${name}${bytes === null ? '' : `, ${formatBytes(bytes)}`}`),
    ]
    const said = parts.length === 0 ? ['no units, containers or volumes of hc'] : parts
    return [...sentence(`On ${host}:`, canvas), ...said.flatMap((part) => sentence(part, canvas, '  '))]
  })
}

/** Why nothing may be taken away: a host does not answer, or works for another cluster too; null: it may. */
export function refusalToPurge(hosts: readonly LeftoversView[]): UserError | null {
  for (const { host, error, foreign } of hosts) {
    if (error !== null) {
      const hint = 'without --purge it is only taken out of the inventory'
      return new UserError(error, { code: 'world', host, hint, exitCode: EXIT.outOfReach })
    }
    if (foreign.length > 0)
      return new UserError(`another cluster runs on it: ${list(foreign)}`, { host, hint: `remove ${host} there first` })
  }
  return null
}
