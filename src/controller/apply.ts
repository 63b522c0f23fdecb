// From job files to running jobs: prepare, show, record, carry out.
import { lastWords } from '../cluster/logs.js'
import type { Job } from '../model/job.js'
import { type HostName, type JobName, jobOfSlot, type Millis, placeOfSlot, type SlotName } from '../model/names.js'
import type { Plan } from '../model/plan.js'
import type { Records } from '../model/records.js'
import type { ActionView, ApplyView, PlanView, Progress, ResultView } from '../model/views.js'
import { isSettled } from '../planner/progress.js'
import { remedied } from '../planner/prospect.js'
import { allocationViews, isConverged, unplacedViews } from '../planner/view.js'
import { recordApplied } from './applied.js'
import type { Controller, Look } from './controller.js'
import { type Driven, drive, type Scope } from './drive.js'
import { beyondTheLoop } from './effort.js'
import { type Prepared, prepare, viewOf } from './prepare.js'
import { isRefused, refuseUnsurvivable, surviveWarnings } from './survive.js'
import type { World } from './world.js'

/** A job file that was read. */
export interface JobToApply {
  readonly job: Job
  /** Folder that it is applied from, absolute. */
  readonly folder: string
}

/** What is to be applied. */
export interface ApplyRequest {
  readonly jobs: readonly JobToApply[]
  /** Jobs last applied from these folders and no longer there are removed. */
  readonly pruneFolders: readonly string[]
  readonly detach: boolean
  /** Also what hc_survive refuses. */
  readonly force?: boolean
  /** What each tag stands for is looked up anew, before anything is shown. */
  readonly fresh?: boolean
  readonly patienceMs: Millis
  /** A look that was begun before the jobs were read; absent: none was. */
  readonly begun?: Promise<Look>
  readonly signal: AbortSignal | null
  confirm(plan: PlanView): Promise<boolean>
  onProgress(progress: Progress): void
  /** Given what was seen, when something is about to be carried out. */
  onBegin?(look: Look): void
  /** Given what was seen last, when all is carried out. */
  onEnd?(look: Look): void
}

/** What was seen longer ago, or before another hc wrote, is no ground to act on, ms: a person may think about a plan for long. */
export const FRESH_MS: Millis = 5000

/** Applies. Nothing is recorded or sent before `confirm` has said yes. */
export async function applyJobs(world: World, controller: Controller, request: ApplyRequest): Promise<ApplyView> {
  request.onProgress({ kind: 'phase', text: 'looking at the hosts' })
  // Hosts are waited for meanwhile.
  const loop = { askedAt: world.clock.now(), held: request.detach ? Promise.resolve(false) : world.store.loopHeld() }
  loop.held.catch(() => {})
  const shown = await prepare(world, controller, request, request.fresh ?? false)
  const seenAt = world.clock.now()
  await refuse(controller, shown, request)
  const plan = shownOf(shown, request)
  if (!(await request.confirm(plan))) return declined(plan)
  const needsImages = shown.images.length > 0
  const prepared = needsImages ? await prepare(world, controller, request, true, shown.records) : shown
  if (needsImages) await refuse(controller, prepared, request)
  const isLong = !request.detach && world.clock.now() - loop.askedAt > FRESH_MS
  const [{ records, othersWrote }, follow] = await Promise.all([
    recordApplied(world, prepared),
    isLong ? world.store.loopHeld() : loop.held,
  ])
  const isOld = needsImages || othersWrote || world.clock.now() - seenAt > FRESH_MS
  // What makes room is part of it: it is done when that runs again, and has no place where that has none.
  const room = prepared.look.decision.plan.actions.filter(
    ({ reason }) => reason === 'made-room' || reason === 'outranked',
  )
  const names = new Set([
    ...request.jobs.map(({ job }) => job.name),
    ...prepared.removed,
    ...room.map(({ job }) => job),
  ])
  const finalPlan = shownOf(prepared, request)
  if (request.detach) return { ...finalPlan, results: [], converged: false, outOfReach: [], declined: false }
  const beyond = follow ? beyondTheLoop(prepared.look) : null
  if (beyond !== null) request.onProgress({ kind: 'warning', text: beyond })
  if (finalPlan.actions.length > 0) request.onBegin?.(prepared.look)
  const driven = await drive(world, controller, {
    jobs: names,
    from: isOld ? null : controller.reconsider(prepared.look, records, null),
    follow,
    patienceMs: request.patienceMs,
    signal: request.signal,
    onProgress: request.onProgress,
  })
  request.onEnd?.(driven.look)
  const ended = await outcome(world, finalPlan, driven, { jobs: names })
  return { ...withReverts(ended, await world.store.read(), records, prepared.changed), loopTicking: follow }
}

/** What was taken back meanwhile does not run as asked, however well the old version runs. */
function withReverts(view: ApplyView, now: Records | null, applied: Records, changed: readonly JobName[]): ApplyView {
  const back = changed.flatMap((name) => {
    const version = now?.versions?.[name]?.at(-1)
    const asked = applied.jobs[name]
    if (!version?.revertOf || !asked || version.version <= asked.version) return []
    const error = `version ${asked.version} was taken back: hc events --job ${name} says why; version ${version.revertOf} is in force again`
    return [{ slot: name, host: '', ok: false, error }]
  })
  return back.length === 0 ? view : { ...view, results: [...view.results, ...back], converged: false }
}

