import { describe, expect, it } from 'vitest'
import { inventoryFaults, lines } from './support.js'

describe('a faulty inventory', () => {
  it.each([
    [
      '$ANSIBLE_VAULT;1.1;AES256\n3132\n',
      'inventory.yml: the whole inventory is encrypted, which only Ansible opens',
      'encrypt single values instead: ansible-vault encrypt_string',
    ],
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
})
