// What a host does by itself when its lease has run out, in the shells that hosts have.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LEASE_SCRIPT } from '../../src/remote/lease-script.js'
import { BOOT, LeaseHost, voter } from './lease-support.js'
import { SHELLS } from './support.js'

let host: LeaseHost
beforeEach(() => {
  host = new LeaseHost()
})
afterEach(() => host.remove())

/** What the script itself took, ms: what it left behind in a look that hangs goes with its service. */
const MEASURE = 'echo "$((($(date +%s%N) - began) / 1000000))" >>"$FAKE/took"'

const CID = 'c0ffee'.padEnd(64, '0')

describe.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))('in $name', ({ shell }) => {
  const run = (argument = ''): string =>
    host.run(shell, `set -- '${argument}'\nbegan=$(date +%s%N)\n${LEASE_SCRIPT}\n${MEASURE}`)
  const armed: LeaseHost['arm'] = (...args) => host.arm(...args)
  const runs = (): boolean => host.goesOn
  const stopped = (): boolean => host.hasStopped

  test('while the lease holds it asks nobody', () => {
    armed()
    host.put('run/lease', `${BOOT} 100001\n`)
    expect(run()).toBe('')
    expect(host.calls).toEqual([])
  })

  test.each([
    ['has run out', `${BOOT} 99999\n`],
    ['is of another boot', '99999999-2222-3333-4444-555555555555 200000\n'],
    ['makes no sense', `${BOOT} 2e9\n`],
    ['is cut', BOOT],
  ])('a lease that %s, and nobody answers: it stops, and says when that was proven', (_, lease) => {
    armed()
    host.put('run/lease', lease)
    expect(run()).toContain('db.0 is stopped: no lease, and no majority')
    expect(stopped()).toBe(true)
    expect(host.read('run/stopped/db.0')).toBe(`${BOOT} 100000\n`)
    expect(host.read('states/hc-db.0.service')).toBe('inactive\n')
    expect(host.calls.some((call) => call.startsWith('reboot'))).toBe(false)
  })

  test('more than half of all voters, itself included, keep it running; said once', () => {
    armed()
    host.answers('10.0.0.2', '02:00:00:00:00:02')
    host.answers('10.0.0.3', '02:00:00:00:00:03')
    expect(run()).toContain('what runs goes on')
    expect(runs()).toBe(true)
    expect(run()).toBe('')
    expect(runs()).toBe(true)
  })

  test('half of the voters is not enough', () => {
    armed()
    host.answers('10.0.0.2', '02:00:00:00:00:02')
    run()
    expect(stopped()).toBe(true)
  })

  test('alone by its rules it goes on', () => {
    armed({ voters: [] })
    run()
    expect(runs()).toBe(true)
  })

  test('without its rules it stops', () => {
    armed({ voters: [] })
    host.remove('run/armed/rules')
    run()
    expect(stopped()).toBe(true)
  })

  test('a renewal that comes during the look keeps it running', () => {
    armed({ voters: [voter(2)] })
    host.put('bin/ping', `#!/bin/sh\necho '${BOOT} 200000' >"$FAKE/run/lease"\nexit 1\n`)
    run()
    expect(runs()).toBe(true)
  })

  test('without a clock or a boot id no lease is believed, and it still stops', () => {
    armed()
    host.put('run/lease', `${BOOT} 200000\n`)
    host.remove('proc/uptime')
    host.remove('proc/sys/kernel/random/boot_id')
    run()
    expect(stopped()).toBe(true)
  })

  test('case 7: what obeys no polite stop is killed, by its unit', () => {
    armed()
    host.ageing()
    host.put('states/hc-db.0.service', 'stubborn\n')
    run()
    expect(stopped()).toBe(true)
    expect(host.calls).toContain('systemctl kill -s KILL -- hc-db.0.service')
    expect(host.calls.some((call) => call.startsWith('reboot'))).toBe(false)
  })

  test('case 7: what nothing kills ends with the host itself, once the bound is over', () => {
    armed()
    host.ageing()
    host.put('states/hc-db.0.service', 'undead\n')
    run()
    expect(host.calls).toContain('reboot -ff')
    expect(host.read('proc/sysrq-trigger')).toBe('b\n')
    expect([host.has('run/stopped/db.0'), host.has('run/words/db.0')]).toEqual([false, false])
  })

  test('without self-fence it goes on trying, and proves it when it has worked', () => {
    armed({ selfFence: false, stopBoundMs: 1000 })
    host.ageing()
    host.put('states/hc-db.0.service', 'undead\n')
    expect(run()).toContain('still not stopped: db.0')
    expect(host.calls.some((call) => call.startsWith('reboot'))).toBe(false)
    host.put('states/hc-db.0.service', 'stubborn\n')
    run()
    expect(stopped()).toBe(true)
  })

  test('case 7: a container that outlives its unit is found by its id, and killed', () => {
    armed({}, '5 podman hc-db.0.service')
    host.ageing()
    host.process(`0::/machine.slice/libpod-${CID}.scope\n`, {
      environ: 'PATH=/bin\0HC_SLOT=db.0\0',
      cmdline: 'postgres\0',
    })
    host.process(`0::/machine.slice/libpod-${CID}.scope/deeper\n`, { environ: 'A=b\0', cmdline: 'worker\0' })
    host.process('0::/user.slice\n', { environ: 'HC_SLOT=db.01\0', cmdline: 'other\0' })
    host.put('cid', CID)
    run()
    expect(stopped()).toBe(true)
    expect(host.calls).toContain('podman kill hc-db.0')
  })

  test('a container is found by its monitor too, and while it lives nothing is proven', () => {
    armed({ selfFence: false, stopBoundMs: 1000 }, '5 podman hc-db.0.service')
    host.ageing()
    host.process('0::/x\n', { cmdline: `/usr/bin/conmon\0-c\0${CID}\0-n\0hc-db.0\0--exit-dir\0/run\0` })
    host.process(`0::/libpod_parent/libpod-${CID}\n`, { cmdline: 'postgres\0' })
    host.put('cid', 'another')
    run()
    expect([host.has('run/stopped/db.0'), host.has('run/words/db.0')]).toEqual([false, false])
  })

  test('a container of docker is found by the folder that containerd keeps', () => {
    armed({ selfFence: false, stopBoundMs: 1000 }, '5 docker hc-db.0.service')
    host.ageing()
    host.put(`containerd/io.containerd.runtime.v2.task/moby/${CID}/config.json`, '{"env":["A=b","HC_SLOT=db.0"]}')
    host.process(`1:name=systemd:/docker/${CID}\n`, { cmdline: 'redis\0' })
    run()
    expect(host.has('run/stopped/db.0')).toBe(false)
    host.remove('proc/900000002')
    run()
    expect(stopped()).toBe(true)
  })

  test('case 7: a container is proven stopped only once the search for it has ended', () => {
    armed({ selfFence: false, stopBoundMs: 1000 }, '5 docker hc-db.0.service')
    host.ageing()
    host.program('grep', `case $2 in (HC_SLOT=*) sleep 1.5 ;; esac; PATH=\${PATH#*:} exec grep "$@"`)
    host.process(`1:name=systemd:/docker/${CID}\n`, { cmdline: 'redis\0', environ: 'A=b\0HC_SLOT=db.0\0' })
    run()
    expect([host.has('run/stopped/db.0'), host.has('run/words/db.0')]).toEqual([false, false])
    host.remove('proc/900000002')
    run()
    expect(stopped()).toBe(true)
  })

  test('case 7: where no mark can be made the word stays, so that the next look tries again', () => {
    armed()
    host.put('run/stopping', '')
    run()
    expect(host.has('run/words/db.0')).toBe(true)
    host.remove('run/stopping')
    run()
    expect(stopped()).toBe(true)
  })

  test('a zombie runs no more', () => {
    armed()
    host.process('0::/system.slice/hc-db.0.service\n', {}, 'Z')
    host.put('states/hc-db.0.service', 'active\n')
    run()
    expect(stopped()).toBe(true)
  })

  test('the unit that a job names is stopped and proven too', () => {
    armed({}, '5 systemd hc-db.0.service postgresql.service')
    run()
    expect(stopped()).toBe(true)
    expect(host.calls).toContain('systemctl stop --no-block -- hc-db.0.service postgresql.service')
  })

  test('of several slots each is stopped in its own time', () => {
    armed()
    host.ageing()
    host.put('states/hc-db.0.service', 'stubborn\n')
    for (const slot of ['a.0', 'z.0']) {
      host.put(`run/armed/slots/${slot}`, `5 systemd hc-${slot}.service\n`)
      host.put(`run/words/${slot}`, `${BOOT} 5\n`)
      host.unit(`hc-${slot}.service`, slot === 'z.0' ? 'stubborn' : 'active')
    }
    run()
    expect(stopped()).toBe(true)
    expect([host.has('run/stopped/a.0'), host.has('run/stopped/z.0'), host.has('run/stopping/z.0')]).toEqual([
      true,
      true,
      false,
    ])
  })

  test('a word that is given while it stops ends the stop', () => {
    armed()
    host.ageing()
    host.put('states/hc-db.0.service', 'undead\n')
    host.remove('run/words/db.0')
    host.put('run/stopping/db.0', '0\n')
    host.put('run/words/db.0', `${BOOT} 6\n`)
    host.put('run/lease', `${BOOT} 99999999999\n`)
    run()
    expect([host.has('run/stopping/db.0'), host.has('run/words/db.0')]).toEqual([false, true])
    expect(host.calls.some((call) => call.startsWith('reboot'))).toBe(false)
  })

  test('a stop that was cut short goes on, also with a lease, but then without a reset', () => {
    armed({ stopBoundMs: 1000 })
    host.ageing()
    host.put('states/hc-db.0.service', 'undead\n')
    host.remove('run/words/db.0')
    host.put('run/stopping/db.0', '0\n')
    host.put('run/lease', `${BOOT} 99999999999\n`)
    run()
    expect(host.calls.some((call) => call.startsWith('reboot'))).toBe(false)
    expect(host.has('run/stopping/db.0')).toBe(true)
  })

  test('case 2: what has been stopped is asked about no more, and nothing is started', () => {
    armed()
    run()
    const calls = host.calls.length
    expect(run()).toBe('')
    host.answers('10.0.0.2', '02:00:00:00:00:02')
    host.answers('10.0.0.3', '02:00:00:00:00:03')
    expect(run()).toBe('')
    expect(host.calls).toHaveLength(calls)
    expect(host.calls.some((call) => call.includes(' start '))).toBe(false)
  })

  test('case 9: before the host sleeps, all that is armed is stopped, whatever the lease', () => {
    armed()
    host.put('run/lease', `${BOOT} 200000\n`)
    expect(run('sleep')).toContain('the host goes to sleep')
    expect(stopped()).toBe(true)
  })
})
