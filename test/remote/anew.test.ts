// Of two sendings of one script: whose answer counts.
import { expect, test } from 'vitest'
import { firstAnswer } from '../../src/remote/anew.js'

const ok = (by: string) => ({ ok: true as const, by })
const no = (kind: 'unreachable' | 'timeout' | 'broken', by: string) => ({ ok: false as const, failure: { kind }, by })
const late = <T>(value: T) => new Promise<T>((resolve) => setTimeout(() => resolve(value), 5))
type One = ReturnType<typeof ok> | ReturnType<typeof no>

test.each<[string, One, One, string]>([
  ['the first that answers', ok('first'), ok('second'), 'first'],
  ['the second, where the first failed', no('unreachable', 'first'), ok('second'), 'second'],
  ['the first failure, where nobody says more', no('unreachable', 'first'), no('unreachable', 'second'), 'first'],
  ['the failure that says what the host said', no('unreachable', 'first'), no('broken', 'second'), 'second'],
  ['the first of two that say something', no('timeout', 'first'), no('broken', 'second'), 'first'],
])('%s', async (_what, first, second, by) => {
  expect((await firstAnswer<One>(Promise.resolve(first), late(second))).by).toBe(by)
  expect((await firstAnswer<One>(late(first), late(second))).by).toBe(by)
})
