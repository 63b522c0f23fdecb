// What a complete search works on: slots that are alike counted together, what stays subtracted from the hosts. The only
// file of the search that knows the board and the problem.
import { AUTO_PORTS } from '../autoports.js'
import type { Board } from '../board.js'
import { mayEver } from '../filters.js'
import type { Item } from '../problem.js'
import { NO_HOST } from '../problem.js'

/** Slots that no rule tells apart, whichever job they are of: the search counts them on each host. */
export interface Kind {
  readonly members: readonly Item[]
  /** Members that are demands: they may stay without a place. */
  readonly demands: number
  readonly priority: number
  /** By dimension: those of the problem, then numbers of the range of auto ports. */
  readonly need: readonly number[]
  /** What one slot per host may hold, where the slot is new. */
  readonly tokens: readonly number[]
  /** The same for members that stay at home: an older version may hold other ports than it would get anew. */
  readonly homeTokens: readonly number[]
  readonly jobId: number
  readonly conflicts: readonly number[]
  readonly with: readonly number[]
  readonly maxPerHost: number
  readonly distinct: string | null
  /** By host: 1 where a new slot may ever be, with all movable ones gone. */
  readonly open: Uint8Array
  /** By host: members that run there now. */
  readonly homes: Int32Array
}

/** A host with all that stays there for certain. */
export interface Site {
  /** By dimension; negative where what stays holds more than there is. */
  readonly free: readonly number[]
  readonly tokens: ReadonlySet<number>
  /** Job -> slots of it that stay. */
  readonly jobs: ReadonlyMap<number, number>
  /** Jobs that something there does not run beside. */
  readonly repelled: ReadonlySet<number>
  /** Devices of which shares are asked for: amounts that stay, thousandths. */
  readonly shares: readonly { readonly dimension: number; readonly has: number; readonly held: readonly number[] }[]
  /** Jobs that something which stays has for company now and must keep. */
  readonly relied: ReadonlySet<number>
}

/** A row that counts across hosts: at most `most` slots of these kinds on these hosts together. */
export interface Group {
  readonly kinds: ReadonlySet<number>
  readonly hosts: ReadonlySet<number>
  readonly most: number
}

/** See the head of the file. */
export interface Instance {
  readonly kinds: readonly Kind[]
  /** Their numbers on the board; everywhere else in the search a host is a place in this list. */
  readonly hosts: readonly number[]
  readonly sites: readonly Site[]
  readonly groups: readonly Group[]
  /** `distinct` -> host -> number of the label's value, or -1. */
  readonly labels: ReadonlyMap<string, readonly number[]>
  /** Set where a rule could not be settled (see Packed): then nothing is proved. */
  readonly doubt: { found: boolean }
  /** Job ids that some `with` names, among all that is on the board or wants to be. */
  readonly leaders: ReadonlySet<number>
}

/** A wanted slot and the priority that it is placed with. */
export interface Wanted {
  readonly item: Item
  readonly priority: number
}

const RANGE = AUTO_PORTS.last - AUTO_PORTS.first + 1

function inRange(port: number): boolean {
  return port >= AUTO_PORTS.first && port <= AUTO_PORTS.last
}

function siteOf(board: Board, host: number, stays: readonly Item[], everyone: readonly Item[]): Site {
  const here = stays.filter((item) => board.hostOf(item) === host)
  const { problem } = board
  const free = problem.dimensions.map((_, dimension) =>
    here.reduce((left, { shape }) => left - (shape.amounts[dimension] ?? 0), board.capacity(host, dimension)),
  )
  const tokens = new Set(here.flatMap((item) => [...item.tokens]))
  const foreign = problem.hosts[host]?.foreignPorts ?? []
  const taken = new Set([...foreign, ...tokens].filter(inRange))
  const promised = here.reduce((sum, item) => sum + (item.fixedAt < 0 ? item.shape.autoPorts.length : 0), 0)
  const jobs = new Map<number, number>()
  for (const { shape } of here) jobs.set(shape.jobId, (jobs.get(shape.jobId) ?? 0) + 1)
  const present = new Set(everyone.filter((item) => board.hostOf(item) === host).map(({ shape }) => shape.jobId))
  return {
    free: [...free, RANGE - taken.size - promised],
    tokens,
    shares: [...problem.dimensions.keys()]
      .filter((dimension) => problem.shared[dimension])
      .map((dimension) => ({
        dimension,
        has: board.capacity(host, dimension),
        held: here.map(({ shape }) => shape.amounts[dimension] ?? 0).filter((amount) => amount > 0),
      })),
    jobs,
    repelled: new Set(here.flatMap(({ shape }) => [...shape.conflicts])),
    relied: new Set(here.flatMap(({ shape }) => shape.with.filter((job) => present.has(job)))),
  }
}

function needOf({ shape }: Item): readonly number[] {
  return [...shape.amounts, shape.fixedPorts.filter(inRange).length + shape.autoPorts.length]
}

/** Would one new slot ever fit on a host where only what stays for certain is? Company is not asked for. */
function fitsAlone(item: Item, need: readonly number[], site: Site): boolean {
  const { shape } = item
  if (need.some((amount, dimension) => amount > 0 && amount > (site.free[dimension] ?? 0))) return false
  if (shape.tokens.some((token) => site.tokens.has(token))) return false
  if (site.repelled.has(shape.jobId) || shape.conflicts.some((job) => site.jobs.has(job))) return false
  return shape.job.maxPerHost === null || (site.jobs.get(shape.jobId) ?? 0) < shape.job.maxPerHost
}

/** Values of a label where one of the job's slots stays: no other may be there. */
function closedValues(stays: readonly Item[], board: Board, jobId: number, values: ArrayLike<number>): Set<number> {
  return new Set(
    stays.filter(({ shape }) => shape.jobId === jobId).map((item) => values[board.hostOf(item)] ?? NO_HOST),
  )
}

