// What `hc job show` tells of runs, compared with what truly ran.
import type { JobName } from '../../src/model/names.js'
import type { RunView } from '../../src/model/run.js'
import { RUNS_SHOWN } from '../../src/remote/runs.js'
import type { TrueRun } from './runs.js'
import { directive } from './units.js'

const RESULTS: Readonly<Record<NonNullable<TrueRun['end']>['how'], string>> = {
  success: 'success',
  'exit-code': 'exit-code',
  stopped: 'stopped',
  cut: 'lost',
}

/**
 * Sentences for runs that are not told, or told wrong, and for such as there never were. `isKnown`: hc has recorded its good end;
 * `askedAt`: by the wall clock, since when hosts were asked: what has ended since may have been seen to go on.
 */
export function wrongHistory(
  job: JobName,
  all: readonly TrueRun[],
  views: readonly RunView[],
  isKnown: (run: TrueRun) => boolean,
  askedAt: number,
): readonly string[] {
  const slots = new Set(all.filter((run) => run.job === job).map(({ slot }) => slot))
  return [...slots].flatMap((slot) => {
    const own = all.filter((run) => run.slot === slot)
    const told = views.filter((view) => view.slot === slot)
    const isOf = (view: RunView, run: TrueRun) =>
      tells(view, run, resultOf(run, run === own.at(-1) && isKnown(run))) ||
      ((run.end?.wall ?? 0) >= askedAt && tells(view, { ...run, end: null }, 'running'))
    // Of many the newest, of which some are no runs (stopped before they began), or such as need not be told.
    const oldest = told.length < RUNS_SHOWN ? '' : (told.map(({ start, end }) => start ?? end ?? '').sort()[0] ?? '')
    // What begins while hosts are asked may be seen or not.
    const due = own.filter(({ forgotten, wall }) => !forgotten && wall < askedAt && second(wall) >= oldest)
    const lacking = due
      .filter((run) => !told.some((view) => isOf(view, run)))
      .map((run) => `${nameOf(run)} is not told`)
    const invented = told.filter(({ start }) => start !== null).filter((view) => !own.some((run) => isOf(view, run)))
    return [...lacking, ...invented.map((view) => `a run that never was is told: ${JSON.stringify(view)}`)]
  })
}

/**
 * How a run ended, as it is to be told. What had ended well and was kept for hc to see is not written down by its host when the
 * power goes: it is told where hc had seen it, until the next one, and counts as lost else.
 */
function resultOf({ end, kept, host, bootId }: TrueRun, isKnown: boolean): string {
  if (end === null) return 'running'
  return kept && host.bootId !== bootId && !isKnown ? 'lost' : RESULTS[end.how]
}

function tells(view: RunView, run: TrueRun, result: string): boolean {
  const ended = result === 'success' || result === 'exit-code'
  const { end, kept, host, bootId } = run
  const hasEnd = end !== null && result !== 'lost' && !(kept && host.bootId !== bootId)
  return (
    view.host === host.name &&
    view.start === second(run.wall) &&
    view.result === result &&
    view.exitCode === (ended ? (end?.code ?? null) : null) &&
    String(view.version) === directive(run.text, 'X-Hc-Version') &&
    (!hasEnd || isNear(view.end, end.wall))
  )
}

/** Whole seconds, of two clocks. */
function isNear(end: string | null, wall: number): boolean {
  return end !== null && Math.abs(Date.parse(end) - wall) <= 2000
}

function second(wall: number): string {
  return new Date(Math.floor(wall / 1000) * 1000).toISOString()
}

function nameOf({ slot, host, wall, end }: TrueRun): string {
  return `the run of ${slot} on ${host.name} at ${second(wall)} (${end ? `${end.how} ${end.code ?? ''}` : 'goes on'})`
}
