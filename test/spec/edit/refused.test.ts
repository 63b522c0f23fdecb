// Edits that are refused, and what is told with those that are not.
import { describe, expect, test } from 'vitest'
import type { InventoryEdit } from '../../../src/model/inventory-edit.js'
import { add, edited, groupAdd, groupRemove, HOME, refused, remove, rename, set, unset } from './support.js'

describe('what is refused, and what to do then', () => {
  const shared = 'all:\n  hosts:\n    a: &s {x: 1}\n    b: *s\n'
  const refusals: readonly (readonly [text: string, edit: InventoryEdit, message: string])[] = [
    [HOME, add(['nuc1']), 'the inventory has a host "nuc1" already [hc inventory set nuc1 key=value changes it]'],
    [HOME, add(['n', 'n']), '"n" is named twice [name each new host once]'],
    [HOME, add(['n[1:3]', 'n2']), '"n2" is named twice'],
    [HOME, add(['web']), '"web" is the name of a group'],
    [HOME, add(['n'], { groups: ['wen'] }), 'the inventory has no group "wen" [did you mean "web"?]'],
    [HOME, add(['n[3:1]']), 'the range [3:1] makes no sense'],
    [HOME, add(['a b']), 'inventory.yml:21:5: "a b" is no host name that hc can use'],
    [HOME, remove('nuc4'), 'the inventory has no host "nuc4" [did you mean "nuc1"?]'],
    [HOME, set('nuc9', 'x=1'), 'no host and no group "nuc9"'],
    [HOME, set('nuc1', 'x'), '"x" sets nothing [write key=value'],
    [HOME, set('nuc1', 'a-b=1'), '"a-b" is no name of a variable'],
    [HOME, set('nuc2', 'hc_labels.ssd=no'), `write all of it: hc_labels='{key: value}'`],
    [HOME, set('nuc1', 'hc_lables={}'), 'unknown variable "hc_lables" [did you mean "hc_labels"?]'],
    [HOME, set('nuc1', 'hc_moves=3'), 'hc_moves is a setting of the whole cluster'],
    [HOME, set('all', 'hc_moves=many'), 'inventory.yml:5:15: hc_moves'],
    [HOME, set('all', 'x=[1, 2'), 'the value of x: this is not YAML'],
    [
      HOME,
      unset('nuc1', 'ansible_user'),
      'nuc1 has ansible_user from the group all, in line 2 [for the whole group: hc inventory unset all ansible_user]',
    ],
    [HOME, unset('nuc1', 'x'), 'nuc1 has no variable x of its own'],
    [
      'all:\n  hosts:\n    n[1:3]: {x: 1}\n',
      unset('n2', 'x'),
      "x stands in the range n[1:3], for all of its hosts [for all of them: hc inventory unset 'n[1:3]' x",
    ],
    [shared, remove('a'), 'inventory.yml:3:5: "a" holds the anchor &s, which is used elsewhere [*s in line 4 uses it'],
    [
      shared,
      set('a', 'x=2'),
      'nothing was changed: variables of b would change too [this part of the file is better edited by hand',
    ],
    [shared, unset('b', 'x'), 'b has x from what an anchor shares'],
    [
      'all:\n  vars: {p: &p 1}\n  hosts:\n    a: {x: *p}\n',
      set('all', 'p=2'),
      'the value of "p" is the anchor &p [*p in line 4 would change with it',
    ],
    [
      'all: &all\n  hosts: &h\n    a:\nweb:\n  hosts: *h\n',
      add(['b'], { groups: ['web'] }),
      '"hosts" holds what *h shares with others',
    ],
    ['all:\n  hosts:\n    n[1:2]: {x: &x 1, y: *x}\n', remove('n1'), 'holds an anchor, which can not stand twice'],
    ['all:\n  hosts:\n    ? a\n    : {x: 1}\n', remove('a'), '"a" shares its line with something else'],
    [
      'a: {hosts: {x: }, vars: &v {p: 1}}\nb: {hosts: {y: }, vars: *v}\n',
      unset('b', 'p'),
      'b has p from what an anchor shares',
    ],
    [
      'all:\n  hosts:\n    n[1:3]:\n  children:\n    g:\n      hosts:\n        n[2:3]: {x: 1}\n',
      groupRemove('g'),
      'inventory.yml:7:9: variables of n[2:3] stand in its entry of g [move them to its entry of another group first',
    ],
    [
      'all:\n  children:\n    a: {children: {b: {hosts: {h: {x: 1}}}}}\n    c: {children: {b: {hosts: {h: }}}}\n',
      groupRemove('a'),
      'inventory.yml:3:32: variables of h stand in its entry of b',
    ],
    [
      'g: {hosts: {"h:2222": , i: }}\nk: {hosts: {h: , i: }}\n',
      groupRemove('g'),
      'nothing was changed: variables of h itself would change',
    ],
    [
      'g: {hosts: {"h:2222": , i: }}\nk: {hosts: {h: , i: }}\n',
      groupRemove('g', 'h'),
      'nothing was changed: variables of h itself would change',
    ],
    [HOME, rename('nuc1', 'web'), 'the inventory has a group "web" already'],
    [HOME, rename('nuc1', 'nuc2'), 'the inventory has a host "nuc2" already'],
    [HOME, rename('all', 'everything'), 'the group all keeps its name'],
    [HOME, rename('nuc1', 'a b'), '"a b" is no host name'],
    [
      HOME,
      groupRemove('nucs'),
      'nuc2 would leave the inventory with the group nucs [to keep them: hc inventory group add all nuc2',
    ],
    [HOME, groupRemove('nucs', 'nuc2'), 'nuc2 is in no other group than nucs'],
    [HOME, groupRemove('web', 'nuc2'), 'nuc2 is no direct member of web'],
    [HOME, groupAdd('nuc1'), '"nuc1" is the name of a host'],
    [HOME, groupAdd('../../x'), '"../../x" is no name for a group'],
    [HOME, groupAdd('.x'), '".x" is no name for a group'],
    [HOME, groupAdd('a b'), '"a b" is no name for a group'],
    [HOME, { kind: 'rename', from: 'web', to: '../x' }, '"../x" is no name for a group'],
    [
      'all:\n  vars: {hc_hosts: "all:!b"}\n  hosts: {a: , b: }\n',
      remove('b'),
      'inventory.yml:2:20: hc_hosts: "b" is no host and no group',
    ],
    ['all:\n  hosts:\n   a: [\n', remove('a'), 'this is not YAML'],
  ]
  test.each(refusals)('%#', (text, edit, message) => {
    expect(refused(text, edit)).toContain(message)
  })
})

