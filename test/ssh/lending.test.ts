// Looks of commands by the loop's connections: whose are used, what is done without them, and that the loop waits for none.
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LEND_SOCKET } from '../../src/store/lend-format.js'
import { fakeHost } from '../support/fake-sshd.js'
import { borrow, commandOf, loopOf } from './lending-world.js'
import { clock, folder, kindOf, look, nuc1, server } from './world.js'

test('a look goes by the connection that the loop has open, with its exit code and whatever it prints', async () => {
  const sshd = await server()
  await loopOf(sshd)
  const said: string[] = []
  const made = commandOf(sshd, said)
  const text = 'ünïcode 🦀\n'.repeat(20_000)
  writeFileSync(join(folder(), 'text'), text)
  const [one, two] = await Promise.all([
    borrow(made, `cat ${join(folder(), 'text')}`),
    borrow(made, 'echo second; exit 7'),
  ])
  expect(one).toMatchObject({ ok: true, exitCode: 0 })
  expect(one.ok && one.output === text).toBe(true)
  expect(two).toMatchObject({ ok: true, exitCode: 7, output: 'second\n' })
  expect(two.ok && two.receivedAt - two.sentAt).toBeGreaterThanOrEqual(0)
  expect(sshd.seen.connections).toBe(1)
  expect(said.join('\n')).toContain("nuc1: asked by the loop's connection")
})

test('the socket is for its owner alone', async () => {
  const sshd = await server()
  await loopOf(sshd)
  expect(statSync(join(folder(), LEND_SOCKET)).mode & 0o777).toBe(0o600)
})

test('what is no look goes by a connection of its own', async () => {
  const sshd = await server()
  await loopOf(sshd)
  const made = commandOf(sshd)
  expect(await made.run(nuc1, { script: 'echo own', lane: 'act', timeoutMs: 5000 })).toMatchObject({ output: 'own\n' })
  expect(sshd.seen.connections).toBe(2)
})

test('without a loop it logs in by itself', async () => {
  const sshd = await server()
  expect(await borrow(commandOf(sshd), 'echo own')).toMatchObject({ ok: true, output: 'own\n' })
  expect(sshd.seen.connections).toBe(1)
})

test('a host that the loop does not know, or goes to otherwise, is not borrowed for', async () => {
  const sshd = await server()
  await loopOf(sshd)
  const made = commandOf(sshd)
  expect(kindOf(await borrow(made, 'echo', 5000, fakeHost('nuc2')))).toBe('ok')
  expect(sshd.seen.connections).toBe(2)
  const otherwise = { ...nuc1, connection: { ...nuc1.connection, user: 'somebody' } }
  expect(kindOf(await borrow(commandOf(sshd), 'echo', 5000, otherwise))).toBe('ok')
  expect(sshd.seen.connections).toBe(3)
})

test('a connection that is gone is not lent: the command tries by itself and says why it fails', async () => {
  const sshd = await server()
  const { ssh } = await loopOf(sshd)
  await ssh.close('nuc1')
  expect(kindOf(await borrow(commandOf(sshd), 'echo'))).toBe('ok')
  expect(sshd.seen.connections).toBe(2)
})

test('a host whose last look failed is not lent', async () => {
  const sshd = await server()
  const { ssh } = await loopOf(sshd)
  expect(kindOf(await look(ssh, 'sleep 2', 200))).toBe('timeout')
  const then = sshd.seen.connections
  expect(kindOf(await borrow(commandOf(sshd), 'echo'))).toBe('ok')
  expect(sshd.seen.connections).toBe(then + 1)
  expect(kindOf(await look(ssh, 'echo'))).toBe('ok')
  const before = sshd.seen.connections
  expect(kindOf(await borrow(commandOf(sshd), 'echo'))).toBe('ok')
  expect(sshd.seen.connections).toBe(before)
})

test("the loop's own looks wait for no borrower, nor does a borrower for them", async () => {
  const sshd = await server()
  const { ssh } = await loopOf(sshd)
  const made = commandOf(sshd)
  const slow = borrow(made, 'sleep 1.5; echo slow')
  expect(kindOf(await look(ssh, 'echo', 1000))).toBe('ok')
  expect(await slow).toMatchObject({ ok: true, output: 'slow\n' })
  const own = look(ssh, 'sleep 1.5; echo own')
  expect(kindOf(await borrow(commandOf(sshd), 'echo', 1000))).toBe('ok')
  expect(await own).toMatchObject({ output: 'own\n' })
})

test('a session that the loop itself needs is taken back', async () => {
  const sshd = await server({ maxSessions: 2 })
  const { ssh } = await loopOf(sshd)
  const made = commandOf(sshd)
  let asked = 0
  const lend = ssh.lend.bind(ssh)
  ssh.lend = (...about) => {
    asked += 1
    return lend(...about)
  }
  expect(kindOf(await borrow(made, 'echo'))).toBe('ok')
  expect(await ssh.run(nuc1, { script: 'echo act', lane: 'act', timeoutMs: 5000 })).toMatchObject({ output: 'act\n' })
  // And where there is no room for a borrower, that is found out once.
  expect(kindOf(await borrow(made, 'echo'))).toBe('ok')
  expect(kindOf(await borrow(made, 'echo'))).toBe('ok')
  expect(asked).toBe(2)
  expect(sshd.seen.connections).toBe(2)
})

test('a slow step on a host says nothing of its looks', async () => {
  const sshd = await server()
  const { ssh } = await loopOf(sshd)
  expect(kindOf(await ssh.run(nuc1, { script: 'sleep 2', lane: 'act', timeoutMs: 200 }))).toBe('timeout')
  expect(kindOf(await borrow(commandOf(sshd), 'echo'))).toBe('ok')
  expect(sshd.seen.connections).toBe(1)
})

test('shells that were lent are ended when nobody has used them for a while, and begun anew', async () => {
  const sshd = await server()
  const { ssh } = await loopOf(sshd)
  const made = commandOf(sshd)
  const shell = async () => {
    const result = await borrow(made, 'echo $$')
    return result.ok ? result.output : ''
  }
  const first = await shell()
  expect(await shell()).toBe(first)
  ssh.release()
  expect(await shell()).not.toBe(first)
  // What runs is left alone.
  const running = borrow(made, 'sleep 0.2; echo $$')
  await clock.sleep(100)
  ssh.release()
  const left = await running
  expect(left.ok && left.output).toBe(await shell())
})
