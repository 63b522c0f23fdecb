// The rules of others for hosts with GPUs: a share of a GPU stays on the device to which it was given.
import { DEVICE } from '../../src/scheduler/shares.js'
import type { Machine, Pod } from './data.js'

/** Who comes in which order, to which hosts. */
export interface Arrivals {
  readonly hosts: readonly Machine[]
  readonly pods: readonly Pod[]
  /** What is known of the pods beforehand. */
  readonly trace: readonly Pod[]
}

/** What is left of a host. */
interface State {
  readonly machine: Machine
  cpu: number
  memory: number
  /** Thousandths left of each GPU. */
  readonly gpus: number[]
}

/** Where on the host, and how good that is: the highest points win, the first of equal ones. */
interface Offer {
  readonly points: number
  /** Devices that it gets; null: fits not. */
  readonly devices: readonly number[] | null
}

type GpuRule = (trace: readonly Pod[]) => (state: State, pod: Pod) => Offer

const REFUSED: Offer = { points: Number.NEGATIVE_INFINITY, devices: null }

/** The devices with least room that take it; null where there are not enough. */
function tightest({ gpus }: State, { gpus: wanted, gpuShare }: Pod): readonly number[] | null {
  const open = [...gpus.keys()].filter((at) => (gpus[at] ?? 0) >= gpuShare)
  if (open.length < wanted) return null
  return open.sort((a, b) => (gpus[a] ?? 0) - (gpus[b] ?? 0) || a - b).slice(0, wanted)
}

function hasRoom(state: State, pod: Pod): boolean {
  return pod.cpu <= state.cpu && pod.memory <= state.memory
}

/** A rule that looks at the host as a whole. */
function byHost(points: (state: State, pod: Pod) => number): GpuRule {
  return () => (state, pod) => {
    const devices = hasRoom(state, pod) ? tightest(state, pod) : null
    return devices === null ? REFUSED : { points: points(state, pod), devices }
  }
}

const firstFit = byHost(() => 0)

/** As in peers.ts: cpu and memory only. */
const nomad = byHost(({ machine, cpu, memory }, pod) => {
  return 20 - (10 ** ((cpu - pod.cpu) / machine.cpu) + 10 ** ((memory - pod.memory) / machine.memory))
})

/** MostAllocated of Kubernetes with cpu, memory and GPUs weighing alike. */
const mostAllocated = byHost(({ machine, cpu, memory, gpus }, pod) => {
  const left = gpus.reduce((sum, each) => sum + each, 0) - pod.gpus * pod.gpuShare
  return 3 - (cpu - pod.cpu) / machine.cpu - (memory - pod.memory) / machine.memory - left / (machine.gpus * DEVICE)
})

/** A kind of pod and its part of all of them. */
interface Popular {
  readonly pod: Pod
  readonly part: number
}

function kindOf({ cpu, memory, gpus, gpuShare }: Pod): string {
  return `${cpu} ${memory} ${gpus} ${gpuShare}`
}

/** The most frequent kinds that make up 95 % of the trace, as the authors' simulator takes them. */
function popular(trace: readonly Pod[]): readonly Popular[] {
  const kinds = new Map<string, { pod: Pod; count: number }>()
  for (const pod of trace) {
    const known = kinds.get(kindOf(pod))
    if (known === undefined) kinds.set(kindOf(pod), { pod, count: 1 })
    else known.count += 1
  }
  const sorted = [...kinds.values()].sort((a, b) => b.count - a.count)
  const chosen: { pod: Pod; count: number }[] = []
  let all = 0
  for (const each of sorted) {
    if (all >= 0.95 * trace.length) break
    chosen.push(each)
    all += each.count
  }
  return chosen.map(({ pod, count }) => ({ pod, part: count / all }))
}

/**
 * Thousandths of GPUs on a host that a pod drawn from the trace can't be expected to use (section 3.2 of the paper): all that is
 * left where it does not fit or asks for no GPU, else what is left of devices that are too small for it.
 */
function fragmentation(cpu: number, gpus: readonly number[], kinds: readonly Popular[]): number {
  let left = 0
  for (const gpu of gpus) left += gpu
  if (left === 0) return 0
  let sum = 0
  for (const { pod, part } of kinds) {
    let wasted = left
    if (pod.gpus > 0 && pod.cpu <= cpu) {
      let open = 0
      let small = 0
      for (const gpu of gpus) {
        if (gpu >= pod.gpuShare) open += 1
        else small += gpu
      }
      if (open >= pod.gpus) wasted = small
    }
    sum += part * wasted
  }
  return sum
}

/** Fragmentation gradient descent: the host and device on which fragmentation grows least. */
const fgd: GpuRule = (trace) => {
  const kinds = popular(trace)
  return (state, pod) => {
    if (!hasRoom(state, pod)) return REFUSED
    const before = fragmentation(state.cpu, state.gpus, kinds)
    const grown = (devices: readonly number[]) => {
      const gpus = [...state.gpus]
      for (const at of devices) gpus[at] = (gpus[at] ?? 0) - pod.gpuShare
      return fragmentation(state.cpu - pod.cpu, gpus, kinds) - before
    }
    const whole = tightest(state, pod)
    if (whole === null) return REFUSED
    if (pod.gpus !== 1 || pod.gpuShare === DEVICE) return { points: 0 - grown(whole), devices: whole }
    let best = REFUSED
    const tried = new Set<number>()
    for (const [at, left] of state.gpus.entries()) {
      if (left < pod.gpuShare || tried.has(left)) continue
      tried.add(left)
      const points = 0 - grown([at])
      if (points > best.points) best = { points, devices: [at] }
    }
    return best
  }
}

/** By the name under which the table shows them. */
export const GPU_RULES: Readonly<Record<string, GpuRule>> = {
  'first fit': firstFit,
  "Nomad's score": nomad,
  'most allocated (Kubernetes)': mostAllocated,
  'fragmentation gradient descent': fgd,
}

/** The part of all GPUs that is given out once all have come. Offers are kept until something changes on their host. */
export function givenOut({ hosts, pods, trace }: Arrivals, rule: GpuRule): number {
  const offer = rule(trace)
  const states = hosts.map((machine): State => {
    const { cpu, memory, gpus } = machine
    return { machine, cpu, memory, gpus: Array.from({ length: gpus }, () => DEVICE) }
  })
  const offers = new Map<string, (Offer | undefined)[]>()
  let given = 0
  for (const pod of pods) {
    const kind = kindOf(pod)
    const known = offers.get(kind) ?? states.map(() => undefined)
    offers.set(kind, known)
    let best = REFUSED
    let at = -1
    for (const [index, state] of states.entries()) {
      const own = known[index] ?? offer(state, pod)
      known[index] = own
      if (own.points <= best.points) continue
      best = own
      at = index
    }
    const state = states[at]
    if (state === undefined || best.devices === null) continue
    state.cpu -= pod.cpu
    state.memory -= pod.memory
    for (const device of best.devices) state.gpus[device] = (state.gpus[device] ?? 0) - pod.gpuShare
    given += pod.gpus * pod.gpuShare
    for (const each of offers.values()) each[at] = undefined
  }
  return given / states.reduce((sum, { machine }) => sum + machine.gpus * DEVICE, 0)
}
