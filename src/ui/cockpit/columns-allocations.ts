// The columns of allocations.
import { byName } from '../../model/names.js'
import { formatCpu } from '../../model/resources.js'
import type { AllocationState, AllocationView } from '../../model/views.js'
import type { Cell } from '../table.js'
import { portsText, stateCell } from '../view.js'
import { bytesShort } from './bars.js'
import { ageCell, byNumber, byTime } from './columns-hosts.js'
import type { Column } from './grid.js'

const plain = (text: string): Cell => ({ text, tone: 'plain' })

/** What needs a look first. */
const STATES: readonly AllocationState[] = [
  'failed',
  'unknown',
  'pending',
  'starting',
  'stopping',
  'running',
  'scheduled',
  'complete',
  'stopped',
]

const trouble = (row: AllocationView) =>
  row.state === 'running' && row.healthy === false ? 0 : STATES.indexOf(row.state) + 1

/** From left to right. */
export const ALLOCATION_COLUMNS: readonly Column<AllocationView>[] = [
  {
    id: 'name',
    title: 'SLOT',
    letter: 'N',
    rank: 0,
    min: 12,
    width: 'widest',
    max: 44,
    cell: (row) => plain(row.slot),
    order: (a, b) => byName(a.slot, b.slot),
  },
  {
    id: 'host',
    title: 'HOST',
    letter: 'H',
    rank: 0,
    min: 8,
    width: 'widest',
    max: 28,
    cell: (row) => (row.host === null ? { text: 'no place', tone: 'bad' } : plain(row.host)),
    order: (a, b) => byName(a.host ?? '', b.host ?? ''),
  },
  {
    id: 'state',
    title: 'STATE',
    letter: 'T',
    rank: 0,
    min: 9,
    width: 'widest',
    max: 18,
    cell: stateCell,
    order: (a, b) => trouble(a) - trouble(b),
  },
  {
    id: 'restarts',
    title: 'RESTARTS',
    letter: 'R',
    rank: 1,
    min: 8,
    width: 9,
    right: true,
    cell: (row) => ({ text: String(row.restarts), tone: row.restarts === 0 ? 'plain' : 'warn' }),
    order: (a, b) => a.restarts - b.restarts,
  },
  {
    id: 'uptime',
    title: 'UPTIME',
    letter: 'U',
    rank: 1,
    min: 7,
    width: 7,
    cell: (row, look) => ({ ...ageCell(row.since, look), tone: row.state === 'running' ? 'plain' : 'dim' }),
    order: (a, b) => byTime(a.since, b.since),
  },
  {
    id: 'memory',
    title: 'MEMORY',
    letter: 'M',
    rank: 2,
    min: 7,
    width: 7,
    right: true,
    cell: (row) => plain(row.memory === null ? '' : bytesShort(row.memory)),
    order: (a, b) => byNumber(a.memory, b.memory),
  },
  {
    id: 'cpu',
    title: 'CPU',
    letter: 'C',
    rank: 2,
    min: 5,
    width: 5,
    right: true,
    cell: (row) => plain(row.cpu === null ? '' : cpuShort(row.cpu)),
    order: (a, b) => byNumber(a.cpu, b.cpu),
  },
  {
    id: 'version',
    title: 'VERSION',
    letter: 'V',
    rank: 5,
    min: 8,
    width: 8,
    right: true,
    cell: (row) => plain(String(row.version)),
    order: (a, b) => a.version - b.version,
  },
  {
    id: 'ports',
    title: 'PORTS',
    letter: '',
    rank: 3,
    min: 40,
    width: 'widest',
    max: 40,
    cell: (row) => plain(portsText(row, false)),
  },
  {
    id: 'note',
    title: 'NOTE',
    letter: '',
    rank: 4,
    min: 14,
    width: 'widest',
    max: 100,
    cell: (row) => plain(row.note ?? ''),
  },
]

/** `250m`, `1.5`: cores from one on. */
function cpuShort(millicores: number): string {
  return millicores < 1000 ? formatCpu(millicores) : String(Number((millicores / 1000).toFixed(1)))
}
