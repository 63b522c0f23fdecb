// Networks that a host reaches without a router: from the tables of its kernel, in the shells that hosts have.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { IDENTITY, parseSelf } from '../../src/remote/probe-self.js'
import { runIn, SHELLS } from './support.js'

const ROUTE = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
br-lan\t0080A8C0\t00000000\t0001\t0\t0\t0\t0080FFFF\t0\t0\t0
eth0\t0000550A\t02FF550A\t0003\t0\t0\t0\t00FFFFFF\t0\t0\t0
*\t0000550A\t00000000\t0201\t0\t0\t4000\t0000FFFF\t0\t0\t0
`
const ZERO = '0'.repeat(32)
const ROUTE6 = [
  ['fd000001', '40', ZERO, 'eth0'],
  ['fe800000', '40', ZERO, 'eth0'],
  ['00000000', '00', 'fd000001000000000000000000000001', 'eth0'],
  ['fd000001', '80', ZERO, 'eth0'],
  ['ff000000', '08', ZERO, 'eth0'],
  ['fd000009', '40', ZERO, 'lo'],
]
  .map(([to = '', length, next, dev]) => `${to.padEnd(32, '0')} ${length} ${ZERO} 00 ${next} 100 1 0 1     ${dev}\n`)
  .join('')

const subnetsOf = (text: string) =>
  parseSelf((key) =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`${key} `))
      .map((line) => line.slice(key.length + 1)),
  ).subnets

test.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))('in $name', ({ shell }) => {
  const folder = mkdtempSync(join(tmpdir(), 'hc-subnets-'))
  try {
    const read = () =>
      subnetsOf(runIn(shell, `put() { printf '%s\\n' "$*"; }\n${IDENTITY.replaceAll('/proc/net', folder)}\nidentity`))
    expect(read()).toBeUndefined()
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'route'), ROUTE)
    expect(read()).toEqual(['10.0.0.0/24', '192.168.128.0/17'])
    writeFileSync(join(folder, 'ipv6_route'), ROUTE6)
    expect(read()).toEqual(['10.0.0.0/24', '192.168.128.0/17', 'fd00:1::/64'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('lines that are none are passed over', () => {
  expect(subnetsOf('subnet \nsubnet 10.0.0.0 24\nsubnet 0000000A\nsubnet 0000000G 00FFFFFF\n')).toBeUndefined()
  expect(subnetsOf('subnet 0000000A 00FFFFFF\nsubnet 0000000A 00FFFFFF\n')).toEqual(['10.0.0.0/24'])
})
