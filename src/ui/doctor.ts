// `hc doctor`: by host, the worst first, each finding with its mend.
import { type DoctorView, type FindingLevel, type FindingView, LEVELS } from '../model/doctor.js'
import type { HostName } from '../model/names.js'
import { EXIT } from './exit-codes.js'
import { grouped } from './grouped.js'
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

/** What is said under one title, which may take several lines: of the control machine, of one host, or the same of several. */
interface Block {
  readonly title: readonly string[]
  readonly findings: readonly FindingView[]
}

/**
 * The findings, the worst block first; `verbose`: also what is well. What is the same on several hosts is said once, with their
 * names, and counted once.
 */
export function doctorLines(view: DoctorView, canvas: Canvas, verbose: boolean): string[] {
  const shown = view.findings.filter(({ level }) => verbose || level !== 'ok')
  const common = commonIn(shown)
  const shared = new Set(common.flat())
  const own = shown.filter((each) => !shared.has(each))
  const blocks = [
    ...ownBlock(null, own, canvas),
    ...common.map((findings) => commonBlock(view.hosts, findings, canvas)),
    ...view.hosts.flatMap((host) => ownBlock(host, own, canvas)),
  ].sort((a, b) => worst(b) - worst(a))
  const told = new Set(shown.map(({ host }) => host))
  const well = [null, ...view.hosts].filter(
    (host) => !told.has(host) && view.findings.some((each) => each.host === host),
  )
  const lines = [
    ...blocks.flatMap(({ title, findings }) => [...title, ...findings.flatMap((each) => findingLines(each, canvas))]),
    ...well.map((host) => `${titleOf(host, canvas)}  ${canvas.style.paint('good', 'well')}`),
  ]
  const once = blocks.flatMap(({ findings }) => findings)
  return [...lines, ...(lines.length === 0 ? [] : ['']), ...summaryLines(view, once, canvas)]
}

/** Of a block's findings the worst. */
function worst({ findings }: Block): number {
  return Math.max(...findings.map(({ level }) => LEVELS.indexOf(level)))
}

/** Findings of the same words, where several hosts have them, by the hosts that have them. */
function commonIn(findings: readonly FindingView[]): readonly (readonly FindingView[])[] {
  const same = grouped(findings, (each) => JSON.stringify([each.id, each.level, each.text, mendFor(each, '')]))
  const several = same.map(([, all]) => all).filter((all) => all.length > 1 && all.every(({ host }) => host !== null))
  return grouped(several, (all) => JSON.stringify(all.map(({ host }) => host))).map(([, groups]) => groups.flat())
}

/** The mend, with the command that goes to the finding's host going to these instead. */
function mendFor({ host, mend }: FindingView, hosts: string): string | null {
  return host === null || mend === null ? mend : mend.replaceAll(`hc host run ${host} -- `, `hc host run ${hosts} -- `)
}

function commonBlock(hosts: readonly HostName[], findings: readonly FindingView[], canvas: Canvas): Block {
  const names = [...new Set(findings.flatMap(({ host }) => (host === null ? [] : [host])))]
  const isAll = names.length > NAMES && names.length === hosts.length
  const title = isAll ? [`all ${names.length} hosts`] : wrap(sanitizeLine(list(names)), canvas.columns ?? COLUMNS)
  // Each sentence once: the first host's stands for all.
  const [first] = findings
  const once = findings.filter(({ host }) => host === first?.host)
  return {
    title: title.map((line) => canvas.style.paint('bold', line)),
    findings: once.map((each) => ({ ...each, mend: mendFor(each, names.length > NAMES ? 'HOST' : names.join(',')) })),
  }
}

function ownBlock(host: HostName | null, shown: readonly FindingView[], canvas: Canvas): readonly Block[] {
  const findings = shown.filter((each) => each.host === host)
  return findings.length === 0 ? [] : [{ title: [titleOf(host, canvas)], findings }]
}

function titleOf(host: HostName | null, { style }: Canvas): string {
  return style.paint('bold', sanitizeLine(host ?? 'control machine'))
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

/** `said`: the findings above, what is common to several hosts once. */
function summaryLines(
  { hosts, counts, outOfReach }: DoctorView,
  said: readonly FindingView[],
  { style, columns }: Canvas,
): string[] {
  const of = (level: FindingLevel) => said.filter((each) => each.level === level).length
  const told = (['fault', 'warning', 'note'] as const).flatMap((level) =>
    of(level) > 0 ? [style.paint(level === 'note' ? 'plain' : TONES[level], count(of(level), level))] : [],
  )
  const names = outOfReach.length === 0 ? '' : `; not examined: ${sanitizeLine(list(outOfReach))}`
  const what = told.length === 0 ? style.paint('good', 'all is well') : list(told)
  const well =
    said.some(({ level }) => level === 'ok') || counts.ok === 0
      ? ''
      : `; ${counts.ok} more ${counts.ok === 1 ? 'is' : 'are'} well (-v)`
  return wrap(`${count(hosts.length, 'host')}: ${what}${well}${names}`, columns ?? COLUMNS)
}

/** 3: hosts out of reach; 1: warnings or faults; 0: nothing worse than notes. */
export function exitOfDoctor({ counts, outOfReach }: DoctorView): number {
  if (outOfReach.length > 0) return EXIT.outOfReach
  return counts.warning + counts.fault > 0 ? EXIT.failed : EXIT.done
}
