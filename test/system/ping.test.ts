import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createPinger, gatewaysIPv4, gatewaysIPv6 } from '../../src/system/ping.js'

const folder = mkdtempSync(join(tmpdir(), 'hc-ping-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function program(name: string, script: string): string {
  const file = join(folder, name)
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
  return file
}

/** A port of loopback where nobody listens. */
async function closedPort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe('reaches', () => {
  it('believes ping: answered, silent, no such name, and never beyond its bound', async () => {
    const port = await closedPort()
    const ask = (script: string) => createPinger({ program: program('ping', script) }).reaches('127.0.0.1', port, 300)
    expect(await ask('exit 0')).toBe(true)
    expect(await ask('exit 1')).toBe(false)
    expect(await ask('echo "ping: x: Name or service not known" >&2; exit 2')).toBe(false)
    const started = performance.now()
    expect(await ask('exec sleep 20')).toBe(false)
    expect(performance.now() - started).toBeLessThan(3000)
  })

  it('connects where ping is missing or not allowed: a refusal too shows a host', async () => {
    const port = await closedPort()
    expect(await createPinger({ program: '/no/ping' }).reaches('127.0.0.1', port, 1000)).toBe(true)
    const forbidden = program('forbidden', 'echo "ping: socket: Operation not permitted" >&2; exit 2')
    const pinger = createPinger({ program: forbidden })
    expect(await pinger.reaches('127.0.0.1', port, 1000)).toBe(true)
    expect(await pinger.reaches('nowhere.invalid', port, 1000)).toBe(false)
  })

  it('passes the address as an operand', async () => {
    const echo = program('echo', `for last; do :; done; [ "$last" = 10.0.0.1 ] && [ "$6" = -- ] && exit 0; exit 1`)
    expect(await createPinger({ program: echo }).reaches('10.0.0.1', 22, 1000)).toBe(true)
  })
})

describe('gateways', () => {
  const route = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wlan0\t00000000\tFE01A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
tun0\t00000000\t00000000\t0001\t0\t0\t50\t00000000\t0\t0\t0
`
  const zero = '0'.repeat(32)
  const route6 = `${zero} 00 ${zero} 00 fe800000000000000000000000000001 00000400 00000002 00000000 00450003     eth0
${zero} 00 ${zero} 00 fd000000000000000000000000000001 00000100 00000002 00000000 00450003     eth0
${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200200       lo
fe800000000000000000000000000000 40 ${zero} 00 ${zero} 00000100 00000001 00000000 00000001     eth0
`

  it('are read from the route tables, lowest metric first', async () => {
    expect(gatewaysIPv4(route)).toEqual(['192.168.1.1', '192.168.1.254'])
    expect(gatewaysIPv6(route6)).toEqual(['fd00:0:0:0:0:0:0:1', 'fe80:0:0:0:0:0:0:1%eth0'])
    writeFileSync(join(folder, 'route'), route)
    expect(await createPinger({ tables: folder }).gateways()).toEqual(['192.168.1.1', '192.168.1.254'])
    expect(await createPinger({ tables: join(folder, 'none') }).gateways()).toEqual([])
  })
})

it('the hardware address of a neighbour is the kernel’s, where it has been answered', async () => {
  const arp = `IP address       HW type     Flags       HW address            Mask     Device
10.0.0.1         0x1         0x2         02:00:00:00:00:0A     *        eth0
10.0.0.11        0x1         0x0         00:00:00:00:00:00     *        eth0
`
  writeFileSync(join(folder, 'arp'), arp)
  const { card } = createPinger({ tables: folder })
  const all = ['10.0.0.1', '10.0.0.11', '10.0.0', 'nuc1']
  expect(await Promise.all(all.map((address) => card?.(address)))).toEqual(['02:00:00:00:00:0a', null, null, null])
  expect(await createPinger({ tables: join(folder, 'none') }).card?.('10.0.0.1')).toBeNull()
})
