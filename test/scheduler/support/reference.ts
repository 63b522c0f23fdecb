// The greedy pass in its plainest form: every filter asked of every host for every slot. Slow, and easy to believe.
import type { Strategy } from '../../../src/model/host.js'
import { byName } from '../../../src/model/names.js'
import type { Board } from '../../../src/scheduler/board.js'
import { companiesOf } from '../../../src/scheduler/company.js'
import { FILTERS } from '../../../src/scheduler/filters.js'
import type { Item } from '../../../src/scheduler/problem.js'
import { score, WHOLE } from '../../../src/scheduler/score.js'

function allHosts(board: Board): readonly number[] {
  return [...board.problem.hosts.keys()]
}

function takes(board: Board, item: Item, host: number): boolean {
  return FILTERS.every((filter) => !filter.refuses(board, item, host))
}

/** The host with the most points of those that take the slot and have `need` free, the first by name of equal ones. */
export function plainBest(board: Board, item: Item, strategy: Strategy, need = item.shape.amounts): number | null {
  const open = allHosts(board).filter((host) => takes(board, item, host))
  const roomy = open.filter((host) => need.every((amount, at) => amount === 0 || amount <= board.free(host, at)))
  const points = roomy.map((host) => score(board, item, host, strategy).total)
  const at = points.indexOf(Math.max(...points))
  return roomy[at] ?? null
}

function share(board: Board, item: Item): number {
  const shares = item.shape.amounts.map((amount, at) => {
    const all = allHosts(board).reduce((sum, host) => sum + board.capacity(host, at), 0)
    return amount > 0 && all > 0 ? Math.round((WHOLE * amount) / all) : 0
  })
  return Math.max(...shares)
}

/** What is asked of a wanting. */
interface Plain {
  readonly item: Item
  readonly choices: number
  readonly options: readonly number[]
}

/** The order of placing, with the hosts that each has to choose from. */
export function plainOrder(board: Board): readonly Plain[] {
  const companies = companiesOf(board.problem)
  const all = board.problem.items.slice(0, board.problem.demandCount).map((item) => {
    const alone = { ...item, shape: { ...item.shape, with: [] } }
    const followers = companies.followers.get(item.shape.jobId) ?? []
    const options = allHosts(board).filter((host) => takes(board, alone, host))
    return {
      item,
      priority: Math.max(item.shape.job.priority, ...followers.map(({ job }) => job.priority)),
      depth: companies.depth.get(item.shape.jobId) ?? 0,
      choices: options.length,
      options,
      size: share(board, item),
    }
  })
  return all.sort(
    (a, b) =>
      b.priority - a.priority ||
      a.depth - b.depth ||
      a.choices - b.choices ||
      b.size - a.size ||
      byName(a.item.slot, b.item.slot),
  )
}

/** Places each in order where it scores best, with room for who follows it where there is such a host. */
export function plainGreedy(board: Board, strategy: Strategy): void {
  const companies = companiesOf(board.problem)
  board.leaders = companies.mutual
  for (const { item } of plainOrder(board)) {
    const followers = companies.followers.get(item.shape.jobId) ?? []
    const need = item.shape.amounts.map((amount, at) =>
      followers.reduce((sum, { amounts }) => sum + (amounts[at] ?? 0), amount),
    )
    const host = plainBest(board, item, strategy, need) ?? plainBest(board, item, strategy)
    if (host !== null) board.put(item, host)
  }
}
