// A host comes into the inventory and leaves it: tried with a key that nobody knows yet, set, used, drained of its place.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { InventoryEditView } from '../../src/model/inventory-edit.js'
import type { PurgeView } from '../../src/model/leftovers.js'
import type { HostTrialView } from '../../src/model/trial.js'
import type { HostView } from '../../src/model/views.js'
import { idleJob } from './support/jobs.js'
import { addressOf, on, wipe } from './support/lab.js'
import { closeProjects, type ErrorJson, Project } from './support/project.js'

type Added = InventoryEditView & { readonly trials: readonly HostTrialView[] }

describe('a host of the lab in the inventory', () => {
  let project: Project
  let before = ''
  const text = () => readFileSync(project.path('inventory.yml'), 'utf8')

  beforeAll(async () => {
    await wipe()
    project = new Project()
    // Known hosts of our own, which do not know the host that is to come.
    project.editInventory((was) =>
      was
        .replace(/UserKnownHostsFile=\S+/, `UserKnownHostsFile=${project.path('known_hosts')}`)
        .replace('StrictHostKeyChecking=yes', 'StrictHostKeyChecking=ask'),
    )
    await project.hc('inventory', 'remove', 'nuc3', '--yes')
    before = text()
  })
  afterAll(closeProjects)

  const add = (...words: readonly string[]) =>
    project.json<Added>('inventory', 'add', 'nuc3', '--address', addressOf('nuc3'), ...words)

  test('is not added while its key is not known', async () => {
    const { code, json } = await add()
    expect(code).toBe(1)
    expect(json).toMatchObject({
      changed: false,
      declined: true,
      trials: [{ name: 'nuc3', ok: false, failure: 'host-key' }],
    })
    expect(json.trials[0]?.unknownKey?.fingerprint).toMatch(/^SHA256:/)
    expect(text()).toBe(before)
  })

  test('is added with what it brings, and hc uses it', async () => {
    const { code, json } = await add('--accept-new-host-key', '--set', 'hc_labels={rack: z}')
    expect(code).toBe(0)
    const [trial] = json.trials
    expect(trial).toMatchObject({ ok: true, root: 'login', brings: { hostname: 'nuc3' } })
    expect(trial?.brings?.drivers.systemd).toBeDefined()
    expect(text().startsWith(before)).toBe(true)
    const hosts = await project.json<{ hosts: readonly HostView[] }>('host', 'list')
    expect(hosts.json.hosts.find(({ name }) => name === 'nuc3')).toMatchObject({
      verdict: 'ready',
      labels: { rack: 'z' },
    })
  })

  test('has its variables set, where a fault changes nothing', async () => {
    const now = text()
    const wrong = await project.json<ErrorJson>('inventory', 'set', 'nuc3', 'hc_lables={}')
    expect([wrong.code, wrong.json.error.at?.line]).toEqual([2, now.split('\n').length])
    expect(text()).toBe(now)
    const { json } = await project.json<InventoryEditView>('inventory', 'set', 'nuc3', 'hc_labels={rack: y}')
    expect(json.diff).toContain('-      hc_labels: {rack: z}\n+      hc_labels: {rack: y}\n')
    const dry = await project.json<InventoryEditView>('inventory', 'unset', 'nuc3', 'hc_labels', '--dry-run')
    expect(dry.json).toMatchObject({ changed: true, dryRun: true })
    expect(text()).toContain('rack: y')
  })

  test('keeps its name while something is placed on it, and leaves with a warning', async () => {
    project.job('idle', idleJob('constraints: ["labels.rack == y"]'))
    expect((await project.apply()).code).toBe(0)
    const renamed = await project.json<ErrorJson>('inventory', 'rename', 'nuc3', 'tower')
    expect(renamed.code).toBe(2)
    expect(renamed.json.error.message).toContain('idle.0 is placed on nuc3')
    const unasked = await project.hc('inventory', 'remove', 'nuc3')
    expect([unasked.code, text().includes('nuc3')]).toEqual([2, true])
    const removed = await project.hc('inventory', 'remove', 'nuc3', '--yes')
    expect(removed.stderr).toContain('idle.0 is placed on nuc3')
    expect(text()).toBe(before)
  })

  test('is left as it was before hc, volumes apart', async () => {
    expect((await add('--set', 'hc_labels={rack: y}')).code).toBe(0)
    const refused = await project.hc('inventory', 'remove', 'nuc3', '--purge', '--yes')
    expect([refused.code, text().includes('nuc3')]).toEqual([2, true])
    await project.hc('job', 'remove', 'idle', '--yes')
    const { cluster } = JSON.parse(readFileSync(project.path('.hc/state.json'), 'utf8'))
    await on(
      'nuc3',
      `mkdir -p /var/lib/hc/volumes/data && echo kept >/var/lib/hc/volumes/data/x
printf '[Unit]\\nX-Hc-Cluster=${cluster}\\n[Service]\\nExecStart=/bin/sleep infinity\\n' >/etc/systemd/system/hc-left.0.service
systemctl daemon-reload && systemctl start hc-left.0.service
podman run -d --name hc-stray.0 --label hc.slot=stray.0 localhost/hc-web:1 >/dev/null`,
    )
    const purged = await project.json<InventoryEditView & { readonly purged: readonly PurgeView[] }>(
      ...['inventory', 'remove', 'nuc3', '--purge', '--yes'],
    )
    expect([purged.code, purged.json.purged]).toEqual([0, [{ host: 'nuc3', ok: true, error: null }]])
    expect(text()).toBe(before)
    const left = await on(
      'nuc3',
      `ls -d /etc/systemd/system/hc-* /run/hc /var/lib/hc/* 2>/dev/null
systemctl list-units --all --no-legend 'hc-left*'; podman ps -aq --filter label=hc.slot; cat /var/lib/hc/volumes/data/x; rm -r /var/lib/hc`,
    )
    expect(left).toBe('/var/lib/hc/volumes\nkept\n')
  })
})
