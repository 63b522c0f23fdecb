// Which losses of one host are survived: the rules, on clusters of a few slots.
import { describe, expect, it } from 'vitest'
import type { Job, Volume } from '../../src/model/job.js'
import type { Candidate, Occupant } from '../../src/model/plan.js'
import { REPAIR_STEPS } from '../../src/scheduler/place.js'
import { type SurvivalInput, survivals } from '../../src/scheduler/survival.js'
import { applied, candidate, GIB, job, MIB } from './support/make.js'

const volume: Volume = { source: 'data', target: '/data', readOnly: false, shared: false }

function host(name: string, gib: number, more: Partial<Candidate> = {}): Candidate {
  return candidate(name, { capacity: { cpu: 8000, memory: gib * GIB, disk: 0, devices: {} }, ...more })
}

function slot(name: string, on: string, memory: number, more: Partial<Job> = {}): Occupant {
  const wanted = job(name, { resources: { cpu: 0, memory, disk: 0, devices: {} }, ...more })
  return { slot: `${name}.0`, host: on, applied: applied(wanted), ports: {} }
}

function of(candidates: readonly Candidate[], placements: readonly Occupant[], more: Partial<SurvivalInput> = {}) {
  return survivals({ candidates, placements, strategy: 'balanced', control: null, ...more })
}

