// Control machines by a login that is not root, one of them without etcd, which its apt installs.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ControlChangeView, ControlCheckView } from '../../src/model/control-group.js'
import { bringEtcdBack, takeEtcd } from './support/etcd-package.js'
import { webJob } from './support/jobs.js'
import { HOSTS, on, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { eventually, stopwatch, tell } from './support/wait.js'

beforeAll(wipe)
afterAll(async () => {
  await closeProjects()
  await bringEtcdBack('nuc2')
  await wipe()
  // The key of each control machine was let in at this login.
  for (const host of HOSTS) await on(host, "sed -i '/hc-control:/d' /home/admin/.ssh/authorized_keys")
})

test('hosts that are reached by sudo become control machines, and etcd is installed where it is missing', {
  timeout: 480_000,
}, async () => {
  await takeEtcd('nuc2')
  const project = new Project()
  project.editInventory((text) => text.replaceAll('ansible_user: root', 'ansible_user: admin'))
  project.job('web', webJob(8194))
  expect((await project.apply()).code).toBe(0)

  const began = stopwatch()
  const done = await project.json<ControlChangeView>('control', 'add', ...HOSTS, '--yes')
  expect([done.code, done.stderr]).toEqual([0, expect.any(String)])
  tell('three control machines by sudo, etcd installed on one', began())
  expect(done.json.plan).toContain('etcd is installed from the distribution on nuc2')
  expect(done.json.done).toContainEqual({ host: 'nuc2', text: 'etcd is installed by apt-get' })
  // The package's own unit neither runs nor starts with the machine.
  const own = await on('nuc2', 'systemctl is-active etcd; systemctl is-enabled etcd; systemctl is-active hc-etcd; :')
  expect(own.trim().split('\n')).toEqual(['inactive', 'disabled', 'active'])

  const well = async () => {
    const { json } = await project.json<ControlCheckView>('control', 'check')
    if (json.findings.length > 0) throw new Error(JSON.stringify(json.findings))
    return true
  }
  await eventually('all is well', well, { seconds: 90, everyMs: 1000 })
  // Each is let in at that login, and its loop reaches all hosts by its own key.
  expect(await on('nuc1', 'grep -c hc-control: /home/admin/.ssh/authorized_keys')).toBe('3\n')
  const seen = JSON.parse(await on('nuc3', 'hc status --json || :'))
  expect(seen.hosts.map(({ verdict }: { readonly verdict: string }) => verdict)).toEqual(['ready', 'ready', 'ready'])

  const removed = await project.json<ControlChangeView>('control', 'remove', 'nuc2', '--yes')
  expect([removed.code, removed.stderr]).toEqual([0, expect.any(String)])
  expect(await on('nuc1', 'grep -c hc-control: /home/admin/.ssh/authorized_keys')).toBe('2\n')
  expect(await on('nuc2', 'ls -d /var/lib/hc/control /var/lib/hc/etcd 2>/dev/null; :')).toBe('')
})
