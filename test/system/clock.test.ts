import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../src/model/errors.js'
import { createClock, cronFault } from '../../src/system/clock.js'

const clock = createClock()

describe('the clock', () => {
  it('counts monotonically, and tells the time in UTC', async () => {
    const before = clock.now()
    await clock.sleep(30)
    expect(clock.now() - before).toBeGreaterThanOrEqual(28)
    expect(clock.wall()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  it('wakes at once when aborted, before or meanwhile, and leaves no listener', async () => {
    const stop = new AbortController()
    const started = clock.now()
    const sleeping = clock.sleep(60_000, stop.signal)
    stop.abort()
    await sleeping
    await clock.sleep(60_000, stop.signal)
    await clock.sleep(2 ** 40, stop.signal)
    expect(clock.now() - started).toBeLessThan(5000)
  })

  it('wakes whoever waited too long for an answer after what had arrived meanwhile was read, where the process was held up', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const near = connect({ port: typeof address === 'object' ? (address?.port ?? 0) : 0, host: '127.0.0.1' })
    const [far]: readonly Socket[] = await once(server, 'connection').then(([socket]) => [socket])
    const order: string[] = []
    near.on('data', () => order.push('answer'))
    await once(near, 'ready')
    const givenUp = clock.sleep(5).then(() => order.push('given up'))
    far?.write('yes')
    const heldUntil = clock.now() + 100
    while (clock.now() < heldUntil);
    await givenUp
    near.destroy()
    server.close()
    expect(order).toEqual(['answer', 'given up'])
  })

  it('beats, drops the beat that comes while one runs, and stops', async () => {
    let [running, most, count] = [0, 0, 0]
    const beat = clock.beat('*/1 * * * * *', async () => {
      running += 1
      count += 1
      most = Math.max(most, running)
      await clock.sleep(1300)
      running -= 1
    })
    await clock.sleep(3500)
    beat.stop()
    const stopped = count
    expect(most).toBe(1)
    expect(count).toBeGreaterThanOrEqual(1)
    expect(count).toBeLessThanOrEqual(2)
    await clock.sleep(2200)
    expect(count).toBe(stopped)
  })

  it('refuses what is no expression, with the reason', () => {
    expect(() => clock.beat('every second', async () => {})).toThrow(UserError)
    expect(cronFault('*/1 * * * * *')).toBeNull()
    expect(cronFault('61 * * * * *')).not.toBeNull()
  })
})
