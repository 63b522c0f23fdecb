import { expect, test } from 'vitest'
import { freeName, hostWords, nameOfAddress, readHostWord } from '../../src/spec/host-words.js'

const one = (address: string, more: { name?: string; user?: string; port?: number } = {}) => ({
  name: null,
  user: null,
  port: null,
  ...more,
  address,
})

test.each([
  ['192.168.1.11', [one('192.168.1.11')]],
  ['nuc1', [one('nuc1')]],
  ['nuc1.lan:2222', [one('nuc1.lan', { port: 2222 })]],
  ['root@nuc1', [one('nuc1', { user: 'root' })]],
  ['nuc1=192.168.1.11', [one('192.168.1.11', { name: 'nuc1' })]],
  ['nuc1=admin@192.168.1.11:22', [one('192.168.1.11', { name: 'nuc1', user: 'admin', port: 22 })]],
  ['nuc[1:2]', [one('nuc1'), one('nuc2')]],
  ['nuc[01:03:2]', [one('nuc01'), one('nuc03')]],
  [
    'n[1:2]=root@10.0.0.[11:12]:2222',
    [
      one('10.0.0.11', { name: 'n1', user: 'root', port: 2222 }),
      one('10.0.0.12', { name: 'n2', user: 'root', port: 2222 }),
    ],
  ],
  ['fd00::2', [one('fd00::2')]],
  ['six=root@[fd00::2]:2222', [one('fd00::2', { name: 'six', user: 'root', port: 2222 })]],
  ['fe80::1%eth0', [one('fe80::1%eth0')]],
])('%s', (word, hosts) => {
  expect(readHostWord(word)).toEqual({ ok: true, hosts })
})

test.each([
  ['=x', 'no name for a host'],
  ['x=', 'there is no address'],
  ['@x', 'no user name'],
  ['a b@x', 'no user name'],
  ['-oProxyCommand=x', 'no name for a host'],
  ['x@-oProxyCommand', 'neither an address nor a host name'],
  ['a/b', 'neither an address nor a host name'],
  ['9', 'neither an address nor a host name'],
  ['10.0.0', 'neither an address nor a host name'],
  ['10.0.0.256', 'neither an address nor a host name'],
  ['10.0.0.0.1', 'neither an address nor a host name'],
  ['nuc1:99999', '99999 is no port'],
  ['nuc[3:1]', 'makes no sense'],
  ['nuc[1:]', 'needs an end'],
  ['nuc[1:3]=10.0.0.1', '3 names stand for 1 addresses'],
  ['nuc$(id)', 'neither an address nor a host name'],
])('%s is refused, with what would do', (word, why) => {
  expect(readHostWord(word)).toMatchObject({
    ok: false,
    message: expect.stringContaining(why),
    hint: expect.stringMatching(/^(write NAME=ADDRESS|use letters)/),
  })
})

test('a line is parted at blanks and commas, but not within a range', () => {
  expect(hostWords(' nuc[1:3], root@10.0.0.1\tx=y ,,z ')).toEqual(['nuc[1:3]', 'root@10.0.0.1', 'x=y', 'z'])
  expect(hostWords('a[1, 2] b')).toEqual(['a[1, 2]', 'b'])
  expect(hostWords('a[1 b')).toEqual(['a', '[', '1', 'b'])
  expect(hostWords('  ')).toEqual([])
})

test('names for hosts that were given none', () => {
  expect(nameOfAddress('192.168.1.11')).toEqual({ name: 'host-11', chosen: false })
  expect(nameOfAddress('fd00::2')).toEqual({ name: 'host-2', chosen: false })
  expect(nameOfAddress('fe80::1%eth0')).toEqual({ name: 'host-1', chosen: false })
  expect(nameOfAddress('nuc1.lan')).toEqual({ name: 'nuc1', chosen: true })
  expect(nameOfAddress('localhost')).toEqual({ name: 'localhost', chosen: false })
  expect(freeName('nuc', new Set(['nuc', 'nuc-2']))).toBe('nuc-3')
})
