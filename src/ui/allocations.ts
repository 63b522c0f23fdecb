// Allocations as a table: in status and in job show.
import { formatBytes } from '../model/resources.js'
import type { AllocationView } from '../model/views.js'
import { type Column, table } from './table.js'
import { age } from './time.js'
import { type Canvas, portsText, stateCell } from './view.js'

/** What is not as it should be. */
export const NOTE: Column<AllocationView> = { title: 'NOTE', value: (row) => row.note ?? '', shrink: true }

/** What is told of each allocation, but for its note. */
export function allocationColumns({ now }: Pick<Canvas, 'now'>, wide: boolean): readonly Column<AllocationView>[] {
  return [
    { title: 'SLOT', value: (row) => row.slot },
    { title: 'HOST', value: (row) => row.host ?? '' },
    { title: 'STATE', value: stateCell },
    {
      title: 'RESTARTS',
      value: (row) => (row.restarts === 0 ? '0' : { text: String(row.restarts), tone: 'warn' }),
    },
    { title: 'SINCE', value: (row) => (row.since === null ? '' : (age(row.since, now) ?? '')) },
    { title: 'PORTS', value: (row) => portsText(row, wide), below: true },
  ]
}

/** One line per allocation. */
export function allocationsTable(allocations: readonly AllocationView[], canvas: Canvas, wide = false): string[] {
  const columns = allocationColumns(canvas, wide)
  const more: Column<AllocationView>[] = [
    { title: 'HEALTHY', value: (row) => (row.healthy === null ? '' : row.healthy ? 'yes' : 'no') },
    { title: 'MEMORY', value: (row) => (row.memory === null ? '' : formatBytes(row.memory)) },
    { title: 'VERSION', value: (row) => String(row.version) },
  ]
  return table([...columns, ...(wide ? more : []), NOTE], allocations, canvas.style, canvas.columns)
}
