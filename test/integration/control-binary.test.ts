// `hc control add` said by the single executable: it sends itself, and the loops there run it; a built program takes its place.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ControlChangeView, ControlListView } from '../../src/model/control-group.js'
import { webJob } from './support/jobs.js'
import { HOSTS, on, onAll, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { running, starts } from './support/seen.js'
import { ROOT } from './support/verbs.js'
import { eventually, stopwatch, tell } from './support/wait.js'

const folder = mkdtempSync(join(tmpdir(), 'hc-control-binary-'))

beforeAll(wipe)
afterAll(async () => {
  await closeProjects()
  rmSync(folder, { recursive: true, force: true })
  await wipe()
})

test('the single executable makes hosts control machines without a Node there', { timeout: 480_000 }, async () => {
  const program = join(folder, 'hc')
  const env = { ...process.env, HC_BINARY: program }
  await promisify(execFile)(process.execPath, ['scripts/binary.mjs'], { cwd: ROOT, env })
  const project = new Project()
  project.job('web', webJob(8193))
  expect((await project.apply()).code).toBe(0)
  const before = starts(await running())

  const began = stopwatch()
  const single = (...words: readonly string[]) => project.start(words, { program: [program] }).ended
  const added = await single('control', 'add', ...HOSTS, '--yes')
  expect([added.code, added.stderr]).toEqual([0, expect.stringContaining(': the program of this machine\n')])
  tell('three control machines by the single executable', began())
  for (const [host, files] of await onAll('ls /var/lib/hc/program/*/')) expect([host, files]).toEqual([host, 'hc\n'])
  const unit = await on('nuc2', 'sed -n "s/^ExecStart=//p" /etc/systemd/system/hc-reconcile.service')
  expect(unit).toMatch(/^"\/var\/lib\/hc\/program\/[0-9a-f]{64}\/hc" reconcile --cron /)
  const roles = async () => {
    const { machines } = (await project.json<ControlListView>('control', 'list')).json
    const all = machines.map(({ role }) => role).sort()
    return all.join() === 'leads,stands-by,stands-by' ? true : null
  }
  await eventually('one leads and two stand by', roles, { seconds: 60 })
  // Said there, by that very program.
  expect(JSON.parse(await on('nuc3', 'hc control add --yes --json'))).toMatchObject({ plan: [] })

  const built = await project.json<ControlChangeView>('control', 'add', '--yes')
  expect([built.code, built.stderr]).toEqual([0, expect.any(String)])
  const files = await onAll('ls -d /var/lib/hc/program/*/hc /var/lib/hc/program/*/node 2>/dev/null; :')
  for (const [host, found] of files) expect([host, found]).toEqual([host, expect.stringMatching(/^\S+\/node\n$/)])
  await eventually('one leads and two stand by', roles, { seconds: 60 })
  expect(starts(await running())).toEqual(before)
})
