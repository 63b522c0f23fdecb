// A loop that ends, hangs or speaks otherwise: whoever borrows goes on by a login of its own, and loses no time to speak of.
import { chmodSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LEND_SOCKET } from '../../src/store/lend-format.js'
import { fakeHost } from '../support/fake-sshd.js'
import { borrow, commandOf, hang, loopOf, served, until } from './lending-world.js'
import { clock, folder, kindOf, known, look, server, transport } from './world.js'

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

test('a loop that hangs is waited for once, and nothing is left with it', async () => {
  const sshd = await server()
  let [asks, ends] = [0, 0]
  const hanging = await served((_answer, asked) => {
    asks += asked.split('\n').length - 1
  })
  hanging.on('connection', (socket) => socket.on('close', () => (ends += 1)))
  const made = commandOf(sshd)
  const [one, other] = await Promise.all([
    borrow(made, 'echo well'),
    borrow(made, 'echo other', 5000, fakeHost('nuc2')),
  ])
  expect([one, other]).toMatchObject([{ output: 'well\n' }, { output: 'other\n' }])
  await until(() => ends === 1)
  expect(await borrow(made, 'echo well')).toMatchObject({ ok: true, output: 'well\n' })
  expect(asks).toBe(2)
})

test('a loop that hangs takes nothing of the time that a login of its own has', async () => {
  const sshd = await server()
  const { ssh } = await loopOf(sshd)
  const own = transport(known(sshd))
  const run = own.run.bind(own)
  const given: number[] = []
  own.run = (host, request) => {
    given.push(request.timeoutMs)
    return run(host, { ...request, timeoutMs: 5000 })
  }
  const made = commandOf(sshd, [], own)
  expect(kindOf(await borrow(made, 'echo', 700))).toBe('ok')
  hang(ssh)
  expect(await borrow(made, 'echo well', 700)).toMatchObject({ ok: true, output: 'well\n' })
  expect(given).toEqual([700])
})

test('one host that hangs there costs the others nothing; whoever answers first is heard', async () => {
  const sshd = await server()
  const { ssh } = await loopOf(sshd)
  const lend = ssh.lend.bind(ssh)
  ssh.lend = (host, ...rest) => (host === 'nuc2' ? new Promise(() => {}) : lend(host, ...rest))
  const made = commandOf(sshd)
  const slow = borrow(made, 'echo two', 5000, fakeHost('nuc2'))
  for (let n = 0; n < 8; n += 1) {
    expect(kindOf(await borrow(made, 'echo'))).toBe('ok')
    await clock.sleep(80)
  }
  expect(await slow).toMatchObject({ output: 'two\n' })
  expect(sshd.seen.connections).toBe(2)
  expect(kindOf(await borrow(made, 'echo'))).toBe('ok')
  expect(sshd.seen.connections).toBe(2)
})

test('an ssh config that was edited since: it goes the new way', async () => {
  const sshd = await server()
  let edited = 'one'
  const ways = () => edited
  await loopOf(sshd, transport(known(sshd), { ways }))
  const made = commandOf(sshd, [], transport(known(sshd), { ways }))
  expect(kindOf(await borrow(made, 'echo'))).toBe('ok')
  expect(sshd.seen.connections).toBe(1)
  edited = 'two'
  expect(kindOf(await borrow(made, 'echo'))).toBe('ok')
  expect(sshd.seen.connections).toBe(2)
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
