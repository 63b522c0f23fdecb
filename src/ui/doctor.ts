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

/** So many names are read as names; of more, all of a cluster are "all N hosts". */
const NAMES = 8

/** The findings; `verbose`: also what is well. What is the same on several hosts is said once, with their names. */
export function doctorLines(view: DoctorView, canvas: Canvas, verbose: boolean): string[] {
  const shown = view.findings.filter(({ level }) => verbose || level !== 'ok')
  const common = commonIn(shown)
  const shared = new Set(common.flat())
  const own = shown.filter((each) => !shared.has(each))
  const groups = [
    ...ownLines(null, view, own, canvas),
    ...common.flatMap((findings) => commonLines(view.hosts, findings, canvas)),
    ...view.hosts.flatMap((host) => {
      const isSaid = [...shared].some((each) => each.host === host)
      return isSaid && !own.some((each) => each.host === host) ? [] : ownLines(host, view, own, canvas)
    }),
  ]
  return [...groups, ...(groups.length === 0 ? [] : ['']), ...summaryLines(view, canvas)]
}

/** Findings of the same words, where several hosts have them, by the hosts that have them. */
function commonIn(findings: readonly FindingView[]): readonly (readonly FindingView[])[] {
  const same = grouped(findings, ({ id, level, text, mend }) => JSON.stringify([id, level, text, mend]))
  const several = same.filter((all) => all.length > 1)
  return grouped(several, (all) => JSON.stringify(all.map(({ host }) => host))).map((groups) => groups.flat())
}

function grouped<T>(all: readonly T[], keyOf: (each: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>()
  for (const each of all) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each])
  return [...groups.values()]
}

function commonLines(hosts: readonly HostName[], findings: readonly FindingView[], canvas: Canvas): string[] {
  const names = [...new Set(findings.map(({ host }) => sanitizeLine(host ?? 'control machine')))]
  const isAll = names.length > NAMES && names.length === hosts.length
  const title = isAll ? [`all ${names.length} hosts`] : wrap(list(names), canvas.columns ?? COLUMNS)
  // Each sentence once: the first host's stands for all.
  const [first] = findings
  const once = findings.filter(({ host }) => host === first?.host)
  return [
    ...title.map((line) => canvas.style.paint('bold', line)),
    ...once.flatMap((each) => findingLines(each, canvas)),
  ]
}

function ownLines(
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
