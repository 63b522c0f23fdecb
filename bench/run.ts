// `npm run bench -- NAME [options]`: one benchmark by name. Results are printed; nothing is asserted, nothing is a test.
import { availableParallelism, cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { messageOf } from '../src/model/errors.js'
import type { Benchmark } from './benchmark.js'
import { writePart } from './document.js'

/** Name -> what loads it. */
const BENCHMARKS: Readonly<Record<string, () => Promise<Benchmark>>> = {
  apply: async () => (await import('./apply/main.js')).apply,
  failover: async () => (await import('./failover/main.js')).failover,
  idle: async () => (await import('./idle/main.js')).idle,
  placement: async () => (await import('./placement/main.js')).placement,
  scale: async () => (await import('./scale/main.js')).scale,
  start: async () => (await import('./start.js')).start,
}

function usage(why: string): never {
  console.error(
    `${why}\nusage: npm run bench -- NAME [--quick] [--only PART] [--data DIR] [--effort N] [--peers ROUNDS] [--rounds N] [--no-write]; NAME is ${Object.keys(BENCHMARKS).join(', ')}`,
  )
  process.exit(2)
}

function words() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        data: { type: 'string' },
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        effort: { type: 'string', default: '1' },
        peers: { type: 'string', default: '1' },
        rounds: { type: 'string' },
        'no-write': { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    return usage(messageOf(error))
  }
}

const { values, positionals } = words()
const [name = ''] = positionals
const load = BENCHMARKS[name] ?? usage(name === '' ? 'Which one?' : `There is no benchmark "${name}".`)
const model = cpus()[0]?.model ?? 'processor not known'
console.log(
  `node ${process.version}, ${model}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB\n`,
)
const benchmark = await load()
const data = values.data ?? process.env.HC_BENCH_DATA ?? null
await benchmark({
  data,
  quick: values.quick,
  only: values.only ?? null,
  effort: Number(values.effort),
  peers: Number(values.peers),
  rounds: values.rounds === undefined ? null : Number(values.rounds),
  print: (line) => console.log(line),
  // Of a quick run nobody should read later.
  write: (part, text) => {
    if (values.quick || values['no-write']) return
    writePart(part, text)
  },
})
