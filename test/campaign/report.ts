// The table in docs/reliability.md, made from what a run measured.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { ROOT } from '../integration/support/verbs.js'
import { FAULTS } from './faults.js'
import type { Row } from './run.js'

const ROWS = join(process.env.HC_LAB_DIR ?? '/var/cache/hc-lab', 'campaign.json')
const PAGE = join(ROOT, 'docs/reliability.md')
const BEGIN = '<!-- The table is made by bin/test --campaign. -->'
const END = '<!-- End of what is made. -->'

function rows(): readonly Row[] {
  return existsSync(ROWS) ? JSON.parse(readFileSync(ROWS, 'utf8')) : []
}

/** Keeps what came of a fault, in place of an earlier run of it. */
export function keep(row: Row): void {
  mkdirSync(dirname(ROWS), { recursive: true })
  writeFileSync(ROWS, JSON.stringify([...rows().filter(({ name }) => name !== row.name), row], null, 1))
}

/** Writes the table of all that is kept into the page. */
export function writePage(): void {
  const kept = rows()
  const ordered = FAULTS.flatMap(({ name }) => kept.filter((row) => row.name === name))
  if (ordered.length === 0) return
  const page = readFileSync(PAGE, 'utf8')
  const [before = ''] = page.split(BEGIN)
  const after = page.split(END)[1] ?? '\n'
  writeFileSync(PAGE, `${before}${BEGIN}\n${[...head(ordered), '', ...table(ordered)].join('\n')}\n${END}${after}`)
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

function table(all: readonly Row[]): string[] {
  const seconds = (value: number | null) => (value === null ? 'waits' : value === 0 ? '0' : value.toFixed(1))
  const line = (row: Row, index: number) =>
    [
      index + 1,
      `${row.name}: ${row.what}`,
      row.verdicts.join('; ') || 'ready',
      seconds(row.ordinary),
      seconds(row.exclusive),
      `${seconds(row.ordinaryDouble)} / ${seconds(row.exclusiveDouble)}`,
      `${row.untouched} of ${row.slots}`,
      seconds(row.settled).replace('waits', 'never'),
      row.load === undefined ? '-' : row.load.toFixed(1),
      row.faults.length === 0 ? 'passed' : `**failed**: ${row.faults.join('; ')}`,
    ].join(' | ')
  return [
    '| | fault | verdicts | ordinary, s | exclusive, s | doubles, s | untouched | converged, s | load | |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...all.map((row, index) => `| ${line(row, index)} |`),
  ]
}
