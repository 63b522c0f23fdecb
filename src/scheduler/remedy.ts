// What would have to be otherwise for a slot without a place to have one: the smallest change, told in a sentence.
import { byName, type HostName, type SlotName } from '../model/names.js'
import type { Candidate, Demand } from '../model/plan.js'
import { type ExplainInput, explain, obstacles } from './explain.js'
import type { PlaceInput } from './place.js'
import { type More, moreWords, shareOf } from './remedy-amounts.js'
import { type Fix, fixesOf, type World } from './remedy-fixes.js'
import { lacksOf, leastMore, sumOf } from './remedy-least.js'
import { Trials } from './remedy-trials.js'

/** What remedies() goes by: all that has its place when the plan is done, and what has none. */
export interface RemedyInput extends World {
  readonly strategy: PlaceInput['strategy']
  /** As in place(): others that may be rearranged. */
  readonly moves?: number
}

/** Sentences. */
export interface Remedies {
  /** `it would fit on nuc2 with at least 212 MiB more memory`; without `at least` a smaller change may do. */
  readonly bySlot: ReadonlyMap<SlotName, string>
  /** `all 3 would fit with 1.2 GiB more memory on nuc2`; null: there are not several, or no change of one host would do. */
  readonly all: string | null
}

/** A change of one host (or of the job) after which the slot is expected to fit. */
interface Option {
  readonly host: Candidate
  readonly fixes: readonly Fix[]
  readonly more: readonly More[]
  /** It is shown that less of it would not do. */
  readonly least: boolean
  readonly cost: number
}

type Obstacles = ReturnType<typeof obstacles>

/** So many different jobs are looked at, fewer on a large cluster, where each look costs more; the others are told without. */
const LOOKED_AT = 12
const LARGE = 40_000
/** So many of the cheapest options are tried before the search for a remedy ends. */
const TRIED = 4

/** What nothing that is placed elsewhere can change: see filter-host.ts. */
const HARD: ReadonlySet<string> = new Set([
  'only',
  'takes-jobs',
  'verdict',
  'cordoned',
  'driver',
  'constraints',
  'image',
  'address',
])

/** One sentence for each slot for which a change was found that makes it fit (and was tried), and one for all together. */
export function remedies(input: RemedyInput): Remedies {
  const trials = new Trials(input)
  const bySlot = new Map<SlotName, string>()
  const known = new Map<string, string | null>()
  const size = input.candidates.length + input.occupants.length
  const most = Math.max(1, Math.min(LOOKED_AT, Math.floor(LARGE / Math.max(1, size))))
  for (const demand of [...input.demands].sort((a, b) => byName(a.slot, b.slot))) {
    // Slots of one job fare alike, unless each has its own host.
    const key = JSON.stringify([demand.applied.job.name, demand.applied.hash, demand.only, demand.previous])
    if (!known.has(key)) known.set(key, known.size < most ? remedyOf(demand, input, trials) : null)
    const text = known.get(key) ?? null
    if (text !== null) bySlot.set(demand.slot, text)
  }
  return { bySlot, all: input.demands.length > 1 ? remedyOfAll(input, trials) : null }
}

/** `nuc1 comes nearest (needs 512 MiB memory, 300 MiB free of 1 GiB)`: the host that lacks the least, and why it refuses; null: no host refuses. */
export function nearest(demand: Demand, input: RemedyInput): string | null {
  const found = explain(explainInput(demand, input))
  const named = found.map(({ host, refusals }) => ({ host, filters: refusals.map(({ filter }) => filter) }))
  const [best] = optionsFor(demand, input, named)
  const told = best
    ? found.find(({ host }) => host === best.host.name)
    : found.find(({ refusals }) => refusals.length > 0)
  const reason = told?.refusals[0]?.reason
  if (!told || reason === undefined) return null
  return `${told.host} ${best ? 'comes nearest' : 'refuses it'} (${reason})`
}

function remedyOf(demand: Demand, input: RemedyInput, trials: Trials): string | null {
  const world: World = { ...input, demands: [demand] }
  const found = obstacles(explainInput(demand, input))
  const options = optionsFor(demand, input, found).map((option, index) =>
    index < TRIED ? narrowed(option, world, trials) : option,
  )
  for (const option of byCost(options.filter((each) => each !== null)).slice(0, TRIED)) {
    const { ok, host } = trials.of(changed(world, option))
    if (ok) return ruleSentence(demand, option, found) ?? sentence(option, host)
  }
  return distinctSentence(demand, found)
}

/** All values of the label are taken, and those who took them are on the hosts that have them. */
function distinctSentence({ applied }: Demand, found: Obstacles): string | null {
  const label = applied.job.distinct
  const able = found.filter(({ filters }) => !filters.some((filter) => HARD.has(filter)))
  if (label === null || able.length === 0 || !able.every(({ filters }) => filters.includes('distinct'))) return null
  const host = label === 'host' ? '' : ` with another value of the label ${label}`
  return `distinct: ${label} allows 1 slot per value, and none is left: one more host${host}`
}

function explainInput(demand: Demand, { candidates, occupants, strategy }: RemedyInput): ExplainInput {
  return { demand, candidates, occupants, strategy }
}