describe('what is told', () => {
  const notes = (text: string, edit: InventoryEdit, beside = {}) => edited(text, edit, beside).notes.join('\n')
  test.each([
    [
      'all: {hosts: {a: {x: 1}, b: }}\n',
      set('all', 'x=2'),
      'x is something else for a: what is nearer to the host wins',
    ],
    ['all: {hosts: {a: }}\n', set('a', 'x=no'), `x=no is read as false; for the text write x='"no"'`],
    ['all: {hosts: {a: }}\n', set('a', 'x=010'), 'x=010 is read as 8'],
    [
      'all: {hosts: {a: , b: }, vars: {hc_hosts: "all[0]"}}\n',
      remove('a'),
      'b will take jobs now: hc_hosts means other hosts now',
    ],
    ['all: {hosts: {a: , b: }, vars: {v: see a}}\n', rename('a', 'c'), '"a" still stands in the inventory, line 1'],
  ] as const)('%#', (text, edit, note) => {
    expect(notes(text, edit)).toContain(note)
  })
  test('nothing that was so before, at whatever line it stands now', () => {
    const text = 'all:\n  hosts:\n    a:\n    b:\n  vars:\n    x: "{{ y }}"\n'
    expect(notes(text, remove('a'))).toBe('')
  })
  test('files that name nobody any more', () => {
    const text = 'all: {hosts: {a: , b: }}\n'
    expect(notes(text, remove('a'), { 'host_vars/a.yml': 'x: 1\n' })).toContain('host_vars/a.yml stays')
  })
})

test('what is said twice is done once, and a name that stays is no news', () => {
  const text = 'all:\n  hosts: {a: {x: 1, y: 2}}\n'
  expect(edited(text, unset('a', 'x', 'x')).changes[0]?.after).toBe('all:\n  hosts: {a: {y: 2}}\n')
  expect(edited(text, rename('a', 'a'))).toMatchObject({ changes: [], moves: [], notes: [] })
})
