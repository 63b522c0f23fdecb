// Bad input and bad luck: a clear error with the next step, the rest carried on, the right exit code, and the next run
// converges.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StatusView, ValidateView } from '../../src/model/views.js'
import { idleJob, webJob } from './support/jobs.js'
import { addressOf, lab, labState, on, others, wipe } from './support/lab.js'
import { closeProjects, type ErrorJson, Project } from './support/project.js'
import { leftovers, only, running, starts, twice, units } from './support/seen.js'

beforeEach(wipe)
afterEach(closeProjects)

describe('files', () => {
  test('a typo in a field: exit 2 with file, line, column and the right name; nothing is applied', async () => {
    const project = new Project()
    project.job('good', idleJob())
    project.job('web', 'command: [sleep, infinity]\ncuont: 2\nresources: {memory: -5Mi}\n')
    const run = await project.hc('apply')
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('jobs/web.yml:2:1')
    expect(run.stderr).toContain('cuont: 2')
    expect(run.stderr).toMatch(/count/)
    expect(run.stderr).toContain('jobs/web.yml:3:')
    const { code, json } = await project.json<ErrorJson>('apply')
    expect(code).toBe(2)
    expect(json.error).toMatchObject({
      code: 'invalid',
      at: { file: expect.stringContaining('jobs/web.yml'), line: 2, column: 1 },
    })
    expect((await project.json<ValidateView>('validate')).code).toBe(2)
    expect(await units()).toEqual([])
  })

  test('a port taken twice, and one taken by a program that is not of hc', async () => {
    const project = new Project()
    project.job('one', webJob(8181, 'count: 3'))
    project.job('two', webJob(8181))
    const twiceTaken = await project.apply()
    expect(twiceTaken.code).toBe(4)
    expect(twiceTaken.json.unplaced).toHaveLength(1)
    for (const { reason } of twiceTaken.json.unplaced[0]?.reasons ?? []) expect(reason).toMatch(/8181/)

    await on('nuc1', 'systemd-run --unit=test-foreign -q busybox httpd -f -p 8182 -h /etc')
    project.remove('jobs/two.yml')
    project.job('three', webJob(8182, 'count: 3'))
    const { code, json } = await project.apply()
    expect(code).toBe(4)
    const seen = (await running()).filter(({ slot }) => slot.startsWith('three.'))
    expect(seen.map(({ host }) => host).sort()).toEqual(['nuc2', 'nuc3'])
    const why = json.unplaced[0]?.reasons.find(({ host }) => host === 'nuc1')?.reason
    expect(why).toMatch(/8182/)
    await on('nuc1', 'systemctl stop test-foreign')
    expect((await project.apply()).code).toBe(0)
    expect((await running()).filter(({ slot }) => slot.startsWith('three.'))).toHaveLength(3)
  })
})

test('a full disk on one host: its slots say so, the others are carried on, and it heals', async () => {
  const project = new Project()
  project.job('each', idleJob('type: system'))
  await lab('fill', 'nuc2')
  const { code, json } = await project.apply()
  expect(code).toBe(1)
  const failed = json.results.filter(({ ok }) => !ok)
  expect(failed.map(({ slot }) => slot)).toEqual(['each.nuc2'])
  expect(failed[0]?.error).toMatch(/No space left|disk is full/i)
  expect((await running()).map(({ slot }) => slot)).toEqual(['each.nuc1', 'each.nuc3'])
  const waiting = (await project.status()).allocations.find(({ slot }) => slot === 'each.nuc2')
  expect(waiting?.note).toMatch(/No space left|disk is full/i)
  await lab('fill', 'nuc2', '--clear')
  const healed = await project.apply()
  expect(healed.code).toBe(0)
  expect((await running()).map(({ slot }) => slot)).toEqual(['each.nuc1', 'each.nuc2', 'each.nuc3'])
  await lab('fill', 'nuc2')
  project.job('each', idleJob('type: system', 'env: {CHANGED: "1"}'))
  const before = starts(await running(['nuc2']))
  const changed = await project.apply()
  expect(changed.code).toBe(1)
  // Its files could not be written: what ran before goes on.
  expect(starts(await running(['nuc2']))).toEqual(before)
  await lab('fill', 'nuc2', '--clear')
  expect((await project.apply()).code).toBe(0)
  expect(starts(await running(['nuc2']))).not.toEqual(before)
  expect(await leftovers()).toEqual([])
})

