// Allocations as a table: in status and in job show.
import { formatBytes } from '../model/resources.js'
import type { AllocationView } from '../model/views.js'
import { type Column, table } from './table.js'
import { age } from './time.js'
import { type Canvas, portsText, stateCell } from './view.js'

/** One line per allocation. */
export function allocationsTable(allocations: readonly AllocationView[], canvas: Canvas, wide = false): string[] {
  const columns: Column<AllocationView>[] = [
    { title: 'SLOT', value: (row) => row.slot },
    { title: 'HOST', value: (row) => row.host ?? '' },
    { title: 'STATE', value: stateCell },
    {
      title: 'RESTARTS',
      value: (row) => (row.restarts === 0 ? '0' : { text: String(row.restarts), tone: 'warn' }),
    },
    { title: 'SINCE', value: (row) => (row.since === null ? '' : (age(row.since, canvas.now) ?? '')) },
    { title: 'PORTS', value: (row) => portsText(row, wide), shrink: true },
  ]
  const more: Column<AllocationView>[] = [
    { title: 'HEALTHY', value: (row) => (row.healthy === null ? '' : row.healthy ? 'yes' : 'no') },
    { title: 'MEMORY', value: (row) => (row.memory === null ? '' : formatBytes(row.memory)) },
    { title: 'VERSION', value: (row) => String(row.version) },
  ]
  const note: Column<AllocationView> = { title: 'NOTE', value: (row) => row.note ?? '', shrink: true }
  return table([...columns, ...(wide ? more : []), note], allocations, canvas.style, canvas.columns)
}
