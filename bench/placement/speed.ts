// How fast slots are placed, with all rules in use, on clusters of 10 to 10,000 hosts.
import type { Strategy } from '../../src/model/host.js'
import { place } from '../../src/scheduler/place.js'
import { type Benchmark, cpuTime, table } from '../benchmark.js'
import { generate } from './generate.js'

const SIZES = [
  { hosts: 10, slots: 100 },
  { hosts: 100, slots: 1000 },
  { hosts: 1000, slots: 10_000 },
  { hosts: 10_000, slots: 100_000 },
]

const STRATEGIES: readonly Strategy[] = ['balanced', 'pack', 'spread']

function megabytes(bytes: number): string {
  return String(Math.round(bytes / 2 ** 20))
}

/** One plan each, from the input of place() to its result; the first of the table pays for what node compiles. */
export const speed: Benchmark = async ({ quick, print }) => {
  const rows = [['hosts', 'slots', 'strategy', 'unplaced', 'cpu ms', 'slots/s', 'heap MiB more']]
  for (const { hosts, slots } of SIZES.slice(0, quick ? 3 : undefined)) {
    for (const strategy of STRATEGIES) {
      const input = generate({ hosts, slots, seed: 1, strategy })
      const before = process.memoryUsage().heapUsed
      const { ms, value } = cpuTime(() => place(input))
      const more = process.memoryUsage().heapUsed - before
      const rate = Math.round(slots / (ms / 1000)).toLocaleString('en')
      rows.push([
        String(hosts),
        String(slots),
        strategy,
        String(value.unplaced.length),
        ms.toFixed(0),
        rate,
        megabytes(more),
      ])
    }
  }
  print(table(rows))
}
