// `npm run sim -- --seeds 10000 [--from 1]`, or HC_SIM_SEED=N npm run sim: the simulation alone.
import { spawnSync } from 'node:child_process'

const args = process.argv.slice(2)
const optionOf = (name) => {
  const at = args.indexOf(name)
  return at < 0 ? undefined : args[at + 1]
}
const env = { ...process.env }
const seeds = optionOf('--seeds')
const from = optionOf('--from')
if (seeds !== undefined) env.HC_SIM_SEEDS = seeds
if (from !== undefined) env.HC_SIM_FROM = from
const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'unit', 'test/sim'], { stdio: 'inherit', env })
process.exitCode = status ?? 1