/** Throws UserError for what hc_survive refuses. Where no job is changed there is nothing to refuse. */
async function refuse(controller: Controller, prepared: Prepared, { force = false }: ApplyRequest): Promise<void> {
  const { look, records, changed, removed } = prepared
  const rule = { settings: look.inventory.settings, survives: prepared.survives }
  if (force || changed.length + removed.length === 0 || !isRefused(rule)) return
  refuseUnsurvivable(
    rule,
    await controller.survivals.after(controller.reconsider(look, records, null), controller.searchSteps),
  )
}

/** With what hc_survive has to say of it. */
function shownOf(prepared: Prepared, { force = false }: ApplyRequest): PlanView {
  const { look, changed, removed, survives } = prepared
  const forced = force && changed.length + removed.length > 0
  const view = viewOf(prepared)
  return {
    ...view,
    warnings: [...view.warnings, ...surviveWarnings({ settings: look.inventory.settings, survives }, forced)],
  }
}

function declined(plan: PlanView): ApplyView {
  return { ...plan, results: [], converged: false, outOfReach: [], declined: true }
}

/** What `apply` and the job commands report in the end, with the last words of what failed. */
export async function outcome(world: World, plan: PlanView, driven: Driven, scope: Scope): Promise<ApplyView> {
  const failed = driven.slots.filter(({ state, host }) => state === 'failed' && host !== null)
  const words = await lastWords(world.transport, driven.look.inventory.hosts, failed)
  const slots = driven.slots.map((slot) => {
    const said = slot.state === 'failed' ? words.get(slot.slot) : undefined
    return said === undefined ? slot : { ...slot, text: `${slot.text}: ${said}` }
  })
  return applyView({ ...plan, actions: [...plan.actions, ...turnsTaken(plan, driven)] }, { ...driven, slots }, scope)
}

/** Those whose turn came later, as they ended: where they were, or elsewhere. */
function turnsTaken({ actions }: PlanView, { turns, slots }: Driven): readonly ActionView[] {
  const planned = new Set(actions.map(({ slot }) => slot))
  return turns
    .filter(({ slot }) => !planned.has(slot))
    .map((turn) => {
      const there = slots.find(({ slot, host, state }) => slot === turn.slot && host !== null && state === 'done')?.host
      return there && there !== turn.host ? { ...turn, kind: 'move', host: there, from: turn.host } : turn
    })
}

function applyView(plan: PlanView, driven: Driven, scope: Scope): ApplyView {
  const { look, slots } = driven
  const failedSteps = new Map(driven.results.filter(({ ok }) => !ok).map((result) => [result.slot, result]))
  const touched = new Set(plan.actions.map(({ slot }) => slot))
  const results: ResultView[] = slots
    .filter(({ slot, state }) => touched.has(slot) || state === 'failed')
    // Who stops watching has not seen the rest fail.
    .filter((slot) => !driven.interrupted || isSettled(slot))
    .map(({ slot, host, state, text }) => {
      const ok = state === 'done'
      const error = text || failedSteps.get(slot)?.error || state
      return { slot, host: host ?? '', ok, error: ok ? null : error }
    })
  // Of a change of some slots, what a tick did besides is not its result.
  const about = driven.results.filter(({ slot }) => scope.slots?.has(slot) ?? true)
  const stops: ResultView[] = about.filter(({ slot }) => !slots.some((other) => other.slot === slot))
  const told = new Set(stops.map(({ slot, host }) => `${slot} ${host}`))
  // Where a loop has carried it out, what was to be stopped is seen to be gone.
  for (const { kind, slot, host } of plan.actions) {
    if (kind !== 'stop' || told.has(`${slot} ${host}`)) continue
    const there = slots.some((other) => other.slot === slot && other.host === host)
    if (!there) stops.push({ slot, host, ok: true, error: null })
  }
  const allocations = allocationViews(look.decision.classified, look.decision.plan, look.input)
  const scoped = allocations.filter((allocation) => isIn(scope, allocation))
  return {
    ...plan,
    unplaced: unplacedViews(remedied(look.decision, look.input).unplaced.filter((each) => isIn(scope, each))),
    waiting: look.decision.plan.waiting.filter(({ slot }) => isIn(scope, { job: jobOfSlot(slot), slot })),
    unclaimed: look.decision.plan.unclaimed,
    results: [...results, ...stops],
    converged:
      slots.every(({ state }) => state === 'done') &&
      isConverged(scoped, planOf(look.decision.plan, scope), look.input),
    outOfReach: outOfReachFor(driven, scope.jobs),
    declined: false,
  }
}

function isIn({ jobs, slots }: Scope, { job, slot }: { readonly job: JobName; readonly slot: SlotName }): boolean {
  return jobs.has(job) && (slots?.has(slot) ?? true)
}

/** The part of the plan that is about the change: what else waits or finds no place does not make it fail. */
function planOf(plan: Plan, scope: Scope): Plan {
  return {
    ...plan,
    actions: plan.actions.filter((action) => isIn(scope, action)),
    unplaced: plan.unplaced.filter((each) => isIn(scope, each)),
  }
}

/** Hosts out of reach matter only where they leave something of these jobs undone. */
function outOfReachFor({ slots, outOfReach, look }: Driven, jobs: ReadonlySet<JobName>): readonly HostName[] {
  const undone = new Set(slots.filter(({ state }) => state === 'away').map(({ host }) => host))
  const system = look.input.jobs.some(({ job }) => jobs.has(job.name) && job.type === 'system')
  return outOfReach.filter((host) => undone.has(host) || system || slots.some(({ slot }) => placeOfSlot(slot) === host))
}
