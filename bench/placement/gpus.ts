// A public trace with GPUs, by the protocol of "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation
// Gradient Descent" (Weng et al., USENIX ATC 2023): pods arrive one by one, drawn again from the trace until they ask for
// 130 % of all GPUs, and what fits nowhere when it arrives is dropped. How much of the GPUs is given out in the end?
import { Board } from '../../src/scheduler/board.js'
import { companiesOf } from '../../src/scheduler/company.js'
import { Dice } from '../../src/scheduler/dice.js'
import { greedy } from '../../src/scheduler/greedy.js'
import { wantings } from '../../src/scheduler/order.js'
import { compile, NO_HOST, type Problem } from '../../src/scheduler/problem.js'
import { DEVICE } from '../../src/scheduler/shares.js'
import { candidate, demand, job, MIB } from '../../test/scheduler/support/make.js'
import { type Benchmark, cpuTime, table } from '../benchmark.js'
import { HOW_TO_GET, type Machine, machines, type Pod, pods } from './data.js'
import { type Arrivals, GPU_RULES, givenOut } from './gpu-peers.js'

/** Of all GPUs, what the pods ask for. */
const INFLATED = 1.3

function shuffled<T>(list: readonly T[], dice: Dice): readonly T[] {
  const result = [...list]
  for (let at = result.length - 1; at > 0; at -= 1) {
    const other = dice.below(at + 1)
    const [here, there] = [result[at], result[other]]
    if (here === undefined || there === undefined) continue
    result[at] = there
    result[other] = here
  }
  return result
}

/** Thousandths of GPUs that a pod asks for. */
function asked({ gpus, gpuShare }: Pod): number {
  return gpus * gpuShare
}

function arrivals(trace: readonly Pod[], hosts: readonly Machine[], seed: number): Arrivals {
  const dice = new Dice(seed * 0x9e3779b1)
  const all = hosts.reduce((sum, { gpus }) => sum + gpus * DEVICE, 0)
  const drawn = [...trace]
  for (let sum = trace.reduce((most, pod) => most + asked(pod), 0); sum < INFLATED * all; ) {
    const pod = dice.pick(trace)
    if (pod === undefined) break
    drawn.push(pod)
    sum += asked(pod)
  }
  return { hosts: shuffled(hosts, dice), pods: shuffled(drawn, dice), trace }
}

/** Names in the order of arrival, so that hc breaks ties by that order as the others do. */
function problemOf({ hosts, pods }: Arrivals): Problem {
  const name = (at: number) => String(at).padStart(6, '0')
  const demands = pods.map((pod, at) => {
    const devices = asked(pod) > 0 ? { gpu: asked(pod) } : {}
    const resources = { cpu: pod.cpu, memory: pod.memory * MIB, disk: 0, devices }
    return demand(`p${name(at)}.0`, job(`p${name(at)}`, { resources }))
  })
  const candidates = hosts.map(({ cpu, memory, gpus }, at) =>
    candidate(`h${name(at)}`, { capacity: { cpu, memory: memory * MIB, disk: 0, devices: { gpu: gpus * DEVICE } } }),
  )
  return compile(demands, candidates, [])
}

/** The part of all GPUs that hc's one pass gives out, strategy pack: in the order of arrival, or in its own. */
function hcGivesOut(problem: Problem, isOnline: boolean): number {
  const board = new Board(problem)
  const companies = companiesOf(problem)
  const wanting = wantings(board, companies)
  const order = isOnline ? [...wanting].sort((a, b) => a.item.index - b.item.index) : wanting
  greedy(board, order, companies, 'pack')
  const gpu = problem.dimensions.indexOf('gpu')
  const placed = problem.items.filter((item) => board.hostOf(item) !== NO_HOST)
  const given = placed.reduce((sum, { shape }) => sum + (shape.amounts[gpu] ?? 0), 0)
  return given / board.hosts.reduce((sum, _, host) => sum + board.capacity(host, gpu), 0)
}

/** Means over shuffled arrivals on shuffled hosts. */
export const gpus: Benchmark = async ({ data, quick, print }) => {
  const trace = pods(data)
  const hosts = machines(data)?.filter((each) => each.gpus > 0)
  if (trace === null || hosts === undefined) return print(HOW_TO_GET)
  const seeds = Array.from({ length: quick ? 2 : 10 }, (_, at) => at + 1)
  const sums = new Map<string, { part: number; ms: number }>()
  const count = (name: string, work: () => number) => {
    const { ms, value } = cpuTime(work)
    const before = sums.get(name) ?? { part: 0, ms: 0 }
    sums.set(name, { part: before.part + value, ms: before.ms + ms })
    return `${name} ${(100 * value).toFixed(1)}`
  }
  for (const seed of seeds) {
    const each = arrivals(trace, hosts, seed)
    const told = Object.entries(GPU_RULES).map(([name, rule]) => count(name, () => givenOut(each, rule)))
    const problem = problemOf(each)
    told.push(count('hc (pack), one by one', () => hcGivesOut(problem, true)))
    told.push(count('hc (pack), all known at once', () => hcGivesOut(problem, false)))
    print(`seed ${seed}, ${each.pods.length} pods: ${told.join(', ')}`)
  }
  const rows = [...sums].map(([name, { part, ms }]) => [
    name,
    ((100 * part) / seeds.length).toFixed(2),
    (ms / 1000 / seeds.length).toFixed(1),
  ])
  print(`\n${table([['rule', '% of the GPUs given out', 'cpu s per seed'], ...rows])}`)
}
