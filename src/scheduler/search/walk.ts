// Looks for a placement of all with few moves by walking from one that breaks rules to the next: each turn a slot goes to
// another host, or two change places, whichever strains the cluster least; what stays too much grows dearer, until it is
// worth more than what held the walk where it was (breakout: Morris, 1993), and what has just left does not come back at
// once (tabu search: Glover, 1989). It proves nothing.
import type { Budget } from '../budget.js'
import { Dice } from '../dice.js'
import type { Contents } from './branch.js'
import { costOf, moversOf } from './branch.js'
import type { Instance } from './instance.js'
import type { Aim } from './master.js'
import { allLawful } from './rules.js'
import { Strain } from './strain.js'

/** A slot that goes to another host; `other`: what comes in its place; -1: nothing. */
interface Turn {
  kind: number
  from: number
  to: number
  other: number
  value: number
}

/** Turns for which nothing alike comes back to where something left: so many, and up to so many more. */
const SHUT = 3
const SHUT_MORE = 5
/** By how much what is too much grows dearer where no turn eases it: a host's amounts, and occupants away from home. */
const RAISE = 0.3
const RAISE_AWAY = 0.15
/** What an occupant away from home costs while there are not too many. */
const AWAY = 0.1
/** Turns without a find after which the walk begins anew. */
const PATIENCE = 3000
/** Looks at one turn on one host that are worth a step, as measured. */
const LOOKS = 5
/** Two values of turns are the same up to here. */
const SAME = 1e-9

class Walk {
  readonly #instance: Instance
  readonly #aim: Aim
  readonly #start: Contents
  readonly #budget: Budget
  readonly #strain: Strain
  readonly #dice: Dice
  /** By kind: it has company or is some, which the walk does not understand: it stays where it is. */
  readonly #fixed: readonly boolean[]
  /** At [kind * hosts + host]: the turn up to which none of the kind comes there. */
  readonly #shut: Int32Array
  readonly #chosen: Turn = { kind: -1, from: -1, to: -1, other: -1, value: 0 }
  #ties = 0
  #looks = 0
  /** Was there a turn that is only shut for a while? */
  #barred = false
  #turn = 0
  /** Slots that are without a place for certain; does each cost the same? */
  readonly #short: number
  readonly #same: boolean
  /** Most occupants that may be away, fewer than in the best of as many slots; what each more costs now. */
  #goal = Number.POSITIVE_INFINITY
  #dear = AWAY
  best: Contents
  cost: number

  constructor(instance: Instance, aim: Aim, start: Contents, budget: Budget, known: number) {
    this.#instance = instance
    this.#aim = aim
    this.#start = start
    this.#budget = budget
    this.#strain = new Strain(instance)
    this.#dice = new Dice(SEED)
    this.#fixed = instance.kinds.map((kind) => kind.with.length > 0 || instance.leaders.has(kind.jobId))
    this.#shut = new Int32Array(this.#strain.counts.length)
    this.best = start
    this.cost = costOf(instance, aim, start)
    const least = Math.min(...aim.demand)
    this.#same = least === Math.max(...aim.demand)
    this.#short = Math.max(0, Math.floor(known / least), this.#stuck())
  }

  /** Walks until a placement costs no more than `enough`, or the budget ends. */
  run(enough: number): void {
    if (this.#short > 0 && !this.#same) return
    for (let round = 0; this.cost > enough && !this.#budget.spent; round += 1) {
      this.#budget.spend(1)
      const without = this.#without(this.best)
      // By turns: as few without a place as can be, one fewer than now, and as many with fewer moves.
      const spare = [this.#short, without - 1, without][round % 3] ?? without
      const isSame = spare >= without || without <= this.#short
      const most = isSame ? moversOf(this.#instance, this.best) - 1 : this.#aim.moves
      this.#strain.spare = isSame ? without : spare
      this.#goal = Math.min(most, this.#aim.moves)
      if (this.#goal < 0 && without <= this.#short) return
      if (this.#goal < 0) continue
      this.#begin(isSame && round % 3 !== 1 ? this.best : null)
      if (round > 1) this.#kick()
      this.#walk(enough)
    }
  }

  /** Slots that the walk has no place for: no host would ever take them, or they stay without one. */
  #stuck(): number {
    return this.#instance.kinds.reduce((sum, { open, demands, members }, kind) => {
      const placed = this.#start.reduce((all, counts) => all + (counts[kind] ?? 0), 0)
      return sum + (this.#fixed[kind] ? members.length - placed : open.includes(1) ? 0 : demands)
    }, 0)
  }

  #without(contents: Contents): number {
    return this.#instance.kinds.reduce((sum, { members }, kind) => {
      return sum + members.length - contents.reduce((all, counts) => all + (counts[kind] ?? 0), 0)
    }, 0)
  }

