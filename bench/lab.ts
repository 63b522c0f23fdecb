// The lab of the benchmarks that need real hosts: brought up where it is not there, and then taken down after them.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runOk } from './measure.js'
import { PEER_PACKAGES } from './peers/ground.js'
import { CACHE, ROOT } from './program.js'

const NAME = process.env.HC_LAB_NAME ?? 'hc-bench'
const SUBNET = process.env.HC_LAB_SUBNET ?? '10.84'

/** A lab of three hosts. */
export interface Lab {
  readonly state: string
  readonly inventory: string
  readonly hosts: readonly { readonly name: string; readonly address: string }[]
  /** Options for ssh, scp and their like, one word each. */
  readonly sshOptions: readonly string[]
  /** Processor seconds of all hosts together so far. */
  cpu(): number
  /** Bytes and packets between this machine and the hosts so far, both ways. */
  traffic(): { readonly bytes: number; readonly packets: number }
  close(): Promise<void>
}

/** The lab that HC_LAB_NAME names, else hc-bench. */
export async function openLab(): Promise<Lab> {
  const env = { ...process.env, HC_LAB_NAME: NAME, HC_LAB_SUBNET: SUBNET, HC_LAB_PACKAGES: PEER_PACKAGES }
  const verb = (...words: readonly string[]) => runOk([join(ROOT, 'bin/lab'), ...words], { env })
  const state = join(CACHE, 'labs', NAME)
  const inventory = join(state, 'inventory.yml')
  const wasThere = existsSync(inventory)
  await verb('up', '3')
  const hosts = [1, 2, 3].map((n) => ({ name: `nuc${n}`, address: `${SUBNET}.0.${10 + n}` }))
  const route = await runOk(['ip', '-o', 'route', 'get', hosts[0]?.address ?? ''])
  const device = / dev (\S+)/.exec(route.stdout)?.[1] ?? ''
  const counter = (name: string) => Number(readFileSync(`/sys/class/net/${device}/statistics/${name}`, 'latin1'))
  const sshOptions = [
    ['-i', join(state, 'id')],
    ['-o', `UserKnownHostsFile=${join(state, 'known_hosts')}`],
    ['-o', 'StrictHostKeyChecking=yes'],
  ].flat()
  return {
    state,
    inventory,
    hosts,
    sshOptions,
    cpu: () => cgroupCpu(NAME),
    traffic: () => ({
      bytes: counter('rx_bytes') + counter('tx_bytes'),
      packets: counter('rx_packets') + counter('tx_packets'),
    }),
    close: async () => {
      if (!wasThere) await verb('down')
    },
  }
}

/** Processor seconds of a cgroup with all below it: v1 in nanoseconds, v2 in microseconds. */
function cgroupCpu(name: string): number {
  const old = `/sys/fs/cgroup/cpuacct/${name}/cpuacct.usage`
  if (existsSync(old)) return Number(readFileSync(old, 'latin1')) / 1e9
  const text = readFileSync(`/sys/fs/cgroup/${name}/cpu.stat`, 'latin1')
  return Number(/^usage_usec (\d+)/m.exec(text)?.[1] ?? Number.NaN) / 1e6
}