class Builder {
  readonly board: Board
  readonly hosts: readonly number[]
  readonly stays: readonly Item[]
  readonly sites: readonly Site[]
  readonly named: ReadonlySet<number>
  readonly asked: ReadonlySet<number>

  constructor(board: Board, free: readonly Item[], hosts: readonly number[]) {
    this.board = board
    this.hosts = hosts
    const loose = new Set(free.map(({ index }) => index))
    const here = board.problem.items.filter((item) => board.hostOf(item) !== NO_HOST)
    this.stays = here.filter(({ index }) => !loose.has(index))
    const running = here.filter((item) => !loose.has(item.index) || item.home >= 0)
    this.sites = hosts.map((host) => siteOf(board, host, this.stays, running))
    const all = [...free, ...this.stays]
    // A job that no rule names is a name only, and slots of different jobs may be alike.
    this.named = new Set([
      ...all.flatMap(({ shape }) => [...shape.conflicts, ...shape.with]),
      ...all.filter(({ shape }) => shape.job.maxPerHost !== null || shape.job.distinct !== null).map(jobOf),
    ])
    this.asked = new Set(free.flatMap(({ shape }) => [...shape.tokens]))
  }

  #openTo(item: Item, need: readonly number[]): Uint8Array {
    const label = item.shape.job.distinct
    const values = label === null ? undefined : this.board.problem.labels.get(label)?.values
    const closed = values === undefined ? null : closedValues(this.stays, this.board, item.shape.jobId, values)
    const open = new Uint8Array(this.sites.length)
    for (const [at, site] of this.sites.entries()) {
      const host = this.hosts[at] ?? NO_HOST
      const value = values?.[host] ?? NO_HOST
      if (label !== null && (value < 0 || closed?.has(value))) continue
      if (mayEver(this.board, item, host) && fitsAlone(item, need, site)) open[at] = 1
    }
    return open
  }

  describe(item: Item): Omit<Kind, 'members' | 'demands' | 'priority' | 'homes'> {
    const { shape } = item
    const need = needOf(item)
    const held = item.tokens.filter((token) => this.asked.has(token))
    return {
      need,
      tokens: shape.tokens,
      homeTokens: item.home >= 0 ? held : shape.tokens,
      jobId: this.named.has(shape.jobId) ? shape.jobId : NO_HOST,
      conflicts: shape.conflicts,
      with: shape.with,
      maxPerHost: shape.job.distinct === null ? (shape.job.maxPerHost ?? Number.POSITIVE_INFINITY) : 1,
      distinct: shape.job.distinct,
      open: this.#openTo(item, need),
    }
  }
}

function jobOf({ shape }: Item): number {
  return shape.jobId
}

function keyOf(kind: ReturnType<Builder['describe']>, priority: number): string {
  const { open, maxPerHost, ...rest } = kind
  return JSON.stringify([priority, [...open], String(maxPerHost), rest])
}

function kindsOf(builder: Builder, wanted: readonly Wanted[]): readonly Kind[] {
  const groups = new Map<string, { kind: ReturnType<Builder['describe']>; priority: number; members: Item[] }>()
  for (const { item, priority } of wanted) {
    const kind = builder.describe(item)
    const key = keyOf(kind, priority)
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { kind, priority, members: [item] })
    else known.members.push(item)
  }
  return [...groups.values()].map(({ kind, priority, members }) => {
    const homes = new Int32Array(builder.sites.length)
    for (const { home } of members) {
      const at = builder.hosts.indexOf(home)
      if (at >= 0) homes[at] = (homes[at] ?? 0) + 1
    }
    return { ...kind, priority, members, homes, demands: members.filter(({ home }) => home < 0).length }
  })
}

function groupsOf(kinds: readonly Kind[], labels: Instance['labels']): readonly Group[] {
  const groups: Group[] = []
  for (const [label, values] of labels) {
    const jobs = new Set(kinds.filter(({ distinct }) => distinct === label).map(({ jobId }) => jobId))
    for (const job of jobs) {
      const members = [...kinds.keys()].filter((index) => {
        const kind = kinds[index]
        return kind?.distinct === label && kind.jobId === job
      })
      for (const value of new Set(values.filter((each) => each >= 0))) {
        const hosts = [...values.keys()].filter((host) => values[host] === value)
        const running = members.reduce(
          (sum, index) => sum + hosts.reduce((here, host) => here + (kinds[index]?.homes[host] ?? 0), 0),
          0,
        )
        groups.push({ kinds: new Set(members), hosts: new Set(hosts), most: Math.max(1, running) })
      }
    }
  }
  return groups
}

/**
 * Everything of `wanted` may go to any of `hosts`, all else that is on the board stays where it is. Of occupants, only
 * those at home on one of these hosts may be wanted.
 */
export function instanceOf(board: Board, wanted: readonly Wanted[], hosts: readonly number[]): Instance {
  const builder = new Builder(
    board,
    wanted.map(({ item }) => item),
    hosts,
  )
  const kinds = kindsOf(builder, wanted)
  const labels = new Map<string, readonly number[]>()
  for (const { distinct } of kinds) {
    if (distinct !== null)
      labels.set(
        distinct,
        hosts.map((host) => board.problem.labels.get(distinct)?.values[host] ?? NO_HOST),
      )
  }
  return {
    kinds,
    hosts,
    sites: builder.sites,
    groups: groupsOf(kinds, labels),
    labels,
    doubt: { found: false },
    leaders: new Set([...builder.stays, ...wanted.map(({ item }) => item)].flatMap(({ shape }) => [...shape.with])),
  }
}
