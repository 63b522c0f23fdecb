// The tables in docs/reliability.md, made from what runs measured.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../integration/support/verbs.js'
import { FAULTS } from './faults.js'
import { MANY_FAULTS } from './faults-many.js'
import type { Row } from './run.js'

const FOLDER = process.env.HC_LAB_DIR ?? '/var/cache/hc-lab'
const PAGE = join(ROOT, 'docs/reliability.md')

/** A table of the page. */
export interface Table {
  /** Where the rows are kept between runs. */
  readonly rows: string
  /** The lines of the page that it stands between. */
  readonly begin: string
  readonly end: string
  /** Its faults, in their order. */
  readonly names: readonly string[]
}

/** Of one control machine. */
export const ONE: Table = {
  rows: join(FOLDER, 'campaign.json'),
  begin: '<!-- The table is made by bin/test --campaign. -->',
  end: '<!-- End of what is made. -->',
  names: FAULTS.map(({ name }) => name),
}

/** Of several. */
export const MANY: Table = {
  rows: join(FOLDER, 'campaign-control.json'),
  begin: '<!-- The table is made by bin/test --campaign control. -->',
  end: '<!-- End of what is made of several control machines. -->',
  names: MANY_FAULTS.map(({ name }) => name),
}

function kept({ rows }: Table): readonly Row[] {
  return existsSync(rows) ? JSON.parse(readFileSync(rows, 'utf8')) : []
}

/** Keeps what came of a fault, in place of an earlier run of it. */
export function keep(table: Table, row: Row): void {
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(table.rows, JSON.stringify([...kept(table).filter(({ name }) => name !== row.name), row], null, 1))
}

/** Writes the table of all that is kept into the page. */
export function writePage(of: Table): void {
  const rows = kept(of)
  const ordered = of.names.flatMap((name) => rows.filter((row) => row.name === name))
  if (ordered.length === 0) return
  const page = readFileSync(PAGE, 'utf8')
  const [before = ''] = page.split(of.begin)
  const after = page.split(of.end)[1] ?? '\n'
  writeFileSync(
    PAGE,
    `${before}${of.begin}\n${[...head(ordered), '', ...table(ordered)].join('\n')}\n${of.end}${after}`,
  )
}

function head(all: readonly Row[]): string[] {
  const times = all.map(({ at }) => at).sort()
  const memory = Math.round(totalmem() / 2 ** 30)
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const passed = all.filter(({ faults }) => faults.length === 0).length
  return [
    `Measured from ${times[0]} to ${times.at(-1)} UTC: hc ${version}, Node ${process.versions.node}, Linux ${release()}, ${cpus().length} x ${cpus()[0]?.model.trim()}, ${memory} GiB, shared by the control machine and all three hosts. ${passed} of ${all.length} faults passed.`,
  ]
}

const seconds = (value: number | null) => (value === null ? 'waits' : value === 0 ? '0' : value.toFixed(1))

interface Column {
  readonly title: string
  readonly value: (row: Row, index: number) => string | number
}

const WHAT: readonly Column[] = [
  { title: '', value: (_, index) => index + 1 },
  { title: 'fault', value: ({ name, what }) => `${name}: ${what}` },
]

const FIGURES: readonly Column[] = [
  { title: 'verdicts', value: ({ verdicts }) => verdicts.join('; ') || 'ready' },
  { title: 'ordinary, s', value: ({ ordinary }) => seconds(ordinary) },
  { title: 'exclusive, s', value: ({ exclusive }) => seconds(exclusive) },
  {
    title: 'doubles, s',
    value: ({ ordinaryDouble, exclusiveDouble }) => `${seconds(ordinaryDouble)} / ${seconds(exclusiveDouble)}`,
  },
  { title: 'untouched', value: ({ untouched, slots }) => `${untouched} of ${slots}` },
  { title: 'converged, s', value: ({ settled }) => seconds(settled).replace('waits', 'never') },
  { title: 'load', value: ({ load }) => load?.toFixed(1) ?? '-' },
  { title: '', value: ({ faults }) => (faults.length === 0 ? 'passed' : `**failed**: ${faults.join('; ')}`) },
]

/** Of several control machines only. */
const LEAD: readonly Column[] = [
  { title: 'led', value: ({ led = [] }) => led.join(', ') },
  { title: 'next leader acts, s', value: ({ nextLeader }) => (nextLeader === null ? '-' : nextLeader.toFixed(1)) },
  { title: 'two leaders, s', value: ({ leadersAtOnce }) => seconds(leadersAtOnce) },
]

function table(all: readonly Row[]): string[] {
  const columns = [...WHAT, ...(all.some(({ led }) => led) ? LEAD : []), ...FIGURES]
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  return [
    line(columns.map(({ title }) => title)).replaceAll('|  |', '| |'),
    `|${columns.map(() => '---|').join('')}`,
    ...all.map((row, index) => line(columns.map(({ value }) => value(row, index)))),
  ]
}