describe('ssh', () => {
  async function hostOf(project: Project, name: string): Promise<StatusView['hosts'][number]> {
    const found = (await project.status()).hosts.find((host) => host.name === name)
    if (!found) throw new Error(`${name} is not in status`)
    return found
  }

  test('a host that refuses the key: unmanageable, exit 3 for what it leaves undone, the rest runs', async () => {
    const project = new Project()
    project.job('each', idleJob('type: system'))
    await on('nuc3', 'mv /root/.ssh/authorized_keys /root/.ssh/authorized_keys.away')
    try {
      const { code } = await project.apply()
      expect(code).toBe(3)
      expect((await running()).map(({ slot }) => slot)).toEqual(['each.nuc1', 'each.nuc2'])
      const host = await hostOf(project, 'nuc3')
      expect(host.verdict).toBe('unmanageable')
      expect(host.reason).toMatch(/key|auth/i)
    } finally {
      await on('nuc3', 'mv /root/.ssh/authorized_keys.away /root/.ssh/authorized_keys')
    }
    expect((await project.apply()).code).toBe(0)
    expect(await running()).toHaveLength(3)
  })

  test('a host key that changed is refused with the line to mend; an unknown one is not taken without a word', async () => {
    const project = new Project()
    project.job('each', idleJob('type: system'))
    const known = readFileSync(join(labState(), 'known_hosts'), 'utf8').trim().split('\n')
    const keyOf = (host: 'nuc1' | 'nuc2') =>
      known.filter((line) => line.startsWith(`${addressOf(host)},`)).map((line) => line.split(' ').slice(1).join(' '))
    const lines = known.filter(
      (line) => !line.startsWith(`${addressOf('nuc1')},`) && !line.startsWith(`${addressOf('nuc2')},`),
    )
    // nuc1 is known by the keys of another host, nuc2 not at all.
    project.write(
      'known_hosts',
      [...lines, ...keyOf('nuc2').map((key) => `${addressOf('nuc1')} ${key}`), ''].join('\n'),
    )
    project.editInventory((text) =>
      text.replace(/UserKnownHostsFile=\S+/, `UserKnownHostsFile=${project.path('known_hosts')}`),
    )
    const { code } = await project.apply()
    expect(code).toBe(3)
    expect((await running()).map(({ slot }) => slot)).toEqual(['each.nuc3'])
    const changed = await hostOf(project, 'nuc1')
    expect(changed.verdict).toBe('unmanageable')
    expect(changed.reason).toMatch(/changed/)
    expect(changed.reason).toMatch(/known_hosts:\d+/)
    const unknown = await hostOf(project, 'nuc2')
    expect(unknown.verdict).toBe('unmanageable')
    expect(unknown.reason).toMatch(/known_hosts|not known|unknown/)
    expect(readFileSync(project.path('known_hosts'), 'utf8')).not.toContain(addressOf('nuc2'))
  })
})

describe('logins that are not root', () => {
  test('admin with sudo -n: works', async () => {
    const project = new Project()
    project.editInventory((text) => text.replace('ansible_user: root', 'ansible_user: admin'))
    project.job('web', webJob(8185, 'count: 3'))
    project.job('site', 'image: localhost/hc-web:1\nports: {http: {host: 8186, container: 8080}}\n')
    const { code, json } = await project.apply()
    expect(json.results.filter(({ ok }) => !ok)).toEqual([])
    expect(code).toBe(0)
    expect((await running()).map(({ slot }) => slot)).toEqual(['site.0', 'web.0', 'web.1', 'web.2'])
    expect((await project.hc('host', 'run', 'nuc1', '--', 'id', '-u')).stdout).toContain('0')
    expect((await project.apply()).json.changes).toBe(false)
  })

  test('without sudo rights: unmanageable, no privileges, and nothing is half-managed', async () => {
    const project = new Project()
    project.editInventory((text) => text.replace('ansible_user: root', 'ansible_user: admin'))
    project.job('each', idleJob('type: system'))
    await on('nuc1', 'mkdir -p /root/away && mv /etc/sudoers.d/* /root/away/')
    try {
      const { code } = await project.apply()
      expect(code).toBe(3)
      expect((await running()).map(({ slot }) => slot)).toEqual(others('nuc1').map((host) => `each.${host}`))
      const host = (await project.status()).hosts.find(({ name }) => name === 'nuc1')
      expect(host?.verdict).toBe('unmanageable')
      expect(host?.reason).toMatch(/no privileges|sudo/)
      expect(await on('nuc1', 'ls /etc/systemd/system | grep hc- || :')).toBe('')
    } finally {
      await on('nuc1', 'mv /root/away/* /etc/sudoers.d/')
    }
  })
})

test('what a host prints cannot reach the terminal as control characters', async () => {
  const project = new Project()
  project.job(
    'loud',
    idleJob().replace(
      '[sleep, infinity]',
      String.raw`[sh, -c, 'printf "\033[31mred\033]0;title\007\n"; exec sleep infinity']`,
    ),
  )
  expect((await project.apply()).code).toBe(0)
  await only('loud.0')
  const logs = await project.hc('logs', 'loud')
  expect(logs.stdout).toContain('red')
  expect(logs.stdout).not.toContain('\u001b')
  expect(logs.stdout).not.toContain('\u0007')
  expect(twice(await units())).toEqual([])
})
