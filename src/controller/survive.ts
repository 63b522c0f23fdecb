// hc_survive: 1: what would not survive the loss of any one host is not applied, unless it is forced.
import { UserError } from '../model/errors.js'
import type { Settings } from '../model/host.js'
import { type HostName, someOf } from '../model/names.js'
import { byHost, fatalLosses, noPlaceText, unknownLosses } from '../model/survival.js'
import type { Survives } from './survival.js'

/** What is asked of a plan. */
export interface SurvivalRule {
  readonly settings: Pick<Settings, 'survive'>
  /** Once the plan has been carried out. */
  readonly survives: Survives
}

/** Hosts whose loss stands against the plan: not survived, or not known to be. */
function against({ settings, survives }: SurvivalRule): readonly HostName[] {
  return settings.survive < 1 ? [] : [...fatalLosses(survives).map(([host]) => host), ...unknownLosses(survives)]
}

/** Is there something that hc_survive is about? */
export function isRefused(rule: SurvivalRule): boolean {
  return against(rule).length > 0
}

/** Throws UserError (exit 4) for what hc_survive refuses. `before`: what would be survived without the change. */
export function refuseUnsurvivable(rule: SurvivalRule, before: Survives): void {
  if (!isRefused(rule)) return
  const hosts = against(rule)
  const standing = new Set(against({ settings: rule.settings, survives: before }))
  const worse = hosts.some((host) => !standing.has(host)) || deepens(rule.survives, before)
  const unknownOnly = fatalLosses(rule.survives).length === 0
  const what = unknownOnly ? 'it is not known that this would survive' : 'this would not survive'
  const old = worse ? '' : '; that was so before, and this makes it no worse'
  throw new UserError(`${what} the loss of ${someOf(hosts)}, and hc_survive is 1: nothing was recorded${old}`, {
    code: 'not-survived',
    exitCode: 4,
    faults: sentences(rule.survives).map((message) => ({ message, at: null, lineText: null, hint: null })),
    hint: unknownOnly
      ? 'hc apply --effort 10 searches longer; --force applies it all the same'
      : 'make room: more hosts, smaller or fewer slots, or on_host_loss: wait for what can do without; --force applies it all the same',
  })
}

/** More slots without a place than before, whichever they are. */
function deepens(after: Survives, before: Survives): boolean {
  return fatalLosses(after).some(([host, { unplaced }]) => unplaced.length > (before[host]?.unplaced.length ?? 0))
}

function sentences(survives: Survives): readonly string[] {
  return [
    ...fatalLosses(survives).map(([host, survival]) => `after the loss of ${host} ${noPlaceText(survival)}`),
    ...unknownLosses(survives).map((host) =>
      survives[host]?.blind
        ? `what the loss of ${host} would mean is not known: no host can be managed now`
        : `the search for ${host} ended at its budget before it knew`,
    ),
  ]
}

/** What a plan is told with, where hc_survive is set. `forced`: --force was given. */
export function surviveWarnings(rule: SurvivalRule, forced: boolean): readonly string[] {
  if (rule.settings.survive < 1) return []
  const hosts = someOf(against(rule))
  const said = forced
    ? `applied by --force although hc_survive is 1 and the loss of ${hosts} would not be survived, as far as is known`
    : `hc_survive is 1, and the loss of ${hosts} would not be survived, as far as is known: hc apply refuses changes without --force`
  const waits = byHost(rule.survives).flatMap(([host, { waiting = [], control }]) => {
    const where = control ? `${host}, on which hc itself runs` : host
    return waiting.length === 0 ? [] : [`${someOf(waiting)} would wait for ${where}: hc_survive does not count that`]
  })
  return [...(isRefused(rule) ? [said] : []), ...waits]
}
