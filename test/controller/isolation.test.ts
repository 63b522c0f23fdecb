import { describe, expect, it } from 'vitest'
import { Isolation } from '../../src/controller/isolation.js'
import type { HostObservation, Observation } from '../../src/model/observation.js'
import { observed } from '../planner/support/make.js'

const LOST_AFTER = 3000

const silent = (host: string, silentSince: number | null, more: Partial<HostObservation> = {}): HostObservation =>
  observed(host, { answering: false, facts: null, everReached: true, silentSince, ...more })

const at = (now: number, hosts: readonly HostObservation[], witness: boolean | null = null): Observation => ({
  at: now,
  hosts,
  witness,
})

const kinds = (isolation: Isolation, observation: Observation) =>
  isolation.since(observation, LOST_AFTER).map(({ kind, text }) => `${kind}: ${text}`)

describe('a control machine that reaches nobody', () => {
  it('is not told while the first answers are awaited after a start', () => {
    const isolation = new Isolation()
    expect(kinds(isolation, at(600, [silent('a', null), silent('b', null)]))).toEqual([])
    expect(kinds(isolation, at(1600, [silent('a', 0), silent('b', 200)]))).toEqual([])
    expect(kinds(isolation, at(2600, [silent('a', null, { answering: true }), silent('b', 200)]))).toEqual([])
  })

  it('is told once when all are silent for long, and once when one answers', () => {
    const isolation = new Isolation()
    const hosts = [silent('a', 1000), silent('b', 1000)]
    expect(kinds(isolation, at(3999, hosts))).toEqual([])
    expect(kinds(isolation, at(4000, hosts))).toEqual([expect.stringContaining('the one cut off')])
    expect(kinds(isolation, at(5000, hosts))).toEqual([])
    const back = [silent('a', null, { answering: true }), silent('b', 1000)]
    expect(kinds(isolation, at(6000, back))).toEqual([expect.stringContaining('reaches its hosts again')])
    expect(kinds(isolation, at(7000, back))).toEqual([])
  })

  it('is not told where a witness answers, nor of hosts that were never reached', () => {
    expect(kinds(new Isolation(), at(9000, [silent('a', 0)], true))).toEqual([])
    expect(kinds(new Isolation(), at(9000, [silent('a', 0, { everReached: false })]))).toEqual([])
  })
})
