// What people see who watch: the loop's snapshots, with numbers of all kinds of jobs, and what becomes of them when the loop
// hangs, dies and starts again.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AllocationView, LiveView } from '../../src/model/views.js'
import { wipe } from './support/lab.js'
import type { Running } from './support/process.js'
import { closeProjects, Project } from './support/project.js'
import { eventually, sleep, stopwatch, tell } from './support/wait.js'

const BUSY = '[sh, -c, "while :; do i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done; sleep 0.2; done"]'

let project: Project
let loop: Running
let watching: Running

/** All snapshots so far. */
function views(): readonly LiveView[] {
  const lines = watching.stdout.split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as LiveView)
}

function last(): LiveView | undefined {
  return views().at(-1)
}

/** Waits for a snapshot of that source; how long it took, seconds. */
async function untilFrom(source: LiveView['source'], seconds = 10): Promise<number> {
  const since = stopwatch()
  const seen = views().length
  await eventually(`a snapshot of source ${source}`, async () => views().slice(seen).at(-1)?.source === source, {
    seconds,
    everyMs: 50,
  })
  return since()
}

beforeAll(async () => {
  await wipe()
  project = new Project()
  const common = 'resources: {cpu: 20m, memory: 32Mi}'
  project.job('proc', `command: ${BUSY}\n${common}\n`)
  project.job('pod', `image: localhost/hc-web:1\ncommand: ${BUSY}\n${common}\n`)
  project.job('dock', `image: localhost/hc-web:1\ndriver: docker\ncommand: ${BUSY}\n${common}\n`)
  expect((await project.apply()).code).toBe(0)
  loop = await project.loop()
  watching = project.start(['status', '--watch', '--json'])
})
afterAll(closeProjects)

test('the loop’s snapshots: use of processes and containers, and times that stand still', async () => {
  await untilFrom('loop')
  const numbered = ({ cpu, memory }: AllocationView) => (cpu ?? 0) > 0 && (memory ?? 0) > 0
  const all = await eventually('every allocation has its numbers', async () => {
    const found = last()?.allocations ?? []
    return found.length === 3 && found.every(numbered) && found
  })
  for (const { cpu, memory } of all) {
    expect(cpu).toBeLessThan(1100)
    expect(memory).toBeLessThan(32 * 1024 * 1024)
  }
  // A late answer is mended by the first early one; from then on nothing moves.
  const still = await eventually('times stand still', async () => {
    const recent = views().slice(-5)
    const times = recent.map(({ hosts, allocations }) =>
      JSON.stringify([hosts.map(({ bootedAt }) => bootedAt), allocations.map(({ since }) => since)]),
    )
    return recent.length === 5 && new Set(times).size === 1 && recent
  })
  expect(still.flatMap(({ hosts }) => hosts.map(({ bootedAt }) => bootedAt))).not.toContain(null)
  expect(still.flatMap(({ allocations }) => allocations.map(({ since }) => since))).not.toContain(null)
  expect(new Set(still.map(({ seenAt }) => seenAt)).size).toBe(5)
})

test('a loop that hangs is told, one that dies is replaced by own looks, and one that starts is followed', async () => {
  void loop.kill('SIGSTOP')
  tell('own looks after the loop hung', await untilFrom('own'))
  await eventually('it is said', async () => watching.stderr.includes('it hangs or is stopped'))
  void loop.kill('SIGCONT')
  await untilFrom('loop')
  await loop.kill('SIGKILL')
  const after = await untilFrom('own')
  tell('own looks after the loop died', after)
  // A look of one's own may wait 2.5 s for a slow host.
  expect(after).toBeLessThan(10)
  expect(last()?.loop.ticking).toBe(false)
  loop = project.start(['reconcile', '--cron'])
  tell('the loop’s snapshots after it was started', await untilFrom('loop'))
})

test('with .hc taken away and made anew under the loop, watching goes on, for new viewers too', async () => {
  project.remove('.hc')
  await sleep(2500)
  await untilFrom('loop')
  const another = project.start(['status', '--watch', '--json'])
  await eventually('a second viewer sees the loop', async () => another.stdout.includes('"source":"loop"'))
  await another.kill('SIGTERM')
  expect((await watching.kill('SIGINT')).code).toBe(130)
})