describe('survivals', () => {
  it('is true where all fits into what is free, and says so of each host', () => {
    const found = of([host('a', 4), host('b', 4), host('c', 4)], [slot('x', 'a', GIB), slot('y', 'b', GIB)])
    expect(found).toEqual({
      a: { ok: true, unplaced: [] },
      b: { ok: true, unplaced: [] },
      c: { ok: true, unplaced: [] },
    })
  })

  it('moves what runs to make room, but nothing exclusive or pinned', () => {
    // After the loss of a, x (2 GiB) fits nowhere unless y moves to c.
    const hosts = [host('a', 4), host('b', 2), host('c', 1)]
    const around = (more: Partial<Job>) => [slot('x', 'a', 2 * GIB), slot('y', 'b', GIB, more)]
    expect(of(hosts, around({})).a).toEqual({ ok: true, unplaced: [] })
    expect(of(hosts, around({ exclusive: true })).a?.ok).toBe(false)
    expect(of(hosts, around({ volumes: [volume] })).a?.ok).toBe(false)
  })

  it('says which slots would have no place, and what would mend it', () => {
    const found = of([host('a', 4), host('b', 2)], [slot('x', 'a', 2 * GIB), slot('y', 'b', 512 * MIB)])
    expect(found.a).toEqual({
      ok: false,
      unplaced: ['x.0'],
      remedies: { 'x.0': 'it would fit on b with at least 512 MiB more memory' },
    })
    expect(found.b).toEqual({ ok: true, unplaced: [] })
  })

  it('says of every loss why, where what would mend it is not looked for', () => {
    const hosts = ['a', 'b', 'c', 'd'].map((name, index) => host(name, 2 + index / 4))
    const found = of(
      hosts,
      hosts.map(({ name }) => slot(`on-${name}`, name, 1.5 * GIB)),
    )
    const words = Object.values(found).map(({ ok, unplaced, remedies, reasons }) => {
      return [ok, unplaced.join(), Object.keys(remedies ?? {}).join(), reasons ?? {}]
    })
    const near = (slotName: string, other: string, free: string) => ({
      [slotName]: `${other} comes nearest (needs 1.5 GiB memory, ${free})`,
    })
    expect(words).toEqual([
      [false, 'on-a.0', 'on-a.0', {}],
      [false, 'on-b.0', 'on-b.0', {}],
      [false, 'on-c.0', '', near('on-c.0', 'd', '1.2 GiB free of 2.7 GiB')],
      [false, 'on-d.0', '', near('on-d.0', 'c', '1 GiB free of 2.5 GiB')],
    ])
  })

  it('is not known while no host can be managed', () => {
    const silent = { verdict: 'unmanageable', verdictReason: 'its login is refused' } as const
    const hosts = [host('a', 4, silent), host('b', 4, silent)]
    const unknown = { ok: null, unplaced: [], blind: true }
    expect(of(hosts, [])).toEqual({ a: unknown, b: unknown })
    expect(of(hosts, [slot('x', 'a', GIB)])).toEqual({ a: unknown, b: unknown })
    expect(of([host('a', 4), host('b', 4, silent)], []).b).toEqual({ ok: true, unplaced: [] })
  })

  it('lets pinned slots, those that are told to and runs that are not repeated wait, and counts them for nothing', () => {
    const small = [host('a', 64), host('b', 1)]
    const waiting = [
      slot('pinned', 'a', 8 * GIB, { volumes: [volume] }),
      slot('told', 'a', 8 * GIB, { onHostLoss: 'wait' }),
      slot('run', 'a', 8 * GIB, { type: 'batch' }),
    ]
    const system = slot('agent', 'a', 8 * GIB, { type: 'system' })
    expect(of(small, [...waiting, system]).a).toEqual({
      ok: true,
      unplaced: [],
      waiting: ['pinned.0', 'run.0', 'told.0'],
    })
    expect(of(small, [slot('run', 'a', 8 * GIB, { type: 'batch', rerun: true })]).a?.ok).toBe(false)
  })

  it('wants a place for exclusive slots, and says that they wait where nothing proves that they have ended', () => {
    const exclusive = slot('sql', 'a', 2 * GIB, { exclusive: true })
    expect(of([host('a', 4), host('b', 4)], [exclusive]).a).toEqual({ ok: true, unplaced: [] })
    const unproved = of([host('a', 4), host('b', 4)], [exclusive], { byWord: ['a'] })
    expect(unproved.a).toEqual({ ok: true, unplaced: [], waiting: ['sql.0'] })
    expect(of([host('a', 4), host('b', 1)], [exclusive]).a).toMatchObject({ ok: false, unplaced: ['sql.0'] })
  })

  it('does not survive the loss of the host that hc runs on where anything that may move is there', () => {
    const hosts = [host('a', 4), host('b', 4)]
    const control = { control: 'a' }
    expect(of(hosts, [slot('x', 'a', GIB), slot('agent', 'a', GIB, { type: 'system' })], control).a).toEqual({
      ok: false,
      unplaced: [],
      waiting: ['x.0'],
      control: true,
    })
    expect(of(hosts, [slot('x', 'a', 6 * GIB)], control).a).toMatchObject({ ok: false, unplaced: ['x.0'] })
    expect(of(hosts, [slot('x', 'a', GIB, { onHostLoss: 'wait' })], control).a).toMatchObject({ ok: true })
    expect(of(hosts, [slot('x', 'b', GIB)], control).b).toEqual({ ok: true, unplaced: [] })
  })

  it('goes by the hosts as they are: a cordoned one takes nothing, from a silent one nothing is moved', () => {
    const hosts = (more: Partial<Candidate>) => [host('a', 4), host('b', 4, more)]
    expect(of(hosts({ cordoned: true }), [slot('x', 'a', GIB)]).a?.ok).toBe(false)
    expect(of(hosts({ verdict: 'unmanageable' }), [slot('x', 'a', GIB)]).a?.ok).toBe(false)
    expect(of(hosts({ verdict: 'lost' }), [slot('x', 'a', GIB)])).not.toHaveProperty('b')
  })

  it('names hosts that take no jobs only where they hold slots', () => {
    const hosts = [host('a', 4), host('b', 4, { takesJobs: false }), host('c', 4, { takesJobs: false })]
    expect(Object.keys(of(hosts, [slot('x', 'b', GIB)]))).toEqual(['a', 'b'])
  })

  it('does not depend on the order of what it is given, nor on which hosts are asked for besides', () => {
    const hosts = [host('a', 4), host('b', 2), host('c', 1)]
    const slots = [slot('x', 'a', 2 * GIB), slot('y', 'b', GIB)]
    const whole = of(hosts, slots)
    expect(JSON.stringify(of([...hosts].reverse(), [...slots].reverse()))).toBe(JSON.stringify(whole))
    expect(of(hosts, slots, { hosts: ['b'] })).toEqual({ b: whole.b })
  })

  it('is not known where the budget ends', () => {
    const hosts = [host('a', 4), host('b', 2), host('c', 1)]
    const slots = [slot('x', 'a', 2 * GIB), slot('y', 'b', GIB)]
    expect(of(hosts, slots, { steps: 0 }).a).toEqual({ ok: null, unplaced: ['x.0'] })
  })

  it('of a large cluster: what the looks at all of it do not reach is reached with more steps', () => {
    const names = Array.from({ length: 12 }, (_, index) => `h${index}`)
    const tiny = applied(job('tiny', { resources: { cpu: 0, memory: MIB, disk: 0, devices: {} } }))
    const on = (host: string, index: number): Occupant => ({ slot: `tiny.${index}`, host, applied: tiny, ports: {} })
    const many = Array.from({ length: 35_000 }, (_, index) => on('crowded', index))
    const placements = [...many, ...names.map((name, index) => on(name, many.length + index))]
    const hosts = ['crowded', ...names].map((name) => host(name, 64))
    const unknown = (steps: number) =>
      Object.values(of(hosts, placements, { steps, tells: false, hosts: names })).filter(({ ok }) => ok === null).length
    expect(unknown(REPAIR_STEPS)).toBe(1)
    expect(unknown(2 * REPAIR_STEPS)).toBe(0)
  })
})
