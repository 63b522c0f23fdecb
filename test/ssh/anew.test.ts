// A probe whose answer is held up is sent again by a new connection, which then takes the place of the old one.
import { expect, test } from 'vitest'
import type { RemoteResult } from '../../src/ports.js'
import type { SshTransport } from '../../src/ssh/transport.js'
import { clock, kindOf, known, look, nuc1, server, transport } from './world.js'

function probe(made: SshTransport, script: string, timeoutMs = 3000): Promise<RemoteResult> {
  return made.run(nuc1, { script, lane: 'look', timeoutMs, twice: true })
}

test('a connection that is stuck: the answer comes in time by a new one, which is kept', async () => {
  const sshd = await server()
  const made = transport(known(sshd))
  expect(kindOf(await probe(made, 'echo'))).toBe('ok')
  sshd.freeze()
  const startedAt = performance.now()
  expect(await probe(made, 'echo back')).toMatchObject({ ok: true, output: 'back\n' })
  expect(performance.now() - startedAt).toBeLessThan(2000)
  expect(await probe(made, 'echo again')).toMatchObject({ ok: true, output: 'again\n' })
  expect(await made.run(nuc1, { script: 'echo done', lane: 'act', timeoutMs: 3000 })).toMatchObject({
    output: 'done\n',
  })
  expect(sshd.seen.connections).toBe(2)
})

test('only a script that may run twice is sent twice', async () => {
  const sshd = await server()
  const made = transport(known(sshd))
  expect(kindOf(await look(made, 'echo'))).toBe('ok')
  expect(kindOf(await look(made, 'sleep 1'))).toBe('ok')
  expect(sshd.seen.connections).toBe(1)
})

test('the old one answers first: its answer counts, what runs on it goes on, and the next goes by the new one', async () => {
  const sshd = await server()
  const made = transport(known(sshd))
  expect(kindOf(await probe(made, 'echo'))).toBe('ok')
  const step = made.run(nuc1, { script: 'sleep 2; echo stepped', lane: 'act', timeoutMs: 5000 })
  await clock.sleep(100)
  expect(await probe(made, 'sleep 0.8; echo $$')).toMatchObject({ ok: true })
  expect(sshd.seen.connections).toBe(2)
  expect(await probe(made, 'echo next')).toMatchObject({ ok: true, output: 'next\n' })
  expect(await step).toMatchObject({ ok: true, output: 'stepped\n' })
  expect(sshd.seen.connections).toBe(2)
})

test('a host that answers neither way fails as the first did, in its time', async () => {
  const sshd = await server()
  const made = transport(known(sshd))
  expect(kindOf(await probe(made, 'echo'))).toBe('ok')
  const startedAt = performance.now()
  expect(await probe(made, 'sleep 5', 900)).toMatchObject({
    ok: false,
    failure: { kind: 'timeout', message: expect.stringContaining('it had begun') },
  })
  expect(performance.now() - startedAt).toBeLessThan(1500)
  expect(await probe(made, 'echo well')).toMatchObject({ ok: true, output: 'well\n' })
})
