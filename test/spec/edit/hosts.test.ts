// Hosts that come and go: exactly the bytes that change.
import { describe } from 'vitest'
import { add, type Case, exactly, HOME, remove, t } from './support.js'

const cases: readonly Case[] = [
  // add
  ['a host under all', 'all:\n  hosts:\n    a:\n', add(['b']), 'all:\n  hosts:\n    a:\n    b:\n'],
  ['the first host', 'all:\n  hosts:\n', add(['a']), 'all:\n  hosts:\n    a:\n'],
  ['behind a comment of its line', 'all:\n  hosts: # mine\n', add(['a']), 'all:\n  hosts: # mine\n    a:\n'],
  ['into braces', 'all: {hosts: {}}\n', add(['a']), 'all: {hosts: {a: {}}}\n'],
  [
    'into braces with hosts',
    'all: {hosts: {a: , b: {x: 1}}}\n',
    add(['c'], { set: ['x=2'] }),
    'all: {hosts: {a: , b: {x: 1}, c: {x: 2}}}\n',
  ],
  ['in place of ~', 'all:\n  hosts: ~ # none\n', add(['a']), 'all:\n  hosts: # none\n    a:\n'],
  [
    'beside a single name below its key',
    'g:\n  hosts:\n      # c\n      a # x\n\nk:\n',
    add(['b'], { groups: ['g'] }),
    'g:\n  hosts:\n      # c\n      a: # x\n      b:\n\nk:\n',
  ],
  ['beside a single name', 'all:\n  hosts: a\n', add(['b']), 'all:\n  hosts:\n    a:\n    b:\n'],
  ['into an empty file', '', add(['a']), 'all:\n  hosts:\n    a:\n'],
  ['into a file of comments', '# nothing yet\n', add(['a']), '# nothing yet\nall:\n  hosts:\n    a:\n'],
  [
    'without all',
    'web:\n    hosts:\n        a:\n',
    add(['b']),
    'web:\n    hosts:\n        a:\nall:\n    hosts:\n        b:\n',
  ],
  ['no newline at the end', 'all:\n  hosts:\n    a:', add(['b']), 'all:\n  hosts:\n    a:\n    b:'],
  [
    'an empty line and no newline at the end',
    'all:\r\n  hosts:\r\n    a:\r\n\r\n    b:',
    remove('b'),
    'all:\r\n  hosts:\r\n    a:',
  ],
  [
    'CRLF',
    'all:\r\n  hosts:\r\n    a:\r\n',
    add(['b'], { set: ['x=1'] }),
    'all:\r\n  hosts:\r\n    a:\r\n    b:\r\n      x: 1\r\n',
  ],
  ['a byte order mark', '\ufeffall:\n  hosts:\n    a:\n', add(['b']), '\ufeffall:\n  hosts:\n    a:\n    b:\n'],
  [
    'four columns',
    'all:\n    hosts:\n        a:\n            x: 1\n',
    add(['b'], { set: ['x=2'] }),
    'all:\n    hosts:\n        a:\n            x: 1\n        b:\n            x: 2\n',
  ],
  [
    'in the style of the others',
    'all:\n  hosts:\n    a: {x: 1}\n',
    add(['b'], { set: ['x=2', 'y=z'] }),
    'all:\n  hosts:\n    a: {x: 1}\n    b: {x: 2, y: z}\n',
  ],
  ['a range', 'all:\n  hosts:\n', add(['n[1:3]'], { set: ['x=2'] }), 'all:\n  hosts:\n    n[1:3]:\n      x: 2\n'],
  [
    'to two groups',
    t('all:', '  children:', '    a: {hosts: {x: }}', '    b:'),
    add(['y'], { groups: ['a', 'b'], set: ['v=1'] }),
    t('all:', '  children:', '    a: {hosts: {x: , y: {v: 1}}}', '    b:', '      hosts:', '        y:'),
  ],
  [
    'where all gathers the variables',
    t('all:', '  hosts:', '    x: {v: 1}', 'web:', '  hosts:', '    x:'),
    add(['y'], { groups: ['web'], set: ['v=2'] }),
    t('all:', '  hosts:', '    x: {v: 1}', '    y: {v: 2}', 'web:', '  hosts:', '    x:', '    y:'),
  ],
  [
    'JSON',
    '{"all": {"hosts": {"a": {"x": 1}}}}',
    add(['b'], { set: ['x=yes'] }),
    '{"all": {"hosts": {"a": {"x": 1}, "b": {"x": true}}}}',
  ],
  [
    'JSON on lines',
    t('{', '  "all": {', '    "hosts": {', '      "a": {}', '    }', '  }', '}'),
    add(['b']),
    t('{', '  "all": {', '    "hosts": {', '      "a": {},', '      "b": {}', '    }', '  }', '}'),
  ],
  ['a name that YAML would read as a truth', 'all:\n  hosts:\n', add(['on']), "all:\n  hosts:\n    'on':\n"],
  [
    'before the comment behind the last host',
    'all:\n  hosts:\n    a:\n    # b is gone\n  vars: {}\n',
    add(['c']),
    'all:\n  hosts:\n    a:\n    c:\n    # b is gone\n  vars: {}\n',
  ],
  [
    'behind what is commented out in the last host',
    'all:\n  hosts:\n    a:\n      x: 1\n      # y: 2\n',
    add(['c']),
    'all:\n  hosts:\n    a:\n      x: 1\n      # y: 2\n    c:\n',
  ],
  // remove
  [
    'with the comment that is its own',
    HOME,
    remove('nuc3'),
    HOME.replace('\n\n        # has the disk\n        nuc3:\n          ansible_host: 192.168.1.13', '\n').replace(
      '\n        nuc3:\n#',
      '\n#',
    ),
  ],
  [
    'not the comment of several',
    'all:\n  hosts:\n    # the small ones\n    a:\n    b:\n',
    remove('a'),
    'all:\n  hosts:\n    # the small ones\n    b:\n',
  ],
  [
    'out of all groups',
    t('a: {hosts: {x: , y: }}', 'b:', '  hosts:', '    x:', '    y:'),
    remove('x'),
    t('a: {hosts: {y: }}', 'b:', '  hosts:', '    y:'),
  ],
  ['the last in braces', 'all: {hosts: {a: {}, b: {}}}\n', remove('b'), 'all: {hosts: {a: {}}}\n'],
  ['the only one', 'all:\n  hosts:\n    a:\n  vars: {x: 1}\n', remove('a'), 'all:\n  hosts:\n  vars: {x: 1}\n'],
  [
    'the last on its line, in flow style',
    'all:\n  hosts: {\n    a: {}, b: {},\n    c: {},\n  }\n',
    remove('b'),
    'all:\n  hosts: {\n    a: {},\n    c: {},\n  }\n',
  ],
  ['a single name below its key', 'all:\n  hosts:\n    a\n  vars:\n', remove('a'), 'all:\n  hosts:\n  vars:\n'],
  ['a single name', 'all:\n  hosts: a # x\n', remove('a'), 'all:\n  hosts: # x\n'],
  ['the end of a file without a newline', 'all:\n  hosts:\n    a:\n    b:', remove('b'), 'all:\n  hosts:\n    a:'],
  [
    'one of a range',
    'all:\n  hosts:\n    n[1:3]:\n      x: 1 # same\n',
    remove('n2'),
    'all:\n  hosts:\n    n1:\n      x: 1 # same\n    n3:\n      x: 1\n',
  ],
  [
    'two of a range',
    'all:\n  hosts:\n    n[01:09:2]: {x: 1}\n',
    remove('n03', 'n09'),
    'all:\n  hosts:\n    n01: {x: 1}\n    n[05:07:2]: {x: 1}\n',
  ],
  [
    'one of a range in braces',
    'all: {hosts: {"n[a:c]": {x: 1}}}\n',
    remove('na'),
    'all: {hosts: {"n[b:c]": {x: 1}}}\n',
  ],
  [
    'one of a range with a port',
    'all:\n  hosts:\n    n[1:3]:2222:\n',
    remove('n1'),
    'all:\n  hosts:\n    n[2:3]:2222:\n',
  ],
  [
    'JSON on lines, the last',
    t('{"all": {"hosts": {', '  "a": {},', '  "b": {}', '}}}'),
    remove('b'),
    t('{"all": {"hosts": {', '  "a": {}', '}}}'),
  ],
  [
    'JSON on lines, the first',
    t('{"all": {"hosts": {', '  "a": {},', '  "b": {}', '}}}'),
    remove('a'),
    t('{"all": {"hosts": {', '  "b": {}', '}}}'),
  ],
  [
    'both that have one key',
    'all:\n  hosts:\n    a: {x: 1}\n    b:\n    a: {x: 2}\n',
    remove('a'),
    'all:\n  hosts:\n    b:\n',
  ],
  [
    'with a text of several lines',
    t('all:', '  hosts:', '    a:', '      motd: |', '        # not a comment', '', '        bye', '', '    b:'),
    remove('a'),
    t('all:', '  hosts:', '', '    b:'),
  ],
]

describe('an edit changes these bytes and no others', () => exactly(cases))
