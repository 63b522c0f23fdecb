// A process of simulated hosts: one port, and for each host an address of loopback, real SSH by ssh2's own Server. It is told what to
// do by its parent.
import { readFileSync } from 'node:fs'
import net from 'node:net'
import { uptime } from 'node:os'
import ssh2, { type Connection, type ServerChannel } from 'ssh2'
import { FramedShell, type HostShape, SimulatedHost } from './host.js'

/** What a process is told. */
export type Order =
  | { readonly kind: 'serve'; readonly keyFile: string; readonly hosts: readonly HostShape[] }
  /** From now on no look reaches these. */
  | { readonly kind: 'lost'; readonly names: readonly string[] }
  | { readonly kind: 'counts' }

/** Counts of one host, with the bytes that its connections carried. */
export interface CountsOfHost {
  readonly name: string
  readonly probes: number
  readonly writes: number
  readonly started: readonly string[]
  readonly stopped: readonly string[]
  readonly connections: number
  /** Bytes from hc, and to it. */
  readonly read: number
  readonly written: number
}

interface Served {
  readonly host: SimulatedHost
  /** One each: a connection tells its server nothing of the address that it came to. */
  readonly server: ssh2.Server
  connections: number
  closedRead: number
  closedWritten: number
  readonly sockets: Set<net.Socket>
}

const unreachable = new Set<string>()
const served = new Map<string, Served>()

function serve({ keyFile, hosts }: Extract<Order, { kind: 'serve' }>): void {
  const key = readFileSync(keyFile)
  for (const shape of hosts) {
    const host = new SimulatedHost(shape, unreachable, () => uptime() * 1000)
    const server = new ssh2.Server({ hostKeys: [key] }, (client) => welcome(client, host))
    served.set(shape.address, { host, server, connections: 0, closedRead: 0, closedWritten: 0, sockets: new Set() })
  }
  const listener = net.createServer({ noDelay: true }, (socket) => {
    const one = served.get((socket.localAddress ?? '').replace('::ffff:', ''))
    if (!one) return socket.destroy()
    one.connections += 1
    one.sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      one.sockets.delete(socket)
      one.closedRead += socket.bytesRead
      one.closedWritten += socket.bytesWritten
    })
    one.server.injectSocket(socket)
  })
  listener.listen({ port: 0, host: '0.0.0.0', backlog: 2000 }, () => {
    const at = listener.address()
    process.send?.(typeof at === 'object' ? at?.port : null)
  })
}

function welcome(client: Connection, host: SimulatedHost): void {
  client.on('error', () => {})
  client.on('authentication', (context) => {
    if (context.method === 'publickey') context.accept()
    else context.reject(['publickey'])
  })
  client.on('session', (accept) => {
    const session = accept()
    session.on('exec', (accepted) => converse(accepted(), host))
  })
}

function converse(channel: ServerChannel, host: SimulatedHost): void {
  const shell = new FramedShell(host)
  channel.on('error', () => {})
  channel.on('data', (bytes: Buffer) => {
    const answers = shell.push(bytes.toString('latin1'))
    if (answers !== '') channel.write(answers)
  })
  channel.on('end', () => {
    channel.exit(0)
    channel.end()
  })
}

function counts(): readonly CountsOfHost[] {
  return [...served.values()].map(({ host, connections, closedRead, closedWritten, sockets }) => {
    const open = [...sockets]
    return {
      name: host.shape.name,
      ...host.counts,
      connections,
      read: open.reduce((sum, { bytesRead }) => sum + bytesRead, closedRead),
      written: open.reduce((sum, { bytesWritten }) => sum + bytesWritten, closedWritten),
    }
  })
}

process.on('message', (order: Order) => {
  if (order.kind === 'serve') serve(order)
  else if (order.kind === 'lost') for (const name of order.names) unreachable.add(name)
  else process.send?.(counts())
})
process.on('disconnect', () => process.exit(0))
