// Variables set and taken away: exactly the bytes that change.
import { describe } from 'vitest'
import { type Case, exactly, HOME, set, t, unset } from './support.js'

const cases: readonly Case[] = [
  // set
  ['a value', HOME, set('nuc1', 'ansible_host=10.0.0.1'), HOME.replace('192.168.1.11', '10.0.0.1')],
  ['in braces', HOME, set('nuc2', 'hc_labels={ssd: false}'), HOME.replace('ssd: true', 'ssd: false')],
  ['another in braces', HOME, set('nuc2', 'x=a, b'), HOME.replace('{ssd: true}}', "{ssd: true}, x: 'a, b'}")],
  ['for all', HOME, set('all', 'ansible_user=admin'), HOME.replace('root  ', 'admin  ')],
  [
    'for a group without vars',
    HOME,
    set('web', 'http_port=8080'),
    HOME.replace('        nuc3:\n#', '        nuc3:\n      vars:\n        http_port: 8080\n#'),
  ],
  [
    'for all without all',
    'web:\n  hosts:\n    a:\n',
    set('all', 'x=1'),
    'web:\n  hosts:\n    a:\nall:\n  vars:\n    x: 1\n',
  ],
  [
    'for a host without any',
    'all:\n  hosts:\n    a:  # one\n    b:\n',
    set('a', 'x=1'),
    'all:\n  hosts:\n    a:  # one\n      x: 1\n    b:\n',
  ],
  ['for a host that is {}', 'all:\n  hosts:\n    a: {}\n', set('a', 'x=1'), 'all:\n  hosts:\n    a: {x: 1}\n'],
  ['for a single name', 'all:\n  hosts: a\n', set('a', 'x=1'), 'all:\n  hosts:\n    a:\n      x: 1\n'],
  [
    'for one of a range',
    'all:\n  hosts:\n    n[1:3]: {x: 1}\n    m:\n',
    set('n2', 'x=2'),
    'all:\n  hosts:\n    n[1:3]: {x: 1}\n    m:\n    n2: {x: 2}\n',
  ],
  [
    'for a whole range',
    'all:\n  hosts:\n    n[1:3]: {x: 1}\n',
    set('n[1:3]', 'x=2'),
    'all:\n  hosts:\n    n[1:3]: {x: 2}\n',
  ],
  [
    'where an alias is',
    'all:\n  hosts:\n    a: &s {x: 1}\n    b: *s\n',
    set('b', 'x=2'),
    'all:\n  hosts:\n    a: &s {x: 1}\n    b: {<<: *s, x: 2}\n',
  ],
  [
    'over a merge',
    'all:\n  hosts:\n    a: &s {x: 1}\n    b:\n      <<: *s\n',
    set('b', 'x=2'),
    'all:\n  hosts:\n    a: &s {x: 1}\n    b:\n      <<: *s\n      x: 2\n',
  ],
  [
    'in place of an alias',
    'all:\n  vars: {p: &p 1}\n  hosts:\n    a: {x: *p}\n',
    set('a', 'x=2'),
    'all:\n  vars: {p: &p 1}\n  hosts:\n    a: {x: 2}\n',
  ],
  [
    'in place of lines',
    t('all:', '  vars:', '    l: # some', '      a: 1', '      b: 2', '    m: 1'),
    set('all', 'l=[1, 2]'),
    t('all:', '  vars:', '    l: [1, 2] # some', '    m: 1'),
  ],
  [
    'in place of a vault',
    t('all:', '  vars:', '    p: !vault |', '      abc', '      def', '    m: 1'),
    set('all', 'p=x'),
    t('all:', '  vars:', '    p: x', '    m: 1'),
  ],
  [
    'in place of a text of several lines',
    t('all:', '  vars:', '    p: >-', '      abc', '', '      def', '', '    m: 1'),
    set('all', 'p=x'),
    t('all:', '  vars:', '    p: x', '', '    m: 1'),
  ],
  ['in place of nothing', 'all:\n  vars:\n    p: # none\n', set('all', 'p=x'), 'all:\n  vars:\n    p: x # none\n'],
  ['the last of two', 'all:\n  vars:\n    p: 1\n    p: 2\n', set('all', 'p=3'), 'all:\n  vars:\n    p: 1\n    p: 3\n'],
  ['the same: nothing', 'all:\n  vars:\n    p: "x"  # y\n', set('all', 'p=x'), 'all:\n  vars:\n    p: "x"  # y\n'],
  [
    'in the quotes that were there',
    'all:\n  vars:\n    p: \'x\'\n    q: "x"\n',
    set('all', "p=it's", 'q=y'),
    "all:\n  vars:\n    p: 'it''s'\n    q: \"y\"\n",
  ],
  [
    'what YAML reads',
    'all:\n  vars: {}\n',
    set('all', 'a=8080', 'b=yes', 'c="yes"', 'd=', 'e=null', 'f=[a, b]', 'g={{ x }}', 'h=a: b', 'i=#x', 'j=1.10'),
    `all:\n  vars: {a: 8080, b: yes, c: "yes", d: '', e: null, f: [a, b], g: '{{ x }}', h: 'a: b', i: '#x', j: 1.10}\n`,
  ],
  [
    'for a group whose vars are an alias',
    'a: {hosts: {x: }, vars: &v {p: 1}}\nb: {hosts: {y: }, vars: *v}\n',
    set('b', 'p=2'),
    'a: {hosts: {x: }, vars: &v {p: 1}}\nb: {hosts: {y: }, vars: {<<: *v, p: 2}}\n',
  ],
  // unset
  [
    'the last of braces over several lines',
    'all:\n  vars: {a: 1,\n    # why\n    b: 2,  # c\n    l: [a,\n      b], }\n',
    unset('all', 'l'),
    'all:\n  vars: {a: 1,\n    # why\n    b: 2,  # c\n     }\n',
  ],
  [
    'the first of a mapping with an anchor',
    'all:\n  hosts:\n    a: &s\n      x: 1\n      y: 2\n    b: {<<: *s, x: 3}\n',
    unset('a', 'x'),
    'all:\n  hosts:\n    a: &s\n      y: 2\n    b: {<<: *s, x: 3}\n',
  ],
  ['a line', HOME, unset('nuc1', 'ansible_host'), HOME.replace('          ansible_host: "192.168.1.11"\n', '')],
  ['the first in braces', HOME, unset('nuc2', 'ansible_host'), HOME.replace('ansible_host: 192.168.1.12, ', '')],
  ['the last in braces', HOME, unset('nuc2', 'hc_labels'), HOME.replace(', hc_labels: {ssd: true}', '')],
  ['of a group', HOME, unset('all', 'ansible_user'), HOME.replace('    ansible_user: root   # who\n', '')],
  [
    'all that stand twice',
    'all:\n  vars:\n    p: 1\n    p: 2\n    q: 1\n',
    unset('all', 'p'),
    'all:\n  vars:\n    q: 1\n',
  ],
]

describe('an edit changes these bytes and no others', () => exactly(cases))
