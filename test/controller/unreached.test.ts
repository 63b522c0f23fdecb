// For whom a command does not wait, since the loop that ticks does not reach them.
import { expect, test } from 'vitest'
import { unreached } from '../../src/controller/opinion.js'
import type { LoopSnapshot } from '../../src/model/records.js'
import { WALL } from '../planner/support/make.js'

const LOOP: LoopSnapshot = {
  pid: 1,
  startedAt: WALL,
  lastTick: WALL,
  lastTickMs: 10,
  hosts: {
    n1: { verdict: 'unmanageable', reason: 'it is another machine than before', lastContact: null },
    n2: { verdict: 'lost', reason: 'no answer', lastContact: null },
    n3: { verdict: 'ready', reason: 'it answers', lastContact: WALL },
  },
}

test('a command waits for no host that the loop does not reach, but for the one that it is about', () => {
  expect([...unreached(LOOP, WALL)]).toEqual(['n1', 'n2'])
  expect([...unreached(LOOP, WALL, ['n1'])]).toEqual(['n2'])
})
