// Ticks that are kept, among the events that name them.
import { expect, test } from 'vitest'
import type { Look } from '../../src/controller/controller.js'
import { keepTick, keptTicks, replayTick, type TickKeeper, tickEvents } from '../../src/controller/replay.js'
import type { UserError } from '../../src/model/errors.js'
import type { PlanInput } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import { applied, input, job, ready, WALL } from '../planner/support/make.js'
import { MemoryDisk, MemoryStore } from '../support/memory-store.js'

const store = new MemoryStore(new MemoryDisk(), { wall: () => WALL, owner: 'desk-aaaa', command: 'test' })
const texts = new Map<string, string>()
const ticks: TickKeeper = {
  keep: async (id, text) => void texts.set(id, text()),
  list: async () => [...texts].map(([id, text]) => ({ id, bytes: text.length })),
  read: async (id) => texts.get(id) ?? null,
}
const world = { ticks, store }
const ID = '20250301-120000-000'

/** What of a look is kept. */
function lookAt(of: PlanInput): Look {
  return { input: of, decision: decide(of) } as Look
}

test('a tick that acts is kept, named by its events, and planned again', async () => {
  const look = lookAt(input([applied(job('web'))], [ready('nuc1')]))
  keepTick(world, look)
  const lock = await store.lock(1000)
  await store.appendEvents(tickEvents(world, look), 1)
  await lock.release()
  const { ticks: kept } = await keptTicks(world)
  expect(kept).toMatchObject([{ id: ID, time: WALL, decided: [{ slot: 'web.0', host: 'nuc1' }] }])
  const view = await replayTick(world, ID)
  expect(view).toMatchObject({
    same: true,
    differsAt: null,
    hosts: [{ name: 'nuc1', verdict: 'ready', units: [] }],
    actions: [{ kind: 'start', slot: 'web.0', host: 'nuc1' }],
    now: null,
    events: [{ kind: 'decided', tick: ID }],
  })
})

test('one that does nothing leaves nothing, nor does one that nobody keeps', () => {
  texts.clear()
  keepTick(world, lookAt(input([], [ready('nuc1')])))
  keepTick({}, lookAt(input([applied(job('web'))], [ready('nuc1')])))
  expect(texts.size).toBe(0)
  expect(tickEvents({}, lookAt(input([applied(job('web'))], [ready('nuc1')])))[0]).not.toHaveProperty('tick')
})

test('where it is not the same, what is decided now is told', async () => {
  keepTick(world, lookAt(input([applied(job('web'))], [ready('nuc1')])))
  texts.set(ID, (texts.get(ID) ?? '').replace('"reason":"new-job"', '"reason":"missing"'))
  const view = await replayTick(world, ID)
  expect([view.same, view.differsAt, view.now?.actions[0]?.reason]).toEqual([false, 'actions.0.reason', 'new-job'])
})

test('one that is not kept, and one that is damaged', async () => {
  const failure = (id: string) =>
    replayTick(world, id).then(
      () => null,
      (error: UserError) => [error.code, error.exitCode],
    )
  expect(await failure('20260101-000000-000')).toEqual(['not-found', 2])
  expect(await failure('../../etc/passwd')).toEqual(['not-found', 2])
  texts.set(ID, '{"format":2}')
  expect(await failure(ID)).toEqual(['store', 1])
})
