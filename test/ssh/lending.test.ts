// Looks of commands by the loop's connections: whose are used, what is done without them, and that the loop waits for none.
import { chmodSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Host } from '../../src/model/host.js'
import type { RemoteResult, Transport } from '../../src/ports.js'
import type { SshTransport } from '../../src/ssh/transport.js'
import { borrowingTransport } from '../../src/store/lend-client.js'
import { LEND_SOCKET } from '../../src/store/lend-format.js'
import { type LendServer, openLending } from '../../src/store/lend-server.js'
import { type FakeSshd, fakeHost } from '../support/fake-sshd.js'
import { clock, folder, kindOf, known, look, nuc1, open, server, transport } from './world.js'

/** A loop that has looked at the host once and lends what it has open. */
async function loopOf(sshd: FakeSshd): Promise<{ readonly ssh: SshTransport; readonly lending: LendServer }> {
  const ssh = transport(known(sshd))
  expect(kindOf(await look(ssh, 'echo'))).toBe('ok')
  const lending = openLending(folder(), ssh, () => {})
  lending.open()
  lending.serve()
  open.push(lending)
  await until(() => statSync(join(folder(), LEND_SOCKET), { throwIfNoEntry: false }) !== undefined)
  return { ssh, lending }
}

/** A command beside it. */
function commandOf(sshd: FakeSshd, said: string[] = []): Transport {
  const own = transport(known(sshd))
  const debug = (line: string) => void said.push(line)
  const made = borrowingTransport(folder(), { own, clock, debug })
  open.push(made)
  return made
}

function borrow(made: Transport, script: string, timeoutMs = 5000, host: Host = nuc1): Promise<RemoteResult> {
  return made.run(host, { script, lane: 'look', timeoutMs, twice: true, borrow: true })
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 500) throw new Error('it did not come about within 5 s')
    await clock.sleep(10)
  }
}

/** A socket that serves otherwise than a loop does. */
async function served(onLine: (answer: (line: string) => void) => void): Promise<Server> {
  const made = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => onLine((line) => socket.write(line)))
    open.push({ close: () => socket.destroy() })
  })
  await new Promise<void>((resolve) => made.listen(join(folder(), LEND_SOCKET), resolve))
  open.push({ close: () => made.close() })
  return made
}

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
  const startedAt = performance.now()
  expect(kindOf(await borrow(commandOf(sshd), 'echo'))).toBe('ok')
  expect(performance.now() - startedAt).toBeLessThan(900)
  expect(kindOf(await look(ssh, 'echo'))).toBe('ok')
  const before = sshd.seen.connections
  expect(kindOf(await borrow(commandOf(sshd), 'echo'))).toBe('ok')
  expect(sshd.seen.connections).toBe(before)
})

test("the loop's own looks wait for no borrower, nor does a borrower for them", async () => {
  const sshd = await server()
  const { ssh } = await loopOf(sshd)
  const made = commandOf(sshd)
  const slow = borrow(made, 'sleep 0.9; echo slow')
  expect(kindOf(await look(ssh, 'echo', 500))).toBe('ok')
  expect(await slow).toMatchObject({ ok: true, output: 'slow\n' })
  const own = look(ssh, 'sleep 1')
  const startedAt = performance.now()
  expect(kindOf(await borrow(made, 'echo'))).toBe('ok')
  expect(performance.now() - startedAt).toBeLessThan(800)
  await own
  expect(sshd.seen.connections).toBe(1)
})

test('a loop that ends in the midst: the command goes on by itself', async () => {
  const sshd = await server()
  const { lending } = await loopOf(sshd)
  const made = commandOf(sshd)
  const asked = borrow(made, 'sleep 0.25; echo well')
  await clock.sleep(120)
  await lending.close()
  expect(await asked).toMatchObject({ ok: true, output: 'well\n' })
  expect(sshd.seen.connections).toBe(2)
  expect(statSync(join(folder(), LEND_SOCKET), { throwIfNoEntry: false })).toBe(undefined)
  // Another loop may begin in its place.
  lending.open()
  lending.serve()
  await until(() => statSync(join(folder(), LEND_SOCKET), { throwIfNoEntry: false }) !== undefined)
  expect(kindOf(await borrow(made, 'echo'))).toBe('ok')
  expect(sshd.seen.connections).toBe(2)
})

test('a loop that hangs is waited for once', async () => {
  const sshd = await server()
  await served(() => {})
  const made = commandOf(sshd)
  const startedAt = performance.now()
  expect(await borrow(made, 'echo well')).toMatchObject({ ok: true, output: 'well\n' })
  expect(performance.now() - startedAt).toBeLessThan(3000)
  const againAt = performance.now()
  expect(await borrow(made, 'echo well')).toMatchObject({ ok: true, output: 'well\n' })
  expect(performance.now() - againAt).toBeLessThan(800)
})

test.each([
  ['no answer of ours', 'nonsense\n'],
  ['an answer to nobody', '{"id":99,"lent":null}\n'],
  ['no connection', '{"id":1,"lent":null}\n'],
  ['a failure', '{"id":1,"lent":{"ok":false,"failure":{"kind":"timeout","message":"none","hint":null}}}\n'],
])('%s: it logs in by itself', async (_what, line) => {
  const sshd = await server()
  await served((answer) => answer(line))
  expect(await borrow(commandOf(sshd), 'echo well')).toMatchObject({ ok: true, output: 'well\n' })
})

test('a loop of another version hangs up, and so it does on nonsense', async () => {
  const sshd = await server()
  const { ssh } = await loopOf(sshd)
  const { connect } = await import('node:net')
  for (const line of ['{"format":0,"id":1}\n', 'nonsense\n', `${'x'.repeat(2 * 1024 * 1024)}`]) {
    const socket = connect(join(folder(), LEND_SOCKET))
    socket.on('error', () => {})
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.write(line)
    socket.resume()
    await closed
  }
  expect(kindOf(await look(ssh, 'echo'))).toBe('ok')
})

test('a socket that is not allowed to this login: it logs in by itself', async () => {
  const sshd = await server()
  const made = await served(() => {})
  chmodSync(join(folder(), LEND_SOCKET), 0)
  if (process.getuid?.() === 0) made.close()
  expect(kindOf(await borrow(commandOf(sshd), 'echo'))).toBe('ok')
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
  const running = borrow(made, 'sleep 0.5; echo done')
  await clock.sleep(200)
  ssh.release()
  expect(await running).toMatchObject({ ok: true, output: 'done\n' })
  expect(sshd.seen.connections).toBe(1)
})
