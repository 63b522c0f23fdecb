// Filters over what is counted: cpu, memory, disk and devices.
import type { Candidate } from '../model/plan.js'
import { formatBytes, formatCpu, formatDevices } from '../model/resources.js'
import type { Board } from './board.js'
import type { Filter } from './filter.js'
import type { Item } from './problem.js'
import { DEVICE } from './shares.js'

const CPU = 0
const MEMORY = 1
const DISK = 2
const DEVICES = 3

/** ` (others than hc use 2.1 GiB of 4 GiB)`, or nothing. */
function noteOf(candidate: Candidate | undefined, dimension: number): string {
  const { memory, disk } = candidate?.capacityNotes ?? {}
  const note = dimension === MEMORY ? memory : dimension === DISK ? disk : undefined
  return note === undefined ? '' : ` (${note})`
}

/** Rounded down, so that what is asked for, less what is free, comes to what is lacking. */
const floorBytes = (bytes: number) => formatBytes(bytes, 'down')

/** `needs 512 MiB memory, 300 MiB free of 4 GiB`. */
function sentence(
  what: { board: Board; item: Item; hostIndex: number; dimension: number },
  name: string,
  format: (amount: number) => string,
  exact: (amount: number) => string,
  down = format,
): string {
  const { board, item, hostIndex, dimension } = what
  const need = item.shape.amounts[dimension] ?? 0
  const capacity = board.capacity(hostIndex, dimension)
  const free = Math.max(0, board.free(hostIndex, dimension))
  // Rounded for people, two different amounts may look the same; then every digit is shown.
  const isTold = format(need) !== down(free)
  const show = isTold ? format : exact
  const why = noteOf(board.problem.hosts[hostIndex], dimension)
  if (capacity <= 0) return `needs ${show(need)} ${name}, the host has none for jobs${why}`
  return `needs ${show(need)} ${name}, ${isTold ? down(free) : exact(free)} free of ${down(capacity)}${why}`
}

function amountFilter(
  name: string,
  dimension: number,
  format: (amount: number) => string,
  exact: (amount: number) => string,
  down = format,
): Filter {
  return {
    name,
    fixed: false,
    refuses: (board, item, hostIndex) => board.lacks(item.shape, hostIndex, dimension),
    says: (board, item, hostIndex) => sentence({ board, item, hostIndex, dimension }, name, format, exact, down),
  }
}

function lackingDevice(board: Board, { shape }: Item, hostIndex: number): number | null {
  return shape.needs.find((dimension) => dimension >= DEVICES && board.lacks(shape, hostIndex, dimension)) ?? null
}

/** `needs 0.5 gpu of one device, 0.3 free on the freest of 2`: there would be enough, were it not on several devices. */
function deviceSentence(board: Board, item: Item, hostIndex: number, dimension: number): string {
  const name = board.problem.dimensions[dimension] ?? 'device'
  const need = item.shape.amounts[dimension] ?? 0
  const capacity = board.capacity(hostIndex, dimension)
  if (need > board.free(hostIndex, dimension) || !board.problem.shared[dimension]) {
    return sentence({ board, item, hostIndex, dimension }, name, formatDevices, formatDevices)
  }
  const { whole, share } = board.deviceRoom(hostIndex, dimension)
  const devices = Math.ceil(capacity / DEVICE)
  if (need >= DEVICE) return `needs ${formatDevices(need)} whole ${name}, ${whole} of ${devices} not shared out`
  const freest = devices === 1 ? 'free' : `free on the freest of ${devices}`
  return `needs ${formatDevices(need)} ${name} of one device, ${formatDevices(share)} ${freest}`
}

const devices: Filter = {
  name: 'devices',
  fixed: false,
  refuses: (board, item, hostIndex) => lackingDevice(board, item, hostIndex) !== null,
  says: (board, item, hostIndex) => {
    return deviceSentence(board, item, hostIndex, lackingDevice(board, item, hostIndex) ?? DEVICES)
  },
}

/** In the order in which they are asked. */
export const resourceFilters: readonly Filter[] = [
  amountFilter('cpu', CPU, formatCpu, (amount) => `${amount}m`),
  amountFilter('memory', MEMORY, formatBytes, (amount) => `${amount} B`, floorBytes),
  amountFilter('disk', DISK, formatBytes, (amount) => `${amount} B`, floorBytes),
  devices,
]
