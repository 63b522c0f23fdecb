// Filters over ports: which numbers are free on the host.
import { AUTO_PORTS } from './autoports.js'
import type { Board } from './board.js'
import type { Filter } from './filter.js'
import type { Item } from './problem.js'

const doubled: Filter = {
  name: 'port-twice',
  fixed: true,
  refuses: (_, item) => item.shape.doubledPort !== null,
  says: (_, item) => `asks for port ${item.shape.doubledPort} twice: no host can give it`,
}

function foreignPort(board: Board, item: Item, hostIndex: number): number | null {
  const { foreign } = board.host(hostIndex)
  return item.shape.fixedPorts.find((port) => foreign.has(port)) ?? null
}

const foreign: Filter = {
  name: 'port-foreign',
  fixed: true,
  refuses: (board, item, hostIndex) => foreignPort(board, item, hostIndex) !== null,
  says: (board, item, hostIndex) =>
    `needs port ${foreignPort(board, item, hostIndex)}, on which something that is not of hc listens`,
}

function takenPort(board: Board, item: Item, hostIndex: number): number | null {
  const { holders } = board.host(hostIndex)
  return item.shape.fixedPorts.find((port) => holders.has(port)) ?? null
}

const taken: Filter = {
  name: 'port-taken',
  fixed: false,
  refuses: (board, item, hostIndex) => takenPort(board, item, hostIndex) !== null,
  says: (board, item, hostIndex) => {
    const port = takenPort(board, item, hostIndex) ?? 0
    const holder = board.host(hostIndex).holders.get(port)
    return `needs port ${port}, which ${holder === undefined ? 'another slot' : board.item(holder).slot} has there`
  },
}

const exhausted: Filter = {
  name: 'auto-ports',
  fixed: false,
  refuses: (board, item, hostIndex) => {
    const need = item.shape.rangeNeed
    return need > 0 && need > board.autoFree(hostIndex)
  },
  says: (board, item, hostIndex) => {
    const [need, free] = [item.shape.rangeNeed, Math.max(0, board.autoFree(hostIndex))]
    const size = AUTO_PORTS.last - AUTO_PORTS.first + 1
    const ports = need === 1 ? '1 port' : `${need} ports`
    return `needs ${ports} of ${AUTO_PORTS.first}-${AUTO_PORTS.last} (auto), ${free} free of ${size}`
  },
}

/** In the order in which they are asked. */
export const portFilters: readonly Filter[] = [doubled, foreign, taken, exhausted]
