// Every way in which a network of up to five hosts and the control machine may fall apart: never do both sides run an
// exclusive slot, by the rule that hosts go by and the one that the control machine goes by.
import { describe, expect, test } from 'vitest'
import type { LookRow } from '../../src/model/lease-record.js'
import type { Action, Plan } from '../../src/model/plan.js'
import { exclusiveFaults } from '../../src/planner/check-exclusive.js'
import { mayTakeOver } from '../../src/planner/exclusive.js'
import type { PlanInput } from '../../src/planner/input.js'
import { asked, CONTROL, keeps, lease, local, lost, rows, rules, SLOT, silence } from './support/leases.js'
import { placement } from './support/make.js'

/** Hosts besides `b`, which holds the slot. */
const OTHERS = ['a', 'c', 'd', 'e'] as const
/** Long after everything. */
const LATE = 60_000

/** Every subset, as bits of the index. */
function subset<T>(items: readonly T[], bits: number): readonly T[] {
  return items.filter((_, index) => (bits >> index) & 1)
}

/** One shape of the network: pairs that reach each other. */
type Reach = (a: string, b: string) => boolean

function reachOf(nodes: readonly string[], bits: number): Reach {
  const pairs = new Set<string>()
  let bit = 0
  for (const [index, a] of nodes.entries()) {
    for (const b of nodes.slice(index + 1)) {
      if ((bits >> bit) & 1) pairs.add(`${a} ${b}`).add(`${b} ${a}`)
      bit += 1
    }
  }
  return (a, b) => pairs.has(`${a} ${b}`)
}

interface Cluster {
  /** All voters but `b`. */
  readonly voters: readonly string[]
  /** The voter that the control machine is. */
  readonly control: string
}

/** Clusters of `hosts`: the control machine apart, and itself a host. */
function clusters(hosts: number): readonly Cluster[] {
  const others = OTHERS.slice(0, hosts - 1)
  const apart = { voters: [...others, CONTROL], control: CONTROL }
  return hosts === 1 ? [apart] : [apart, { voters: others, control: 'a' }]
}

function input(now: number, { voters, control }: Cluster, seen: readonly LookRow[], held = [rules(voters)]) {
  const b = lost({ lease: lease(held), silence: silence({ rows: seen }) })
  const answering = voters.filter((name) => name !== CONTROL)
  const made = asked(now, b, answering)
  if (control === CONTROL) return { b, made }
  return {
    b,
    made: { ...made, hosts: made.hosts.map((state) => (state.host.name === control ? local(control) : state)) },
  }
}

/** Does the control machine take over with looks in vain of these vantages? */
function takes(cluster: Cluster, vantages: readonly string[], held = [rules(cluster.voters)]): boolean {
  const seen = rows(['control', ...vantages.filter((name) => name !== cluster.control)], 0, LATE)
  const { b, made } = input(LATE, cluster, seen, held)
  const { allowed } = mayTakeOver(b, SLOT, made)
  // The second look at the plan, made in other words, comes to the same.
  if (lawful(made) !== allowed) expect.fail(`${vantages}: the rule says ${allowed}, the check ${!allowed}`)
  return allowed
}

const NOTHING: Plan = {
  ...{ actions: [], unplaced: [], waiting: [], unclaimed: [], greet: [] },
  ...{ survives: {}, wakeAt: null },
}

/** What `check` thinks of a plan that starts the slot on another host. */
function lawful(made: PlanInput): boolean {
  const start: Action = {
    ...{ kind: 'start', slot: SLOT, job: 'db', host: 'z', from: 'b', reason: 'host-lost', text: 'x', wave: 0 },
    placement: placement(SLOT, 'z', { number: 2 }),
  }
  return exclusiveFaults({ ...NOTHING, actions: [start] }, [], made).length === 0
}

