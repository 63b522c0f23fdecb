// Control machines, then one of them, then a store in a folder, and control machines again: at no time are there two etcds.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ControlChangeView, ControlCheckView } from '../../src/model/control-group.js'
import type { MigrateView } from '../../src/model/store-copies.js'
import { webJob } from './support/jobs.js'
import { HOSTS, type LabHost, on, onAll, wipe } from './support/lab.js'
import { interruptAt } from './support/process.js'
import { closeProjects, type ErrorJson, Project } from './support/project.js'
import { running, starts } from './support/seen.js'
import { eventually } from './support/wait.js'

beforeAll(wipe)
afterAll(async () => {
  await closeProjects()
  await wipe()
})

const ETCD = '/var/lib/hc/etcd'
interface Members {
  readonly members: readonly { readonly ID: string; readonly name: string }[]
}
/** Members as that host's own member knows them. */
async function membersOn(host: LabHost): Promise<readonly string[]> {
  const keys = `--cacert ${ETCD}/ca.pem --cert ${ETCD}/member.pem --key ${ETCD}/member.key`
  const said = await on(host, `curl -s -m 10 ${keys} -d '{}' https://127.0.0.1:2379/v3/cluster/member/list`)
  const { members }: Members = JSON.parse(said)
  return members.map(({ ID, name }) => `${name} ${ID}`).sort()
}
const endLoops = () => onAll('systemctl stop hc-reconcile.service 2>/dev/null; :')

test('a member that is left from an earlier etcd is none of the next one, and its data is kept', {
  timeout: 300_000,
}, async () => {
  const project = new Project()
  project.job('web', webJob(8194))
  expect((await project.apply()).code).toBe(0)
  const before = starts(await running())
  const well = async (...words: readonly string[]) => {
    const done = await project.json<ControlChangeView>('control', ...words, '--yes')
    expect([words, done.code, done.json, done.stderr]).toEqual([words, 0, expect.anything(), expect.any(String)])
    return done.json
  }
  await well('add', ...HOSTS)
  const killed = interruptAt('etcd is taken away', { signal: 'SIGKILL' })
  expect((await project.start(['control', 'remove', 'nuc2', '--yes'], { env: killed }).ended).code).toBeNull()
  await well('remove', 'nuc2')
  // Killed even later, the others alone would not be up to date yet.
  project.editInventory((text) => `${text}# edited here\n`)
  expect((await well('remove', 'nuc2')).notes).toContain('nothing of a control machine is left on nuc2')
  const once = await project.json<ErrorJson>('control', 'remove', 'nuc2', '--yes')
  expect([once.code, once.json.error.message]).toEqual([2, expect.stringContaining('nothing of one is left there')])
  await well('remove', 'nuc3')
  await endLoops()
  const moved = await project.json<MigrateView>('store', 'migrate', 'file')
  expect([moved.code, moved.json.unused]).toEqual([0, ['nuc1']])
  expect((await project.hc('inventory', 'unset', 'all', 'hc_store')).code).toBe(0)
  const earlier = await on('nuc1', `systemctl is-active hc-etcd.service; grep token ${ETCD}/etcd.yml`)

  const { plan, done } = await well('add', ...HOSTS)
  expect(plan[0]).toContain('the earlier etcd on nuc1, which nothing uses, ends; its data is put aside there')
  expect(done.map(({ host, text }) => `${host} ${text}`)).toContainEqual(
    expect.stringMatching(/^nuc1 what the earlier etcd held is put aside: \/var\/lib\/hc\/etcd\/removed-\d+T\d+Z$/),
  )
  expect(await on('nuc1', `ls ${ETCD}/removed-*/member`)).toBe('snap\nwal\n')
  const lists = await Promise.all(HOSTS.map(membersOn))
  expect(lists).toEqual([lists[0], lists[0], lists[0]])
  expect(lists[0]?.map((line) => line.split(' ')[0])).toEqual(HOSTS)
  const again = await on('nuc1', `systemctl is-active hc-etcd.service; grep token ${ETCD}/etcd.yml`)
  expect([again.split('\n')[0], again === earlier]).toEqual(['active', false])
  const findings = async () => {
    const { json } = await project.json<ControlCheckView>('control', 'check')
    if (json.findings.length > 0) throw new Error(JSON.stringify(json.findings))
    return true
  }
  await eventually('all is well', findings, { seconds: 60, everyMs: 1000 })
  expect(starts(await running())).toEqual(before)

  // Back for good: what there is of control machines is taken away from each, and nothing else.
  await endLoops()
  expect((await project.hc('store', 'migrate', 'file')).code).toBe(0)
  expect((await project.hc('inventory', 'unset', 'all', 'hc_store')).code).toBe(0)
  for (const host of HOSTS) await well('remove', host)
  const folders = '/var/lib/hc/etcd /var/lib/hc/control /var/lib/hc/program'
  const left = await onAll(
    `ls -d ${folders} /etc/systemd/system/hc-etcd.service /etc/systemd/system/hc-reconcile.service 2>/dev/null; grep hc-control:${moved.json.cluster}: /root/.ssh/authorized_keys; :`,
  )
  expect([...left.values()]).toEqual(['', '', ''])
  const none = await project.json<ErrorJson>('control', 'remove', 'nuc1', '--yes')
  expect([none.code, none.json.error.message]).toEqual([2, expect.stringContaining('is the only control machine')])
  expect((await project.apply()).json.changes).toBe(false)
  expect(starts(await running())).toEqual(before)
})
