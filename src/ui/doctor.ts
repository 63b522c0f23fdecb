// `hc doctor`: by host, the worst first, each finding with its mend.
import { type DoctorView, type FindingLevel, type FindingView, LEVELS } from '../model/doctor.js'
import type { HostName } from '../model/names.js'
import { EXIT } from './exit-codes.js'
import { sanitizeLine } from './sanitize.js'
import type { Tone } from './style.js'
import type { Canvas } from './view.js'
import { wrap } from './width.js'
import { count, list } from './words.js'

const TONES: Readonly<Record<FindingLevel, Tone>> = { ok: 'good', note: 'plain', warning: 'warn', fault: 'bad' }
const WORD = Math.max(...LEVELS.map((level) => level.length))
/** Where nobody says how wide it is. */
const COLUMNS = 80

/** The findings; `verbose`: also what is well. */
export function doctorLines(view: DoctorView, canvas: Canvas, verbose: boolean): string[] {
  const shown = view.findings.filter(({ level }) => verbose || level !== 'ok')
  const groups = [null, ...view.hosts].flatMap((host) => groupLines(host, view, shown, canvas))
  return [...groups, ...(groups.length === 0 ? [] : ['']), ...summaryLines(view, canvas)]
}

function groupLines(
  host: HostName | null,
  { findings }: DoctorView,
  shown: readonly FindingView[],
  canvas: Canvas,
): string[] {
  const own = shown.filter((each) => each.host === host)
  const title = canvas.style.paint('bold', sanitizeLine(host ?? 'control machine'))
  if (own.length > 0) return [title, ...own.flatMap((each) => findingLines(each, canvas))]
  const well = findings.filter((each) => each.host === host)
  return well.length === 0 ? [] : [`${title}  ${canvas.style.paint('good', 'well')}`]
}

function findingLines({ level, text, mend }: FindingView, { style, columns }: Canvas): string[] {
  const room = Math.max(30, columns ?? COLUMNS)
  const indent = ' '.repeat(WORD + 4)
  const [first = '', ...rest] = wrap(sanitizeLine(text), room, `  ${level.padEnd(WORD)}  `, indent)
  const word = first.slice(2, 2 + level.length)
  const lines = [`  ${style.paint(TONES[level], word)}${first.slice(2 + level.length)}`, ...rest]
  if (mend === null) return lines
  return [...lines, ...wrap(whole(sanitizeLine(mend)), room, `${indent}mend: `, `${indent}      `).map(apart)]
}

/** A blank of a command with quotes, at which no line is broken: it is copied, and a line end would end it in the middle. */
const TIED = '\u{f0020}'

function whole(text: string): string {
  return text.replace(/(?:hc [^;']*)?'[^']*'/g, (command) => command.replaceAll(' ', TIED))
}

function apart(line: string): string {
  return line.replaceAll(TIED, ' ')
}

function summaryLines({ hosts, counts, outOfReach, findings }: DoctorView, { style, columns }: Canvas): string[] {
  const told = [
    counts.fault > 0 ? style.paint('bad', count(counts.fault, 'fault')) : '',
    counts.warning > 0 ? style.paint('warn', count(counts.warning, 'warning')) : '',
    counts.note > 0 ? count(counts.note, 'note') : '',
  ].filter((each) => each !== '')
  const names = outOfReach.length === 0 ? '' : `; not examined: ${sanitizeLine(list(outOfReach))}`
  const of = `${count(hosts.length, 'host')}, ${count(findings.length, 'finding')}`
  const what = told.length === 0 ? style.paint('good', 'all is well') : list(told)
  return wrap(`${of}: ${what}${names}`, columns ?? COLUMNS)
}

/** 3: hosts out of reach; 1: warnings or faults; 0: nothing worse than notes. */
export function exitOfDoctor({ counts, outOfReach }: DoctorView): number {
  if (outOfReach.length > 0) return EXIT.outOfReach
  return counts.warning + counts.fault > 0 ? EXIT.failed : EXIT.done
}
