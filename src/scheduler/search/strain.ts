// A placement that may break rules, and by how much: what the walk goes over. Kept are the rules that are sums: amounts, and
// how many of something a host, or all hosts of a label's value, may hold. Of the others rules.ts has the last word.
import type { Instance, Kind } from './instance.js'

/** Something that is counted: what one slot of each kind adds, and how much there may be. */
interface Row {
  /** By kind. */
  readonly need: readonly number[]
  /** By host. */
  readonly room: readonly number[]
  /** By host: hosts with the same number share the room. */
  readonly pools: readonly number[]
}

function amountRows({ kinds, sites }: Instance): readonly Row[] {
  const dimensions = [...(sites[0]?.free.keys() ?? [])]
  return dimensions.map((dimension) => ({
    need: kinds.map(({ need }) => need[dimension] ?? 0),
    room: sites.map(({ free }) => free[dimension] ?? 0),
    pools: [...sites.keys()],
  }))
}

function tokenRows({ kinds, sites }: Instance): readonly Row[] {
  return [...new Set(kinds.flatMap(({ tokens }) => [...tokens]))].map((token) => ({
    need: kinds.map(({ tokens }) => (tokens.includes(token) ? 1 : 0)),
    room: sites.map(() => 1),
    pools: [...sites.keys()],
  }))
}

function jobRows({ kinds, sites, labels }: Instance): readonly Row[] {
  return [...new Set(kinds.map(({ jobId }) => jobId))].flatMap((job) => {
    const own = kinds.filter(({ jobId }) => jobId === job)
    const need = kinds.map(({ jobId }) => (jobId === job ? 1 : 0))
    const most = Math.min(...own.map(({ maxPerHost }) => maxPerHost))
    const room = sites.map((site) => Math.max(0, most - (site.jobs.get(job) ?? 0)))
    const perHost = Number.isFinite(most) ? [{ need, room, pools: [...sites.keys()] }] : []
    const values = labels.get(own[0]?.distinct ?? '')
    if (values === undefined) return perHost
    // Hosts without a value share nothing.
    const pools = values.map((value, host) => (value < 0 ? host : sites.length + value))
    return [...perHost, { need, room: sites.map(() => 1), pools }]
  })
}

/** What is too much is counted in slots of middle size. */
function unitOf({ need }: Row, kinds: readonly Kind[]): number {
  let [sum, slots] = [0, 0]
  for (const [kind, amount] of need.entries()) {
    const members = amount > 0 ? (kinds[kind]?.members.length ?? 0) : 0
    sum += amount * members
    slots += members
  }
  return sum > 0 ? slots / sum : 0
}

/** Kinds that may not share a host with each kind, by the names of their jobs. */
function foesOf(kinds: readonly Kind[]): readonly Int32Array[] {
  return kinds.map(({ jobId, conflicts }) =>
    Int32Array.from(
      [...kinds.keys()].filter((other) => {
        const foe = kinds[other]
        return foe !== undefined && (conflicts.includes(foe.jobId) || foe.conflicts.includes(jobId))
      }),
    ),
  )
}

/** See the head of the file. All counts and homes are at [kind * hosts + host]. */
export class Strain {
  /** All of them, and behind them `nowhere`: where slots are that have no place. */
  readonly hosts: number
  readonly nowhere: number
  readonly kinds: number
  readonly counts: Int32Array
  readonly homes: Int32Array
  /** Occupants away from home. */
  away: number
  /** Slots that may be nowhere, and those that are. */
  spare = 0
  without = 0
  /** What each that is too many nowhere costs. */
  #dearth = 1
  /** By kind: members that may be nowhere. */
  readonly #demands: Int32Array
  readonly #open: Uint8Array
  readonly #foes: readonly Int32Array[]
  readonly #rows: number
  /** At [kind * rows + row], and the rows of each kind of which it needs something. */
  readonly #need: Float64Array
  readonly #own: readonly Int32Array[]
  /** At [host * rows + row]: the place in the lists below. */
  readonly #pool: Int32Array
  readonly #used: Float64Array
  readonly #room: Float64Array
  /** What one unit too much costs, now and at the beginning. */
  readonly #price: Float64Array
  readonly #unit: Float64Array

