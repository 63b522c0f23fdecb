import { expect, test } from 'vitest'
import type { HostBrings, HostTrialView } from '../../src/model/trial.js'
import { pickOffered } from '../../src/ui/init.js'
import { PLAIN } from '../../src/ui/style.js'
import { exitOfTrials, keyLines, trialLines, trialSummary } from '../../src/ui/trial.js'
import { width } from '../../src/ui/width.js'

const canvas = { style: PLAIN, columns: 80, now: 0 }

const BRINGS: HostBrings = {
  hostname: 'nuc1',
  os: 'debian 12',
  arch: 'x86_64',
  kernel: '6.1',
  capacity: { cpu: 4000, memory: 7.6 * 2 ** 30, disk: 112.5 * 2 ** 30, devices: {} },
  drivers: { systemd: '252', podman: '4.3.1', docker: '20.10.24+dfsg1' },
  tools: [],
  listening: [],
  units: 0,
  machineId: 'm',
  bootId: 'b',
}

function view(name: string, more: Partial<HostTrialView> = {}): HostTrialView {
  return {
    name,
    target: `root@192.168.1.${11 + Number(name.slice(-1))}:22`,
    ok: true,
    reason: null,
    failure: null,
    hint: null,
    unknownKey: null,
    recordedKey: null,
    root: 'login',
    notes: [],
    brings: BRINGS,
    tookMs: 1,
    ...more,
  }
}

const failed = (name: string, reason: string, hint: string | null = null): HostTrialView =>
  view(name, { ok: false, reason, hint, failure: 'unreachable', root: null, brings: null })

test('what hosts have, what is to be known of them, and why some can take no jobs', () => {
  const views = [
    view('nuc1'),
    view('nuc2', { target: 'admin@10.0.0.13:2222', root: 'sudo', notes: ['3 units of hc are there already'] }),
    failed('nuc3', 'no answer from 192.168.1.14 port 22 within 2000 ms', 'is it switched on?'),
    failed('nuc4', 'no answer from 192.168.1.15 port 22 within 2000 ms', 'is it switched on?'),
    failed('nuc5', 'root@192.168.1.16 refused the login', 'ssh-copy-id root@192.168.1.16'),
  ]
  const lines = trialLines(views, canvas)
  expect(lines.every((line) => width(line) <= 80)).toBe(true)
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "HOST  LOGIN               SUDO  CPU  MEMORY   DISK     OS         PODMAN  DOCKER
    nuc1  root@192.168.1.12   -     4    7.6 GiB  113 GiB  debian 12  4.3     20.10
    nuc2  admin@10.0.0.13...  yes   4    7.6 GiB  113 GiB  debian 12  4.3     20.10

    nuc2: 3 units of hc are there already

    nuc3: no answer from 192.168.1.14 port 22 within 2000 ms
    nuc4: no answer from 192.168.1.15 port 22 within 2000 ms
      hint: is it switched on?
    nuc5: root@192.168.1.16 refused the login
      hint: ssh-copy-id root@192.168.1.16"
  `)
  expect(trialSummary(views)).toBe('2 of 5 hosts can take jobs.')
  expect(trialSummary(views.slice(0, 1))).toBe('1 host can take jobs.')
})

test('nothing of a host steers the terminal', () => {
  const evil = view('nuc1', { notes: ['a\x1b[2Jb'], brings: { ...BRINGS, os: '\x1b]0;x\x07debian' } })
  const bad = failed('nuc2', 'x\x1b[31my\nz')
  expect(trialLines([evil, bad], canvas).join('\n')).not.toContain('\x1b')
  const key = { type: 'ssh-ed25519\x1b[1m', fingerprint: 'SHA256:a\x1b[1m', where: 'x\x1b[1m port 22' }
  expect(keyLines('nuc1', key, canvas).join('\n')).not.toContain('\x1b')
})

test('the exit code: out of reach, or something to mend', () => {
  expect(exitOfTrials([failed('nuc1', 'x'), view('nuc2', { ok: false, failure: 'timeout' })])).toBe(3)
  expect(exitOfTrials([failed('nuc1', 'x'), view('nuc2', { ok: false, failure: 'auth' })])).toBe(1)
})

test('numbers stand for what was offered', () => {
  const offered = ['a', 'b', 'c'].map((name) => ({ name, target: name, from: '~/.ssh/config' }))
  expect(pickOffered('1 3', offered)).toBe('a c')
  expect(pickOffered('1-3, d=10.0.0.1 nuc[1:3] root@10.0.0.2', offered)).toBe(
    'a b c, d=10.0.0.1 nuc[1:3] root@10.0.0.2',
  )
  for (const line of ['4', '0', '2-4', '3-1', '1 9'])
    expect(() => pickOffered(line, offered)).toThrow('is no number of a list')
})
