import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { meetsConstraints } from '../../src/scheduler/eligible.js'
import { explain } from '../../src/scheduler/explain.js'
import { place } from '../../src/scheduler/place.js'
import { inputs } from './support/draw.js'
import { applied, candidate, constraint, demand, job, occupant } from './support/make.js'

const web = applied(job('web', { maxPerHost: 1, conflicts: ['db'] }))

describe('explain', () => {
  const input = {
    demand: demand('web.0', web),
    candidates: [candidate('nuc2'), candidate('nuc1'), candidate('nuc3', { cordoned: true })],
    occupants: [occupant('web.0', 'nuc1', web), occupant('db.0', 'nuc2', job('db'))],
    strategy: 'balanced' as const,
  }

  it('gives the decisive reason per host, and points for the one where it is', () => {
    expect(explain(input)).toMatchObject([
      { host: 'nuc1', refusals: [], score: { parts: { apart: 1_000_000 } } },
      {
        host: 'nuc2',
        refusals: [{ filter: 'conflicts', reason: 'conflicts with db, and db.0 is there' }],
        score: null,
      },
      { host: 'nuc3', refusals: [{ filter: 'cordoned' }], score: null },
    ])
  })

  it('names all that speaks against a host, the decisive reason first', () => {
    const big = applied(
      job('web', { maxPerHost: 1, conflicts: ['db'], resources: { ...web.job.resources, cpu: 900_000 } }),
    )
    const found = explain({ ...input, demand: demand('web.0', big) })
    expect(found[1]?.refusals.map(({ filter }) => filter)).toEqual(['cpu', 'conflicts'])
  })

  it('agrees with place() on whether a slot has a place', () => {
    fc.assert(
      fc.property(inputs, (drawn) => {
        const [first] = drawn.demands
        if (first === undefined) return
        const alone = {
          ...drawn,
          demands: [first],
          occupants: drawn.occupants.filter(({ slot }) => slot !== first.slot),
        }
        const found = explain({ ...alone, demand: first })
        const result = place(alone)
        expect(found.some(({ score }) => score !== null)).toBe(result.placed.length === 1)
        const reasons = found.flatMap(({ host, refusals: [first] }) => (first ? [{ host, reason: first.reason }] : []))
        if (result.unplaced[0] !== undefined) expect(result.unplaced[0].reasons).toEqual(reasons)
      }),
      { numRuns: 300 },
    )
  })
})

describe('meetsConstraints', () => {
  it('asks whether a system job is meant for the host, not whether it could run now', () => {
    const agent = applied(job('agent', { type: 'system', driver: 'docker', constraints: [constraint('os == debian')] }))
    expect(meetsConstraints(agent, candidate('nuc1', { cordoned: true, verdict: 'lost' }))).toBe(true)
    expect(meetsConstraints(agent, candidate('nuc1', { takesJobs: false }))).toBe(false)
    expect(meetsConstraints(agent, candidate('nuc1', { os: 'alpine' }))).toBe(false)
  })
})
