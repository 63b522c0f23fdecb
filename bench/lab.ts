// The lab of the benchmarks that need real hosts: brought up where it is not there, and then taken down after them.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run, runOk } from './measure.js'
import { PEER_PACKAGES } from './peers/ground.js'
import { CACHE, ROOT } from './program.js'

const NAME = process.env.HC_LAB_NAME ?? 'hc-bench'
const SUBNET = process.env.HC_LAB_SUBNET ?? '10.84'

/** What went over the wire. */
export interface Traffic {
  readonly bytes: number
  readonly packets: number
}

/** A lab of three hosts. */
export interface Lab {
  readonly state: string
  readonly inventory: string
  readonly hosts: readonly { readonly name: string; readonly address: string }[]
  /** Options for ssh, scp and their like, one word each. */
  readonly sshOptions: readonly string[]
  /** Processor seconds of all hosts together so far. */
  cpu(): number
  /** Bytes and packets (of IP) of SSH between this machine and the hosts so far, both ways. */
  traffic(): Promise<Traffic>
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
  await countSsh(hosts.map(({ address }) => address))
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
    traffic: sshTraffic,
    close: async () => {
      await run(['nft', 'delete', 'table', 'inet', TABLE])
      if (!wasThere) await verb('down')
    },
  }
}

/** A table of the packet filter that counts and drops nothing; one for each lab. */
const TABLE = `hc_bench_${NAME.replace(/\W/g, '_')}`

/** Counts SSH alone: who looks from outside whether services answer is not to be counted. */
async function countSsh(addresses: readonly string[]): Promise<void> {
  const set = `{ ${addresses.join(', ')} }`
  const chain = (hook: string, rule: string) =>
    `chain ${hook} { type filter hook ${hook} priority 0; ${rule} counter; }\n`
  const [out, back] = [`ip daddr ${set} tcp dport 22`, `ip saddr ${set} tcp sport 22`]
  await run(['nft', 'delete', 'table', 'inet', TABLE])
  await runOk(['nft', `table inet ${TABLE} {\n${chain('output', out)}${chain('input', back)}}`])
}

async function sshTraffic(): Promise<Traffic> {
  const { stdout } = await runOk(['nft', 'list', 'table', 'inet', TABLE])
  const found = [...stdout.matchAll(/packets (\d+) bytes (\d+)/g)]
  const sum = (at: number) => found.reduce((total, match) => total + Number(match[at]), 0)
  return { packets: sum(1), bytes: sum(2) }
}

/** Processor seconds of a cgroup with all below it: v1 in nanoseconds, v2 in microseconds. */
function cgroupCpu(name: string): number {
  const old = `/sys/fs/cgroup/cpuacct/${name}/cpuacct.usage`
  if (existsSync(old)) return Number(readFileSync(old, 'latin1')) / 1e9
  const text = readFileSync(`/sys/fs/cgroup/${name}/cpu.stat`, 'latin1')
  return Number(/^usage_usec (\d+)/m.exec(text)?.[1] ?? Number.NaN) / 1e6
}