describe('a network that falls apart', () => {
  for (const hosts of [1, 2, 3, 4, 5]) {
    for (const cluster of clusters(hosts)) {
      const { voters, control } = cluster
      test(`${hosts} hosts, the control machine ${control === CONTROL ? 'apart' : 'one of them'}: never both sides`, () => {
        const nodes = ['b', ...voters]
        const all = 2 ** ((nodes.length * (nodes.length - 1)) / 2)
        const known = new Map<string, boolean>()
        let taken = 0
        for (let graph = 0; graph < all; graph += 1) {
          const reach = reachOf(nodes, graph)
          if (reach(control, 'b')) continue
          const keepsOn = keeps(voters.filter((name) => reach('b', name)).length, voters.length + 1)
          const usable = voters.filter((name) => name !== control && reach(control, name) && !reach('b', name))
          // Any of them may be unusable for a while: a row that is broken, a login that is slow.
          for (let bits = 0; bits < 2 ** usable.length; bits += 1) {
            const vantages = subset(usable, bits)
            const key = vantages.join(' ')
            const allowed = known.get(key) ?? takes(cluster, vantages)
            known.set(key, allowed)
            taken += Number(allowed)
            if (allowed && keepsOn) expect.fail(`graph ${graph}, vantages ${key}: ${'two copies'}`)
          }
        }
        expect(taken > 0).toBe(true)
      })
    }
  }

  test('case 6: one way only, up to three hosts: a look needs both ways, so neither side is deceived', () => {
    for (const hosts of [1, 2, 3]) {
      for (const cluster of clusters(hosts)) {
        const nodes = ['b', ...cluster.voters]
        const ways = nodes.flatMap((a) => nodes.filter((b) => b !== a).map((b) => `${a} ${b}`))
        for (let graph = 0; graph < 2 ** ways.length; graph += 1) {
          const open = new Set(subset(ways, graph))
          const answers: Reach = (a, b) => open.has(`${a} ${b}`) && open.has(`${b} ${a}`)
          if (answers(cluster.control, 'b')) continue
          const usable = cluster.voters.filter(
            (name) => name !== cluster.control && answers(cluster.control, name) && !answers(name, 'b'),
          )
          const reached = cluster.voters.filter((name) => answers('b', name)).length
          if (keeps(reached, nodes.length) && takes(cluster, usable)) expect.fail(`ways ${[...open].join(', ')}`)
        }
      }
    }
  })

  test('case 8: only the control machine is lost: with three voters and more nothing is stopped', () => {
    for (const hosts of [1, 2, 3, 4, 5]) {
      for (const { voters, control } of clusters(hosts)) {
        const reached = voters.filter((name) => name !== control).length
        expect(keeps(reached, voters.length + 1)).toBe(voters.length + 1 >= 3)
      }
    }
  })

  test('a lost host is taken over from whenever all others are there', () => {
    for (const hosts of [2, 3, 4, 5])
      for (const cluster of clusters(hosts)) expect(takes(cluster, cluster.voters)).toBe(true)
  })
})

describe('the list of voters changes', () => {
  for (const hosts of [2, 3, 4, 5]) {
    test(`case 3: any list to any other, ${hosts} hosts: whichever the host holds, never both sides`, () => {
      const all = [...OTHERS.slice(0, hosts - 1), CONTROL]
      const lists = Array.from({ length: 2 ** (hosts - 1) }, (_, bits) => [
        ...subset(OTHERS.slice(0, hosts - 1), bits),
        CONTROL,
      ])
      for (const before of lists) {
        for (const after of lists) {
          const held = [rules(before, { id: 1 }), rules(after, { id: 2 })]
          const known = new Map<string, boolean>()
          // Each voter is one of three: reached by the host, looking for it in vain, or of no use to either.
          for (let kinds = 0; kinds < 3 ** all.length; kinds += 1) {
            const kind = (index: number) => Math.floor(kinds / 3 ** index) % 3
            const of = (what: number) => all.filter((_, index) => kind(index) === what)
            if (kind(all.length - 1) !== 1) continue
            const side = of(1)
            const key = side.join(' ')
            const allowed = known.get(key) ?? takes({ voters: all, control: CONTROL }, side, held)
            known.set(key, allowed)
            const reached = of(0)
            for (const list of [before, after]) {
              const count = list.filter((name) => reached.includes(name)).length
              if (allowed && keeps(count, list.length + 1)) expect.fail(`${before} -> ${after}: ${side} | b ${reached}`)
            }
          }
        }
      }
    })
  }
})

/** One voter's part in a history: does it reach the control machine, and does `b`, before and after the change? */
interface Part {
  readonly control: readonly [boolean, boolean]
  readonly host: readonly [boolean, boolean]
}

