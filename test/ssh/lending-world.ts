// What the tests of lending share: a loop that lends, a command beside it, and sockets that serve otherwise.
import { statSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Host } from '../../src/model/host.js'
import type { RemoteResult, Transport } from '../../src/ports.js'
import type { SshTransport } from '../../src/ssh/transport.js'
import { borrowingTransport } from '../../src/store/lend-client.js'
import { LEND_SOCKET } from '../../src/store/lend-format.js'
import { type LendServer, openLending } from '../../src/store/lend-server.js'
import type { FakeSshd } from '../support/fake-sshd.js'
import { clock, folder, kindOf, known, look, nuc1, open, transport } from './world.js'

/** A loop that has looked at the host once and lends what it has open. */
export async function loopOf(
  sshd: FakeSshd,
  ssh = transport(known(sshd)),
): Promise<{ readonly ssh: SshTransport; readonly lending: LendServer }> {
  expect(kindOf(await look(ssh, 'echo'))).toBe('ok')
  const lending = openLending(folder(), ssh, () => {})
  lending.open()
  lending.serve()
  open.push(lending)
  await until(() => statSync(join(folder(), LEND_SOCKET), { throwIfNoEntry: false }) !== undefined)
  return { ssh, lending }
}

/** A command beside it. */
export function commandOf(sshd: FakeSshd, said: string[] = [], own = transport(known(sshd))): Transport {
  const debug = (line: string) => void said.push(line)
  const made = borrowingTransport(folder(), { own, clock, debug })
  open.push(made)
  return made
}

export function borrow(made: Transport, script: string, timeoutMs = 5000, host: Host = nuc1): Promise<RemoteResult> {
  return made.run(host, { script, lane: 'look', timeoutMs, twice: true, borrow: true })
}

/** The loop's end answers nothing any more, as if it were stopped. */
export function hang(ssh: SshTransport): void {
  ssh.lend = () => new Promise(() => {})
}

export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 500) throw new Error('it did not come about within 5 s')
    await clock.sleep(10)
  }
}

/** A socket that serves otherwise than a loop does. */
export async function served(onData: (answer: (line: string) => void, asked: string) => void): Promise<Server> {
  const made = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (bytes) => onData((line) => socket.write(line), String(bytes)))
    open.push({ close: () => socket.destroy() })
  })
  await new Promise<void>((resolve) => made.listen(join(folder(), LEND_SOCKET), resolve))
  open.push({ close: () => made.close() })
  return made
}
