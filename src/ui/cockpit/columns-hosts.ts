// The columns of hosts.
import { byName } from '../../model/names.js'
import { VERDICTS } from '../../model/observation.js'
import type { Resources } from '../../model/resources.js'
import type { HostView } from '../../model/views.js'
import type { Cell } from '../table.js'
import { age } from '../time.js'
import { verdictCell } from '../view.js'
import { type Amounts, barCell, bytesNumbers, cpuNumbers } from './bars.js'
import type { Column, Look } from './grid.js'

/** A host with what the other lists say of it. */
export interface HostRow {
  readonly host: HostView
  /** Allocations there. */
  readonly allocations: number
}

const plain = (text: string): Cell => ({ text, tone: 'plain' })

/** Text by text, nothing last. */
export function byTime(a: string | null, b: string | null): number {
  return a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1
}

/** Number by number, nothing first: it sorts to the end where the greatest is wanted first. */
export function byNumber(a: number | null, b: number | null): number {
  return (a ?? -1) - (b ?? -1)
}

/** `3d 4h`, or nothing. */
export function ageCell(time: string | null, look: Look): Cell {
  return plain(time === null ? '' : (age(time, look.now) ?? ''))
}

function amounts({ host }: HostRow, of: (resources: Resources) => number): Amounts {
  return {
    used: host.used === null ? null : of(host.used),
    reserved: of(host.reserved),
    total: host.capacity === null ? null : of(host.capacity),
  }
}

function fullness(row: HostRow, of: (resources: Resources) => number): number {
  const { used, reserved, total } = amounts(row, of)
  return total === null || total <= 0 ? -1 : Math.max(used ?? 0, reserved) / total
}

function barColumn(
  title: string,
  letter: string,
  of: (resources: Resources) => number,
  numbers: (amounts: Amounts) => string,
): Column<HostRow> {
  return {
    id: title.split(' ')[0]?.toLowerCase() ?? title,
    title,
    letter,
    rank: 1,
    min: 9,
    good: 25,
    width: 25,
    cell: (row, look, columns) => {
      const all = amounts(row, of)
      const full = all.total !== null && all.used !== null && all.used >= all.total * 0.95
      const tone = all.total === null ? 'dim' : full ? 'warn' : 'plain'
      return { text: barCell(all, columns, look.unicode, numbers(all)), tone }
    },
    order: (a, b) => fullness(a, of) - fullness(b, of),
  }
}

/** From left to right. */
export const HOST_COLUMNS: readonly Column<HostRow>[] = [
  {
    id: 'name',
    title: 'HOST',
    letter: 'N',
    rank: 0,
    min: 8,
    width: 'widest',
    max: 28,
    cell: ({ host }) => plain(host.name),
    order: (a, b) => byName(a.host.name, b.host.name),
  },
  {
    id: 'verdict',
    title: 'VERDICT',
    letter: 'V',
    rank: 0,
    min: 15,
    width: 'widest',
    max: 30,
    cell: ({ host }) => verdictCell(host),
    order: (a, b) => VERDICTS.indexOf(a.host.verdict) - VERDICTS.indexOf(b.host.verdict),
  },
  barColumn('CPU used/reserved/total', 'C', ({ cpu }) => cpu, cpuNumbers),
  barColumn('MEMORY used/res/total', 'M', ({ memory }) => memory, bytesNumbers),
  barColumn('DISK used/res/total', 'K', ({ disk }) => disk, bytesNumbers),
  {
    id: 'up',
    title: 'UP',
    letter: 'B',
    rank: 2,
    min: 7,
    width: 7,
    cell: ({ host }, look) => ageCell(host.bootedAt, look),
    order: (a, b) => byTime(a.host.bootedAt, b.host.bootedAt),
  },
  {
    id: 'contact',
    title: 'CONTACT',
    letter: 'L',
    rank: 2,
    min: 7,
    width: 8,
    cell: ({ host }, look) =>
      host.lastContact === null
        ? { text: 'never', tone: 'warn' }
        : { text: age(host.lastContact, look.now) ?? '?', tone: host.verdict === 'ready' ? 'plain' : 'warn' },
    order: (a, b) => byTime(b.host.lastContact, a.host.lastContact),
  },
  {
    id: 'allocations',
    title: 'ALLOCS',
    letter: 'A',
    rank: 3,
    min: 7,
    width: 7,
    right: true,
    cell: ({ allocations }) => plain(String(allocations)),
    order: (a, b) => a.allocations - b.allocations,
  },
  {
    id: 'os',
    title: 'OS',
    letter: '',
    rank: 6,
    min: 16,
    width: 'widest',
    max: 16,
    cell: ({ host }) => plain(host.os ?? ''),
  },
  {
    id: 'address',
    title: 'ADDRESS',
    letter: '',
    rank: 5,
    min: 24,
    width: 'widest',
    max: 24,
    cell: ({ host }) => plain(host.address),
  },
  {
    id: 'labels',
    title: 'LABELS',
    letter: '',
    rank: 7,
    min: 30,
    width: 'widest',
    max: 30,
    cell: ({ host }) => plain(labels(host)),
  },
  {
    id: 'reason',
    title: 'WHY',
    letter: '',
    rank: 4,
    min: 20,
    width: 'widest',
    max: 80,
    cell: ({ host }) => plain(host.reason ?? ''),
  },
]

function labels(host: HostView): string {
  return Object.entries(host.labels)
    .sort(([a], [b]) => byName(a, b))
    .map(([name, value]) => `${name}=${value}`)
    .join(',')
}
