// What commands call, through the program's own doors, with a host that refuses connections.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Survivals } from '../../src/controller/survival.js'
import { type Hc, openHc } from '../../src/hc.js'
import type { AppliedJob } from '../../src/model/job.js'
import { REPAIR_STEPS } from '../../src/scheduler/place.js'
import { openStore } from '../../src/store/store.js'
import { applied, job, WALL } from '../planner/support/make.js'
import { fakeSshd, newKey } from '../support/fake-sshd.js'

let folder = ''
let hc: Hc

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hc-test-'))
  await writeFile(join(folder, 'inventory.yml'), 'all: {hosts: {a: {ansible_host: 127.0.0.1, ansible_port: 1}}}\n')
  await mkdir(join(folder, 'jobs'))
  await writeFile(join(folder, 'jobs', 'web.yml'), 'command: [/usr/bin/sleep, infinity]\n')
  hc = await openHc({ inventory: join(folder, 'inventory.yml') })
})
afterEach(async () => {
  await hc.close()
  await rm(folder, { recursive: true, force: true })
})

async function apply(...jobs: readonly AppliedJob[]): Promise<void> {
  const store = openStore(join(folder, '.hc'), { wall: () => WALL, owner: 'test', command: 'test' })
  const lock = await store.lock(5000)
  const records = await store.create()
  await store.write({ ...records, jobs: Object.fromEntries(jobs.map((each) => [each.job.name, each])) })
  await lock.release()
}

test('an empty pattern is no pattern: a variable that was not set in a script is not the whole house', async () => {
  await expect(hc.hostNames([''])).rejects.toThrow('the pattern is empty')
  await expect(hc.hostNames(['a', ' '])).rejects.toThrow('the pattern is empty')
  const options = { parallel: 1, timeoutMs: 1000, onOutput: () => undefined }
  await expect(hc.hostRun('', ['hostname'], options)).rejects.toThrow('the pattern is empty')
  expect(await hc.hostNames(['all'])).toEqual(['a'])
})

test('a job whose file is gone is named in the plan, until it is pruned', async () => {
  await apply(
    applied(job('old'), { folder: join(folder, 'jobs') }),
    applied(job('elsewhere'), { folder: '/srv/other' }),
  )
  const paths = [join(folder, 'jobs')]
  const told = (await hc.plan(paths, { prune: false })).warnings.filter((text) => text.includes('file is gone'))
  expect(told).toEqual([`old is applied, but its file is gone from ${join(folder, 'jobs')}: --prune removes such jobs`])
  const pruned = await hc.plan(paths, { prune: true })
  expect(pruned.warnings.filter((text) => text.includes('file is gone'))).toEqual([])
})

test('--effort reaches the search for places and the proof of survival alike', async () => {
  await apply(applied(job('web')))
  const after = vi.spyOn(Survivals.prototype, 'after')
  await hc.plan([join(folder, 'jobs')], { prune: false, effort: 3 })
  await hc.plan([join(folder, 'jobs')], { prune: false })
  const asked = after.mock.calls.map(([look, steps]) => [look.input.searchSteps, steps])
  after.mockRestore()
  expect(asked).toEqual([
    [3 * REPAIR_STEPS, 3 * REPAIR_STEPS],
    [undefined, undefined],
  ])
})

test('hosts are asked while job files are read, and nobody is asked about a host before a fault in a file is told', async () => {
  const key = newKey()
  const server = await fakeSshd({ allow: [key] })
  const keyFile = join(folder, 'key')
  await writeFile(keyFile, key.private, { mode: 0o600 })
  const at = `ansible_host: 127.0.0.1, ansible_port: ${server.port}, ansible_user: root, ansible_ssh_private_key_file: ${keyFile}`
  const options = `ansible_ssh_common_args: -o UserKnownHostsFile=${join(folder, 'known')} -o StrictHostKeyChecking=ask`
  await writeFile(join(folder, 'inventory.yml'), `all: {hosts: {a: {${at}, ${options}}}}\n`)
  const jobs = [join(folder, 'jobs')]
  const asked: string[] = []
  const open = () =>
    openHc({
      inventory: join(folder, 'inventory.yml'),
      confirmKey: async (question) => {
        asked.push(question)
        return false
      },
    })
  try {
    const good = await open()
    await good.plan(jobs, { prune: false })
    expect(asked).toHaveLength(1)
    await good.close()
    await writeFile(join(folder, 'jobs', 'bad.yml'), 'comand: [/usr/bin/sleep]\n')
    const bad = await open()
    await expect(bad.plan(jobs, { prune: false })).rejects.toThrow('nothing was applied')
    await expect.poll(() => server.seen.connections).toBeGreaterThan(1)
    await new Promise((resolve) => setTimeout(resolve, 300))
    await bad.close()
    expect(asked).toHaveLength(1)
  } finally {
    await server.close()
  }
})
