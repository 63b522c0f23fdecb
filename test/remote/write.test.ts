import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseWriteReply, type WriteRequest, writeScript, writeTimeoutMs } from '../../src/remote/write.js'
import { type FakeHost, fakeHost, guard, recipe, SHELLS, uptimeMs } from './support.js'

let host: FakeHost
beforeEach(() => {
  host = fakeHost()
})
afterEach(() => host.remove())

describe.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))('in $name', ({ shell }) => {
  const write = (steps: WriteRequest['steps'], over: Parameters<typeof guard>[0] = {}) =>
    parseWriteReply(host.run(shell, writeScript({ guard: guard(over), steps })))
  const stop = { kind: 'stop', slot: 'web.0', timeoutMs: 500 } as const

  test('writes, links and starts; a second time it changes nothing', () => {
    const steps = [
      {
        kind: 'start',
        recipe: recipe('web.0', { files: [{ path: 'env', mode: 0o600, bytes: new TextEncoder().encode('A="1"\n') }] }),
      },
    ] as const
    expect(write(steps)).toEqual({
      ok: true,
      steps: [{ slot: 'web.0', step: 'start', ok: true, unknown: false, message: 'started' }],
    })
    expect(host.read('/etc/systemd/system/hc-web.0.service')).toContain('X-Hc-Slot=web.0')
    expect(host.read('/etc/systemd/system/multi-user.target.wants/hc-web.0.service')).not.toBeNull()
    expect(host.read('/var/lib/hc/alloc/web.0/env')).toBe('A="1"\n')
    expect(host.read('/etc/systemd/system/.hc-new')).toBeNull()
    expect(host.calls().filter((call) => /^(daemon-reload|start)/.test(call))).toEqual([
      'daemon-reload',
      'start -- hc-web.0.service',
    ])
    expect(write(steps)).toMatchObject({ ok: true, steps: [{ ok: true, message: 'unchanged' }] })
    expect(host.calls().filter((call) => call.startsWith('start'))).toHaveLength(1)
  })

  test('a changed unit is stopped, rewritten and started, and its old files are gone', () => {
    write([
      {
        kind: 'start',
        recipe: recipe('web.0', { files: [{ path: 'old', mode: 0o600, bytes: new Uint8Array([0, 255]) }] }),
      },
    ])
    const unit = { path: 'hc-web.0.service', text: '[Unit]\nX-Hc-Hash=new\n' }
    expect(write([{ kind: 'restart', recipe: recipe('web.0', { units: [unit] }) }])).toMatchObject({
      steps: [{ ok: true, message: 'started' }],
    })
    const calls = host.calls().map((call) => call.split(' ')[0])
    expect(calls.lastIndexOf('stop')).toBeLessThan(calls.lastIndexOf('daemon-reload'))
    expect(host.read('/etc/systemd/system/hc-web.0.service')).toBe(unit.text)
    expect(host.read('/var/lib/hc/alloc/web.0/old')).toBeNull()
  })

  test('stop takes everything of the slot away and nothing else', () => {
    const other = recipe('web.00')
    const dropIn = { path: 'nginx.service.d/hc-web.0.conf', text: '[Unit]\n' }
    write([
      { kind: 'start', recipe: recipe('web.0', { units: [...recipe('web.0').units, dropIn] }) },
      { kind: 'start', recipe: other },
    ])
    expect(host.read('/etc/systemd/system/nginx.service.d/hc-web.0.conf')).toBe('[Unit]\n')
    expect(write([stop])).toMatchObject({ ok: true, steps: [{ step: 'stop', ok: true, message: 'stopped' }] })
    for (const path of ['hc-web.0.service', 'multi-user.target.wants/hc-web.0.service', 'nginx.service.d']) {
      expect(host.read(`/etc/systemd/system/${path}`)).toBeNull()
    }
    expect(host.read('/etc/systemd/system/hc-web.00.service')).not.toBeNull()
    expect(write([stop])).toMatchObject({ steps: [{ ok: true }] })
  })

  test('a stop that is not obeyed is done by force', () => {
    write([{ kind: 'start', recipe: recipe('web.0') }])
    host.setState('hc-web.0.service', 'stubborn')
    expect(write([stop])).toMatchObject({ steps: [{ ok: true, message: 'stopped' }] })
    expect(host.calls()).toContain('kill -s KILL -- hc-web.0.service')
  })

  test('what is not seen to have stopped keeps its files and is said to run', () => {
    write([{ kind: 'start', recipe: recipe('web.0') }])
    host.setState('hc-web.0.service', 'undead')
    expect(write([stop])).toMatchObject({ steps: [{ ok: false, message: expect.stringContaining('still runs') }] })
    expect(host.read('/etc/systemd/system/hc-web.0.service')).not.toBeNull()
  })

  test('one that cannot start is reported and hurts no other', () => {
    const bad = recipe('bad.0', { units: [{ path: 'hc-bad.0.service', text: 'ExecStart=/nope\n' }] })
    expect(
      write([
        { kind: 'start', recipe: bad },
        { kind: 'start', recipe: recipe('web.0') },
      ]),
    ).toMatchObject({
      ok: true,
      steps: [
        { slot: 'bad.0', ok: false, message: expect.stringMatching(/^its command cannot be run.*step EXEC/) },
        { slot: 'web.0', ok: true, message: 'started' },
      ],
    })
  })

  test('files that cannot be written fail their slot only and leave what ran as it was', () => {
    write([{ kind: 'start', recipe: recipe('web.0') }])
    const broken = recipe('web.0', { files: [{ path: 'x'.repeat(300), mode: 0o600, bytes: new Uint8Array([65]) }] })
    expect(
      write([
        { kind: 'restart', recipe: { ...broken, units: [{ path: 'hc-web.0.service', text: 'new' }] } },
        { kind: 'start', recipe: recipe('ok.0') },
      ]),
    ).toMatchObject({
      steps: [
        { slot: 'web.0', ok: false, message: expect.stringContaining('cannot be written') },
        { slot: 'ok.0', ok: true },
      ],
    })
    expect(host.read('/etc/systemd/system/hc-web.0.service')).toContain('X-Hc-Slot=web.0')
    expect(host.calls().filter((call) => call.startsWith('stop'))).toEqual([])
  })

  test('adopt rewrites what runs and neither stops nor starts it', () => {
    write([{ kind: 'start', recipe: recipe('web.0') }])
    const before = host.calls().length
    const unit = { path: 'hc-web.0.service', text: 'adopted' }
    expect(write([{ kind: 'adopt', recipe: recipe('web.0', { units: [unit] }) }])).toMatchObject({
      steps: [{ ok: true, message: 'adopted' }],
    })
    expect(
      host
        .calls()
        .slice(before)
        .filter((call) => /^(start|stop|restart)/.test(call)),
    ).toEqual([])
    expect(host.read('/etc/systemd/system/hc-web.0.service')).toBe('adopted')
    expect(write([{ kind: 'adopt', recipe: recipe('none.0') }])).toMatchObject({ steps: [{ ok: false }] })
  })

  test('never asks systemd to forget the failures of the whole host', () => {
    write([{ kind: 'stopContainer', slot: 'web.0', driver: 'podman' }])
    write([{ kind: 'start', recipe: recipe('web.0') }])
    expect(host.calls().filter((call) => /^reset-failed(?: --)?$/.test(call))).toEqual([])
  })

  test.each([
    ['another boot', { bootId: '00000000-0000-0000-0000-000000000000' }, 'boot'],
    ['too late', { deadlineMs: 10 }, 'deadline'],
    ['a lower term', { term: { number: 2, owner: 'owner-a' } }, 'term'],
    ['the same term of another', { term: { number: 3, owner: 'owner-b' } }, 'term'],
  ] as const)('refuses %s and does nothing', (_, over, refused) => {
    write([{ kind: 'start', recipe: recipe('web.0') }])
    const before = host.calls().length
    expect(write([stop], over)).toMatchObject({ ok: false, refused })
    expect(host.calls()).toHaveLength(before)
  })

  test('a higher term is recorded before anything is done, and kept twice', () => {
    write([{ kind: 'start', recipe: recipe('web.0') }])
    expect(write([stop], { term: { number: 4, owner: 'owner-b' } })).toMatchObject({ ok: true })
    expect(host.read('/var/lib/hc/term')).toBe('4 owner-b cluster-1\n')
    expect(host.read('/run/hc/term')).toBe('4 owner-b cluster-1\n')
    expect(host.read('/var/lib/hc/identity')).toBe('cluster cluster-1\nkey c0ffee\nterm 4 owner-b\n')
    expect(write([stop])).toMatchObject({ ok: false, refused: 'term' })
    expect(host.read('/var/lib/hc/audit.log')).toMatch(/ 3 owner-a start web\.0\n.* 4 owner-b stop web\.0\n/)
  })

  test('case 1: a deadline that passes while it stops holds the start back', () => {
    const steps = [{ kind: 'start', recipe: recipe('web.0') }] as const
    const script = writeScript({ guard: guard({ deadlineMs: uptimeMs() + 700 }), steps }).replace(
      '\nstates() {',
      '\nstates() { sleep 1;',
    )
    expect(parseWriteReply(host.run(shell, script))).toMatchObject({
      ok: true,
      steps: [{ ok: false, unknown: true, message: expect.stringContaining('deadline') }],
    })
    expect(host.calls().some((call) => call.startsWith('start'))).toBe(false)
  })
})

