import { describe, expect, test } from 'vitest'
import { parseInventory } from '../../src/spec/inventory.js'
import { parseJobs } from '../../src/spec/jobs.js'
import { longestTickMs } from '../../src/spec/lease-settings.js'

function read(vars: string) {
  const result = parseInventory({ file: 'inventory.yml', text: `all:\n  vars: {${vars}}\n  hosts: {a: {}}\n` })
  return 'faults' in result
    ? result.faults.map((fault) => `${fault.at?.file}:${fault.at?.line}:${fault.at?.column}: ${fault.message}`)
    : result.inventory.settings.lease
}

describe('hc_lease', () => {
  test('case 13: has to outlast three ticks and a probe', () => {
    expect(read('hc_lease: 4s')).toMatchObject({ leaseMs: 4000 })
    expect(read('hc_lease: 3s')).toEqual([
      'inventory.yml:2:20: hc_lease is 3s, but has to outlast three ticks of 1s and a probe of 1s: 4s or more',
    ])
    expect(read('hc_lease: 30s, hc_reconcile: "*/30 * * * * *"')).toEqual([expect.stringMatching(/three ticks of 30s/)])
  })

  test('is long enough by itself where the loop ticks seldom', () => {
    expect(read('')).toEqual({ leaseMs: 8000, stopBoundMs: 5000, selfFence: true, awayMs: 900_000, tickMs: 1000 })
    expect(read('hc_reconcile: "0 * * * * *"')).toMatchObject({ leaseMs: 181_000, tickMs: 60_000 })
  })

  test.each([
    ['*/1 * * * * *', 1000],
    ['*/7 * * * * *', 7000],
    ['0 */5 * * * *', 300_000],
    ['0 0 3 * * *', 86_400_000],
    ['0 0 3 * * 1', 86_400_000],
  ])('the longest tick of %s', (expression, ms) => expect(longestTickMs(expression)).toBe(ms))
})

describe('an exclusive job', () => {
  const faults = (text: string) => {
    const result = parseJobs([{ file: 'db.yml', text: `command: [/bin/true]\nexclusive: true\n${text}` }], [], {
      stopBoundMs: 5000,
    })
    return 'faults' in result
      ? result.faults.map((fault) => `${fault.at?.line}:${fault.at?.column}: ${fault.message}`)
      : []
  }
  test('case 7: must stop within hc_stop_bound, where it could be taken over', () => {
    expect(faults('stop: {timeout: 6s}\n')).toEqual([
      '3:8: stop.timeout of an exclusive job is 6s, more than hc_stop_bound (5s)',
    ])
    expect(faults('stop: {timeout: 5s}\n')).toEqual([])
    expect(faults('stop: {timeout: 6s}\non_host_loss: wait\n')).toEqual([])
  })
  test.each([
    ['Service', 'KillMode: process'],
    ['Service', 'SendSIGKILL: "no"'],
    ['Service', 'FinalKillSignal: SIGTERM'],
    ['Service', 'TimeoutAbortSec: 60'],
    ['Service', 'TimeoutStopFailureMode: abort'],
    ['Unit', 'RefuseManualStop: "yes"'],
  ])('case 7: is refused with %s %s', (section, line) => {
    expect(faults(`systemd: {${section}: {${line}}}\n`)).toEqual([
      expect.stringMatching(/^3:\d+: .* an exclusive job /),
    ])
  })
})
