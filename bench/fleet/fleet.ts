// Simulated hosts in processes of their own, and a folder with the inventory that leads hc to them.
import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ssh2 from 'ssh2'
import type { HostShape } from './host.js'
import type { CountsOfHost, Order } from './server.js'

/** Hosts that one process serves at most. */
const PER_PROCESS = 250

/** Hosts that are there. */
export interface Fleet {
  readonly hosts: readonly HostShape[]
  /** The inventory, for -i. */
  readonly inventory: string
  /** Process ids of the servers. */
  readonly pids: readonly number[]
  counts(): Promise<readonly CountsOfHost[]>
  /** No look of another host reaches these any more. */
  lost(names: readonly string[]): void
  close(): Promise<void>
}

/** Addresses of loopback, of which it has 16 million: the n-th host's. */
export function addressOf(number: number): string {
  return `127.84.${Math.floor(number / 250)}.${(number % 250) + 1}`
}

function newKey(): { readonly private: string; readonly public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519')
    // ssh2 1.17 writes one key in many that it can't read again.
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair
  }
}

/** Starts so many hosts, and writes keys, known_hosts, inventory.yml and an empty jobs/ into `folder`. `settings`: lines of the inventory. */
export async function startFleet(folder: string, count: number, settings: readonly string[] = []): Promise<Fleet> {
  const [login, server] = [newKey(), newKey()]
  const file = (name: string) => join(folder, name)
  mkdirSync(file('jobs'), { recursive: true })
  writeFileSync(file('login'), login.private, { mode: 0o600 })
  writeFileSync(file('server'), server.private, { mode: 0o600 })
  const hosts = Array.from({ length: count }, (_, number) => ({
    name: `host${String(number + 1).padStart(4, '0')}`,
    address: addressOf(number),
    number,
  }))
  const servers: Server[] = []
  for (let from = 0; from < count; from += PER_PROCESS) {
    servers.push(
      await startServer({ kind: 'serve', keyFile: file('server'), hosts: hosts.slice(from, from + PER_PROCESS) }),
    )
  }
  const children = servers.map(({ child }) => child)
  const portOf = ({ number }: HostShape) => servers[Math.floor(number / PER_PROCESS)]?.port ?? 0
  writeFileSync(
    file('known_hosts'),
    hosts.map((host) => `[${host.address}]:${portOf(host)} ${server.public.trim()}\n`).join(''),
  )
  writeFileSync(
    file('inventory.yml'),
    [
      'all:',
      '  vars:',
      '    ansible_user: root',
      `    ansible_ssh_private_key_file: ${file('login')}`,
      `    ansible_ssh_common_args: "-o UserKnownHostsFile=${file('known_hosts')} -o StrictHostKeyChecking=yes"`,
      ...settings.map((line) => `    ${line}`),
      '  hosts:',
      ...hosts.map((host) => `    ${host.name}: {ansible_host: ${host.address}, ansible_port: ${portOf(host)}}`),
      '',
    ].join('\n'),
  )
  return {
    hosts,
    inventory: file('inventory.yml'),
    pids: children.flatMap(({ pid }) => pid ?? []),
    counts: async () => (await Promise.all(children.map(ask))).flat(),
    lost: (names) => {
      for (const child of children) child.send({ kind: 'lost', names } satisfies Order)
    },
    close: async () => {
      await Promise.all(
        children.map((child) => {
          const ended = new Promise((resolve) => child.once('exit', resolve))
          child.disconnect()
          return ended
        }),
      )
    },
  }
}

interface Server {
  readonly child: ChildProcess
  readonly port: number
}

function startServer(order: Order): Promise<Server> {
  const child = fork(fileURLToPath(new URL('./server.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  child.send(order)
  return new Promise((resolve, reject) => {
    child.once('message', (port) => resolve({ child, port: Number(port) }))
    child.once('exit', (code) => reject(new Error(`a process of simulated hosts ended with code ${code}`)))
  })
}

function ask(child: ChildProcess): Promise<readonly CountsOfHost[]> {
  return new Promise((resolve) => {
    child.once('message', (message) => resolve(message as readonly CountsOfHost[]))
    child.send({ kind: 'counts' } satisfies Order)
  })
}

/** From now on nothing that is sent to an address arrives, as with a machine without power. Only in a network namespace of our own. */
export function silence(address: string): void {
  const nft = (line: string) => execFileSync('nft', line.split(' '))
  nft('add table inet hcbench')
  nft('add chain inet hcbench dead { type filter hook input priority 0 ; }')
  nft(`add rule inet hcbench dead ip daddr ${address} drop`)
  nft(`add rule inet hcbench dead ip saddr ${address} drop`)
}

/** Ends that for all addresses. */
export function endSilence(): void {
  execFileSync('nft', ['delete', 'table', 'inet', 'hcbench'])
}
