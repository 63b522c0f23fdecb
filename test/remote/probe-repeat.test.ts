// "Nothing has changed", said by a made-up host in every shell: only where it is so.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { HostFacts, UnitFacts } from '../../src/model/host.js'
import { PROLOGUE } from '../../src/remote/layout.js'
import { parseRepeated } from '../../src/remote/probe.js'
import { isAtRest, LINKS, REMEMBER, REPEAT, repeatedFacts, STAMP } from '../../src/remote/probe-repeat.js'
import { ready } from '../planner/support/make.js'
import { runIn, SHELLS } from './support.js'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hc-repeat-'))
  const slice = 'sys/fs/cgroup/system.slice/hc-web.0.service'
  for (const folder of ['run/hc', 'run/systemd/units', 'etc/systemd/system', 'var/lib/hc/runs', slice]) {
    mkdirSync(join(root, folder), { recursive: true })
  }
  writeFileSync(join(root, 'uptime'), '100.08 1.00\n')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** What each `ask` of these lines comes to, in one shell. `$p` is a process; `later`: long enough for this shell's clock. */
function told(shell: readonly string[], lines: readonly string[], target = ''): string[] {
  const here = (text: string) =>
    text.replace(/(?<=[ =<>])\/(sys|run|etc|var)\//g, `${root}/$1/`).replaceAll('/proc/uptime', `${root}/uptime`)
  const script = `${PROLOGUE}
put() { printf '%s\\n' "$*"; }
ask() { (
uid=0
${LINKS}
${REPEAT}
${STAMP}
shown="Id=hc-web.0.service
MainPID=$p
Id=hc-x.0.service
MainPID=0" lines='/etc/systemd/system/hc-web.0.service:X-Hc-Target=${target}'
${REMEMBER}
put whole
) | { while read -r x rest; do case $x in (same | whole) put $x ;; esac; done; }; }
later() { sleep ${shell[0] === 'busybox' ? 1.1 : 0.05}; }
ln -s 1 ${root}/run/systemd/units/invocation:hc-web.0.service
{ sleep 60 & } 2>/dev/null; p=$!
later
${lines.join('\n')}
kill $p 2>/dev/null || :
`
  return runIn(shell, here(script)).trim().split('\n')
}

describe.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))('in $name', ({ shell }) => {
  test('the first answer is whole, those after it say that it holds, until its time is over', () => {
    const after = `echo '130.01 1.00' >${root}/uptime`
    const before = `echo '129.99 1.00' >${root}/uptime`
    expect(told(shell, ['ask', 'later', 'ask', 'ask', before, 'ask', after, 'ask'])).toEqual([
      ...['whole', 'same', 'same', 'same', 'whole'],
    ])
  })
  test.each([
    [
      'a unit file was put in place',
      'echo >/etc/systemd/system/.new; mv /etc/systemd/system/.new /etc/systemd/system/hc-web.0.service',
    ],
    ['a run was written down', 'echo >/var/lib/hc/runs/x.0.last'],
    ['a unit was started', 'ln -s 1 /run/systemd/units/invocation:hc-new.0.service'],
    ['a unit ended', 'rm /run/systemd/units/invocation:hc-web.0.service'],
    ['a process ended whose unit waits', 'kill $p; wait $p 2>/dev/null'],
    [
      'a unit was started again',
      'rmdir /sys/fs/cgroup/system.slice/hc-web.0.service; later; mkdir /sys/fs/cgroup/system.slice/hc-web.0.service; ln -sfn 2 /run/systemd/units/invocation:hc-web.0.service',
    ],
  ])('all is told where %s', (_what, change) => {
    expect(told(shell, ['ask', 'later', 'ask', change, 'ask'])).toEqual(['whole', 'same', 'whole'])
  })
  test('what another unit does changes nothing: the lease looks every two seconds', () => {
    const lease = 'ln -s 1 /run/systemd/units/invocation:hc-lease.service'
    expect(told(shell, ['ask', 'later', lease, 'ask'])).toEqual(['whole', 'same'])
  })
  test('a unit that is not hc’s own may run in any cgroup: then each change of any unit counts', () => {
    const other = 'ln -s 1 /run/systemd/units/invocation:cups.service'
    expect(told(shell, ['ask', 'later', 'ask', other, 'ask'], 'nginx.service')).toEqual(['whole', 'same', 'whole'])
  })
  test('an answer that was not finished is never repeated, and who has no folder yet tells all', () => {
    expect(told(shell, ['ask', 'later', 'for f in /run/hc/seen.*; do : >$f; done', 'ask'])).toEqual(['whole', 'whole'])
    rmSync(join(root, 'run/hc'), { recursive: true })
    rmSync(join(root, 'run/systemd/units/invocation:hc-web.0.service'))
    expect(told(shell, ['ask', 'later', 'ask'])).toEqual(['whole', 'whole'])
  })
  test('files of a shell that is gone are taken away', () => {
    const left = 'echo >/run/hc/seen.4194304; echo >/run/hc/seen-at.4194304'
    expect(told(shell, [left, 'ask >/dev/null', 'ls /run/hc | grep -c 4194304'])).toEqual(['0'])
  })
})

