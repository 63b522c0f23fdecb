// Exit codes, the first that applies: 130 interrupted; 2 usage or files wrong; 5 locked; 4 not everything could be
// placed; 1 the work failed or did not converge; 3 hosts out of reach left something undone; 0 done.
import { UserError } from '../model/errors.js'
import type { ApplyView, HostRunView, PlanView, StatusView, TickView } from '../model/views.js'

/** The codes by name. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Of `plan --exit-code`. */
  changes: 2,
  outOfReach: 3,
  unplaced: 4,
  locked: 5,
  /** hc's own failure, of commands whose exit code is that of what they ran. */
  own: 125,
  interrupted: 130,
  /** Of `exec` where nobody reads its output any more: as a shell tells SIGPIPE. */
  readerGone: 141,
} as const

/** Of an error that ended a command. Everything that is not for the operator is a bug: 1. */
export function exitOfError(error: unknown): number {
  return error instanceof UserError ? error.exitCode : EXIT.failed
}

/** Of `apply` and of the commands that act on one job. With `detach` nothing was waited for. */
export function exitOfApply(view: ApplyView, options: { readonly detach: boolean } = { detach: false }): number {
  if (view.declined) return EXIT.failed
  if (view.unplaced.length > 0) return EXIT.unplaced
  if (view.results.some((result) => !result.ok && !view.outOfReach.includes(result.host))) return EXIT.failed
  if (view.outOfReach.length > 0) return EXIT.outOfReach
  return view.converged || options.detach ? EXIT.done : EXIT.failed
}

/** Codes from the one that applies first. */
const FIRST: readonly number[] = [EXIT.unplaced, EXIT.failed, EXIT.outOfReach]

/** Of several changes, one after the other: the first code that applies to any. */
export function exitOfSeveral(views: readonly ApplyView[]): number {
  const codes = new Set(views.map((view) => exitOfApply(view)))
  return FIRST.find((code) => codes.has(code)) ?? EXIT.done
}

/** Of `plan`; with --exit-code 0 is no changes, 2 changes, 1 anything else. */
export function exitOfPlan(view: PlanView, options: { readonly exitCode: boolean }): number {
  if (options.exitCode) return view.unplaced.length > 0 ? EXIT.failed : view.changes ? EXIT.changes : EXIT.done
  return view.unplaced.length > 0 ? EXIT.unplaced : EXIT.done
}

/** Of an error of `plan --exit-code`, where 2 means changes. */
export function exitOfPlanError(error: unknown): number {
  const code = exitOfError(error)
  return code === EXIT.interrupted ? code : EXIT.failed
}

/** Of `status`. */
export function exitOfStatus(view: StatusView): number {
  return view.converged ? EXIT.done : EXIT.failed
}

/** Of one tick. What it began in this tick counts as done; the next tick looks how it went. */
export function exitOfTick(view: TickView): number {
  if (view.plan.unplaced.length > 0) return EXIT.unplaced
  if (view.results.some((result) => !result.ok)) return EXIT.failed
  if (view.converged) return EXIT.done
  const began = view.plan.actions.length > 0
  const away = view.hosts.some((host) => host.verdict !== 'ready')
  if (away && (view.plan.waiting.length > 0 || !began)) return EXIT.outOfReach
  return began ? EXIT.done : EXIT.failed
}

/** Of `host run`: the command's own, the highest of several; 125 where it could not be run. */
export function exitOfHostRun(results: readonly HostRunView[]): number {
  if (results.length === 0 || results.some((result) => result.exitCode === null)) return EXIT.own
  return Math.max(...results.map((result) => result.exitCode ?? EXIT.own))
}

/** Of an error of a command whose exit code is that of what it ran. */
export function exitOfOwnError(error: unknown): number {
  return exitOfError(error) === EXIT.interrupted ? EXIT.interrupted : EXIT.own
}
