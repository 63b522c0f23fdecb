// What a host has too little of, or what of it stands still: it answers pings all the while, so that it is never lost.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { labName, on } from '../integration/support/lab.js'
import type { LabHost } from '../integration/support/verbs.js'
import { type Fault, HEALED, still } from './fault.js'

/** A file of a host's cgroup, as this machine's kernel has it: v2, else in the hierarchy of that controller. */
function ofCgroup(host: LabHost, controller: string, v1: string, v2: string): string {
  const one = join('/sys/fs/cgroup', labName(), host)
  return existsSync(join(one, 'cgroup.procs')) ? join(one, v2) : join('/sys/fs/cgroup', controller, labName(), host, v1)
}

/** Ends or goes on with the first process of a host: from within nobody can. */
function signalInit(host: LabHost, signal: 'SIGSTOP' | 'SIGCONT'): void {
  const scope = 'init.scope/cgroup.procs'
  const [pid] = readFileSync(ofCgroup(host, 'pids', scope, scope), 'utf8').split('\n')
  process.kill(Number(pid), signal)
}

/** No more processes than run there now, or as many as it likes. */
function limitProcesses(host: LabHost, limited: boolean): void {
  const file = (name: string) => ofCgroup(host, 'pids', name, name)
  writeFileSync(file('pids.max'), limited ? readFileSync(file('pids.current'), 'utf8').trim() : 'max')
}

/** Of one core, percent; null: no bound. */
function limitCpu(host: LabHost, percent: number | null): void {
  const file = ofCgroup(host, 'cpu', 'cpu.cfs_quota_us', 'cpu.max')
  const quota = percent === null ? null : percent * 1000
  // A period is 100 ms unless it is said.
  writeFileSync(file, file.endsWith('cpu.max') ? (quota === null ? 'max' : `${quota} 100000`) : String(quota ?? -1))
}

export const LIMIT_FAULTS: readonly Fault[] = [
  {
    name: 'systemd hangs',
    what: 'SIGSTOP to the first process of a host for 45 s',
    act: async (stage) => {
      stage.mark()
      signalInit(stage.home, 'SIGSTOP')
    },
    lasts: 45,
    undo: async ({ home }) => signalInit(home, 'SIGCONT'),
    // Its timer looked at no lease for longer than one lasts: once it does, it stops what may have been replaced meanwhile.
    bounds: { touched: 2, verdict: 'unmanageable' },
  },
  {
    ...still('no more processes', 'a host may begin no process more for 25 s', 25, async ({ home }) =>
      limitProcesses(home, true),
    ),
    undo: async ({ home }) => limitProcesses(home, false),
  },
  {
    name: 'starved of processor time',
    what: 'a host has 4 % of a core for 30 s',
    act: async (stage) => {
      stage.mark()
      limitCpu(stage.home, 4)
    },
    lasts: 30,
    undo: async ({ home }) => limitCpu(home, null),
    bounds: HEALED,
  },
  {
    ...still('full /run', 'the memory that /run lies in is full on a host for 20 s', 20, async ({ home }) => {
      await on(home, 'mount -o remount,size=$(df -k --output=used /run | tail -1 | tr -d " ")k /run')
    }),
    undo: async ({ home }) => void (await on(home, 'mount -o remount,size=20% /run')),
  },
]