  /** A placement; or what runs at home, and all else where it strains least. */
  #begin(from: Contents | null): void {
    const strain = this.#strain
    strain.forget()
    this.#shut.fill(0)
    this.#dear = AWAY
    for (const [kind, { members }] of this.#instance.kinds.entries()) {
      let left = members.length
      const there = this.#fixed[kind] ? this.#start : from
      for (let host = 0; host < strain.nowhere; host += 1) {
        const at = kind * strain.hosts + host
        const count = there === null ? (strain.homes[at] ?? 0) : (there[host]?.[kind] ?? 0)
        strain.put(kind, host, count - (strain.counts[at] ?? 0))
        left -= count
      }
      strain.put(kind, strain.nowhere, left - (strain.counts[kind * strain.hosts + strain.nowhere] ?? 0))
    }
    if (from !== null) return
    for (let kind = 0; kind < strain.kinds; kind += 1) {
      if (this.#fixed[kind]) continue
      for (let left = strain.counts[kind * strain.hosts + strain.nowhere] ?? 0; left > 0; left -= 1) {
        const host = this.#easiest(kind)
        if (host < 0) break
        strain.put(kind, strain.nowhere, -1)
        strain.put(kind, host, 1)
      }
    }
  }

  #easiest(kind: number): number {
    let chosen = -1
    let least = Number.POSITIVE_INFINITY
    for (let host = 0; host < this.#strain.nowhere; host += 1) {
      if (!this.#strain.mayTake(kind, host)) continue
      const more = this.#strain.change(host, -1, kind)
      if (more >= least) continue
      least = more
      chosen = host
    }
    return chosen
  }

