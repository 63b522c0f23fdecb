// A real etcd for tests: Debian's etcd-server, on loopback, in a folder of its own.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Is there one? With CI=true the tests fail without it. */
export const HAVE_ETCD = ((): boolean => {
  try {
    execFileSync('etcd', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    if (process.env.CI === 'true') throw new Error('etcd is missing: apt-get install etcd-server')
    return false
  }
})()

/** Members of one etcd. */
export interface Etcd {
  readonly ports: readonly number[]
  readonly members: readonly ChildProcess[]
  /** Ends one as a power cut does. */
  kill(index: number): void
  /** Starts it again on its data. */
  start(index: number): Promise<void>
  end(): Promise<void>
}

/** Starts one member that speaks TLS, with further arguments, and waits until it answers connections. */
export async function startSecured(cert: string, key: string, more: readonly string[]): Promise<Etcd> {
  const folder = await mkdtemp(join(tmpdir(), 'hc-etcd-tls-'))
  const [port = 0, peer = 0] = await freePorts(2)
  const [own, to] = [`https://127.0.0.1:${port}`, `http://127.0.0.1:${peer}`]
  const urls = ['--listen-client-urls', own, '--advertise-client-urls', own, '--listen-peer-urls', to]
  const peers = ['--initial-advertise-peer-urls', to, '--initial-cluster', `default=${to}`]
  const argv = ['--data-dir', folder, ...urls, ...peers, '--cert-file', cert, '--key-file', key, ...more]
  const member = spawn('etcd', [...argv, '--log-level', 'error'], { stdio: 'ignore' })
  for (let tries = 100; !(await connects(port)); tries -= 1) {
    if (tries === 0) throw new Error('the etcd with TLS does not listen')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return {
    ports: [port],
    members: [member],
    kill: () => void member.kill('SIGKILL'),
    start: async () => undefined,
    end: async () => {
      member.kill('SIGKILL')
      await new Promise((resolve) => setTimeout(resolve, 100))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true))
    socket.on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}

/** Starts `count` members and waits until they serve. */
export async function startEtcd(count: number): Promise<Etcd> {
  const folder = await mkdtemp(join(tmpdir(), 'hc-etcd-'))
  const ports = await freePorts(count * 2)
  const client = ports.slice(0, count)
  const peer = ports.slice(count)
  const initial = peer.map((port, index) => `m${index}=http://127.0.0.1:${port}`).join(',')
  const members: ChildProcess[] = []
  const launch = (index: number) => {
    const [own, to] = [`http://127.0.0.1:${client[index]}`, `http://127.0.0.1:${peer[index]}`]
    const argv = ['--name', `m${index}`, '--data-dir', join(folder, `m${index}`)]
    const urls = ['--listen-client-urls', own, '--advertise-client-urls', own]
    const peers = ['--listen-peer-urls', to, '--initial-advertise-peer-urls', to, '--initial-cluster', initial]
    members[index] = spawn('etcd', [...argv, ...urls, ...peers, '--log-level', 'error'], { stdio: 'ignore' })
  }
  for (let index = 0; index < count; index += 1) launch(index)
  for (const port of client) await serves(port)
  return {
    ports: client,
    members,
    kill: (index) => void members[index]?.kill('SIGKILL'),
    start: async (index) => {
      launch(index)
      await serves(client[index] ?? 0)
    },
    end: async () => {
      for (const member of members) member.kill('SIGKILL')
      await new Promise((resolve) => setTimeout(resolve, 100))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Says one thing to a member; its answer. */
export async function tell(port: number, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: JSON.stringify(body) })
  return response.json()
}

async function serves(port: number): Promise<void> {
  for (let tries = 150; ; tries -= 1) {
    try {
      const answer = (await tell(port, '/v3/kv/range', { key: Buffer.from('a').toString('base64') })) as {
        header?: unknown
        error?: string
      }
      if (answer.header || answer.error?.includes('user name is empty')) return
    } catch {
      // not yet
    }
    if (tries === 0) throw new Error(`the etcd on port ${port} does not serve`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Ports of loopback that nobody listens on at the moment. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  for (const server of servers) server.close()
  return ports
}
