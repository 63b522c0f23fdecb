// What is wrong now, in the words in which a person is told of it at 3 a.m.
import type { Incident } from '../model/incident.js'
import { byName, type HostName, someOf } from '../model/names.js'
import type { Verdict } from '../model/observation.js'
import type { PlanInput } from './input.js'
import type { Decision } from './plan.js'
import { failedRun, runText } from './runs.js'

/** What is wrong, by key; and the keys of which nothing can be said now. */
export interface Incidents {
  readonly open: readonly Incident[]
  /** Neither wrong nor well: a host that has only just fallen silent, or was not asked yet. */
  readonly unclear: (key: string) => boolean
  /** It may well pass by itself in a moment: a person is told only if it stays. */
  readonly passing: (key: string) => boolean
}

/** Verdicts of which a person has to know. */
const WRONG: ReadonlySet<Verdict> = new Set(['lost', 'unmanageable', 'cut-off'])
/** Verdicts that pass by themselves, one way or the other. */
const OPEN: ReadonlySet<Verdict> = new Set(['suspect', 'unknown'])

/** How the rules begin their sentences on what failed and is tried again. */
const FAILED = /^it(s start)? failed/

/** `fault`: what is wrong with the inventory's file, else null. */
export function incidentsOf(decision: Decision, input: PlanInput, fault: string | null): Incidents {
  const hosts = input.hosts.map(({ belief }) => belief).sort((a, b) => byName(a.host, b.host))
  const ofHosts = hosts
    .filter(({ verdict }) => WRONG.has(verdict))
    .map(({ host, verdict, reason }) => {
      const said = `${host} is ${verdict}: ${reason}`
      return incident(`host ${host}`, said + becomes(host, decision), { host })
    })
  const failed = decision.classified
    .filter(({ bucket, text }) => bucket === 'failed' || (bucket === 'wait' && FAILED.test(text)))
    .map(({ subject: { slot, host }, text }) =>
      incident(`slot ${slot}`, `${slot}${host === null ? '' : ` on ${host}`} does not run: ${withoutTimes(text)}`, {
        slot,
        host,
      }),
    )
  const runs = decision.classified.flatMap((item) => {
    const last = failedRun(item)
    const { slot, host } = item.subject
    return last
      ? [incident(`run ${slot}`, `${slot} on ${host}: its last run failed: ${runText(last)}`, { slot, host })]
      : []
  })
  const unplaced = decision.plan.unplaced.map(({ slot, reasons, remedy }) => {
    const why = remedy ?? reasons.map(({ host, reason }) => `${host}: ${reason}`).join('; ')
    return incident(`place ${slot}`, `${slot} has no place: ${why || 'no host takes jobs'}`, { slot })
  })
  const inventory = fault === null ? [] : [incident('inventory', `the inventory is faulty: ${fault}`, {})]
  // Lost packets and busy hosts look like that for some seconds; nothing is done about it meanwhile.
  const quiet = new Set(hosts.filter(({ verdict }) => verdict !== 'lost').map(({ host }) => `host ${host}`))
  const doubtful = new Set(hosts.filter(({ verdict }) => OPEN.has(verdict)).map(({ host }) => host))
  const unseen = new Set(
    decision.classified
      .filter(({ subject }) => subject.host !== null && doubtful.has(subject.host))
      .map(({ subject }) => subject.slot),
  )
  return {
    open: [...inventory, ...ofHosts, ...failed, ...runs, ...unplaced],
    unclear: (key) => {
      const [kind, name = ''] = key.split(' ')
      if (kind === 'host') return doubtful.has(name)
      return (kind === 'slot' || kind === 'run') && unseen.has(name)
    },
    passing: (key) => key.startsWith('place ') || quiet.has(key),
  }
}

function incident(
  key: string,
  text: string,
  at: { readonly host?: HostName | null; readonly slot?: string },
): Incident {
  return { key, host: at.host ?? null, slot: at.slot ?? null, text }
}

/** The wait until the next try changes from tick to tick and is stale when it is read. */
function withoutTimes(text: string): string {
  return text.replace(/[;:] next try in .*$/, '; it is tried again')
}

function becomes(host: HostName, { plan }: Decision): string {
  const started = plan.actions.filter(
    ({ from, reason }) => from === host && (reason === 'host-lost' || reason === 'host-hung'),
  )
  const waiting = plan.waiting.filter((each) => each.host === host).map(({ slot }) => slot)
  const parts = [
    started.length === 0 ? '' : `${someOf(started.map((each) => `${each.slot} on ${each.host}`))} instead`,
    waiting.length === 0 ? '' : `${someOf(waiting)} ${waiting.length === 1 ? 'waits' : 'wait'} for it`,
  ].filter((part) => part !== '')
  return parts.length === 0 ? '' : `. ${parts.join('; ')}`
}
