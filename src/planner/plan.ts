// The decision: same input, same plan, byte for byte. No clock, no randomness, no I/O.
import { byName, type HostName, type SlotName } from '../model/names.js'
import type { Action, Plan, Waiting } from '../model/plan.js'
import type { Placed } from '../scheduler/place.js'
import { type Classified, classify } from './classify.js'
import { armings } from './exclusive-arming.js'
import { placesBesideHolds } from './holds.js'
import { homeward } from './homeward.js'
import { type HostState, hostsByName, type PlanInput } from './input.js'
import { awaitsSteady, withoutPlaceToo } from './leaving.js'
import { rollout } from './rollout.js'
import { inOrder, makeRoom } from './room.js'
import { runActions } from './runs.js'
import type { Searched } from './searched.js'
import { actionsFor, adoption, isUnrecorded } from './steps.js'
import { strayContainers } from './strays.js'
import { subjectsOf } from './subjects.js'
import type { Vain } from './vain.js'
import { wakeAt } from './wake.js'
import { byWave } from './waves.js'

/** Everything that was decided, and how each allocation was seen; views and checks read both. */
export interface Decision {
  readonly plan: Plan
  readonly classified: readonly Classified[]
  /** For `PlanInput.vain` of the next decision. */
  readonly vain?: Vain | null
  /** For `PlanInput.searched` of the next decision. */
  readonly searched?: readonly Searched[]
  /** Set where haste left open where something goes: what was asked, but for amounts. To be searched in full. */
  readonly open?: string | null
  /** What waits for the next plan, and the place that it is to have then; null: it is stopped for others then. */
  readonly later?: ReadonlyMap<SlotName, Placed | null>
}

/** Decides what is to be done. */
export function decide(input: PlanInput): Decision {
  const classified = homeward(classify(subjectsOf(input), input), input)
  const { now: moving, later, soon } = rollout(classified, input)
  const places = placesBesideHolds(classified, moving, input)
  const { placed, unplaced } = places
  const likewise = withoutPlaceToo(later, unplaced, classified)
  const room = makeRoom(places, classified, input)
  const hosts = hostsByName(input)
  const actions: Action[] = []
  const waiting: Waiting[] = []
  const awaited = new Set<HostName>()
  const unclaimed: { slot: SlotName; host: HostName }[] = []
  for (const item of classified) {
    const { subject, bucket, text } = item
    const host = subject.host ?? ''
    // The place was found for the slot; other copies of it, to be stopped, have nothing to do with it.
    const place = moving.has(item) ? (placed.get(subject.slot) ?? null) : null
    const next = place ? hosts.get(place.host) : undefined
    const hindrance = next?.blocked?.text ?? (next ? awaitsSteady(item, next, input) : null)
    const idle = bucket === 'wait' || later.has(item) || (moving.has(item) && (!place || hindrance !== null))
    if (idle && isUnrecorded(subject, input)) actions.push(adoption(item, input, 'it runs, but not as the job asks'))
    if (bucket === 'unclaimed') unclaimed.push({ slot: subject.slot, host })
    else if (bucket === 'wait') waiting.push({ slot: subject.slot, host: subject.host, reason: text })
    else if (likewise.has(item)) continue
    else if (later.has(item)) waiting.push({ slot: subject.slot, host: subject.host, reason: later.get(item) ?? '' })
    else if (place && hindrance !== null) {
      if (subject.unit && host !== place.host) awaited.add(host)
      waiting.push({ slot: subject.slot, host: place.host, reason: hindrance })
    } else actions.push(...actionsFor(item, place, input))
  }
  const ordered = inOrder({ actions, room, places, moving, awaited, classified }, input)
  const taken = new Set(ordered.actions.map(({ slot, host }) => `${slot} ${host}`))
  const arms = armings(ordered.actions, input)
  const waits = new Set([...waiting, ...ordered.waiting].map(({ slot }) => slot))
  const decided = [...placed.values(), ...places.moved].filter(({ slot }) => waits.has(slot))
  const plan: Plan = {
    actions: [...ordered.actions, ...strayContainers(input, taken), ...runActions(classified)].sort(byWave),
    unplaced: [...unplaced.filter(({ slot }) => !ordered.spared.has(slot)), ...likewise.values()].sort((a, b) =>
      byName(a.slot, b.slot),
    ),
    waiting: [...waiting, ...ordered.waiting].sort(
      (a, b) => byName(a.slot, b.slot) || byName(a.host ?? '', b.host ?? ''),
    ),
    unclaimed,
    greet: greetings(input),
    ...(arms.length > 0 && { arms }),
    survives: {},
    wakeAt: wakeAt(classified, soon, input),
  }
  const stopped = [...ordered.spared].map((slot) => [slot, null] as const)
  return {
    plan,
    classified,
    vain: places.vain,
    searched: places.searched,
    open: places.open,
    later: new Map<SlotName, Placed | null>([...stopped, ...decided.map((each) => [each.slot, each] as const)]),
  }
}

/** A host whose units of hc wait for a word since it was started, or that has not taken up the term of a take-over or an election. */
function greetings({ hosts, loop }: PlanInput): readonly HostName[] {
  const isNew = ({ facts, unsure }: HostState) =>
    unsure || (loop?.elected !== undefined && facts?.term?.number !== loop.term.number)
  return hosts
    .filter((state) => {
      const { facts, blocked } = state
      return facts && blocked === null && (isNew(state) || (facts.word === false && facts.units.length > 0))
    })
    .map(({ host }) => host.name)
    .sort(byName)
}

/** Just the plan. */
export function plan(input: PlanInput): Plan {
  return decide(input).plan
}