describe('at most one write at a time', () => {
  test('a held lock is waited for and then refused', () => {
    const [shell = []] = SHELLS
    const script = writeScript({ guard: guard({ lockMs: 200 }), steps: [] })
    const held = `mkdir -p /run/hc; exec 8>/run/hc/lock; flock 8\n${script}`
    expect(parseWriteReply(host.run(shell, held))).toMatchObject({ ok: false, refused: 'lock' })
  })

  test.skipIf(process.getuid?.() === 0)('without a place for the lock nothing is done', () => {
    const [shell = []] = SHELLS
    chmodSync(join(host.folder), 0o555)
    expect(parseWriteReply(host.run(shell, writeScript({ guard: guard(), steps: [] })))).toMatchObject({
      ok: false,
      refused: 'lock',
    })
  })
})

describe('the request', () => {
  test('a slot that is none, or comes twice, is a bug', () => {
    const one = { kind: 'stop', slot: '../x', timeoutMs: 1 } as const
    expect(() => writeScript({ guard: guard(), steps: [one] })).toThrow(/no slot/)
    const two = { kind: 'stop', slot: 'a.0', timeoutMs: 1 } as const
    expect(() => writeScript({ guard: guard(), steps: [two, two] })).toThrow(/two steps/)
  })

  test('the bound covers the longest stop', () => {
    const steps = [{ kind: 'stop', slot: 'a.0', timeoutMs: 90_000 }] as const
    expect(writeTimeoutMs({ guard: guard(), steps })).toBeGreaterThan(100_000)
  })
})