function optionsFor(demand: Demand, input: RemedyInput, found: Obstacles): readonly Option[] {
  const candidates = new Map(input.candidates.map((candidate) => [candidate.name, candidate]))
  const options = found.flatMap(({ host: name, filters }): Option[] => {
    const host = candidates.get(name)
    // That what has to leave a host could stay is no remedy.
    if (!host || (host.draining && demand.previous === name)) return []
    // One that has never answered, and declares nothing: what it would need is not known.
    if (host.capacity.cpu <= 0 && host.capacity.memory <= 0) return []
    const fixes = fixesOf(filters, { demand, candidate: host, occupants: input.occupants })
    if (fixes === null) return []
    const more = lacksOf(demand, host, input.occupants, filters)
    return [{ host, fixes, more, least: false, cost: costOf(fixes, more, host) }]
  })
  return byCost(options)
}

function costOf(fixes: readonly Fix[], more: readonly More[], { capacity }: Candidate): number {
  return fixes.reduce((sum, { cost }) => sum + cost, shareOf(more, capacity))
}

function byCost(options: readonly Option[]): readonly Option[] {
  return [...options].sort((a, b) => a.cost - b.cost || byName(a.host.name, b.host.name))
}

function changed(world: World, { fixes, more, host }: Option): World {
  return Trials.withMore(
    fixes.reduce((so, fix) => fix.apply(so), world),
    host.name,
    more,
  )
}

/** With no more than is needed of each amount; null where even all that the slot itself lacks would not do. */
function narrowed(option: Option, world: World, trials: Trials): Option | null {
  if (option.more.length === 0) return option
  const { host, fixes } = option
  const found = leastMore(changed(world, { ...option, more: [] }), host, option.more, trials)
  if (found === null) return null
  return { ...option, ...found, cost: costOf(fixes, found.more, host) }
}

/** `on nuc3 once it is uncordoned and with 212 MiB more memory: hc host uncordon nuc3`. */
function sentence(option: Option, placedOn: HostName | null): string {
  const { host, fixes, more, least } = option
  // Found here, and not by the plan: that had no leave to move so many, or no steps left.
  if (fixes.length === 0 && more.length === 0) return 'it would fit with others moved to make room'
  const amounts = more.length === 0 ? [] : [`with ${least ? 'at least ' : ''}${moreWords(more, host.capacity)}`]
  // Where the room is made for others that make room in turn, the slot itself comes to stand elsewhere.
  if (fixes.length === 0 && placedOn !== host.name) return `it would fit ${amounts.join('')} on ${host.name}`
  const parts = [...fixes.map(({ text }) => text).sort(onceFirst), ...amounts]
  return `it would fit on ${host.name} ${parts.join(' and ')}${commandOf(fixes)}`
}

function onceFirst(a: string, b: string): number {
  return Number(b.startsWith('once ')) - Number(a.startsWith('once '))
}

function commandOf(fixes: readonly Fix[]): string {
  const commands = fixes.flatMap(({ command }) => command ?? [])
  return commands.length === 0 ? '' : `: ${commands.join('; ')}`
}

/** Where a rule of the job leaves no host over, another host is as good as another rule. */
function ruleSentence(demand: Demand, { fixes, more }: Option, found: Obstacles): string | null {
  const [fix, ...others] = fixes
  if (!fix || others.length > 0 || more.length > 0) return null
  const able = found.filter(({ filters }) => !filters.some((filter) => HARD.has(filter)))
  const all = (filter: string) => able.length > 0 && able.every(({ filters }) => filters.includes(filter))
  const hosts = able.length === 1 ? 'the 1 host that can take it' : `the ${able.length} hosts that can take it`
  const most = demand.applied.job.maxPerHost
  if (fix.text.startsWith('with max_per_host') && all('max-per-host') && most !== null) {
    const rule = fix.text.slice('with '.length)
    return `max_per_host ${most} allows ${most * able.length} on ${hosts}: one more host, or ${rule}`
  }
  if (fix.text.startsWith('with another port') && all('port-taken')) {
    const ports = [...fix.text.matchAll(/(\d+) \(/g)].map(([, port]) => port)
    return `port ${ports.join(' and ')} is taken on ${hosts}: one more host, or another port (auto takes any free one)`
  }
  return null
}

/** One host with so much more that all would fit, the cheapest such of those that look cheapest. */
function remedyOfAll(input: RemedyInput, trials: Trials): string | null {
  if (!trials.thorough) return null
  const options = input.candidates.flatMap((host): Option[] => {
    const [demand] = input.demands
    if (!demand || !host.takesJobs || host.draining) return []
    const filters = [...(host.verdict === 'ready' ? [] : ['verdict']), ...(host.cordoned ? ['cordoned'] : [])]
    const fixes = fixesOf(filters, { demand, candidate: host, occupants: input.occupants }) ?? []
    const more = sumOf(input.demands)
    return [{ host, fixes, more, least: false, cost: costOf(fixes, more, host) }]
  })
  const narrow = (option: Option): readonly Option[] => {
    const bare = { ...option, more: [], cost: costOf(option.fixes, [], option.host) }
    if (option.fixes.length > 0 && trials.of(changed(input, bare)).ok) return [bare]
    const found = narrowed(option, input, trials)
    return found === null ? [] : [found]
  }
  const [best] = byCost(byCost(options).slice(0, TRIED).flatMap(narrow))
  if (!best) return null
  const parts = [
    ...best.fixes.map(({ text }) => text.replace('once it', `once ${best.host.name}`)),
    ...(best.more.length > 0 ? [`with ${moreWords(best.more, best.host.capacity)} on ${best.host.name}`] : []),
  ]
  const all = input.demands.length === 2 ? 'both' : `all ${input.demands.length}`
  return `${all} would fit ${parts.join(' and ')}${commandOf(best.fixes)}`
}
