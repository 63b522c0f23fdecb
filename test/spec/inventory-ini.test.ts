// INI inventories: what ansible.test.ts can't compare, which is where faults are and what is said of them.
import { describe, expect, it } from 'vitest'
import { inventoryFormat } from '../../src/spec/inventory-format.js'
import { inventoryFaults, inventoryOf, lines } from './support.js'

const ini = { file: 'hosts.ini' }

describe('an INI inventory', () => {
  it('is read like one in YAML', () => {
    const { inventory } = inventoryOf(
      `tower ansible_connection=local hc_labels="{'ssd': True}"\n[nucs]\nnuc[1:2]:2222 ansible_user=root\n[all:vars]\nhc_lost_after=9s\nhc_hosts=nucs\n`,
      ini,
    )
    expect(inventory.settings.lostAfterMs).toBe(9000)
    expect(inventory.hosts.map((host) => [host.name, host.takesJobs, host.groups])).toEqual([
      ['nuc1', true, ['nucs']],
      ['nuc2', true, ['nucs']],
      ['tower', false, ['ungrouped']],
    ])
    expect(inventory.hosts[0]?.connection).toMatchObject({ port: 2222, user: 'root' })
    expect(inventory.hosts[2]).toMatchObject({ connection: { kind: 'local' }, labels: { ssd: 'true' } })
  })

  it.each([
    ['[g]\n  a b=1 word', 'hosts.ini:2:9: after a host stand variables as key=value, not "word"'],
    ["a v='b", "hosts.ini:1:1: this line of a host cannot be read: a quote (') is left open"],
    ['[my group]\na', 'hosts.ini:1:1: [my group] is no section'],
    ['[g:host]\na', 'hosts.ini:1:1: a section is of hosts, children or vars, and not of "host"'],
    ['[a:children]\nweb\n[wbe]\nx', 'hosts.ini:2:1: [a:children] names the group web, which the file does not declare'],
    ['[b:vars]\nv=1', 'hosts.ini:1:1: [b:vars] is of the group b, which the file does not declare'],
    ['[g]\na\n[g:vars]\n\nword', 'hosts.ini:5:1: a variable is written key=value, and here stands "word"'],
    ['all:\n  hosts:', 'hosts.ini:1:1: "all:" is no host name'],
    ['a hc_labls=1', 'hosts.ini:1:3: unknown variable "hc_labls"'],
    ['a ansible_port=x', 'hosts.ini:1:16: ansible_port must be a port from 1 to 65535, not "x"'],
    ['[g]\na\n[g:vars]\nhc_become = 5', 'hosts.ini:4:13: hc_become must be yes or no, not the number 5'],
    ['a v={[1]:2}', 'hosts.ini:1:5: a list or mapping can be no key and no part of a set'],
  ])('%j', (text, fault) => expect(lines(inventoryFaults(text, ini))[0]).toBe(fault))

  it('that is hidden in a file of another format is told by its name, else by its look', () => {
    const of = (file: string, text = '') => inventoryFormat(file, text)
    expect([of('a/inventory.yml'), of('i.yaml'), of('i.json'), of('i.ini'), of('x.d/hosts.prod')]).toEqual([
      ...['yaml', 'yaml', 'yaml', 'ini', 'ini'],
    ])
    expect([of('hosts', '# c\nall:\n  hosts: ['), of('hosts', '---\nx'), of('hosts', '{"all": {}}')]).toEqual([
      'yaml',
      'yaml',
      'yaml',
    ])
    expect([of('hosts', '[g]\na: b'), of('hosts', 'a:22\nb'), of('hosts', ''), of('a.d/hosts', 'x')]).toEqual([
      'ini',
      'ini',
      'ini',
      'ini',
    ])
  })

  it.each([
    ['# c\n\n[web]\na\n', 'ini'],
    ['[web] # c\r\na\r\n', 'ini'],
    ['a v=1\n[web]\n', 'ini'],
    ["a v='x y' w=1\n", 'ini'],
    ['a v=b: c\n', 'yaml'],
    ['[a, b]: c\n', 'yaml'],
    ['- v=1\n', 'yaml'],
    ['{all: {}}\n', 'yaml'],
    ['all\n', 'yaml'],
    ['web: [\n', 'yaml'],
  ])('that has the name of a YAML file is told by a first line that no mapping begins with: %j', (text, format) => {
    expect([inventoryFormat('inventory.yml', text), inventoryFormat('i.yaml', text)]).toEqual([format, format])
  })
})
