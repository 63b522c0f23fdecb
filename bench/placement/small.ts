// Small clusters whose exact answer is known, each asked of the built program, its answer judged by check.ts.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Benchmark, quantile, table } from '../benchmark.js'
import { type AnswerJson, faultsOf } from './check.js'
import { type Instance, instancesIn, type ScenarioJson, scenarioOf } from './scenarios.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** One instance, asked once. */
interface Asked {
  readonly instance: Instance
  /** Wall time of the whole command. */
  readonly ms: number
  readonly answer: AnswerJson | null
  /** What is wrong with it; empty: nothing. */
  readonly faults: readonly string[]
}

/** What the answer says against what is known. */
function contradictions({ feasible, minMoves }: Instance, answer: AnswerJson): readonly string[] {
  const faults: string[] = []
  const whole = answer.unplaced.length === 0
  if (!feasible && whole) faults.push('places what has no placement')
  if (feasible && !whole && answer.proved) faults.push('says that it is proved impossible, and it is not')
  if (!whole || typeof minMoves !== 'number') return faults
  if (answer.moves.length < minMoves) faults.push(`${answer.moves.length} moves, which can't do`)
  if (answer.proved && answer.moves.length > minMoves)
    faults.push(`proves ${answer.moves.length} moves, ${minMoves} do`)
  return faults
}

function ask(instance: Instance, scenario: ScenarioJson, file: string, effort: number): Asked {
  writeFileSync(file, JSON.stringify(scenario))
  const before = performance.now()
  const more = effort === 1 ? [] : ['--effort', String(effort)]
  const argv = [join(ROOT, 'bin/run.js'), 'simulate', '--input', file, '--json', ...more]
  const { status, stdout } = spawnSync(process.execPath, argv, { encoding: 'utf8', maxBuffer: 2 ** 28 })
  const ms = performance.now() - before
  try {
    const answer: AnswerJson = JSON.parse(stdout)
    const faults = [...faultsOf(scenario, answer, status ?? -1), ...contradictions(instance, answer)]
    return { instance, ms, answer, faults }
  } catch (error) {
    return { instance, ms, answer: null, faults: [`exit ${status}: ${String(error)}`] }
  }
}

/** All that is placed, with the fewest moves. */
function solved({ instance, answer }: Asked): boolean {
  if (answer === null || answer.unplaced.length > 0) return false
  return instance.initial === undefined || answer.moves.length === instance.minMoves
}

function row(name: string, asked: readonly Asked[]): readonly string[] {
  const feasible = asked.filter(({ instance }) => instance.feasible)
  const rest = asked.filter(({ instance }) => !instance.feasible)
  const part = (of: readonly Asked[], is: (one: Asked) => boolean) => `${of.filter(is).length} of ${of.length}`
  const proved = ({ answer }: Asked) => answer?.proved === true
  const times = asked.map(({ ms }) => ms)
  const time = (part: number) => quantile(times, part).toFixed(0)
  return [
    name,
    part(feasible, ({ answer }) => answer?.unplaced.length === 0),
    part(feasible, solved),
    part(feasible, proved),
    part(rest, proved),
    String(asked.filter(({ faults }) => faults.length > 0).length),
    time(0.5),
    time(0.95),
    time(1),
    String(times.filter((ms) => ms > 2000).length),
  ]
}

const HEAD = [
  'file, jobs',
  'placed',
  'with fewest moves',
  'so proved',
  'impossible proved',
  'wrong',
  'ms',
  '95 %',
  'most',
  '> 2 s',
]

function files(data: string | null): readonly string[] {
  const from = data ?? join(ROOT, 'test/scheduler/data')
  if (!statSync(from).isDirectory()) return [from]
  const names = readdirSync(from).filter((name) => /^(feasibility|failover).*\.jsonl$/.test(name))
  return names.sort().map((name) => join(from, name))
}

/** Each file of instances in the folder (or the one file) that `data` names; by default those of the tests. */
export const small: Benchmark = async ({ data, quick, effort, print }) => {
  const folder = mkdtempSync(join(tmpdir(), 'hc-small-'))
  const rows: (readonly string[])[] = [HEAD]
  try {
    for (const file of files(data)) {
      const all = instancesIn(readFileSync(file, 'utf8')).filter((_, at) => !quick || at % 5 === 0)
      for (const grouped of [false, true]) {
        const asked = all.map((each) => ask(each, scenarioOf(each, grouped), join(folder, `${each.id}.json`), effort))
        rows.push(row(`${basename(file)}, ${grouped ? 'with counts' : 'one per slot'}`, asked))
        for (const { instance, faults, ms, answer } of asked) {
          const open = answer !== null && !answer.proved ? ['not proved'] : []
          const told = [...faults, ...open, ...(ms > 2000 ? [`${ms.toFixed(0)} ms`] : [])]
          if (told.length > 0) print(`${instance.id}${grouped ? ' (counts)' : ''}: ${told.join('; ')}`)
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  print(`\n${table(rows)}`)
}
