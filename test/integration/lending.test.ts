// A loop lends its connections: who asks how things are logs in nowhere; the doctor does, and so does everybody once it hangs.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { webJob } from './support/jobs.js'
import { HOSTS, onAll, wipe } from './support/lab.js'
import type { Running } from './support/process.js'
import { closeProjects, Project } from './support/project.js'
import { stopwatch, tell } from './support/wait.js'

let project: Project
let loop: Running

beforeAll(async () => {
  await wipe()
  project = new Project()
  project.job('web', webJob(8180, 'count: 3'))
  expect((await project.apply()).code).toBe(0)
  loop = await project.loop()
  await project.converged(30)
})
afterAll(async () => {
  loop.signal('SIGCONT')
  expect((await loop.kill('SIGTERM')).code).toBe(0)
  await closeProjects()
  await wipe()
})

/** Logins that each host has seen since it booted. */
async function logins(): Promise<number> {
  const counts = await onAll("journalctl -q -b -o cat | grep -c 'Accepted publickey' || true")
  return HOSTS.reduce((sum, host) => sum + Number(counts.get(host)), 0)
}

/** Logins that a command makes. */
async function loginsOf(...words: readonly string[]): Promise<number> {
  const before = await logins()
  const run = await project.hc(...words)
  expect(run.code, run.stderr).toBe(0)
  return (await logins()) - before
}

test('looks of commands make no login; a changed job is applied without one', async () => {
  expect(await loginsOf('status')).toBe(0)
  expect(await loginsOf('plan', 'jobs')).toBe(0)
  project.job('web', webJob(8180, 'count: 3\nenv: {CHANGED: "1"}'))
  const since = stopwatch()
  expect(await loginsOf('apply', '-y', 'jobs')).toBe(0)
  tell('a changed job applied by a ticking loop', since())
  await project.converged(5)
})

test('the doctor goes its own ways to the hosts', async () => {
  const before = await logins()
  await project.hc('doctor')
  expect((await logins()) - before).toBeGreaterThanOrEqual(HOSTS.length)
})

test('a loop that hangs holds up nobody for long, and one that died nobody at all', async () => {
  loop.signal('SIGSTOP')
  const since = stopwatch()
  expect(await loginsOf('status')).toBe(HOSTS.length)
  tell('hc status beside a loop that hangs, with three looks at the logins', since())
  await loop.kill('SIGKILL')
  expect(await loginsOf('status')).toBe(HOSTS.length)
  loop = await project.loop()
  await project.converged(30)
  expect(await loginsOf('status')).toBe(0)
})
