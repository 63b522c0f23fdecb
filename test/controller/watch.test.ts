// Watching: the loop's snapshots where one ticks, looks of one's own where none does, and the change between the two.
import { expect, test } from 'vitest'
import { UserError } from '../../src/model/errors.js'
import type { Feed } from '../../src/ports.js'
import { ALL_WELL } from '../ui/samples.js'
import { Stage } from './support/watch-stage.js'

test('without a loop it looks by itself, once per second, never twice at a time', async () => {
  const stage = new Stage()
  stage.watch()
  await stage.pass(10_000)
  expect(stage.sources()).toEqual(['own'])
  expect(stage.seen.length).toBeGreaterThanOrEqual(9)
  expect(stage.seen[0]?.at).toBeLessThan(500)
  stage.takes = 3000
  await stage.pass(12_000)
  expect(stage.overlapping).toBe(0)
  expect(stage.troubles).toEqual([])
  stage.end()
  await stage.pass(0)
  expect(stage.ended).toBe('well')
})

test('where a loop ticks nobody else looks', async () => {
  const stage = new Stage()
  stage.startLoop()
  await stage.pass(500)
  stage.watch()
  await stage.pass(10_000)
  expect(stage.looks).toBe(0)
  expect(stage.sources()).toEqual(['loop'])
  expect(stage.seen[0]?.at).toBeLessThan(600)
  expect(stage.seen.length).toBeGreaterThanOrEqual(10)
  stage.end()
  await stage.pass(0)
  expect(stage.feeds.viewers).toBe(0)
})

test('a loop that starts and one that dies: within two seconds the other way', async () => {
  const stage = new Stage()
  stage.watch()
  await stage.pass(5_300)
  stage.startLoop()
  await stage.pass(2_000)
  expect(stage.seen.at(-1)?.source).toBe('loop')
  const looks = stage.looks
  await stage.pass(5_000)
  expect(stage.looks).toBe(looks)
  await stage.pass(100)
  stage.killLoop()
  const at = stage.time.now
  await stage.pass(2_000)
  expect(stage.sources(at)).toEqual(['own'])
  stage.startLoop()
  await stage.pass(4_000)
  expect(stage.sources(at)).toEqual(['own', 'loop'])
  expect(stage.troubles).toEqual([])
})

test('a loop that hangs is told, and what is shown is no older for it', async () => {
  const stage = new Stage()
  stage.startLoop()
  stage.watch()
  await stage.pass(3_500)
  stage.hang()
  const at = stage.time.now
  await stage.pass(10_000)
  expect(stage.sources(at)).toEqual(['own'])
  expect(stage.seen.filter((view) => view.at >= at)[0]?.at).toBeLessThan(at + 3_000)
  expect(stage.troubles).toEqual([expect.stringContaining('has told nothing since 2024-01-01T00:00:03')])
  const gap = stage.seen.map(({ at: when }, index) => when - (stage.seen[index - 1]?.at ?? when))
  expect(Math.max(...gap)).toBeLessThan(3_000)
  stage.startLoop()
  await stage.pass(3_000)
  expect(stage.troubles).toEqual([expect.any(String), null])
  expect(stage.seen.at(-1)?.source).toBe('loop')
})

test('a loop that hangs from the start is told too', async () => {
  const stage = new Stage()
  stage.ticking = true
  const silent: Feed = { ...stage.feeds.open(), subscribe: () => new Promise(() => {}) }
  stage.watch({}, silent)
  await stage.pass(8_000)
  expect(stage.sources()).toEqual(['own'])
  expect(stage.troubles).toEqual([expect.stringContaining('it hangs or is stopped')])
  stage.end()
  await stage.pass(0)
  expect(stage.ended).toBe('well')
})

test('a loop without a feed, and one of another version, are told while this process looks', async () => {
  const stage = new Stage()
  stage.ticking = true
  stage.watch()
  await stage.pass(8_000)
  expect(stage.troubles).toEqual([expect.stringContaining('serves no snapshots')])
  stage.ticking = false
  await stage.pass(2_000)
  expect(stage.troubles.at(-1)).toBeNull()

  const other = new Stage()
  other.ticking = true
  const foreign = async () => ({ kind: 'foreign', text: 'the loop is of another version' }) as const
  other.watch({}, { ...other.feeds.open(), subscribe: foreign })
  await other.pass(5_000)
  expect(other.troubles).toEqual(['the loop is of another version'])
  expect(other.sources()).toEqual(['own'])
  expect(other.seen.length).toBeGreaterThanOrEqual(4)
})

test('where ticks are far apart its own looks fill the gaps', async () => {
  const stage = new Stage()
  stage.startLoop(30_000)
  stage.watch()
  await stage.pass(61_000)
  expect(stage.seen.length).toBeGreaterThan(50)
  expect(stage.sources()).toEqual(['loop', 'own', 'loop', 'own', 'loop', 'own'])
})

test('failed ticks of the loop and failed looks are trouble, told once', async () => {
  const stage = new Stage()
  stage.startLoop()
  stage.watch()
  await stage.pass(2_500)
  const feed = stage.feeds.open()
  for (let n = 0; n < 3; n += 1) feed.fail('the disk is full')
  expect(stage.troubles).toEqual(["the loop's last tick failed: the disk is full"])
  await stage.pass(2_000)
  expect(stage.troubles.at(-1)).toBeNull()
  stage.killLoop()
  stage.look = () => {
    throw new UserError('the records cannot be read')
  }
  await stage.pass(4_000)
  expect(stage.troubles.slice(2)).toEqual(['the records cannot be read'])
  stage.look = () => ({ ...ALL_WELL, loop: { ticking: false, lastTick: null } })
  await stage.pass(2_000)
  expect(stage.troubles.at(-1)).toBeNull()
  expect(stage.ended).toBe('open')
})

test('a filter: the part of it, an error at once, and trouble when the job goes away', async () => {
  const stage = new Stage()
  stage.watch({ filter: 'web' })
  await stage.pass(2_000)
  expect(stage.views[0]?.jobs.map(({ name }) => name)).toEqual(['web'])
  expect(stage.views[0]?.source).toBe('own')
  stage.look = () => ({ ...ALL_WELL, jobs: [] })
  await stage.pass(2_000)
  expect(stage.troubles).toEqual(['web is neither a host nor a job'])
  expect(stage.ended).toBe('open')

  for (const loop of [false, true]) {
    const wrong = new Stage()
    if (loop) wrong.startLoop()
    wrong.watch({ filter: 'wbe' })
    await wrong.pass(1_000)
    expect(wrong.ended).toMatchObject({ message: 'wbe is neither a host nor a job' })
    expect(wrong.seen).toEqual([])
  }
})

test('faulty files before the first snapshot are an error', async () => {
  const stage = new Stage()
  stage.look = () => {
    throw new UserError('inventory.yml is wrong')
  }
  stage.watch()
  await stage.pass(1_000)
  expect(stage.ended).toMatchObject({ message: 'inventory.yml is wrong' })
})

test('a viewer that throws ends the watching with its error, whoever looked', async () => {
  for (const loop of [false, true]) {
    const stage = new Stage()
    if (loop) stage.startLoop()
    const bug = new Error('bug')
    const onView = () => {
      throw bug
    }
    stage.watch({ onView })
    await stage.pass(3_000)
    expect(stage.ended).toBe(bug)
  }
})
