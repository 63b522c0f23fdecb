// Devices that nobody can use for want of cpu or memory beside them.
import type { Board } from './board.js'
import type { Item } from './problem.js'
import type { Numbers } from './score.js'

/** What jobs that ask for a device ask for beside it, on average over all slots that are here. */
export interface Beside {
  /** The device. */
  readonly dimension: number
  /** Millicores, and bytes of memory, for each thousandth of it. */
  readonly cpu: number
  readonly memory: number
}

/** So much of a device stranded is as bad as can be: thousandths. */
const MOST = 250

/** For each device that someone here asks for; by number of the dimension. */
export function besideDevices(items: readonly Item[], dimensions: number): readonly Beside[] {
  const result: Beside[] = []
  for (let dimension = 3; dimension < dimensions; dimension += 1) {
    let [cpu, memory, device] = [0, 0, 0]
    for (const { shape } of items) {
      const amount = shape.amounts[dimension] ?? 0
      if (amount === 0) continue
      cpu += shape.amounts[0] ?? 0
      memory += shape.amounts[1] ?? 0
      device += amount
    }
    if (device > 0) result.push({ dimension, cpu: cpu / device, memory: memory / device })
  }
  return result
}

/** Thousandths of a device beyond what so much cpu and memory serves at the usual ratio. */
function stranded({ cpu, memory }: Beside, device: number, freeCpu: number, freeMemory: number): number {
  const byCpu = cpu > 0 ? freeCpu / cpu : device
  const byMemory = memory > 0 ? freeMemory / memory : device
  return Math.max(0, device - Math.max(0, Math.min(byCpu, byMemory)))
}

/**
 * How much a slot with these amounts would add to the devices of a host that stay free and can't be used, since the cpu or the
 * memory beside them is taken: 0 to `whole`, which a quarter of a device is. A plain relative of the fragmentation of Weng et
 * al. (Beware of Fragmentation, USENIX ATC 2023), which asks each kind of job what it could still use; here one ratio stands
 * for all of them.
 */
export function stranding({ problem, used }: Board, amounts: Numbers, host: number, whole: number): number {
  if (problem.beside.length === 0) return 0
  const base = host * problem.dimensions.length
  const free = (dimension: number) => (problem.capacity[base + dimension] ?? 0) - (used[base + dimension] ?? 0)
  const [cpu, memory] = [free(0), free(1)]
  let grown = 0
  for (const beside of problem.beside) {
    const device = free(beside.dimension)
    if (device <= 0) continue
    const left = device - (amounts[beside.dimension] ?? 0)
    const after = stranded(beside, left, cpu - (amounts[0] ?? 0), memory - (amounts[1] ?? 0))
    grown += Math.max(0, after - stranded(beside, device, cpu, memory))
  }
  return Math.round(whole * Math.min(1, grown / MOST))
}
