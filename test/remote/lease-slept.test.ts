// A host that stood still for longer than a take-over waits: its own majority does not tell that it was not replaced.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LEASE_SCRIPT } from '../../src/remote/lease-script.js'
import { BOOT, LeaseHost } from './lease-support.js'
import { SHELLS } from './support.js'

let host: LeaseHost
beforeEach(() => {
  host = new LeaseHost()
})
afterEach(() => host.remove())

describe.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))('in $name', ({ shell }) => {
  const run = (): string => host.run(shell, `set -- ''\n${LEASE_SCRIPT}`)
  const armed: LeaseHost['arm'] = (...args) => host.arm(...args)
  const runs = (): boolean => host.goesOn
  const stopped = (): boolean => host.hasStopped

  test('case 9: who stood still for longer than a lease and a stop stops, although a majority answers', () => {
    armed()
    for (const n of [2, 3]) host.answers(`10.0.0.${n}`, `02:00:00:00:00:0${n}`)
    host.put('run/looked', `${BOOT} 98960\n`)
    run()
    expect(runs()).toBe(true)
    expect(host.read('run/looked')).toBe(`${BOOT} 100000\n`)
    host.put('run/looked', '99999999-2222-3333-4444-555555555555 5\n')
    run()
    expect(runs()).toBe(true)
    host.put('run/looked', `${BOOT} 98959\n`)
    expect(run()).toContain('stood still')
    expect(stopped()).toBe(true)
  })

  test('case 9: one without other voters goes on, and so does one whose lease holds', () => {
    armed({ voters: [] })
    host.put('run/looked', `${BOOT} 5\n`)
    run()
    expect(runs()).toBe(true)
    armed()
    host.put('run/looked', `${BOOT} 5\n`)
    host.put('run/lease', `${BOOT} 100001\n`)
    run()
    expect(runs()).toBe(true)
  })
})
