// The JSON that commands print: `apiVersion: hc/v1`. docs/json.md describes it.

import type { ErrorCode, Fault } from '../model/errors.js'
import { messageOf, UserError } from '../model/errors.js'
import type { Event } from '../model/event.js'
import type { ApplyView, TickView } from '../model/views.js'

/** Version of the shapes: fields are added within it, never renamed or removed. */
export const API_VERSION = 'hc/v1'

/** A JSON document of hc. */
export type Document<T extends object> = { readonly apiVersion: typeof API_VERSION } & T

/** The view as a document. */
export function document<T extends object>(view: T): Document<T> {
  return { apiVersion: API_VERSION, ...view }
}

/** What is printed for an error. */
export function errorDocument(error: unknown): Document<{ readonly error: object }> {
  if (!(error instanceof UserError)) {
    const message = messageOf(error)
    return wrapError('bug', message, { hint: 'run it again with HC_DEBUG=1 and report what it prints' })
  }
  const first = error.faults[0]
  return wrapError(error.code, error.message, {
    hint: error.hint ?? first?.hint ?? null,
    at: first?.at ?? null,
    host: error.host,
    faults: error.faults.map(clipped),
  })
}

/** Of a line longer than this only what stands around the column is told: a JSON text may be one line of megabytes. */
const LONGEST_LINE = 2000
/** Characters told on each side of the column. */
const AROUND = 200

function clipped(fault: Fault): Fault {
  const { at, lineText } = fault
  if (lineText === null || lineText.length <= LONGEST_LINE) return fault
  const column = Math.max(1, at?.column ?? 1)
  const [from, to] = [Math.max(0, column - 1 - AROUND), column - 1 + AROUND]
  const middle = lineText.slice(from, to)
  return { ...fault, lineText: `${from > 0 ? '…' : ''}${middle}${to < lineText.length ? '…' : ''}` }
}

function wrapError(
  code: ErrorCode,
  message: string,
  more: Partial<Pick<UserError, 'hint' | 'host' | 'faults'>> & { at?: object | null },
): Document<{ readonly error: object }> {
  const { hint = null, at = null, host = null, faults = [] } = more
  return document({ error: { code, message, hint, at, host, faults } })
}

/** A tick without the planner's own figures. */
export function tickDocument(tick: TickView): Document<object> {
  const { plan, ...rest } = tick
  return document({
    changes: plan.actions.length > 0,
    actions: plan.actions.map(({ kind, slot, host, from, reason, text }) => ({ kind, slot, host, from, reason, text })),
    unplaced: plan.unplaced.map(({ job: _, ...view }) => view),
    waiting: plan.waiting,
    unclaimed: plan.unclaimed,
    ...rest,
  })
}

/** The outcome of `apply`. */
export function applyDocument(view: ApplyView): Document<ApplyView> {
  return document(view)
}

/** One event. */
export function eventDocument(event: Event): Document<Event> {
  return document(event)
}
