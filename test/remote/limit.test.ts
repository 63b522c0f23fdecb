// Work with a bound on how much of it goes on at once.
import { expect, test } from 'vitest'
import { eachWithin } from '../../src/remote/limit.js'

test('results are in the order of what was asked for, and no more than so many are under way', async () => {
  let [now, most] = [0, 0]
  const results = await eachWithin([5, 1, 4, 2, 3], 2, async (ms) => {
    now += 1
    most = Math.max(most, now)
    await new Promise((resolve) => setTimeout(resolve, ms))
    now -= 1
    return ms * 10
  })
  expect(results).toEqual([50, 10, 40, 20, 30])
  expect(most).toBe(2)
})

test('after a failure nothing more is begun, and it is told when all that was begun has ended', async () => {
  const [begun, ended] = [[] as number[], [] as number[]]
  const work = eachWithin([1, 2, 3, 4], 2, async (one) => {
    begun.push(one)
    if (one === 1) throw new Error('no')
    await new Promise((resolve) => setTimeout(resolve, 20))
    ended.push(one)
    return one
  })
  await expect(work).rejects.toThrow('no')
  expect([begun, ended]).toEqual([[1, 2], [2]])
})

test('nothing to do is done at once', async () => {
  expect(await eachWithin([], 2, () => Promise.reject(new Error('none')))).toEqual([])
})
