// Sessions over real SSH connections: bytes both ways, codes, terminals, the end of a connection.
import { describe, expect, it } from 'vitest'
import type { RemoteSession, SessionFar, SessionNear } from '../../src/ports.js'
import { clock, known, nuc1, server, transport } from './world.js'

/** A near side that keeps what it hears. */
class Near implements SessionNear {
  pty: SessionNear['pty'] = null
  readonly heard = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] }
  far: SessionFar | null = null
  onBegin: (far: SessionFar) => void = (far) => far.end()
  delayMs = 0

  begin(far: SessionFar): void {
    this.far = far
    this.onBegin(far)
  }
  lend(): void {}
  async stdout(bytes: Uint8Array): Promise<void> {
    if (this.delayMs > 0) await clock.sleep(this.delayMs)
    this.heard.stdout.push(bytes)
  }
  async stderr(bytes: Uint8Array): Promise<void> {
    this.heard.stderr.push(bytes)
  }
  said(stream: 'stdout' | 'stderr'): Buffer {
    return Buffer.concat(this.heard[stream])
  }
}

const script = (program: string, near: SessionNear, more: Partial<RemoteSession> = {}): RemoteSession => ({
  prepare: ':',
  program,
  near,
  ...more,
})

describe('sessions', () => {
  it('stdin to its end, outputs apart, the exit code', async () => {
    const made = transport(known(await server()))
    const near = new Near()
    near.onBegin = async (far) => {
      await far.write(Buffer.from('one\n'))
      await far.write(Buffer.from([0, 255, 10]))
      far.end()
    }
    const result = await made.session(nuc1, script('cat; echo oops >&2; exit 7', near))
    expect(result).toEqual({ ok: true, exitCode: 7 })
    expect([...near.said('stdout')]).toEqual([...Buffer.from('one\n'), 0, 255, 10])
    expect(near.said('stderr').toString()).toBe('oops\n')
  })

  it('megabytes both ways, also where the near side is slow: every byte, in order', async () => {
    const made = transport(known(await server()))
    const near = new Near()
    near.delayMs = 1
    const sent = Buffer.alloc(3_000_000, 'abcdefghij\n')
    near.onBegin = async (far) => {
      for (let at = 0; at < sent.length; at += 65_536) await far.write(sent.subarray(at, at + 65_536))
      far.end()
    }
    expect(await made.session(nuc1, script('cat', near))).toEqual({ ok: true, exitCode: 0 })
    expect(near.said('stdout').equals(sent)).toBe(true)
  })

  it('a terminal is asked for with its size, and told of a new one', async () => {
    const sshd = await server()
    const near = new Near()
    near.pty = { rows: 30, columns: 100, term: 'xterm' }
    near.onBegin = (far) => {
      far.resize({ rows: 40, columns: 120 })
      far.end()
    }
    await transport(known(sshd)).session(nuc1, script('cat', near))
    expect(sshd.seen.terminals).toMatchObject([
      { rows: 30, cols: 100 },
      { rows: 40, cols: 120 },
    ])
  })

  it('a program that ends while its child keeps the outputs open ends the session', async () => {
    const near = new Near()
    near.onBegin = () => {}
    const startedAt = clock.now()
    const result = await transport(known(await server())).session(nuc1, script('sleep 20 & echo done; exit 4', near))
    expect(result).toEqual({ ok: true, exitCode: 4 })
    expect(near.said('stdout').toString()).toBe('done\n')
    expect(clock.now() - startedAt).toBeLessThan(8000)
  })

  it('a connection that is cut, a login without root, an end on request', async () => {
    const sshd = await server()
    const near = new Near()
    near.onBegin = () => sshd.cut()
    const cut = await transport(known(sshd)).session(nuc1, script('sleep 20', near))
    expect(cut).toMatchObject({ ok: false, failure: { kind: 'reply-lost' } })

    const locked = await server({ uid: 1000, sudo: 'password' })
    const refused = await transport(known(locked)).session(nuc1, script('true', new Near()))
    expect(refused).toMatchObject({ ok: false, failure: { kind: 'no-privileges' } })

    const stop = new AbortController()
    const stopped = new Near()
    stopped.onBegin = () => stop.abort()
    const made = transport(known(await server()))
    const end = await made.session(nuc1, script('sleep 20', stopped, { signal: stop.signal }))
    expect(end).toMatchObject({ ok: false, failure: { kind: 'aborted' } })
    // The connection is there for the next one.
    expect(await made.session(nuc1, script('exit 2', new Near()))).toEqual({ ok: true, exitCode: 2 })
  })
})
