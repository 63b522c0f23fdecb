import { describe, expect, it } from 'vitest'
import { parseInventory } from '../../src/spec/inventory.js'
import { isVariableFile } from '../../src/spec/variables.js'
import { inventoryFaults, inventoryOf, lines } from './support.js'

const hosts = (text: string, more = {}) =>
  Object.fromEntries(inventoryOf(text, more).inventory.hosts.map((host) => [host.name, host]))

describe('parseInventory', () => {
  it('fills in every setting', () => {
    const { inventory } = inventoryOf('all: {hosts: {nuc10: , nuc9: }}')
    expect(inventory.settings).toEqual({
      reconcile: '*/1 * * * * *',
      probeTimeoutMs: 1000,
      lostAfterMs: 3000,
      massLossHoldMs: 30_000,
      strategy: 'balanced',
      moves: 2,
      survive: 0,
      witnesses: null,
      bootWaitMs: 20_000,
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
      { workingFolder: '/home/me' },
    )
    expect(a?.connection).toEqual({
      kind: 'ssh',
      address: '10.0.0.1',
      port: 2222,
      user: 'admin',
      keyFile: '/home/me/keys/a',
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
      'all:\n  vars: {hc_lease: 10s}\n  hosts:\n    a:\n      ansible_password: x\n      ansible_ssh_extra_args: -v -R 80:a:80\n',
    )
    expect(inventory.notes).toEqual([
      'inventory.yml:2:10: hc_lease has no effect yet: hosts hold no lease, and exclusive slots are not replaced by themselves',
      'inventory.yml:5:7: ansible_password is not used: hc logs in with keys and agents only',
      'inventory.yml:6:7: these arguments of ssh are not used: -v -R 80:a:80',
    ])
    expect(inventoryOf('').inventory.notes).toEqual(['inventory.yml: the inventory has no hosts'])
  })

  it.each([
    [
      'all:\n  vars: {hc_lost_aftr: 3s}',
      'inventory.yml:2:10: unknown variable "hc_lost_aftr"',
      'did you mean "hc_lost_after"?',
    ],
    [
      'all:\n  hosts: {a: {hc_lost_after: 3s}}',
      'inventory.yml:2:15: hc_lost_after is a setting of the whole cluster',
      'put it under vars of the group all',
    ],
    [
      'web: {vars: {hc_strategy: pack}, hosts: {a: }}',
      'inventory.yml:1:14: hc_strategy is a setting of the whole cluster',
      'put it under vars of the group all',
    ],
    [
      'all: {vars: {hc_strategy: binpack}}',
      'inventory.yml:1:27: hc_strategy must be balanced, pack or spread, not "binpack"',
      'did you mean pack?',
    ],
    [
      'all: {vars: {hc_lost_after: 3}}',
      'inventory.yml:1:29: hc_lost_after: "3" has no unit of time',
      'write 3s for seconds or 3ms for milliseconds',
    ],
    [
      'all: {vars: {hc_lost_after: 1:30}}',
      'inventory.yml:1:29: hc_lost_after: "90" has no unit of time',
      'write 90s for seconds or 90ms for milliseconds',
    ],
    ['all: {vars: {hc_reconcile: "* * *"}}', 'inventory.yml:1:28: hc_reconcile: "* * *" has 3 fields', null],
    [
      'all: {vars: {hc_hosts: wbe}, children: {web: {hosts: {a: }}}}',
      'inventory.yml:1:24: hc_hosts: "wbe" is no host and no group of the inventory',
      'did you mean "web"?',
    ],
    [
      'all: {hosts: {a: {hc_labels: {x: "{{ y }}"}}}}',
      'inventory.yml:1:30: hc_labels holds a Jinja expression, which only Ansible evaluates',
      'write the value itself',
    ],
    [
      'all: {hosts: {a: {ansible_host: "{{ y }}"}}}',
      'inventory.yml:1:33: ansible_host holds a Jinja expression, which only Ansible evaluates',
      'write the value itself',
    ],
    [
      'all: {hosts: {a: {ansible_host: !vault x}}}',
      'inventory.yml:1:40: ansible_host must be readable by hc, and a !vault value is for Ansible only',
      null,
    ],
    [
      'all: {hosts: {a: {ansible_host: me@b}}}',
      'inventory.yml:1:33: ansible_host must be an address or a host name, not "me@b"',
      'the user goes into ansible_user, the port into ansible_port',
    ],
    [
      'all: {hosts: {a: {ansible_port: 99999}}}',
      'inventory.yml:1:33: ansible_port must be a port from 1 to 65535, not "99999"',
      null,
    ],
    ['all: {hosts: {a: {ansible_connection: winrm}}}', 'inventory.yml:1:39: ansible_connection must be ', null],
    [
      'all: {hosts: {a: {ansible_become: yes, ansible_become_method: su}}}',
      'inventory.yml:1:63: ansible_become_method is "su", and hc becomes root by sudo only',
      'write ansible_become_method: sudo',
    ],
    [
      'all: {hosts: {a: {ansible_ssh_common_args: "-o \'x"}}}',
      'inventory.yml:1:44: ansible_ssh_common_args has a quote that is left open',
      null,
    ],
    [
      'all: {hosts: [a, b]}',
      'inventory.yml:1:14: hosts of all must be a mapping, not a list',
      'write each name with a colon: "hosts: {NAME: }"',
    ],
    [
      'all: {hots: {a: }}',
      'inventory.yml:1:7: a group holds hosts, children and vars, and no "hots"',
      'did you mean "hosts"?',
    ],
    ['all: {hosts: {"fe80::1": }}', 'inventory.yml:1:15: "fe80::1" is no host name that hc can use', null],
    [
      'all: {hosts: {"n[3:1]": }}',
      'inventory.yml:1:15: the range [3:1] makes no sense: it is empty, the end comes before the beginning',
      null,
    ],
    ['all: {hosts: {a: 5}}', 'inventory.yml:1:18: the variables of a must be a mapping, not the number 5', null],
    ['a: {children: {b: {children: {a: }}}}', 'inventory.yml:1:1: the group a is a child of itself', 'a > b > a'],
    ['a: {children: {b: }}\nb: {children: {a: }}', 'inventory.yml:1:1: the group a is a child of itself', 'a > b > a'],
    [
      'all: {hosts: {a: {ansible_host: 10.0.0.1}, b: {ansible_host: 10.0.0.1}}}',
      'inventory.yml:1:44: b has the address 10.0.0.1, and so has a',
      'each machine may take jobs under one name only; see hc_hosts',
    ],
    ['all: {plugin: aws}', 'inventory.yml:1:7: hc does not run inventory plugins', 'write the hosts into the file'],
    ['- a', 'inventory.yml:1:1: an inventory is a mapping of groups, not a list', 'begin with "all:"'],
    ['all: [', 'inventory.yml:', null],
  ])('%s', (text, line, hint) => {
    const [first] = inventoryFaults(text)
    expect(lines(first === undefined ? [] : [first])[0]?.slice(0, line.length)).toBe(line)
    if (hint !== null) expect(first?.hint).toBe(hint)
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
