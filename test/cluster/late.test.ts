// What a host may still do after its answer was lost, and so holds up a take-over.
import { describe, expect, test } from 'vitest'
import { action, play } from './support/played.js'

describe('what a host may do late', () => {
  test('a write that begins something holds up a take-over until its deadline, or its end', async () => {
    expect((await play([action('start', 'a.0', 'n1')])).begun).toEqual([
      ['n1', expect.any(Number)],
      ['n1', null],
    ])
    const lost = await play([action('restart', 'a.0', 'n1')], () => ({ failure: 'reply-lost' }))
    expect(lost.begun).toEqual([['n1', expect.any(Number)]])
  })
  test('one that only stops does not: nothing lives longer for it', async () => {
    const lost = await play([action('stop', 'a.0', 'n1')], () => ({ failure: 'reply-lost' }))
    expect(lost.begun).toEqual([])
    const rules = {
      id: 1,
      voters: [],
      leaseMs: 8000,
      lookEveryMs: 2000,
      lookMs: 800,
      stopBoundMs: 5000,
      selfFence: true,
    }
    const leases = new Map([['n1', { arm: { rules, slots: [] } }]])
    const armed = await play([action('stop', 'a.0', 'n1')], () => ({ failure: 'reply-lost' }), { leases })
    expect(armed.begun).toHaveLength(1)
  })
})
