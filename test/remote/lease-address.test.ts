// A stop by force is proven only once the address of the job is gone too.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LeaseRules } from '../../src/model/lease.js'
import { rulesText } from '../../src/remote/lease-files.js'
import { LEASE_SCRIPT } from '../../src/remote/lease-script.js'
import { BOOT, LeaseHost, rules } from './lease-support.js'
import { SHELLS } from './support.js'

let host: LeaseHost
beforeEach(() => {
  host = new LeaseHost()
})
afterEach(() => host.remove())

describe.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))('in $name', ({ shell }) => {
  const run = (): string => host.run(shell, `set -- ''\n${LEASE_SCRIPT}`)
  const armed = (over: Partial<LeaseRules> = {}): void => {
    host.put('run/armed/rules', `${rulesText(rules(over))}\n`)
    host.put('run/armed/proven', '')
    host.put('run/armed/slots/db.0', '5 systemd hc-db.0.service\n')
    host.put('run/words/db.0', `${BOOT} 5\n`)
    host.unit('hc-db.0.service', 'active')
  }

  test('the address that the unit has left behind goes before the stop is called proven', () => {
    armed()
    host.put('run/address/db.0', '10.0.0.50/24 eth0\n')
    host.put('has-address', '2: eth0 inet 10.0.0.50/24\n')
    run()
    expect(host.calls).toContain('ip addr del 10.0.0.50/24 dev eth0')
    expect([host.has('run/stopped/db.0'), host.has('has-address'), host.has('run/address/db.0')]).toEqual([
      true,
      false,
      false,
    ])
  })

  test('an address that stays is no stop: the host is started anew', () => {
    armed({ stopBoundMs: 1000 })
    host.ageing()
    host.put('run/lease', `${BOOT} 1\n`)
    host.put('run/address/db.0', '10.0.0.50/24 eth0\n')
    host.put('has-address', '2: eth0 inet 10.0.0.50/24\n')
    host.put('sticky', '')
    run()
    expect(host.has('run/stopped/db.0')).toBe(false)
    expect(host.calls.some((call) => call.startsWith('reboot'))).toBe(true)
  })
})
