import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { doctorScript, parseDoctor } from '../../src/remote/doctor.js'
import { type FakeHost, fakeHost, SHELLS } from './support.js'

const CAPTURED = `hc-doctor 1
time 1764140000.250000000
look ping
look bash
watchdog yes
watchdog-sec 0
battery yes
failed nginx.service
failed hc-web.0.service
controllers cpuset cpu io memory pids
sessions 10
docker inactive
forward DROP
disk 1000 800 100 /
disk 1000 800 100 /
disk 100 0 100 /run
mode 700
folder x.0
container podman hc-\u001b[31mx.0
lease-watch active inactive
routed 10.1.0.2
ran 20
hc-doctor-end
`

test('what a host said is read, without what would steer a terminal', () => {
  expect(parseDoctor(CAPTURED, 1764140000000, 1764140000300)).toEqual({
    clockOffMs: 150,
    tookMs: 100,
    looks: ['ping', 'bash'],
    watchdog: true,
    watchdogSec: '0',
    battery: true,
    failedUnits: ['nginx.service'],
    controllers: ['cpuset', 'cpu', 'io', 'memory', 'pids'],
    maxSessions: 10,
    docker: 'inactive',
    forwardPolicy: 'DROP',
    disks: [
      { path: '/', size: 1024000, used: 921600 },
      { path: '/run', size: 102400, used: 0 },
    ],
    stateMode: '700',
    folders: ['x.0'],
    containers: ['podman hc-x.0'],
    leaseTimer: 'active',
    leaseService: 'inactive',
    routed: ['10.1.0.2'],
  })
})

test('a clock without fractions may be a second later than it says; one that is behind is negative', () => {
  const at = (time: string) => parseDoctor(CAPTURED.replace(/^time .*$/m, `time ${time}`), 1764140000500, 1764140000800)
  expect(at('1764140000')?.clockOffMs).toBe(0)
  expect(at('1764139990')?.clockOffMs).toBe(-9500)
  expect(at('soon')?.clockOffMs).toBeNull()
})

test('what is cut says nothing', () => {
  expect(parseDoctor(CAPTURED.replace('hc-doctor-end\n', ''), 0, 1)).toBeNull()
  expect(parseDoctor('', 0, 1)).toBeNull()
})

describe.each(SHELLS.map((shell) => [shell]))('in %s', (shell) => {
  let host: FakeHost
  beforeEach(() => {
    host = fakeHost()
    for (const slot of ['web.0', 'gone.0']) mkdirSync(join(host.folder, 'var/hc/alloc', slot), { recursive: true })
    writeFileSync(join(host.folder, 'units/hc-web.0.service'), '')
  })
  afterEach(() => host.remove())

  test('it is whole, finds what is left, and only asks', () => {
    const from = Date.now()
    const exam = parseDoctor(host.run(shell, doctorScript(['127.0.0.1', "a'b"])), from, Date.now())
    expect(exam).toMatchObject({ folders: ['gone.0'], containers: [], routed: [], clockOffMs: expect.any(Number) })
    expect(Math.abs(exam?.clockOffMs ?? 9999)).toBeLessThan(100)
    expect(exam?.disks.length).toBeGreaterThan(0)
    const verbs = host.calls().map((call) => call.replace(/^(podman|docker) /, '').split(' ')[0])
    expect(verbs.every((verb) => ['show', 'list-units', 'is-active', 'ps'].includes(verb ?? ''))).toBe(true)
  })
})
