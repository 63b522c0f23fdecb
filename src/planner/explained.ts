// Each host seen by one slot: from the same classification, filters and score as the plan.
import type { ExplainedHostView } from '../model/explain-view.js'
import type { HostName } from '../model/names.js'
import { whyNotThere, whyThere } from '../scheduler/choice-words.js'
import { type Explanation, explain } from '../scheduler/explain.js'
import type { Classified } from './classify.js'
import { candidatesOf, demand, occupant, onlyHost } from './demands.js'
import type { PlanInput } from './input.js'

/** What explainHosts() finds. */
export interface ExplainedHosts {
  readonly hosts: readonly ExplainedHostView[]
  /** See ExplainedSlotView. */
  readonly why: string | null
}

/** All hosts for a slot of an applied job, by name; `at`: where it stands or is about to. Pure. */
export function explainHosts(
  item: Classified,
  at: HostName | null,
  classified: readonly Classified[],
  input: PlanInput,
): ExplainedHosts {
  const { strategy } = input.settings
  const { slot } = item.subject
  const found = explain({
    demand: demand(item, onlyHost(item, input)),
    candidates: candidatesOf(classified, input),
    occupants: classified.flatMap(occupant),
    strategy,
  })
  const own = at === null ? null : scored(found.find(({ host }) => host === at))
  const others = found.flatMap((each) => (each.host === at ? [] : (scored(each) ?? [])))
  const next = others.reduce<Scored | null>(
    (best, each) => (best === null || each.score.total > best.score.total ? each : best),
    null,
  )
  const textOf = ({ host, refusals: [first], score }: Explanation): string => {
    if (first || score === null) return first?.reason ?? ''
    if (host === at) return 'it stands here'
    return own === null ? 'it fits' : whyNotThere(slot, own, score, strategy)
  }
  return {
    hosts: found.map((each) => {
      const { host, refusals, score } = each
      return { host, here: host === at, fits: score !== null, refusals, score, text: textOf(each) }
    }),
    why: own === null ? null : whyThere({ slot, ...own, next }, strategy),
  }
}

type Scored = Explanation & { readonly score: NonNullable<Explanation['score']> }

function scored(explanation: Explanation | undefined): Scored | null {
  return explanation && explanation.score !== null ? { ...explanation, score: explanation.score } : null
}
