// How hc rebalance makes its moves: as hc job move does, one after the other, none after one that did not end well.
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Controller } from '../../src/controller/controller.js'
import { moveSlots } from '../../src/controller/move.js'
import { planRebalance, rebalanceSlots } from '../../src/controller/rebalance.js'
import type { World } from '../../src/controller/world.js'
import { UserError } from '../../src/model/errors.js'
import type { JobMoveView } from '../../src/model/host-verbs.js'
import type { AppliedJob } from '../../src/model/job.js'
import type { Records } from '../../src/model/records.js'
import type { Progress } from '../../src/model/views.js'
import { decide } from '../../src/planner/plan.js'
import { applied, facts, GIB, input, job, MIB, placement, ready, silent, unit } from '../planner/support/make.js'
import { records } from './support/records.js'

vi.mock('../../src/controller/move.js', () => ({ moveSlots: vi.fn() }))
const move = vi.mocked(moveSlots)
beforeEach(() => void move.mockReset())

const JOBS: readonly AppliedJob[] = ['a', 'b', 'c', 'd'].map((name) =>
  applied(job(name, { resources: { cpu: 100, memory: 200 * MIB, disk: 0, devices: {} } })),
)
const SLOTS = JOBS.map(({ job: { name } }) => `${name}.0`)

function on(name: string, slots: readonly string[]) {
  const capacity = { cpu: 4000, memory: GIB + 256 * MIB, disk: 100 * GIB, devices: {} }
  const seen = facts({ capacity, memoryAvailable: GIB, units: slots.map((slot) => unit(slot)) })
  return ready(name, [], { facts: seen, lastFacts: seen })
}

/** All four stand on n1, and two of them gain by going to n2. */
function cluster({ known = true, suspect = false } = {}) {
  const hosts = [on('n1', SLOTS), on('n2', []), ...(suspect ? [silent('n3', 'suspect')] : [])]
  const seen = input(
    JOBS,
    hosts,
    SLOTS.map((slot) => placement(slot, 'n1')),
  )
  const held: { records: Records } = { records: records({ placements: seen.placements }) }
  const time = { now: 0 }
  const look = { input: seen, decision: decide(seen), records: known ? held.records : null }
  const world = {
    store: { read: async () => held.records },
    clock: { now: () => time.now },
  } as unknown as World
  return { world, controller: { look: async () => look } as unknown as Controller, held, time }
}

/** How a move ended, with nothing against it. */
function well(slot: string, more: Partial<JobMoveView> = {}): JobMoveView {
  const results = [{ slot, host: 'n2', ok: true, error: null }]
  const nothing = { changes: true, actions: [], unplaced: [], waiting: [], unclaimed: [], survives: {}, images: [] }
  return {
    ...nothing,
    results,
    warnings: [],
    outOfReach: [],
    converged: true,
    declined: false,
    loopTicking: true,
    there: [],
    ...more,
  }
}

function request(more: { readonly signal?: AbortSignal; readonly yes?: boolean; readonly told?: Progress[] } = {}) {
  return {
    moves: 10,
    patienceMs: 100,
    signal: more.signal ?? null,
    confirm: async () => more.yes ?? true,
    onProgress: (progress: Progress) => void more.told?.push(progress),
  }
}

describe('what is not begun', () => {
  test('anything where nothing was applied, or while something is on its way', async () => {
    const none = cluster({ known: false })
    await expect(planRebalance(none.world, none.controller, request())).rejects.toThrow('nothing was applied here yet')
    const open = cluster({ suspect: true })
    await expect(planRebalance(open.world, open.controller, request())).rejects.toThrow(
      'the cluster is not at rest: n3 does not answer',
    )
  })
  test('moves that were only shown, or declined', async () => {
    const { world, controller } = cluster()
    const shown = await planRebalance(world, controller, request())
    expect(shown.moves.map(({ slot, from, to }) => `${slot} ${from} -> ${to}`)).toEqual([
      'a.0 n1 -> n2',
      'b.0 n1 -> n2',
    ])
    expect(shown).toMatchObject({ changes: true, converged: false, results: [] })
    expect((await rebalanceSlots(world, controller, request({ yes: false }))).declined).toBe(true)
    expect(move).not.toHaveBeenCalled()
  })
})

describe('moves', () => {
  test('are made one after the other, by name of the command, and their ends are one', async () => {
    const { world, controller, time } = cluster()
    const told: Progress[] = []
    let under = 0
    move.mockImplementation(async (_world, _controller, { name, host, by, onProgress }) => {
      under += 1
      expect([under, host, by]).toEqual([1, 'n2', 'hc rebalance'])
      await Promise.resolve()
      time.now += 1000
      onProgress({ kind: 'slot', slot: name, host, state: 'done', text: '', atMs: 900 })
      under -= 1
      return well(name)
    })
    const view = await rebalanceSlots(world, controller, request({ told }))
    expect(view).toMatchObject({ converged: true, declined: false, loopTicking: true, outOfReach: [] })
    expect(view.results.map(({ slot, ok }) => [slot, ok])).toEqual([
      ['a.0', true],
      ['b.0', true],
    ])
    // Counted from the beginning of the whole, not of each move.
    expect(told.flatMap((each) => (each.kind === 'slot' ? [[each.slot, each.atMs]] : []))).toEqual([
      ['a.0', 900],
      ['b.0', 1900],
    ])
  })
  test.each([
    ['failed', { results: [{ slot: 'a.0', host: 'n2', ok: false, error: 'exit-code' }] }],
    ['has not come to rest', { converged: false }],
    ['found no place', { unplaced: [{ slot: 'a.0', reasons: [] }] }],
    ['left a host out of reach', { outOfReach: ['n1'] }],
  ])('end with the first that %s', async (_, end) => {
    const { world, controller } = cluster()
    move.mockResolvedValue(well('a.0', end))
    const view = await rebalanceSlots(world, controller, request())
    expect(move).toHaveBeenCalledTimes(1)
    expect(view.converged).toBe(false)
  })
  test('are not made of what somebody else has moved, or taken away, since they were shown', async () => {
    for (const [placements, error] of [
      [{ 'a.0': placement('a.0', 'n2') }, 'it is on n2 by now'],
      [{}, 'it has no place any more'],
    ] as const) {
      const { world, controller, held } = cluster()
      held.records = records({ placements })
      const view = await rebalanceSlots(world, controller, request())
      expect(view.results).toEqual([{ slot: 'a.0', host: 'n2', ok: false, error }])
    }
    expect(move).not.toHaveBeenCalled()
  })
  test('that the host can not take any more are refused as a result; what goes wrong otherwise is thrown', async () => {
    const { world, controller } = cluster()
    move.mockRejectedValueOnce(new UserError('n2 has no room', { code: 'usage' }))
    const view = await rebalanceSlots(world, controller, request())
    expect(view.results).toEqual([{ slot: 'a.0', host: 'n2', ok: false, error: 'n2 has no room' }])
    move.mockRejectedValueOnce(new UserError('the store is locked', { code: 'locked' }))
    await expect(rebalanceSlots(world, controller, request())).rejects.toThrow('the store is locked')
  })
  test('end between two of them where the operator ends them', async () => {
    const { world, controller } = cluster()
    const end = new AbortController()
    move.mockImplementation(async (_world, _controller, { name }) => {
      end.abort()
      return well(name)
    })
    const view = await rebalanceSlots(world, controller, request({ signal: end.signal }))
    expect(move).toHaveBeenCalledTimes(1)
    expect(view).toMatchObject({ converged: false })
    expect(view.results).toHaveLength(1)
  })
})
