import { describe, expect, test, vi } from 'vitest'
import Exec from '../../commands/exec.js'
import type { Hc } from '../../src/hc.js'
import { UserError } from '../../src/model/errors.js'
import { FakeTerminal } from '../ui/fake-terminal.js'
import { calls } from './fake-hc.js'
import { run } from './run.js'

vi.mock('../../src/hc.js', () => import('./fake-hc.js'))

const VIEW = { slot: 'web.0', host: 'nuc1', exitCode: 0 }

/** An exec that hears the command and says something. */
function talking(exitCode = 0) {
  return vi.fn<Hc['exec']>(async (_target, _command, { near, onNote }) => {
    onNote('web runs 2 times: this is web.0 on nuc1')
    await near.stdout(Buffer.from('out\n'))
    await near.stderr(Buffer.from('err\n'))
    return { ...VIEW, exitCode }
  })
}

describe('exec', () => {
  test('words as they are, outputs as they are, the code of the command', async () => {
    const exec = talking(7)
    const argv = ['web', '--', 'echo', 'a', 'b', 'a', '--json', 'web']
    const { stdout, stderr, exitCode, nearEnds } = await run(Exec, argv, { hc: { exec } })
    expect(exec.mock.calls[0]?.slice(0, 2)).toEqual(['web', ['echo', 'a', 'b', 'a', '--json', 'web']])
    expect([stdout, stderr, exitCode]).toEqual(['out\n', 'web runs 2 times: this is web.0 on nuc1\nerr\n', 7])
    expect(nearEnds).toEqual([{ pty: false, stopped: true }])
  })

  test('a terminal where both ends are one, unless said otherwise; a shell without a command', async () => {
    const ask = async (argv: string[], tty: boolean) => {
      const exec = talking()
      const { nearEnds, exitCode } = await run(Exec, argv, { tty, env: { CI: '1' }, hc: { exec } })
      return [nearEnds[0]?.pty ?? null, exec.mock.calls[0]?.[1] ?? null, exitCode]
    }
    expect(await ask(['web.0'], true)).toEqual([true, [], 0])
    expect(await ask(['web.0', '--', 'ls'], true)).toEqual([true, ['ls'], 0])
    expect(await ask(['web.0', '--no-tty', '--', 'ls'], true)).toEqual([false, ['ls'], 0])
    expect(await ask(['web.0', '-t', '--', 'ls'], false)).toEqual([true, ['ls'], 0])
    expect(await ask(['web.0'], false)).toEqual([null, null, 125])
    expect(await ask(['web.0', '--no-tty'], true)).toEqual([null, null, 125])
  })

  test('--json keeps the outputs, and needs a command', async () => {
    const { json, exitCode, nearEnds } = await run(Exec, ['web', '--json', '--', 'x'], {
      tty: true,
      hc: { exec: talking(3) },
    })
    expect(json).toEqual({ apiVersion: 'hc/v1', ...VIEW, exitCode: 3, stdout: 'out\n', stderr: 'err\n' })
    expect([exitCode, nearEnds[0]?.pty]).toEqual([3, false])
    expect((await run(Exec, ['web', '--json'], { tty: true })).exitCode).toBe(125)
    expect((await run(Exec, ['web', '--json', '-t', '--', 'x'])).exitCode).toBe(125)
  })

  test('its own failures are 125, and the terminal is given back', async () => {
    const exec: Hc['exec'] = () =>
      Promise.reject(new UserError('web.0 does not run', { code: 'world', hint: 'hc logs web.0' }))
    const failed = await run(Exec, ['web', '--', 'x'], { hc: { exec } })
    expect([failed.exitCode, failed.stderr]).toEqual([125, 'error: web.0 does not run\nhint: hc logs web.0\n'])
    expect(failed.nearEnds[0]?.stopped).toBe(true)
    const wrong = await run(Exec, ['web', '--frob', '--', 'x'])
    expect([wrong.exitCode, wrong.stderr]).toEqual([125, expect.stringContaining('its command stands after --')])
    expect((await run(Exec, [])).exitCode).toBe(125)
  })

  test('stopped by a signal it is 130, where nobody reads any more 141, both without a word', async () => {
    for (const [end, code] of [
      [(terminal: FakeTerminal) => terminal.end('SIGTERM'), 130],
      [(terminal: FakeTerminal) => terminal.readerGone(), 141],
    ] as const) {
      const terminal = new FakeTerminal()
      const exec: Hc['exec'] = async () => {
        end(terminal)
        expect(calls.opened[0]?.signal?.aborted).toBe(true)
        throw new Error('stopped on request')
      }
      await run(Exec, ['web', '--', 'x'], { on: terminal, hc: { exec } })
      expect([terminal.exitCode, terminal.stdout, terminal.stderr]).toEqual([code, '', ''])
    }
  })
})
