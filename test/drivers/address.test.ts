// What adds a job's address and removes it: in every driver's unit, and run as a host runs it, with made-up ip and ping.

import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addressLines } from '../../src/drivers/address.js'
import { drivers } from '../../src/drivers/index.js'
import { SHELLS } from '../remote/support.js'
import { inputOf } from './support.js'

const ADDRESS = '10.0.0.50/24'

const PROGRAMS: Readonly<Record<string, string>> = {
  ip: `echo "ip $*" >>"$FAKE/calls"
case "$*" in
  (*'addr show'*) cat "$FAKE/own" 2>/dev/null ;;
  (*'addr add'*) echo "2: eth0 inet $4" >"$FAKE/own" ;;
  (*'addr del'*) rm -f "$FAKE/own" ;;
  (*'route get'*) cat "$FAKE/way" ;;
  (*'neigh show to'*) cat "$FAKE/neighbour" 2>/dev/null ;;
esac
exit 0`,
  ping: 'echo "ping $*" >>"$FAKE/calls"; exit 1',
  arping: 'echo "arping $*" >>"$FAKE/calls"',
}

/** A word of a unit file as the shell gets it. */
const unquote = (word: string): string =>
  word
    .replaceAll('$$', '$')
    .replaceAll('%%', '%')
    .replace(/\\(.)/g, (_, character: string) => ({ n: '\n', t: '\t' })[character] ?? character)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hc-address-'))
  mkdirSync(join(folder, 'bin'))
  for (const [name, text] of Object.entries(PROGRAMS)) {
    put(`bin/${name}`, `#!/bin/sh\n${text}\n`)
    chmodSync(join(folder, 'bin', name), 0o755)
  }
  put('way', '10.0.0.50 dev eth0 src 10.0.0.11 uid 0\n')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const put = (path: string, text: string): void => writeFileSync(join(folder, path), text)
const has = (path: string): boolean => existsSync(join(folder, path))
const read = (path: string): string => (has(path) ? readFileSync(join(folder, path), 'utf8') : '')

describe.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))('in $name', ({ shell }) => {
  const run = (which: 'before' | 'after', address = ADDRESS): { status: number | null; output: string } => {
    const [line] = addressLines(inputOf({ job: { exclusive: true, address } }))[which]
    const words = [...(line?.[1] ?? '').matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) => unquote(word))
    const [program = '', ...first] = shell
    const script = (words[2] ?? '').replaceAll('/run/hc', join(folder, 'run'))
    const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH ?? ''}`, FAKE: folder }
    const done = spawnSync(program, [...first, '-c', script, ...words.slice(3)], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return { status: done.status, output: done.stdout + done.stderr }
  }

  test('case 20: adds it where its subnet is, tells the network, and removes it at the end', () => {
    expect(run('before')).toEqual({ status: 0, output: '' })
    expect(read('calls')).toContain('ip -4 addr add 10.0.0.50/24 dev eth0\n')
    expect(read('calls')).toContain('arping -q -c 1 -U -I eth0 10.0.0.50\n')
    expect(read('run/address/web.0')).toBe('10.0.0.50/24 eth0\n')
    expect(run('before')).toEqual({ status: 0, output: '' })
    expect(read('calls').match(/addr add/g)).toHaveLength(1)
    run('after')
    expect([has('own'), has('run/address/web.0')]).toEqual([false, false])
  })

  test('what was there before is refused, and never removed', () => {
    put('own', '2: eth0 inet 10.0.0.50/24')
    const { status, output } = run('before')
    expect([status, output]).toEqual([1, expect.stringContaining('has the address 10.0.0.50 already, and not from hc')])
    run('after')
    expect(has('own')).toBe(true)
  })

  test('another machine that answers for it is a failed start', () => {
    put('neighbour', '10.0.0.50 dev eth0 lladdr 02:00:00:00:00:09 REACHABLE\n')
    const { status, output } = run('before')
    expect([status, output]).toEqual([1, expect.stringContaining('another machine answers for the address 10.0.0.50')])
    expect(read('calls')).not.toContain('addr add')
    // Else its words would stand as the reason in place of that sentence.
    expect(run('after').output).toBe('')
  })

  test('no subnet has it: a failed start; with /32 it goes where the default route goes', () => {
    put('way', '10.9.9.9 via 10.0.0.1 dev eth0 src 10.0.0.11 uid 0\n')
    expect(run('before').output).toContain('no interface of this host has a subnet with 10.0.0.50')
    expect(run('before', '10.0.0.50/32').status).toBe(0)
    expect(read('calls')).toContain('ip -4 addr add 10.0.0.50/32 dev eth0\n')
  })
})

test.each([
  ['systemd', { command: ['/bin/true'] }],
  ['systemd', { unit: 'postgresql.service' }],
  ['podman', { image: 'a/b' }],
  ['docker', { image: 'a/b' }],
] as const)('%s: in its unit before the command and behind its end, only where a job has one', (driver, runs) => {
  const text = (address: string | null): string =>
    drivers[driver]
      .recipe(inputOf({ job: { driver, exclusive: true, address, ...runs } }))
      .units.map((unit) => unit.text)
      .join('\n')
  expect(text(ADDRESS).match(/^Exec(?:StartPre=\+|StopPost=-\+).*"hc-address" /gm)).toHaveLength(2)
  expect(text(null)).not.toContain('hc-address')
})
