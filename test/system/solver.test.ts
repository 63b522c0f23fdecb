import { describe, expect, it } from 'vitest'
import { createSolver } from '../../src/system/solver.js'

/** Says it twice; what is 'busy' keeps the thread so, and 'wrong' ends it. */
const PROGRAM = `
import { parentPort } from 'node:worker_threads'
parentPort.on('message', (text) => {
  if (text === 'busy') for (;;) {}
  if (text === 'wrong') throw new Error('something is wrong')
  parentPort.postMessage(text + text)
})
`
const program = new URL(`data:text/javascript,${encodeURIComponent(PROGRAM)}`)
const never = new AbortController().signal

describe('a solver', () => {
  it('answers one question after another, while the program goes on', async () => {
    const solver = createSolver<string, string>(program)
    expect(await solver.solve('a', never)).toBe('aa')
    expect(await solver.solve('b', never)).toBe('bb')
    solver.close()
  })

  it('gives up a question however busy it is, and answers the next', async () => {
    const solver = createSolver<string, string>(program)
    const stop = new AbortController()
    const given = solver.solve('busy', stop.signal)
    setTimeout(() => stop.abort(), 50)
    expect(await given).toBeNull()
    expect(await solver.solve('c', stop.signal)).toBeNull()
    expect(await solver.solve('d', never)).toBe('dd')
    solver.close()
  })

  it('says that it can not, and tries again with the next question', async () => {
    const solver = createSolver<unknown, string>(program)
    await expect(solver.solve('wrong', never)).rejects.toThrow('something is wrong')
    await expect(solver.solve(() => {}, never)).rejects.toThrow('could not be cloned')
    expect(await solver.solve('e', never)).toBe('ee')
    solver.close()
    await expect(createSolver(new URL('none.js', import.meta.url)).solve('f', never)).rejects.toThrow('none.js')
  })

  it('ends what is under way when it is closed', async () => {
    const solver = createSolver<string, string>(program)
    const given = solver.solve('busy', never)
    setTimeout(() => solver.close(), 50)
    await expect(given).rejects.toThrow('the thread ended')
  })
})
