import { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Host } from '../../src/model/host.js'
import type { SessionFar, Transport } from '../../src/ports.js'
import { createClock } from '../../src/system/clock.js'
import { createLocalTransport } from '../../src/system/local.js'
import { routeTransport } from '../../src/system/route.js'
import { fakeHost } from '../support/fake-sshd.js'

const clock = createClock()
const open: Transport[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

function host(more: Partial<Host> = {}): Host {
  const plain = fakeHost('me', more)
  return { ...plain, connection: { ...plain.connection, kind: 'local' } }
}

function local(): Transport {
  const made = createLocalTransport({ clock })
  open.push(made)
  return made
}

const isRoot = process.getuid?.() === 0

describe.skipIf(!isRoot)('the local transport, as root', () => {
  it('runs scripts in a shell that stays', async () => {
    const made = local()
    const first = await made.run(host(), { script: "cat <<'X'\nhere\nX\npwd; exit 4", lane: 'look', timeoutMs: 5000 })
    expect(first).toMatchObject({ ok: true, exitCode: 4, output: 'here\n/\n' })
    const [one, two] = await Promise.all(
      [1, 2].map(() => made.run(host(), { script: 'echo $$', lane: 'look', timeoutMs: 5000 })),
    )
    expect(one).toMatchObject({ output: two?.ok ? two.output : '' })
  })

  it('ends what hung before the next script, and what was aborted with its children', async () => {
    const made = local()
    const hung = await made.run(host(), { script: 'sleep 58.125', lane: 'look', timeoutMs: 200 })
    expect(hung).toMatchObject({ ok: false, failure: { kind: 'timeout' } })
    const after = await made.run(host(), { script: 'echo next', lane: 'look', timeoutMs: 5000 })
    expect(after).toMatchObject({ ok: true, output: 'next\n' })
    const stop = new AbortController()
    let pid = ''
    const ended = await made.command(host(), {
      script: 'echo $$; sleep 58.25 & sleep 58.25',
      timeoutMs: null,
      signal: stop.signal,
      onStdout: (chunk) => {
        pid += chunk
        stop.abort()
      },
      onStderr: () => {},
    })
    expect(ended).toMatchObject({ ok: false, failure: { kind: 'aborted' } })
    await clock.sleep(300)
    const left = await made.run(host(), {
      script: 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " " | grep -c "sleep 58[.]"',
      lane: 'look',
      timeoutMs: 5000,
    })
    expect(left).toMatchObject({ ok: true, output: '0\n' })
    expect(Number(pid)).toBeGreaterThan(1)
  })

  it('streams both outputs of a command', async () => {
    const said: string[] = []
    const result = await local().command(host(), {
      script: 'echo out; echo err >&2; exit 9',
      timeoutMs: 5000,
      onStdout: (chunk) => void said.push(`1 ${chunk}`),
      onStderr: (chunk) => void said.push(`2 ${chunk}`),
    })
    expect(result).toEqual({ ok: true, exitCode: 9 })
    expect(said.sort()).toEqual(['1 out\n', '2 err\n'])
  })

  it('closing ends the shells', async () => {
    const made = createLocalTransport({ clock })
    const reply = await made.run(host(), { script: 'echo $$', lane: 'look', timeoutMs: 5000 })
    const running = made.run(host(), { script: 'sleep 5', lane: 'act', timeoutMs: 5000 })
    await clock.sleep(200)
    await made.close()
    expect(await running).toMatchObject({ ok: false, failure: { kind: 'reply-lost' } })
    const pid = reply.ok ? reply.output.trim() : ''
    await clock.sleep(200)
    expect(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toThrow()
  })
})

describe.skipIf(isRoot)('the local transport, as a user', () => {
  it('is refused root where hc_become is off', async () => {
    const result = await local().run(host({ become: 'no' }), { script: 'id -u', lane: 'look', timeoutMs: 5000 })
    expect(result).toMatchObject({ ok: false, failure: { kind: 'no-privileges' } })
  })
})

describe('routeTransport', () => {
  it('sends each host its own way, and closes both', async () => {
    const seen: string[] = []
    const road = (name: string): Transport => ({
      run: async () => {
        seen.push(`${name} run`)
        return { ok: false, sentAt: 0, failure: { kind: 'aborted', message: '', hint: null } }
      },
      command: async () => {
        seen.push(`${name} command`)
        return { ok: true, exitCode: 0 }
      },
      session: async () => {
        seen.push(`${name} session`)
        return { ok: true, exitCode: 0 }
      },
      close: async (which) => void seen.push(`${name} close ${which ?? 'all'}`),
    })
    const routed = routeTransport({ ssh: road('ssh'), local: road('local') })
    await routed.run(host(), { script: '', lane: 'look', timeoutMs: 1 })
    await routed.command(fakeHost('far'), { script: '', timeoutMs: 1, onStdout: () => {}, onStderr: () => {} })
    const near = { pty: null, begin: () => {}, lend: () => {}, stdout: async () => {}, stderr: async () => {} }
    await routed.session(fakeHost('far'), { prepare: '', program: ':', near })
    await routed.close('far')
    await routed.close()
    expect(seen).toEqual([
      'local run',
      'ssh command',
      'ssh session',
      'ssh close far',
      'local close far',
      'ssh close all',
      'local close all',
    ])
  })
})

describe('sessions of this machine', () => {
  const session = async (program: string, input: string) => {
    const said = { stdout: '', stderr: '' }
    const take = (stream: 'stdout' | 'stderr') => async (bytes: Uint8Array) => {
      said[stream] += Buffer.from(bytes).toString()
    }
    const begin = async (far: SessionFar) => {
      await far.write(Buffer.from(input))
      far.end()
    }
    const near = { pty: null, begin, lend: () => {}, stdout: take('stdout'), stderr: take('stderr') }
    const become = isRoot ? 'auto' : 'no'
    return { result: await local().session(host({ become }), { prepare: ':', program, near }), ...said }
  }

  it.runIf(isRoot)('stdin to its end, outputs apart, the exit code; also of one that was killed', async () => {
    const input = 'one\n'.repeat(100_000)
    const talk = await session('cat; echo oops >&2; exit 7', input)
    expect(talk.result).toEqual({ ok: true, exitCode: 7 })
    expect([talk.stdout === input, talk.stderr]).toEqual([true, 'oops\n'])
    expect((await session('kill -9 $$', '')).result).toEqual({ ok: true, exitCode: 137 })
    expect((await session('sleep 20 & exit 2', '')).result).toEqual({ ok: true, exitCode: 2 })
  })

  it.runIf(isRoot)(
    'on the terminal of hc itself: stopped on request also where a signal to it is refused',
    async () => {
      const real = ChildProcess.prototype.kill
      // As Node tells EPERM, which a signal to sudo's process meets.
      const kill = vi.spyOn(ChildProcess.prototype, 'kill').mockImplementation(function (this: ChildProcess) {
        this.emit('error', new Error('kill EPERM'))
        return real.call(this, 'SIGKILL')
      })
      const stop = new AbortController()
      const near = {
        pty: { rows: 24, columns: 80, term: 'xterm' },
        begin: () => {},
        lend: () => void setTimeout(() => stop.abort(), 20),
        stdout: async () => {},
        stderr: async () => {},
      }
      const result = await local().session(host(), {
        prepare: ':',
        program: 'exec sleep 30',
        near,
        signal: stop.signal,
      })
      kill.mockRestore()
      expect(result).toMatchObject({ ok: false, failure: { kind: 'aborted' } })
    },
  )

  it.runIf(!isRoot)('is refused root where hc_become is off', async () => {
    expect((await session('true', '')).result).toMatchObject({ ok: false, failure: { kind: 'no-privileges' } })
  })
})