  /** Sends something elsewhere from where it would not leave by itself, and keeps it away for the whole round. */
  #kick(): void {
    const { kinds, hosts, nowhere, counts } = this.#strain
    const kind = this.#dice.below(kinds)
    const from = this.#dice.below(hosts)
    const to = this.#dice.below(nowhere)
    this.#budget.spend(1)
    if (from === to || this.#fixed[kind] || (counts[kind * hosts + from] ?? 0) === 0) return
    if (!this.#strain.mayTake(kind, to)) return
    this.#move(kind, from, to)
    this.#shut[kind * hosts + from] = this.#turn + PATIENCE
  }

  #walk(enough: number): void {
    let until = this.#turn + PATIENCE
    while (this.#turn < until && !this.#budget.spent) {
      this.#turn += 1
      this.#budget.spend(Math.ceil(this.#strain.size / LOOKS / 4))
      const strained: number[] = []
      for (let host = 0; host < this.#strain.hosts; host += 1) if (this.#strain.strained(host)) strained.push(host)
      if (strained.length > 0 || this.#strain.away > this.#goal) {
        if (!this.#go(strained)) return
      } else if (this.#take()) {
        if (this.cost <= enough || this.#goal < 0) return
        until = this.#turn + PATIENCE
      } else this.#kick()
    }
  }

  /** Takes the placement as the best; false where a rule that is no sum is against it, or it is none of all. */
  #take(): boolean {
    const contents = this.#strain.contents()
    const cost = costOf(this.#instance, this.#aim, contents)
    this.#budget.spend(this.#strain.counts.length)
    if (cost >= this.cost || !allLawful(this.#instance, contents)) return false
    this.cost = cost
    this.best = contents
    this.#goal = this.#strain.away - 1
    this.#strain.spare = this.#strain.without
    return true
  }

  /** False where no turn is possible, now or later in this round. */
  #go(strained: readonly number[]): boolean {
    this.#chosen.kind = -1
    this.#chosen.value = Number.POSITIVE_INFINITY
    this.#looks = 0
    this.#barred = false
    for (const from of strained) this.#lookFrom(from)
    const tooMany = this.#strain.away - this.#goal
    if (tooMany > 0) this.#lookHome()
    this.#budget.spend(1 + Math.ceil(this.#looks / LOOKS))
    const { kind, from, to, other, value } = this.#chosen
    if (value >= -SAME) {
      for (const host of strained) this.#strain.raise(host, RAISE)
      if (tooMany > 0) this.#dear += RAISE_AWAY
    }
    if (kind >= 0) this.#move(kind, from, to)
    if (other >= 0) this.#move(other, to, from)
    return this.#looks > 0 || this.#barred
  }

  #move(kind: number, from: number, to: number): void {
    this.#strain.put(kind, from, -1)
    this.#strain.put(kind, to, 1)
    this.#shut[kind * this.#strain.hosts + from] = this.#turn + SHUT + this.#dice.below(SHUT_MORE)
  }

  #lookFrom(from: number): void {
    const { kinds, hosts, counts } = this.#strain
    for (let kind = 0; kind < kinds; kind += 1) {
      if ((counts[kind * hosts + from] ?? 0) === 0 || this.#fixed[kind]) continue
      for (let to = 0; to < hosts; to += 1) if (to !== from) this.#look(kind, from, to)
    }
  }

  /** At those away from home that may return. */
  #lookHome(): void {
    const { kinds, hosts, counts, homes } = this.#strain
    for (let at = 0; at < kinds * hosts; at += 1) {
      if ((counts[at] ?? 0) >= (homes[at] ?? 0)) continue
      const to = at % hosts
      const kind = (at - to) / hosts
      for (let from = 0; from < hosts; from += 1) {
        const here = kind * hosts + from
        if (from !== to && (counts[here] ?? 0) > (homes[here] ?? 0)) this.#look(kind, from, to)
      }
    }
  }

  /** At one slot that goes elsewhere, alone or in exchange. */
  #look(kind: number, from: number, to: number): void {
    const strain = this.#strain
    const { kinds, hosts, counts } = strain
    if (!strain.mayTake(kind, to)) return
    if ((this.#shut[kind * hosts + to] ?? 0) >= this.#turn) {
      this.#barred = true
      return
    }
    const away = strain.leaves(kind, from, to)
    this.#looks += 2
    const alone = strain.change(from, kind, -1) + strain.change(to, -1, kind)
    this.#offer(kind, from, to, -1, alone + this.#costOf(away))
    for (let other = 0; other < kinds; other += 1) {
      if (other === kind || (counts[other * hosts + to] ?? 0) === 0 || this.#fixed[other]) continue
      if ((this.#shut[other * hosts + from] ?? 0) >= this.#turn || !strain.mayTake(other, from)) continue
      this.#looks += 2
      const both = strain.change(from, kind, other) + strain.change(to, other, kind)
      this.#offer(kind, from, to, other, both + this.#costOf(away + strain.leaves(other, to, from)))
    }
  }

  #costOf(more: number): number {
    if (more === 0) return 0
    const tooMany = this.#strain.away - this.#goal
    return more * AWAY + (Math.max(0, tooMany + more) - Math.max(0, tooMany)) * this.#dear
  }

  #offer(kind: number, from: number, to: number, other: number, value: number): void {
    const chosen = this.#chosen
    if (value > chosen.value + SAME) return
    this.#ties = value < chosen.value - SAME ? 1 : this.#ties + 1
    // Each of equally good ones with the same chance, without a list of them (reservoir of one).
    if (this.#dice.below(this.#ties) > 0) return
    chosen.kind = kind
    chosen.from = from
    chosen.to = to
    chosen.other = other
    chosen.value = value
  }
}

/** Any other does as well. */
const SEED = 0x2545f491

/**
 * A cheaper placement than `start`, if the walk comes across one. `bound`: what none costs less than; one that costs that will
 * do, and no other is looked for than one of as many slots as that allows.
 */
export function walk(instance: Instance, aim: Aim, start: Contents, budget: Budget, bound: number): Contents {
  const search = new Walk(instance, aim, start, budget, bound)
  search.run(bound)
  return search.best
}