describe('what was repeated', () => {
  const { facts: known } = ready('a')
  if (known === null) throw new Error('no facts')
  const text = (boot: string) =>
    [
      'hc-probe 1',
      'uid 0',
      `boot ${boot}`,
      'uptime 90.50 1',
      'mem MemTotal: 8',
      'mem MemAvailable: 4',
      'term 7 me c',
      'same 12.3',
      'hc-probe-end',
      '',
    ].join('\n')

  test('is put in place of what was known, and says nothing of containers', () => {
    const repeated = parseRepeated(text(known.bootId))
    if (repeated === null) throw new Error('not read')
    expect(repeated).toMatchObject({ token: '12.3', facts: { uptimeMs: 90_500, term: { number: 7, owner: 'me' } } })
    expect(repeatedFacts({ ...known, containersKnown: true, orders: { term: 7, order: 3 } }, repeated)).toEqual({
      ...known,
      ...repeated.facts,
      containers: [],
      containersKnown: false,
    })
  })
  test('of another boot, or without its end, is none', () => {
    const other = parseRepeated(text('ffffffff-0000-4000-8000-000000000000'))
    expect(other && repeatedFacts(known, other)).toBeNull()
    expect(parseRepeated(text(known.bootId).replace('hc-probe-end', ''))).toBeNull()
    expect(parseRepeated(text(known.bootId).replace('same 12.3', 'same a b'))).toBeNull()
    expect(parseRepeated('')).toBeNull()
  })
})

describe('a host rests', () => {
  const unit = (over: Partial<UnitFacts>): UnitFacts =>
    ({
      slot: 'web.0',
      active: 'active',
      sub: 'running',
      activeSinceMs: 10_000,
      ports: { http: 80 },
      ...over,
    }) as UnitFacts
  const rests = (over: Partial<UnitFacts>, ports: readonly number[] = [80]) =>
    isAtRest({
      units: [unit(over)],
      listening: ports.map((port) => ({ port })),
      monotonicMs: 20_000,
    } as unknown as HostFacts)

  test.each([
    ['what runs, and listens', {}, [80], true],
    ['what does not listen', {}, [], false],
    ['what has just been started', { activeSinceMs: 19_000 }, [80], false],
    ['what is being started', { active: 'activating', sub: 'auto-restart' }, [80], false],
    ['what is being stopped', { active: 'deactivating' }, [80], false],
    ['what failed', { active: 'failed' }, [], true],
    ['what ended', { active: 'inactive', ports: null }, [], true],
  ])('%s', (_what, over, ports, expected) => expect(rests(over, ports)).toBe(expected))
})
