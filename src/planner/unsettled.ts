// Is anything still on its way, so that what is seen now is not what the cluster comes to?
import { someOf } from '../model/names.js'
import { isComing } from './health.js'
import type { PlanInput } from './input.js'
import type { Decision } from './plan.js'

/** What is not settled yet, as a sentence; null: all has come to rest. What has no place, or waits for a lost host, rests. */
export function unsettled({ plan, classified }: Decision, input: PlanInput): string | null {
  const suspects = input.hosts.filter(({ belief }) => belief.verdict === 'suspect').map(({ host }) => host.name)
  if (suspects.length > 0) return `${someOf(suspects)} does not answer, and may be lost`
  const busy = input.hosts.find(({ blocked }) => blocked?.kind === 'busy')
  if (busy) return `steps are under way on ${busy.host.name}`
  const open = [...new Set(plan.actions.map(({ slot }) => slot))]
  if (open.length > 0)
    return `${someOf(open)} ${open.length === 1 ? 'is' : 'are'} still to be started, stopped or moved`
  const coming = classified.filter(
    ({ subject, bucket }) =>
      (bucket === 'keep' && isComing(subject, input)) || (bucket === 'wait' && (subject.state?.facts ?? null) !== null),
  )
  const slots = [...new Set(coming.map(({ subject }) => subject.slot))]
  return slots.length > 0 ? `${someOf(slots)} ${slots.length === 1 ? 'is' : 'are'} still on the way` : null
}
