// `npm run bench -- scale`: what a loop of one tick per second costs, from 3 to 1,000 hosts.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../../src/model/errors.js'
import { type Benchmark, table } from '../benchmark.js'
import { loadNow, surroundings } from '../document.js'
import { bytes, median } from '../measure.js'
import { hcVersion } from '../program.js'
import { measureSize, type SizeResult } from './size.js'

const SIZES = [3, 30, 100, 300, 1000]
const QUIET_SECONDS = 20
/** Set in the copy of this process that has a network of its own. */
const INSIDE = 'HC_BENCH_OWN_NETWORK'

const HEAD = [
  'hosts',
  'slots',
  'ticks per s',
  'tick, ms',
  'cpu ms per tick',
  'cpu ms per host and tick',
  'cores used',
  'MiB (most)',
  'bytes per host and look',
  'host dies: lost after s',
  'all elsewhere after s',
  'longest tick, ms',
  'apply from nothing: cpu s',
  'wrong',
]

/** A row of the table. */
export function sizeRow({ hosts, slots, apply, quiet, death, memory, faults }: SizeResult): readonly string[] {
  const cpu = quiet.cpuPerTick * 1000
  return [
    hosts.toLocaleString('en'),
    slots.toLocaleString('en'),
    quiet.ticks.toFixed(2),
    median(quiet.tookMs).toFixed(0),
    cpu.toFixed(0),
    (cpu / hosts).toFixed(2),
    quiet.load.toFixed(2),
    `${memory.now.toFixed(0)} (${memory.most.toFixed(0)})`,
    bytes(quiet.bytes),
    death?.lost.toFixed(1) ?? '-',
    death?.mended.toFixed(1) ?? '-',
    death?.longestMs.toFixed(0) ?? '-',
    `${apply.cpu.toFixed(1)}${apply.whole ? '' : ' *'}`,
    faults.length === 0 ? 'nothing' : faults.join('; '),
  ]
}

const TEXT = `The hosts are simulated in other processes, but each speaks real SSH (the server of ssh2) at an address of its own; four slots per host,
as many jobs as hosts. The loop is \`hc reconcile --cron '* * * * * *'\`; what it costs is processor time of that process alone, system calls and what it
starts included. A host dies by a packet filter that drops everything to and from its address. "Wrong" is what the hosts saw: each slot
has to be started once, those of the dead host once more, nothing stopped and no host that answers called lost. An apply with a star left hosts that did not answer in time to the loop, which finished it.`

/** What one tick costs, by the number of hosts. `--only N,N`: these sizes. */
export const scale: Benchmark = async (options) => {
  if (process.env[INSIDE] === undefined) return insideOwnNetwork()
  const { quick, only, print, write } = options
  const before = loadNow()
  const rows: (readonly string[])[] = [HEAD]
  const sizes = only === null ? SIZES.slice(0, quick ? 3 : undefined) : only.split(',').map(Number)
  for (const hosts of sizes) {
    const row = await measureSize({ hosts, quietSeconds: quick ? 8 : QUIET_SECONDS }).then(
      sizeRow,
      (error: unknown) => {
        const [first = ''] = messageOf(error).split('\n')
        return [hosts.toLocaleString('en'), ...HEAD.slice(2).map(() => '-'), `not measured: ${first}`]
      },
    )
    rows.push(row)
    print(`${table([HEAD, row])}\n`)
    // What was measured is not lost where the next size fails.
    const head = `## Scale\n\n\`npm run build && npm run bench -- scale\` (root, or user namespaces; nft): hc ${hcVersion()}, default settings, one tick per second, ${QUIET_SECONDS} s each.`
    write('scale', `${head} ${surroundings(before)}\n\n${table(rows)}\n\n${TEXT}`)
  }
}

/** The same once more in a network namespace of its own, where an address can be silenced without anybody else noticing. */
async function insideOwnNetwork(): Promise<void> {
  const root = process.getuid?.() === 0 ? [] : ['--map-root-user']
  const words = ['--import', 'tsx', fileURLToPath(new URL('../run.ts', import.meta.url)), ...process.argv.slice(2)]
  const script = 'ip link set lo up && exec "$@"'
  const { status, error } = spawnSync(
    'unshare',
    [...root, '--net', '--', 'sh', '-c', script, 'own', process.execPath, ...words],
    { stdio: 'inherit', env: { ...process.env, [INSIDE]: 'yes' } },
  )
  if (error) throw error
  process.exitCode = status ?? 1
}
