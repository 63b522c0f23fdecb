// What containers use, read from a made-up host's /proc and /sys in every shell.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PROLOGUE } from '../../src/remote/layout.js'
import { parseProbe } from '../../src/remote/probe.js'
import { GAUGES, parseGauges } from '../../src/remote/probe-gauges.js'
import { runIn, SHELLS } from './support.js'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hc-gauges-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function file(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

/** The lines that the probe prints on that host. */
function gaugesOf(shell: readonly string[], cgroup: 1 | 2, drivers: Readonly<Record<string, string>>): string[] {
  const lines = Object.entries(drivers).flatMap(([slot, driver]) => [
    `/etc/systemd/system/hc-${slot}.service:X-Hc-Slot=${slot}`,
    `/etc/systemd/system/hc-${slot}.service:X-Hc-Driver=${driver}`,
  ])
  const script = GAUGES.replace(/(?<=[ =<])\/(proc|sys|run)\//g, `${root}/$1/`)
  const before = `${PROLOGUE}\nput() { printf '%s\\n' "$*"; }\ncgroup=${cgroup}\nlines='${lines.join('\n')}'\n`
  return runIn(shell, `${before}${script}\nput end of it`).split('\n')
}

const END = ['end of it', '']
const WORK = { 'web.0': 'systemd', 'site.0': 'podman', 'site.10': 'podman', 'off.0': 'podman', 'feeds.0': 'docker' }

/** conmon in the unit's cgroup beside podman itself, the container in a cgroup of the engine's. */
function podman(slice: string, slot: string, pid: number, cgroup: string): void {
  file(`${slice}/hc-${slot}.service/cgroup.procs`, `${pid}\n${pid + 1}\n`)
  file(`proc/${pid}/comm`, 'podman\n')
  file(`proc/${pid + 1}/comm`, 'conmon\n')
  file(`proc/${pid + 1}/task/${pid + 1}/children`, `${pid + 2} `)
  file(`proc/${pid + 2}/cgroup`, cgroup)
}

function docker(id: string, slot: string, pid: number, cgroup: string): void {
  const folder = `run/containerd/io.containerd.runtime.v2.task/moby/${id}`
  file(`${folder}/config.json`, `{"process":{"env":["A=\\"HC_SLOT=x.0\\"","HC_SLOT=${slot}","PATH=/bin"]}}`)
  file(`${folder}/init.pid`, String(pid))
  file(`proc/${pid}/cgroup`, cgroup)
}

function second(path: string, memory: number, micros: number): void {
  file(`sys/fs/cgroup${path}/memory.current`, `${memory}\n`)
  file(`sys/fs/cgroup${path}/cpu.stat`, `usage_usec ${micros}\nuser_usec 1\nsystem_usec 1\n`)
}

describe.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))('in $name', ({ shell }) => {
  test('cgroup v2, as podman and docker use systemd there', () => {
    podman('sys/fs/cgroup/system.slice', 'site.0', 100, '0::/machine.slice/libpod-aa.scope/container\n')
    podman('sys/fs/cgroup/system.slice', 'site.10', 200, '0::/machine.slice/libpod-bb.scope/container\n')
    second('/machine.slice/libpod-aa.scope/container', 1_048_576, 1_234)
    second('/machine.slice/libpod-bb.scope/container', 2_097_152, 9)
    docker('cc', 'feeds.0', 300, '0::/system.slice/docker-cc.scope\n')
    docker('dd', 'other.0', 400, '0::/system.slice/docker-dd.scope\n')
    second('/system.slice/docker-cc.scope', 4_096, 5_000_000)
    const found = gaugesOf(shell, 2, WORK)
    expect(found).toEqual(['site.0 1048576 1234000', 'site.10 2097152 9000', 'feeds.0 4096 5000000000', ...END])
  })

  test('cgroup v1, both engines with cgroupfs', () => {
    const lines = (path: string) =>
      `9:name=systemd:${path}\n4:memory:${path}\n2:cpu,cpuacct:${path}\n1:cpuset:/x\n0::${path}\n`
    podman('sys/fs/cgroup/systemd/system.slice', 'site.0', 100, lines('/libpod_parent/libpod-aa'))
    docker('cc', 'feeds.0', 300, lines('/docker/cc'))
    for (const [path, bytes] of [
      ['/libpod_parent/libpod-aa', 8192],
      ['/docker/cc', 4096],
    ] as const) {
      file(`sys/fs/cgroup/memory${path}/memory.usage_in_bytes`, `${bytes}\n`)
      file(`sys/fs/cgroup/cpuacct${path}/cpuacct.usage`, `${bytes * 1000}\n`)
    }
    // systemd counts no processor time there: that of the unit's processes and of those they have waited for.
    file('sys/fs/cgroup/systemd/system.slice/hc-web.0.service/cgroup.procs', '600\n601\n602\n')
    file('proc/600/stat', '600 (a b) c) d) S 1 600 600 0 -1 4194560 9 9 9 9 1 2 30 400 20 0 1 0 5 6 7\n')
    file('proc/602/stat', '602 (x) R 1 600 600 0 -1 4194560 9 9 9 9 5000 0 0 0 20 0 1 0 5 6 7\n')
    const found = gaugesOf(shell, 1, WORK)
    expect(found).toEqual(['web.0 - 54330000000', 'site.0 8192 8192000', 'feeds.0 4096 4096000', ...END])
  })

  test('what is just leaving, and what is not accounted', () => {
    podman('sys/fs/cgroup/system.slice', 'site.0', 100, '0::/gone\n')
    file('sys/fs/cgroup/system.slice/hc-site.10.service/cgroup.procs', '501\n502\n')
    file('proc/501/comm', 'conmon\n')
    docker('cc', 'feeds.0', 300, '0::/half\n')
    file('sys/fs/cgroup/half/memory.current', '77\n')
    expect(gaugesOf(shell, 2, WORK)).toEqual(['site.0 - -', 'feeds.0 77 -', ...END])
  })

  test('without containers nothing is read', () => {
    expect(gaugesOf(shell, 2, { 'web.0': 'systemd' })).toEqual(END)
    expect(gaugesOf(shell, 2, {})).toEqual(END)
  })
})