const PARTS: readonly Part[] = Array.from({ length: 16 }, (_, bits) => ({
  control: [(bits & 1) > 0, (bits & 2) > 0],
  host: [(bits & 4) > 0, (bits & 8) > 0],
}))

/** Every choice of `count` parts, in any order the same. */
function* choices(count: number, from = 0): Generator<readonly Part[]> {
  if (count === 0) {
    yield []
    return
  }
  for (let index = from; index < PARTS.length; index += 1) {
    const part = PARTS[index]
    if (part) for (const rest of choices(count - 1, index)) yield [part, ...rest]
  }
}

/**
 * When the control machine takes over, ms after the cut of `b` from it at 0; null: never. It ticks each second, and each
 * voter that it reaches looks; at `change` the network is another one.
 */
function takenAt(cluster: Cluster, parts: ReadonlyMap<string, Part>, change: number): number | null {
  const row = new Map<string, { first: number; last: number }>()
  // It does not know of the cut yet: one renewal more is sent.
  let reachedAt = 0
  for (let now = 200; now <= 45_000; now += 1000) {
    const phase = now < change ? 0 : 1
    const looking = [...parts].filter(([, { control }]) => control[phase])
    let reached = false
    for (const [name, { host }] of [...looking, ['control', null] as const].map(
      ([n, p]) => [n, p ?? { host: [false, false] }] as const,
    )) {
      const before = row.get(name)
      if (host[phase]) {
        reached = true
        reachedAt = now
        row.delete(name)
      } else {
        const goesOn = before && now - before.last <= 2500
        row.set(name, { first: goesOn ? before.first : now, last: now })
      }
    }
    if (reached) continue
    const answering = new Set(looking.map(([name]) => name))
    const seen = [...row].map(([vantage, { first, last }]) => ({ vantage, first, last }))
    const b = lost({
      lease: lease([rules(cluster.voters)]),
      silence: { sentAt: 800, reachedAt, leaseUntil: null, rows: seen },
    })
    const made = asked(now, b, [...answering])
    const hosts = cluster.control === CONTROL ? made.hosts : [...made.hosts, local(cluster.control)]
    if (!mayTakeOver(b, SLOT, { ...made, hosts }).allowed) continue
    if (!lawful({ ...made, hosts })) expect.fail(`the rule allows at ${now} what the check forbids`)
    return now
  }
  return null
}

/** When `b` has stopped at the latest, its looks beginning at `offset` past each two seconds; Infinity: it goes on. */
function stoppedAt(parts: readonly Part[], voters: number, change: number, offset: number, lookMs: number): number {
  for (let at = 8800 + offset; at < 120_000; at += 2000) {
    const phases = [at < change ? 0 : 1, at + lookMs < change ? 0 : 1] as const
    const reached = parts.filter(({ host }) => phases.some((phase) => host[phase])).length
    if (!keeps(reached, voters)) return at + lookMs + 5000
  }
  return Number.POSITIVE_INFINITY
}

describe('the network changes once more while the wait runs', () => {
  for (const hosts of [2, 3, 4, 5]) {
    test(`${hosts} hosts: the host has stopped before its slot is started elsewhere, in whatever order`, () => {
      let taken = 0
      for (const cluster of clusters(hosts)) {
        const names = cluster.voters.filter((name) => name !== cluster.control)
        for (const parts of choices(names.length)) {
          for (const change of [700, 7900, 9100, 11_500, 14_900, 16_400, 17_900]) {
            const at = takenAt(
              cluster,
              new Map(names.map((name, index) => [name, parts[index] ?? PARTS[0]] as const) as [string, Part][]),
              change,
            )
            if (at === null) continue
            taken += 1
            for (const offset of [0, 500, 1000, 1500, 1999]) {
              for (const lookMs of [0, 1000]) {
                const end = stoppedAt(parts, cluster.voters.length + 1, change, offset, lookMs)
                if (end > at)
                  expect.fail(`taken at ${at}, stopped at ${end}: ${JSON.stringify(parts)}, change at ${change}`)
              }
            }
          }
        }
      }
      expect(taken).toBeGreaterThan(0)
    })
  }
})
