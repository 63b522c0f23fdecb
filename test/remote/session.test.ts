import { EventEmitter } from 'node:events'
import { describe, expect, test } from 'vitest'
import {
  drained,
  type Near,
  runSession,
  SAYS,
  type SessionListener,
  type SessionProcess,
  type SessionRequest,
} from '../../src/remote/session.js'
import { HandClock } from '../cluster/support/doors.js'

const NONCE = '0123456789abcdef0123456789abcdef'
const BEGIN = `\nhc-begin-${NONCE} 17\n`

/** A program that says what the test wants. */
class Program implements SessionProcess {
  listener: SessionListener | null = null
  closed = false

  listen(listener: SessionListener): void {
    this.listener = listener
  }
  async write(): Promise<void> {}
  end(): void {}
  resize(): void {}
  close(): void {
    this.closed = true
    this.listener?.end({ code: null, lost: 'hc hung up' })
  }
  async say(stream: 'stdout' | 'stderr', text: string): Promise<void> {
    await this.listener?.[stream](Buffer.from(text, 'latin1'))
  }
  finish(code: number | null, lost: string | null = null): void {
    this.listener?.end({ code, lost })
  }
}

function session(signal: AbortSignal | null = null) {
  const clock = new HandClock()
  const program = new Program()
  const heard = { begun: 0, stdout: '', stderr: '' }
  const near: Near = {
    begin: () => {
      heard.begun += 1
    },
    lend: () => {},
    stdout: async (bytes) => {
      heard.stdout += Buffer.from(bytes).toString('latin1')
    },
    stderr: async (bytes) => {
      heard.stderr += Buffer.from(bytes).toString('latin1')
    },
  }
  const request: SessionRequest = { become: 'auto', nonce: NONCE, prepare: '', program: ':', near, signal }
  const ended = runSession(request, {
    clock,
    open: async () => ({ process: program }),
    noShell: (code, said) => ({ kind: 'no-privileges', message: `${code} ${said.trim()}`, hint: null }),
  })
  return { clock, program, heard, ended }
}

const settle = () => new Promise((done) => setImmediate(done))

describe('a session', () => {
  test("what a login prints is no output; bytes are left as they are; the code is the program's", async () => {
    const { program, heard, ended } = session()
    await settle()
    await program.say('stdout', 'Welcome!\n')
    await program.say('stderr', `motd${BEGIN}`)
    expect(heard.begun).toBe(0)
    await program.say('stdout', BEGIN.slice(0, 20))
    await program.say('stdout', `${BEGIN.slice(20)}\x00\xff`)
    await program.say('stdout', '\xfe')
    await program.say('stderr', 'oops')
    program.finish(3)
    expect(await ended).toEqual({ ok: true, exitCode: 3 })
    expect(heard).toEqual({ begun: 1, stdout: '\x00\xff\xfe', stderr: 'oops' })
  })

  test('a terminal ends lines with carriage returns, the marker too', async () => {
    const { program, heard, ended } = session()
    await settle()
    await program.say('stdout', `\r${BEGIN.replaceAll('\n', '\r\n')}$ `)
    program.finish(0)
    expect(await ended).toEqual({ ok: true, exitCode: 0 })
    expect(heard).toMatchObject({ begun: 1, stdout: '$ ' })
  })

  test('a check that fails, a login without root, a connection that is lost', async () => {
    const says = session()
    await settle()
    await says.program.say('stderr', `${SAYS}the container does not run\n`)
    says.program.finish(125)
    expect(await says.ended).toMatchObject({ failure: { kind: 'broken', message: 'the container does not run' } })

    const sudo = session()
    await settle()
    await sudo.program.say('stderr', 'sudo: a password is required\n')
    sudo.program.finish(1)
    expect(await sudo.ended).toMatchObject({
      failure: { kind: 'no-privileges', message: expect.stringContaining('1 sudo') },
    })

    const lost = session()
    await settle()
    await lost.program.say('stdout', BEGIN)
    lost.program.finish(null, 'Keepalive timeout')
    expect(await lost.ended).toMatchObject({
      failure: { kind: 'reply-lost', message: 'the connection was lost: Keepalive timeout' },
    })
  })

  test('one that is stopped is hung up', async () => {
    const stop = new AbortController()
    const { clock, program, ended } = session(stop.signal)
    await settle()
    await program.say('stdout', BEGIN)
    await clock.pass(100)
    stop.abort()
    // The clock of this test wakes only when time passes.
    await clock.pass(2 ** 31)
    expect(await ended).toMatchObject({ failure: { kind: 'aborted' } })
    expect(program.closed).toBe(true)
  })

  test('one that never begins is given up after a while, with what it said', async () => {
    const { clock, program, heard, ended } = session()
    await settle()
    await program.say('stdout', 'Choose a number: ')
    await clock.pass(21_000)
    expect(await ended).toMatchObject({
      failure: { kind: 'timeout', message: 'the program did not begin within 20 s: Choose a number:' },
    })
    expect([program.closed, heard.begun]).toEqual([true, 0])
  })
})

test('a stream that is waited for again and again, as by a long input, keeps no listeners', async () => {
  const stream = new EventEmitter()
  for (const event of ['drain', 'drain', 'close']) {
    const waiting = drained(stream)
    stream.emit(event)
    await waiting
    expect([stream.listenerCount('drain'), stream.listenerCount('close')]).toEqual([0, 0])
  }
})
