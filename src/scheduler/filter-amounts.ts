// Filters over what is counted: cpu, memory, disk and devices.
import type { Candidate } from '../model/plan.js'
import { formatBytes, formatCpu, formatDevices } from '../model/resources.js'
import type { Board } from './board.js'
import type { Filter } from './filter.js'
import type { Item } from './problem.js'

const CPU = 0
const MEMORY = 1
const DISK = 2
const DEVICES = 3

function lacks(board: Board, item: Item, hostIndex: number, dimension: number): boolean {
  const need = item.shape.amounts[dimension] ?? 0
  return need > 0 && need > board.free(hostIndex, dimension)
}

/** ` (others than hc use 2.1 GiB of 4 GiB)`, or nothing. */
function noteOf(candidate: Candidate | undefined, dimension: number): string {
  const { memory, disk } = candidate?.capacityNotes ?? {}
  const note = dimension === MEMORY ? memory : dimension === DISK ? disk : undefined
  return note === undefined ? '' : ` (${note})`
}

/** `needs 512 MiB memory, 300 MiB free of 4 GiB`. */
function sentence(
  what: { board: Board; item: Item; hostIndex: number; dimension: number },
  name: string,
  format: (amount: number) => string,
  exact: (amount: number) => string,
): string {
  const { board, item, hostIndex, dimension } = what
  const need = item.shape.amounts[dimension] ?? 0
  const capacity = board.capacity(hostIndex, dimension)
  const free = Math.max(0, board.free(hostIndex, dimension))
  // Rounded for people, two different amounts may look the same; then every digit is shown.
  const show = format(need) === format(free) ? exact : format
  const why = noteOf(board.problem.hosts[hostIndex], dimension)
  if (capacity <= 0) return `needs ${show(need)} ${name}, the host has none for jobs${why}`
  return `needs ${show(need)} ${name}, ${show(free)} free of ${format(capacity)}${why}`
}

function amountFilter(
  name: string,
  dimension: number,
  format: (amount: number) => string,
  exact: (amount: number) => string,
): Filter {
  return {
    name,
    fixed: false,
    refuses: (board, item, hostIndex) => lacks(board, item, hostIndex, dimension),
    says: (board, item, hostIndex) => sentence({ board, item, hostIndex, dimension }, name, format, exact),
  }
}

function lackingDevice(board: Board, item: Item, hostIndex: number): number | null {
  for (let dimension = DEVICES; dimension < board.problem.dimensions.length; dimension += 1) {
    if (lacks(board, item, hostIndex, dimension)) return dimension
  }
  return null
}

// Shares of a device are added up over all devices of a name; which share lies on which device is not told apart.
const devices: Filter = {
  name: 'devices',
  fixed: false,
  refuses: (board, item, hostIndex) => lackingDevice(board, item, hostIndex) !== null,
  says: (board, item, hostIndex) => {
    const dimension = lackingDevice(board, item, hostIndex) ?? DEVICES
    const name = board.problem.dimensions[dimension] ?? 'device'
    return sentence({ board, item, hostIndex, dimension }, name, formatDevices, formatDevices)
  },
}

/** In the order in which they are asked. */
export const resourceFilters: readonly Filter[] = [
  amountFilter('cpu', CPU, formatCpu, (amount) => `${amount}m`),
  amountFilter('memory', MEMORY, formatBytes, (amount) => `${amount} B`),
  amountFilter('disk', DISK, formatBytes, (amount) => `${amount} B`),
  devices,
]