test('the lines, read', () => {
  expect([...parseGauges(['site.0 10 20', 'feeds.0 77 -', 'odd', 'x.0 1e9 -5'])]).toEqual([
    ['site.0', { memory: 10, cpuNs: 20 }],
    ['feeds.0', { memory: 77, cpuNs: null }],
    ['odd', { memory: null, cpuNs: null }],
    ['x.0', { memory: null, cpuNs: null }],
  ])
})

test('a container takes its numbers from its gauge, a process from systemd', () => {
  const unit = (slot: string, driver: string) => `/etc/systemd/system/hc-${slot}.service:X-Hc-Driver=${driver}\n`
  const shown = (slot: string) => `Id=hc-${slot}.service\nActiveState=active\nMemoryCurrent=5\nCPUUsageNSec=6\n\n`
  const output = `hc-probe 1
uid 0
boot 01234567-89ab-cdef-0123-456789abcdef
uptime 100.00 200.00
stat cpu  100 10 50 800 40 5 5 30 7 0
mem MemTotal: 1000
hc-section lines
${unit('site.0', 'podman')}${unit('web.0', 'systemd')}hc-section units
${shown('site.0')}${shown('web.0')}hc-section units-end 0
hc-section gauges
site.0 70 80
hc-section disk
hc-probe-end
`
  const reply = parseProbe(output)
  expect(reply.ok && reply.facts.units).toMatchObject([
    { slot: 'site.0', memory: 70, cpuNs: 80 },
    { slot: 'web.0', memory: 5, cpuNs: 6 },
  ])
  expect(reply.ok && reply.facts.cpuTime).toEqual({ busy: 170, total: 1040 })
})
