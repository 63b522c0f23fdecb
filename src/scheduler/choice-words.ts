// Why a slot goes where it goes, in words: what speaks for its host beside the one that would do next best.
import type { Strategy } from '../model/host.js'
import { jobOfSlot, type SlotName } from '../model/names.js'
import type { Score, ScorePart } from '../model/plan.js'
import type { Choice } from './explain.js'

const FIT: Readonly<Record<Strategy, string>> = {
  balanced: 'more is left free',
  pack: 'more is in use',
  spread: 'fewer slots are',
}

function words(part: ScorePart, slot: SlotName, strategy: Strategy): string {
  const job = jobOfSlot(slot)
  switch (part) {
    case 'fit':
      return FIT[strategy]
    case 'apart':
      return `fewer slots of ${job} are`
    case 'stay':
      return 'it ran'
    case 'home':
      return 'it belongs'
    case 'affinity':
      return 'its wishes are better met'
    case 'spread':
      return `it is spread better`
  }
}

/** What speaks for the first beside the second, most first; what weighs less than a tenth of the most is left out. */
function advantages(first: Score, second: Score): readonly ScorePart[] {
  const parts: readonly ScorePart[] = ['spread', 'affinity', 'home', 'stay', 'apart', 'fit']
  const ahead = parts
    .map((part) => ({ part, by: first.parts[part] - second.parts[part] }))
    .filter(({ by }) => by > 0)
    .sort((a, b) => b.by - a.by)
  const most = ahead[0]?.by ?? 0
  return ahead.filter(({ by }) => by * 10 >= most).map(({ part }) => part)
}

/** `chosen over nuc2: fewer slots of web are here and more is left free here`. */
export function whyThere({ slot, score, next }: Choice, strategy: Strategy): string {
  if (next === null) return 'no other host can take it'
  const tell = (parts: readonly ScorePart[], where: string) =>
    parts.map((part) => `${words(part, slot, strategy)} ${where}`).join(', ')
  if (score.total === next.score.total) return `as good as ${next.host}: the first by name`
  if (score.total > next.score.total) return `chosen over ${next.host}: ${tell(advantages(score, next.score), 'here')}`
  // Others came after it, or moved to make room: taken by itself it would now be put elsewhere.
  return `placed before the others; now that all is placed ${next.host} would do better: ${tell(advantages(next.score, score), 'there')}`
}

/** Why a slot that stands on `host` is not on another that would take it: `more is left free on nuc1`. */
export function whyNotThere(
  slot: SlotName,
  here: { readonly host: string; readonly score: Score },
  there: Score,
  strategy: Strategy,
): string {
  const tell = (parts: readonly ScorePart[], where: string) =>
    parts.map((part) => `${words(part, slot, strategy)} ${where}`).join(', ')
  if (here.score.total === there.total) return `as good as ${here.host}`
  if (here.score.total > there.total) return tell(advantages(here.score, there), `on ${here.host}`)
  return `would do better by now: ${tell(advantages(there, here.score), 'there')}; nothing is moved for that alone`
}
