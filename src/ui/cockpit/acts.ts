// What can be done from here: the question before it, and what is said afterwards.
import { messageOf, UserError } from '../../model/errors.js'
import type { ApplyView, JobView, LiveView, Progress } from '../../model/views.js'
import { count } from '../words.js'
import type { Act, Ask } from './state.js'

/** `restart web.0`, `drain nuc1`. */
export function actTitle(act: Act): string {
  if ('host' in act) return `${act.verb} ${act.host}`
  const what = act.verb === 'restart' && act.slots !== null ? act.slots.join(' ') : act.job
  return `${act.verb} ${what}`
}

/** The question; Cancel is chosen. */
export function askFor(act: Act, view: LiveView): Ask {
  const [question, detail] = words(act, view)
  const yes = act.verb.slice(0, 1).toUpperCase() + act.verb.slice(1)
  return { question, detail, yes, act, chosen: 'cancel' }
}

function words(act: Act, view: LiveView): readonly [question: string, detail: string] {
  if ('host' in act) return hostWords(act, view)
  const of = view.allocations.filter(({ job }) => job === act.job)
  const running = count(of.filter(({ host }) => host !== null).length, 'allocation')
  switch (act.verb) {
    case 'restart': {
      if (act.slots === null)
        return [`Restart the job ${act.job}?`, `Its ${running} stop and start again, one after the other.`]
      const where = of.find(({ slot }) => slot === act.slots?.[0])?.host
      return [
        `Restart ${act.slots.join(' ')}${where ? ` on ${where}` : ''}?`,
        'It stops and starts again there; the other slots of its job go on.',
      ]
    }
    case 'stop':
      return [
        `Stop the job ${act.job}?`,
        `Its ${running} end and stay away until S or hc job start ${act.job} starts it again.`,
      ]
    case 'start':
      return [`Start the job ${act.job} again?`, 'It was stopped by hc job stop.']
  }
}

function hostWords(act: Extract<Act, { host: string }>, view: LiveView): readonly [question: string, detail: string] {
  const there = count(view.allocations.filter(({ host }) => host === act.host).length, 'allocation')
  switch (act.verb) {
    case 'cordon':
      return [`Cordon ${act.host}?`, `It takes no new allocations; its ${there} go on.`]
    case 'uncordon':
      return [`Uncordon ${act.host}?`, 'It takes allocations again; a drain of it ends.']
    case 'drain':
      return [
        `Drain ${act.host}?`,
        `It is cordoned, and what may leave it moves to other hosts; what is bound to it stays. ${there} there now.`,
      ]
  }
}

/** What S does to this job. */
export function stopOrStart(job: JobView): Act {
  return { verb: job.stopped ? 'start' : 'stop', job: job.name }
}

/** How it ended, in one line. */
export interface Outcome {
  readonly ok: boolean
  readonly text: string
}

/** What came of something that changes where slots run. */
export function outcomeOf(view: ApplyView): Outcome {
  const failed = view.results.find((result) => !result.ok && !view.outOfReach.includes(result.host))
  if (failed) return { ok: false, text: `${failed.slot} on ${failed.host}: ${failed.error ?? 'failed'}` }
  if (view.unplaced.length > 0)
    return { ok: false, text: `${count(view.unplaced.length, 'slot')} without a place: ! shows why` }
  const away = view.outOfReach.length > 0 ? `out of reach: ${view.outOfReach.join(', ')}` : ''
  if (!view.converged && away !== '') return { ok: false, text: `${away}; what is left there is done once it is back` }
  if (!view.converged) return { ok: false, text: 'sent, but not all runs yet: ! shows what does not' }
  const done = view.results.length
  const what = done === 0 ? 'done' : `done: ${count(done, 'allocation')}`
  return { ok: true, text: away === '' ? what : `${what}; ${away}` }
}

/** What is said of something that failed: the sentence and what helps. */
export function failureOf(error: unknown): Outcome {
  const message = messageOf(error)
  const fault = error instanceof UserError ? error.faults[0] : undefined
  const hint = error instanceof UserError ? (error.hint ?? fault?.hint ?? null) : null
  const where = fault?.at ? ` (${[fault.at.file, fault.at.line].filter((part) => part !== null).join(':')})` : ''
  const what = fault && fault.message !== message ? `${message}: ${fault.message}` : message
  return { ok: false, text: `${what}${where}${hint === null ? '' : `; ${hint}`}` }
}

/** How far it is, in a few words. */
export function aboutProgress(progress: Progress): string {
  if (progress.kind !== 'slot') return progress.text
  const where = progress.host === null ? '' : ` on ${progress.host}`
  return `${progress.slot}${where} ${progress.state}${progress.text === '' ? '' : `: ${progress.text}`}`
}
