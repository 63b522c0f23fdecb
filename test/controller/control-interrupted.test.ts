// Waiting for etcd's members ends where a person interrupts the command, and not only after its whole time.
import { expect, test } from 'vitest'
import { type Tools, untilIn, untilQuorum } from '../../src/controller/control/members.js'
import { UserError } from '../../src/model/errors.js'

function stage(interruptedAtMs: number) {
  const clock = {
    at: 0,
    now: () => clock.at,
    sleep: async (ms: number) => {
      clock.at += ms
    },
  }
  const goesOn = () => {
    if (clock.at >= interruptedAtMs) throw new UserError('interrupted', { code: 'interrupted', exitCode: 130 })
  }
  const transport = { run: async () => ({ ok: true, output: 'no leader\n' }) }
  const tools = { wiring: { world: { clock, transport } }, goesOn } as unknown as Tools
  return { clock, tools }
}

const place = {
  store: {
    loopHeld: () => Promise.reject(new Error('no quorum')),
  },
} as unknown as Parameters<typeof untilQuorum>[1]
const one = { member: { name: 'nuc1' }, host: { name: 'nuc1' } } as unknown as Parameters<typeof untilIn>[2]
const doors = { list: async () => [] } as unknown as Parameters<typeof untilIn>[1]

test('while it is waited for more than half, or for one that joins', async () => {
  const first = stage(2000)
  await expect(untilQuorum(first.tools, place, [one])).rejects.toMatchObject({ exitCode: 130 })
  expect(first.clock.at).toBe(2000)
  const second = stage(2000)
  await expect(untilIn(second.tools, doors, one)).rejects.toMatchObject({ exitCode: 130 })
  expect(second.clock.at).toBe(2000)
  const never = stage(Number.POSITIVE_INFINITY)
  await expect(untilQuorum(never.tools, place, [one])).rejects.toThrow('did not come up within 90 s: no quorum')
})
