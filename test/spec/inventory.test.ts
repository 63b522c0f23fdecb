import { describe, expect, it } from 'vitest'
import { parseInventory } from '../../src/spec/inventory.js'
import { isVariableFile } from '../../src/spec/variables.js'
import { inventoryFaults, inventoryOf, lines } from './support.js'

const hosts = (text: string, more = {}) =>
  Object.fromEntries(inventoryOf(text, more).inventory.hosts.map((host) => [host.name, host]))

describe('parseInventory', () => {
  it('reads devices with what is said of them, and hc_overcommit in thousandths', () => {
    const { inventory } = inventoryOf(`
all:
  hosts:
    nuc1:
      hc_capacity: {devices: {gpu: {count: 2, model: rtx3060, memory: 12Gi}, "usb:10c4:ea60": 1, tpu: {edge: yes}}}
      hc_overcommit: {cpu: 2, memory: 1.2}
    nuc2: {hc_overcommit: {}}
`)
    expect(inventory.hosts[0]).toMatchObject({
      capacity: { devices: { gpu: 2000, 'usb:10c4:ea60': 1000, tpu: 1000 } },
      deviceAttributes: { gpu: { model: 'rtx3060', memory: '12Gi' }, tpu: { edge: 'true' } },
      overcommit: { cpu: 2000, memory: 1200 },
    })
    expect(inventory.hosts[1]).not.toHaveProperty('overcommit')
    expect(inventory.notes).toEqual([])
  })

  it.each([
    ['hc_overcommit: {cpu: 0.5}', '2:36: hc_overcommit.cpu must be from 1 to 100, not 0.5'],
    ['hc_overcommit: {memory: 1.0001}', '2:39: hc_overcommit.memory: "1.0001" is finer than a thousandth'],
    ['hc_overcommit: {memory: 120%}', '2:39: hc_overcommit.memory: "120 percent" is no factor'],
    [
      'hc_overcommit: {devices: {gpu: 2}}',
      '2:40: hc_overcommit.devices: devices are not promised more than once, since two jobs would find the same one in use',
    ],
    ['hc_capacity: {devices: {gpu: 1.5}}', '2:44: hc_capacity.devices.gpu must be a whole number of devices, not 1.5'],
    ['hc_capacity: {devices: {"usb:10C4:ea60": 1}}', '2:39: "usb:10C4:ea60" is no usb device'],
  ])('refuses %s', (text, line) => {
    expect(lines(inventoryFaults(`all:\n  hosts: {a: {${text}}}`))[0]).toBe(`inventory.yml:${line}`)
  })

  it('tells what a short hc_takeover risks, where several control machines are', () => {
    const notes = (vars: string) => inventoryOf(`all: {hosts: {a: }, vars: {${vars}}}`).inventory.notes
    expect(notes('hc_store: "etcd://a,b,c", hc_takeover: 5s')).toEqual([
      expect.stringMatching(/^hc_takeover is 5s: .* stops its exclusive slots\. hc_takeover: 10s/),
    ])
    expect(notes('hc_store: "etcd://a,b,c"')).toEqual([])
    expect(notes('hc_takeover: 5s')).toEqual([])
  })

  it('fills in every setting', () => {
    const { inventory } = inventoryOf('all: {hosts: {nuc10: , nuc9: }}')
    expect(inventory.settings).toEqual({
      reconcile: '*/1 * * * * *',
      probeTimeoutMs: 1000,
      lostAfterMs: 3000,
      massLossHoldMs: 30_000,
      store: null,
      takeoverMs: 10_000,
      strategy: 'balanced',
      moves: 2,
      survive: 0,
      witnesses: null,
      bootWaitMs: 20_000,
      hungAfterMs: 120_000,
      lease: { leaseMs: 8000, stopBoundMs: 5000, selfFence: true, awayMs: 900_000, tickMs: 1000 },
      notify: [],
      onChange: null,
    })
    expect(inventory.hosts.map((host) => host.name)).toEqual(['nuc9', 'nuc10'])
    expect(inventory.hosts[0]).toEqual({
      name: 'nuc9',
      connection: { kind: 'ssh', address: 'nuc9', port: null, user: null, keyFile: null, options: {} },
      become: 'auto',
      takesJobs: true,
      labels: {},
      capacity: null,
      reserve: { cpu: 0, memory: 256 * 1024 ** 2, disk: 0, devices: {} },
      groups: ['ungrouped'],
      vars: {},
    })
  })

  it('reads every variable that has an effect', () => {
    const { inventory } = inventoryOf(`
all:
  vars:
    hc_hosts: nucs:!nuc3
    hc_reconcile: "*/5 * * * *"
    hc_probe_timeout: 2s
    hc_lost_after: 10s
    hc_mass_loss_hold: 1m
    hc_strategy: pack
    hc_witness: 192.168.1.1
    hc_reserve: {memory: 1Gi, cpu: 500m}
  children:
    nucs:
      hosts:
        nuc[1:3]: {hc_labels: {ssd: yes, rack: a, slot: 010, version: 1.10}}
        nuc2: {hc_capacity: {cpu: 4, devices: {gpu: 1}}, hc_become: no, hc_reserve: {memory: 0}}
    others: {hosts: {tower: {ansible_connection: local, ansible_become: "true"}}}
`)
    expect(inventory.settings).toMatchObject({
      reconcile: '0 */5 * * * *',
      probeTimeoutMs: 2000,
      lostAfterMs: 10_000,
      massLossHoldMs: 60_000,
      strategy: 'pack',
      witnesses: ['192.168.1.1'],
    })
    const [nuc1, nuc2, nuc3, tower] = inventory.hosts
    expect(inventory.hosts.map((host) => host.takesJobs)).toEqual([true, true, false, false])
    expect(nuc1).toMatchObject({
      labels: { ssd: 'true', rack: 'a', slot: '8', version: '1.10' },
      reserve: { cpu: 500, memory: 1024 ** 3 },
      groups: ['nucs'],
      become: 'auto',
    })
    expect(nuc2).toMatchObject({
      capacity: { cpu: 4000, devices: { gpu: 1000 } },
      become: 'no',
      reserve: { cpu: 0, memory: 0 },
    })
    expect(nuc2?.capacity).not.toHaveProperty('memory')
    expect(nuc3?.vars).toMatchObject({ hc_strategy: 'pack' })
    expect(tower).toMatchObject({ connection: { kind: 'local' }, become: 'yes' })
  })

  it('reads variables of the folders beside it, in order', () => {
    const beside = {
      'group_vars/all.yml': 'v: all\nw: all\nhc_lost_after: 9s',
      'group_vars/web/10-a.yml': 'w: a',
      'group_vars/web/20-b.yml': 'w: b',
      'host_vars/nuc2.yml': 'v: host',
      'host_vars/nuk1.yml': 'v: lost',
      'group_vars/vault.yml~': 'broken: [',
    }
    const read = inventoryOf('all: {children: {web: {hosts: {nuc1: , nuc2: }, vars: {v: web}}}}', {
      file: 'home/inventory.yml',
      beside,
    })
    expect(read.inventory.settings.lostAfterMs).toBe(9000)
    expect(read.inventory.hosts.map((host) => [host.vars.v, host.vars.w])).toEqual([
      ['all', 'b'],
      ['host', 'b'],
    ])
    expect(read.inventory.notes).toEqual([
      'home/host_vars/nuk1.yml: names no host of the inventory: did you mean "nuc1"?',
    ])
  })

  it('knows which files Ansible would read', () => {
    for (const path of [
      'group_vars/all',
      'group_vars/all.yml',
      'host_vars/nuc1.lan',
      'group_vars/web/a.yaml',
      'group_vars/web/sub/b',
      'host_vars/n/x.json',
    ])
      expect(isVariableFile(path), path).toBe(true)
    for (const path of [
      'inventory.yml',
      'group_vars',
      'group_vars/.x',
      'group_vars/web/a.yml~',
      'group_vars/web/a.txt',
      'group_vars/web/.git/b',
      'roles/x.yml',
    ])
      expect(isVariableFile(path), path).toBe(false)
  })

  it('finds faults in the folders beside it too', () => {
    const beside = { 'group_vars/web.yml': 'a: 1\nhc_labls: {a: b}\n' }
    expect(
      lines(inventoryFaults('all: {children: {web: {hosts: {nuc1: }}}}', { file: 'home/inventory.yml', beside })),
    ).toEqual(['home/group_vars/web.yml:2:1: unknown variable "hc_labls"'])
  })

  it('reads the connection', () => {
    const { a, b, c } = hosts(
      `
all:
  vars: {ansible_user: admin, ansible_ssh_common_args: '-o ProxyJump=jump@bastion -oStrictHostKeyChecking=yes -C', ansible_ssh_extra_args: "-o UserKnownHostsFile='/tmp/known hosts' -o StrictHostKeyChecking=no"}
  hosts:
    a: {ansible_host: 10.0.0.1, ansible_port: "2222", ansible_ssh_private_key_file: keys/a, ansible_become: yes}
    "b:2200": {ansible_ssh_host: "[fe80::1]", ansible_ssh_user: root, ansible_private_key_file: ~/.ssh/b, ansible_become: no}
    c: {ansible_ssh_args: -i /k -p 23 -l me -J hop -F /etc/x, ansible_user: , ansible_connection: smart}
`,
      { workingFolder: '/srv/cluster' },
    )
    expect(a?.connection).toEqual({
      kind: 'ssh',
      address: '10.0.0.1',
      port: 2222,
      user: 'admin',
      keyFile: '/srv/cluster/keys/a',
      options: {
        proxyjump: 'jump@bastion',
        stricthostkeychecking: 'yes',
        compression: 'yes',
        userknownhostsfile: '/tmp/known hosts',
      },
    })
    expect(a?.become).toBe('yes')
    expect(b).toMatchObject({
      become: 'no',
      connection: { address: 'fe80::1', port: 2200, user: 'root', keyFile: '~/.ssh/b' },
    })
    expect(c?.connection).toMatchObject({
      port: 23,
      user: 'me',
      keyFile: '/k',
      options: { proxyjump: 'hop', configfile: '/etc/x' },
    })
  })

  it('warns of what it does not use', () => {
    const { inventory } = inventoryOf(
      'all:\n  vars: {hc_witness: []}\n  hosts:\n    a:\n      ansible_password: x\n      ansible_ssh_extra_args: -v -R 80:a:80\n',
    )
    expect(inventory.notes).toEqual([
      'inventory.yml:5:7: ansible_password is not used: hc logs in with keys and agents only',
      'inventory.yml:6:7: these arguments of ssh are not used: -v -R 80:a:80',
    ])
    expect(inventoryOf('').inventory.notes).toEqual(['inventory.yml: the inventory has no hosts'])
  })

  it('lets one machine have a second name that takes no jobs', () => {
    expect(
      parseInventory({
        file: 'i',
        text: 'all: {vars: {hc_hosts: a}, hosts: {a: {ansible_host: h}, b: {ansible_host: h}}}',
      }),
    ).toHaveProperty('inventory')
  })

  it('takes the last of keys that stand twice, and says so', () => {
    const { inventory } = inventoryOf('all:\n  hosts:\n    a: {x: 1}\n    a: {x: 2}\n')
    expect(inventory.hosts[0]?.vars).toEqual({ x: 2 })
    expect(inventory.notes).toEqual([
      'inventory.yml:4:5: "a" stands here a second time; the first is in line 3: this one counts',
    ])
  })
})
