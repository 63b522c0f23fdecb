// `npm run bench -- start`: how long a command takes that does next to nothing.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Benchmark, table } from './benchmark.js'
import { loadNow, surroundings } from './document.js'
import { startFleet } from './fleet/fleet.js'
import { mean, median, type Run, run, runOk, spread } from './measure.js'
import { ansible, hc, hcEnv, hcVersion, ROOT } from './program.js'

const HOSTS = 3
const JOBS = 10
const RUNS = 15

interface Command {
  readonly name: string
  readonly argv: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** What it reads is taken out of memory before each run. */
  readonly cold?: true
}

/** All files under a folder. */
function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Drops files from the page cache (POSIX_FADV_DONTNEED by dd of coreutils), which takes no root and concerns nobody else. */
async function evict(files: readonly string[]): Promise<void> {
  const script = 'for f; do dd if="$f" iflag=nocache count=0 status=none; done'
  await runOk(['sh', '-c', script, 'evict', ...files])
}

/** A job that does nothing, of `count` slots. */
export function idleJob(name: string, count: number): string {
  return `name: ${name}\ncount: ${count}\ncommand: [/bin/sleep, infinity]\nresources: {cpu: 10m, memory: 8Mi}\n`
}

function commandsOf(inventory: string, without: string): readonly Command[] {
  const status = { argv: hc('status', '--json'), env: hcEnv(inventory) }
  const python = ansible('ansible')
  return [
    { name: 'node -e 0', argv: [process.execPath, '-e', '0'] },
    { name: 'hc --version', argv: hc('--version') },
    { name: 'hc --version, its files not in memory', argv: hc('--version'), cold: true },
    { name: 'hc --help', argv: hc('--help') },
    { name: 'hc status --json of a store without hosts', argv: status.argv, env: hcEnv(without) },
    { name: `hc status --json, ${HOSTS} hosts asked over SSH`, ...status },
    { name: `the same, its files and the store not in memory`, ...status, cold: true },
    ...(python === null ? [] : [{ name: 'ansible --version', argv: [python, '--version'] }]),
  ]
}

/** Every command once in each round, so that what else the machine does meets all alike. */
async function measured(commands: readonly Command[], rounds: number, store: string) {
  const found = new Map<string, Run[]>(commands.map(({ name }) => [name, []]))
  const read = [...filesUnder(join(ROOT, 'dist')), ...filesUnder(join(ROOT, 'node_modules/ssh2/lib'))]
  const small = read.filter((file) => statSync(file).size > 0)
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, argv, env, cold } of commands) {
      if (cold) await evict([...small, ...filesUnder(store)])
      const done = await run(argv, env ? { env } : {})
      if (done.code !== 0) throw new Error(`${argv.join(' ')} ended with code ${done.code}: ${done.stderr.slice(-500)}`)
      // The first round fills the caches.
      if (round >= 0) found.get(name)?.push(done)
    }
  }
  return found
}

/** The table; the first command is what the others are compared with. */
export function startTable(found: ReadonlyMap<string, readonly Pick<Run, 'seconds' | 'cpu'>[]>): string {
  const rows = [...found].map(([name, runs]) => {
    const clock = runs.map(({ seconds }) => seconds * 1000)
    return { name, clock, cpu: mean(runs.map(({ cpu }) => cpu)) * 1000 }
  })
  const [least] = rows
  if (least === undefined) return ''
  return table([
    ['command', 'ms on the clock: median (least to most)', 'over node', 'processor ms: mean', 'over node'],
    ...rows.map((row) => {
      const over = (value: number) => (row === least ? '' : value.toFixed(0))
      const clock = over(median(row.clock) - median(least.clock))
      return [row.name, spread(row.clock, 0), clock, row.cpu.toFixed(0), over(row.cpu - least.cpu)]
    }),
  ])
}

const TEXT = `Each command is run once per round, one after the other; the first round is not counted. Those "not in memory" read their files from the
disk: the program's own files are dropped from the page cache before (node itself stays, as other programs use it). A status opens inventory and
store and, where there are hosts, asks each by SSH; the simulated hosts answer at once, in another process.`

/** How long commands take to start. */
export const start: Benchmark = async ({ quick, print, write }) => {
  const before = loadNow()
  const folder = mkdtempSync(join(tmpdir(), 'hc-bench-start-'))
  const fleet = await startFleet(folder, HOSTS)
  try {
    const without = join(folder, 'without')
    mkdirSync(without)
    writeFileSync(join(without, 'inventory.yml'), 'all:\n  hosts: {}\n')
    for (let job = 0; job < JOBS; job += 1) {
      writeFileSync(join(folder, 'jobs', `job${job}.yml`), idleJob(`job${job}`, HOSTS))
    }
    await runOk(hc('apply', '-y', join(folder, 'jobs')), { env: hcEnv(fleet.inventory) })
    const commands = commandsOf(fleet.inventory, join(without, 'inventory.yml'))
    const rounds = quick ? 3 : RUNS
    const found = await measured(commands, rounds, join(folder, '.hc'))
    const text = startTable(found)
    print(text)
    const head = `## Start\n\n\`npm run build && npm run bench -- start\`: hc ${hcVersion()}, ${rounds} rounds.`
    write('start', `${head} ${surroundings(before)}\n\n${text}\n\n${TEXT}`)
  } finally {
    await fleet.close()
    rmSync(folder, { recursive: true })
  }
}