  constructor(instance: Instance) {
    const { kinds, sites } = instance
    const rows = [...amountRows(instance), ...tokenRows(instance), ...jobRows(instance)]
    this.nowhere = sites.length
    this.hosts = sites.length + 1
    this.kinds = kinds.length
    this.#demands = Int32Array.from(kinds, ({ demands }) => demands)
    this.counts = new Int32Array(this.kinds * this.hosts)
    this.homes = Int32Array.from(kinds.flatMap(({ homes }) => [...homes, 0]))
    this.away = this.homes.reduce((sum, count) => sum + count, 0)
    this.#open = Uint8Array.from(kinds.flatMap(({ open }) => [...open, 0]))
    this.#foes = foesOf(kinds)
    this.#rows = rows.length
    this.#need = Float64Array.from([...kinds.keys()].flatMap((kind) => rows.map(({ need }) => need[kind] ?? 0)))
    this.#own = [...kinds.keys()].map((kind) =>
      Int32Array.from([...rows.keys()].filter((row) => (rows[row]?.need[kind] ?? 0) > 0)),
    )
    const names = new Map<string, number>()
    const numberOf = (name: string) => {
      const known = names.get(name) ?? names.size
      names.set(name, known)
      return known
    }
    this.#pool = Int32Array.from(
      [...sites.keys()].flatMap((host) => rows.map(({ pools }, row) => numberOf(`${row} ${pools[host]}`))),
    )
    this.#used = new Float64Array(names.size)
    this.#room = new Float64Array(names.size)
    this.#unit = new Float64Array(names.size)
    this.#measure(rows, kinds)
    this.#price = this.#unit.slice()
  }

  #measure(rows: readonly Row[], kinds: readonly Kind[]): void {
    const atHome = new Float64Array(this.#room.length)
    const units = rows.map((row) => unitOf(row, kinds))
    for (let host = 0; host < this.nowhere; host += 1) {
      for (const [row, each] of rows.entries()) {
        const at = this.#pool[host * this.#rows + row] ?? 0
        this.#unit[at] = units[row] ?? 0
        this.#room[at] = each.room[host] ?? 0
        for (const [kind, amount] of each.need.entries())
          atHome[at] = (atHome[at] ?? 0) + amount * (this.homes[kind * this.hosts + host] ?? 0)
      }
    }
    // What runs at home may stay there whatever the rules say.
    for (const [at, most] of atHome.entries()) this.#room[at] = Math.max(this.#room[at] ?? 0, most)
  }

  /** The placement as the rest of the search writes it: by host, slots by kind. */
  contents(): Int32Array[] {
    return Array.from({ length: this.nowhere }, (_, host) =>
      Int32Array.from({ length: this.kinds }, (_kind, kind) => this.counts[kind * this.hosts + host] ?? 0),
    )
  }

  /** Sums that are kept, over all hosts. */
  get size(): number {
    return this.#used.length
  }

  /** May one more of the kind be put there, whatever room there is? */
  mayTake(kind: number, host: number): boolean {
    const at = kind * this.hosts + host
    if (host === this.nowhere) return (this.counts[at] ?? 0) < (this.#demands[kind] ?? 0)
    if ((this.counts[at] ?? 0) < (this.homes[at] ?? 0)) return true
    return this.#open[at] === 1 && !this.#foes[kind]?.some((foe) => (this.counts[foe * this.hosts + host] ?? 0) > 0)
  }

  /** By how many more are away from home if one of the kind goes from one host to another. */
  leaves(kind: number, from: number, to: number): number {
    const [here, there] = [kind * this.hosts + from, kind * this.hosts + to]
    const leaves = (this.counts[here] ?? 0) <= (this.homes[here] ?? 0) ? 1 : 0
    return leaves - ((this.counts[there] ?? 0) < (this.homes[there] ?? 0) ? 1 : 0)
  }

  /** Adds so many of the kind (or takes them off). */
  put(kind: number, host: number, count: number): void {
    const at = kind * this.hosts + host
    const home = this.homes[at] ?? 0
    const before = this.counts[at] ?? 0
    this.counts[at] = before + count
    this.away += Math.max(0, home - before - count) - Math.max(0, home - before)
    if (host === this.nowhere) {
      this.without += count
      return
    }
    for (const row of this.#own[kind] ?? []) {
      const pool = this.#pool[host * this.#rows + row] ?? 0
      this.#used[pool] = (this.#used[pool] ?? 0) + count * (this.#need[kind * this.#rows + row] ?? 0)
    }
  }

  /** By how much the strain of a host grows if one of `out` leaves it and one of `into` comes; -1: none. */
  change(host: number, out: number, into: number): number {
    if (host === this.nowhere) return this.#misses((into < 0 ? 0 : 1) - (out < 0 ? 0 : 1))
    let sum = 0
    const [rows, need] = [this.#rows, this.#need]
    const comes = into < 0 ? undefined : this.#own[into]
    if (comes !== undefined) {
      for (let index = 0; index < comes.length; index += 1) {
        const row = comes[index] ?? 0
        const less = out < 0 ? 0 : (need[out * rows + row] ?? 0)
        sum += this.#grows(host * rows + row, (need[into * rows + row] ?? 0) - less)
      }
    }
    const leaves = out < 0 ? undefined : this.#own[out]
    if (leaves === undefined) return sum
    for (let index = 0; index < leaves.length; index += 1) {
      const row = leaves[index] ?? 0
      if (into >= 0 && (need[into * rows + row] ?? 0) > 0) continue
      sum += this.#grows(host * rows + row, -(need[out * rows + row] ?? 0))
    }
    return sum
  }

  #misses(more: number): number {
    const over = this.without - this.spare
    return (Math.max(0, over + more) - Math.max(0, over)) * this.#dearth
  }

  #grows(at: number, more: number): number {
    const pool = this.#pool[at] ?? 0
    const over = (this.#used[pool] ?? 0) - (this.#room[pool] ?? 0)
    const then = over + more
    if (over <= 0 && then <= 0) return 0
    return ((then > 0 ? then : 0) - (over > 0 ? over : 0)) * (this.#price[pool] ?? 0)
  }

  /** Does the host hold too much of something? */
  strained(host: number): boolean {
    if (host === this.nowhere) return this.without > this.spare
    for (let at = host * this.#rows; at < (host + 1) * this.#rows; at += 1) {
      const pool = this.#pool[at] ?? 0
      if ((this.#used[pool] ?? 0) > (this.#room[pool] ?? 0)) return true
    }
    return false
  }

  /** What the host holds too much of costs more from now on. */
  raise(host: number, by: number): void {
    if (host === this.nowhere) {
      this.#dearth += by
      return
    }
    for (let at = host * this.#rows; at < (host + 1) * this.#rows; at += 1) {
      const pool = this.#pool[at] ?? 0
      if ((this.#used[pool] ?? 0) <= (this.#room[pool] ?? 0)) continue
      this.#price[pool] = (this.#price[pool] ?? 0) + by * (this.#unit[pool] ?? 0)
    }
  }

  /** Everything costs what it did at the beginning. */
  forget(): void {
    this.#price.set(this.#unit)
    this.#dearth = 1
  }
}
