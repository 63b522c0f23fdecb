// `hc rebalance`: the moves that would gain are shown, and made one after the other as `hc job move` makes them.
import { UserError } from '../model/errors.js'
import type { HostName, Millis } from '../model/names.js'
import type { RebalanceMoveView, RebalanceView } from '../model/rebalance.js'
import type { ActionView, ApplyView, Progress, ResultView } from '../model/views.js'
import { controlHost } from '../planner/control.js'
import { minGainOf, rebalance } from '../planner/rebalance.js'
import { rebalancedHosts } from '../planner/rebalance-hosts.js'
import { unsettled } from '../planner/unsettled.js'
import type { Controller } from './controller.js'
import { moveSlots } from './move.js'
import type { World } from './world.js'

/** What is asked for. */
export interface RebalanceRequest {
  /** Most moves. */
  readonly moves: number
  readonly patienceMs: Millis
  readonly signal: AbortSignal | null
  /** Shows the moves and says whether to go on. */
  confirm(view: RebalanceView): Promise<boolean>
  onProgress(progress: Progress): void
}

/** The moves that gain, without making them. Throws UserError while the cluster is not at rest. */
export async function planRebalance(
  world: World,
  controller: Controller,
  { moves, patienceMs }: Pick<RebalanceRequest, 'moves' | 'patienceMs'>,
): Promise<RebalanceView> {
  const { input, decision, records } = await controller.look(patienceMs)
  if (!records) throw new UserError('nothing was applied here yet', { hint: 'hc apply jobs/ begins' })
  const open = unsettled(decision, input)
  if (open !== null) {
    throw new UserError(`the cluster is not at rest: ${open}`, {
      code: 'world',
      exitCode: 1,
      hint: 'hc status shows how it stands; run hc rebalance again when all has settled',
    })
  }
  const control = controlHost(input, world.ownBootId ?? null)
  const { classified } = decision
  const found = rebalance({ classified, input, moves, control })
  return {
    changes: found.moves.length > 0,
    actions: found.moves.map(actionOf),
    unplaced: [],
    waiting: [],
    unclaimed: [],
    survives: {},
    images: [],
    warnings: [],
    results: [],
    converged: found.moves.length === 0,
    outOfReach: [],
    declined: false,
    moves: found.moves,
    minGain: minGainOf(input.settings.strategy),
    more: found.more,
    kept: found.kept,
    hosts: rebalancedHosts(found, classified, input),
  }
}

function actionOf({ slot, from, to, text }: RebalanceMoveView): ActionView {
  return { kind: 'move', slot, host: to, from, reason: 'move-asked', text }
}

/** Makes them, one at a time; the first that does not end well is the last. */
export async function rebalanceSlots(
  world: World,
  controller: Controller,
  request: RebalanceRequest,
): Promise<RebalanceView> {
  request.onProgress({ kind: 'phase', text: 'looking at the hosts' })
  const plan = await planRebalance(world, controller, request)
  if (plan.moves.length === 0) return plan
  if (!(await request.confirm(plan))) return { ...plan, declined: true }
  const ends: ApplyView[] = []
  const beganAt = world.clock.now()
  for (const move of plan.moves) {
    if (request.signal?.aborted) break
    const since = world.clock.now() - beganAt
    const end = await makeMove(world, controller, move, {
      ...request,
      onProgress: (told) => request.onProgress(told.kind === 'slot' ? { ...told, atMs: told.atMs + since } : told),
    })
    ends.push(end)
    if (!wentWell(end)) break
  }
  return ended(plan, ends)
}

type End = Pick<ApplyView, 'results' | 'unplaced' | 'waiting' | 'outOfReach' | 'warnings' | 'converged'>

function wentWell({ results, unplaced, outOfReach, converged }: End): boolean {
  return converged && unplaced.length === 0 && outOfReach.length === 0 && results.every(({ ok }) => ok)
}

/** What speaks against it by now is its result: it was well when it was shown. */
async function makeMove(
  world: World,
  controller: Controller,
  { slot, from, to }: RebalanceMoveView,
  request: RebalanceRequest,
): Promise<ApplyView> {
  const { patienceMs, signal, onProgress } = request
  const at = (await world.store.read())?.placements[slot]?.host ?? null
  if (at !== from) return refused({ slot, host: to, ok: false, error: goneBy(at) })
  try {
    const asked = { name: slot, host: to, by: 'hc rebalance', patienceMs, signal }
    return await moveSlots(world, controller, { ...asked, onProgress: (told) => onProgress(told) })
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'usage') throw error
    return refused({ slot, host: to, ok: false, error: error.message })
  }
}

function goneBy(host: HostName | null): string {
  return host === null ? 'it has no place any more' : `it is on ${host} by now`
}

function refused(result: ResultView): ApplyView {
  const nothing = { changes: false, actions: [], unplaced: [], waiting: [], unclaimed: [], survives: {}, images: [] }
  return { ...nothing, results: [result], converged: false, outOfReach: [], declined: false, warnings: [] }
}

/** All ends as one. */
function ended(plan: RebalanceView, ends: readonly ApplyView[]): RebalanceView {
  const ticking = ends.flatMap(({ loopTicking }) => (loopTicking === undefined ? [] : [loopTicking])).at(-1)
  return {
    ...plan,
    results: ends.flatMap(({ results }) => results),
    unplaced: ends.flatMap(({ unplaced }) => unplaced),
    waiting: ends.flatMap(({ waiting }) => waiting),
    warnings: ends.flatMap(({ warnings }) => warnings),
    outOfReach: [...new Set(ends.flatMap(({ outOfReach }) => outOfReach))],
    converged: ends.length === plan.moves.length && ends.every(wentWell),
    ...(ticking !== undefined && { loopTicking: ticking }),
  }
}
