// Names of hosts and groups, and who is in which: exactly the bytes that change.
import { describe, expect, test } from 'vitest'
import {
  type Case,
  edited,
  exactly,
  groupAdd,
  groupRemove,
  HOME,
  refused,
  rename,
  set,
  t,
  textAfter,
  unset,
} from './support.js'

const cases: readonly Case[] = [
  // rename
  ['a host everywhere', HOME, rename('nuc1', 'tower'), HOME.replaceAll('nuc1:', 'tower:')],
  [
    'a host of a range',
    'all:\n  hosts:\n    n[1:3]: {x: 1}\n',
    rename('n2', 'big'),
    'all:\n  hosts:\n    n1: {x: 1}\n    big: {x: 1}\n    n3: {x: 1}\n',
  ],
  ['in quotes', `all: {hosts: {"a": {}, 'b': {}}}\n`, rename('a', 'c'), `all: {hosts: {"c": {}, 'b': {}}}\n`],
  ['a single name', 'all:\n  hosts: a\n', rename('a', 'c'), 'all:\n  hosts: c\n'],
  [
    'a group everywhere',
    t('all:', '  children:', '    web: {hosts: {a: }}', '    x:', '      children: web'),
    rename('web', 'front'),
    t('all:', '  children:', '    front: {hosts: {a: }}', '    x:', '      children: front'),
  ],
  [
    'in hc_hosts',
    "all:\n  vars: {hc_hosts: 'all:!b'}\n  hosts: {a: , b: }\n",
    rename('b', 'c'),
    "all:\n  vars: {hc_hosts: 'all:!c'}\n  hosts: {a: , c: }\n",
  ],
  ['with its port', 'all:\n  hosts:\n    a:2222:\n', rename('a', 'b'), 'all:\n  hosts:\n    b:2222:\n'],
  // groups
  [
    'a group below all',
    HOME,
    groupAdd('db', ['nuc1', 'nuc2']),
    HOME.replace('# the end', '    db:\n      hosts:\n        nuc1:\n        nuc2:\n# the end'),
  ],
  ['a group at the top', 'web:\n  hosts:\n    a:\n', groupAdd('db'), 'web:\n  hosts:\n    a:\ndb:\n'],
  [
    'a group below another',
    'web:\n  hosts:\n    a:\n',
    groupAdd('db', ['a'], 'web'),
    'web:\n  hosts:\n    a:\n  children:\n    db:\n      hosts:\n        a:\n',
  ],
  [
    'a host joins',
    HOME,
    groupAdd('web', ['nuc2', 'nuc3']),
    HOME.replace('        nuc3:\n#', '        nuc3:\n        nuc2:\n#'),
  ],
  [
    'a host leaves',
    HOME,
    groupRemove('web', 'nuc1'),
    HOME.replace('      hosts:\n        nuc1:\n        nuc3:\n#', '      hosts:\n        nuc3:\n#'),
  ],
  [
    'a host leaves and takes its variables along',
    t('a: {hosts: {x: {v: 1, w: "2"}}}', 'b: {hosts: {x: , y: }}'),
    groupRemove('a', 'x'),
    t('a: {hosts: {}}', 'b: {hosts: {x: {v: 1, w: "2"}, y: }}'),
  ],
  [
    'one leaves a range',
    'a:\n  hosts:\n    n[1:3]:\nb:\n  hosts:\n    n[1:3]:\n',
    groupRemove('b', 'n1'),
    'a:\n  hosts:\n    n[1:3]:\nb:\n  hosts:\n    n[2:3]:\n',
  ],
  ['a group goes', HOME, groupRemove('web'), HOME.replace(/ {4}web:\n(?: {6,}.*\n)+/, '')],
]

describe('an edit changes these bytes and no others', () => exactly(cases))

describe('files beside the inventory', () => {
  const text = 'all:\n  hosts:\n    a: {x: 1}\n'
  test('a variable is changed where it counts', () => {
    const beside = {
      'host_vars/a.yml': '# mine\nx: 2  # two\n',
      'group_vars/all/z.yml': 'g: 1\n',
      'group_vars/all/a.yml': 'g: 0\n',
    }
    expect(edited(text, set('a', 'x=3'), beside).changes).toEqual([
      { path: 'host_vars/a.yml', before: '# mine\nx: 2  # two\n', after: '# mine\nx: 3  # two\n' },
    ])
    expect(edited(text, set('all', 'g=3'), beside).changes).toMatchObject([
      { path: 'group_vars/all/z.yml', after: 'g: 3\n' },
    ])
    expect(edited(text, unset('a', 'x'), beside).changes.map((change) => change.path)).toEqual(['', 'host_vars/a.yml'])
  })
  test('an encrypted file is passed over', () => {
    expect(textAfter(text, set('a', 'x=3'), { 'host_vars/a.yml': '$ANSIBLE_VAULT;1.1;AES256\n3132\n' })).toContain(
      'x: 3',
    )
  })
  test('a host that is renamed takes its files along', () => {
    const one = edited(text, rename('a', 'b'), { 'host_vars/a.yml': 'x: 2\n' })
    expect(one.moves).toEqual([{ from: 'host_vars/a.yml', to: 'host_vars/b.yml' }])
    expect(one.inventory.hosts[0]?.vars).toEqual({ x: 2 })
    const folder = edited(text, rename('a', 'b'), { 'host_vars/a/1.yml': 'x: 2\n', 'host_vars/a/2.yml': 'y: 2\n' })
    expect(folder.moves).toEqual([{ from: 'host_vars/a', to: 'host_vars/b' }])
    expect(folder.changes.map(({ path }) => path)).toEqual([''])
    expect(refused(text, rename('a', 'b'), { 'host_vars/a.yml': 'x: 2\n', 'host_vars/b': 'x: 3\n' })).toContain(
      'host_vars/b is there already',
    )
  })
})
