// An SSH server of our own on loopback: real handshakes, and real shells behind its exec channels.
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type Connection, type ParsedKey, type PseudoTtyInfo, type ServerChannel } from 'ssh2'
import type { Host } from '../../src/model/host.js'
import type { SshSettings } from '../../src/ports.js'

/** A key pair as files hold it. */
export interface KeyPair {
  readonly private: string
  readonly public: string
}

/** A new key; with a passphrase, its private half is encrypted. */
export function newKey(type: 'ed25519' | 'ecdsa' = 'ed25519', passphrase?: string): KeyPair {
  const secret = passphrase === undefined ? {} : { passphrase, cipher: 'aes256-ctr', rounds: 4 }
  const bits = type === 'ecdsa' ? { bits: 256 } : {}
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync(type as 'ed25519', { ...secret, ...bits } as object)
    // ssh2 1.17 writes one key in many that it can't read again.
    if (!(ssh2.utils.parseKey(pair.private, passphrase) instanceof Error)) return pair
  }
}

/** How the server behaves. */
export interface FakeOptions {
  readonly hostKeys?: readonly KeyPair[]
  /** Public keys that may log in. */
  readonly allow: readonly KeyPair[]
  /** What `id -u` says before sudo; [0]. */
  readonly uid?: number
  /** Does sudo -n work? [yes] */
  readonly sudo?: 'yes' | 'password'
  /** Reset this many connections before the handshake, as MaxStartups does. */
  readonly drop?: number
  /** Refuse further sessions beyond so many, as MaxSessions does. */
  readonly maxSessions?: number
  readonly port?: number
}

/** A running server. */
export interface FakeSshd {
  readonly port: number
  readonly hostKeys: readonly KeyPair[]
  /** Connections that were accepted, and logins that were tried with a signature or refused. */
  readonly seen: { connections: number; refusals: number; execs: number; agentForwards: number; terminals: object[] }
  /** Cuts every connection at once; the server listens on. */
  cut(): void
  /** Stops answering on all connections, as a hung host does: nothing is sent or read any more. */
  freeze(): void
  close(): Promise<void>
}

/** Starts one on a free port of loopback. */
export async function fakeSshd(options: FakeOptions): Promise<FakeSshd> {
  const hostKeys = options.hostKeys ?? [newKey()]
  const seen = { connections: 0, refusals: 0, execs: 0, agentForwards: 0, terminals: [] as object[] }
  const programs = rootPrograms(options)
  const sockets = new Set<net.Socket>()
  const children = new Set<ChildProcess>()
  const context = { options, seen, programs, children }
  const server = new ssh2.Server({ hostKeys: hostKeys.map((key) => key.private) }, (client) => serve(client, context))
  let drop = options.drop ?? 0
  const door = net.createServer((socket) => {
    seen.connections += 1
    socket.on('error', () => {})
    if (drop > 0) {
      drop -= 1
      socket.resetAndDestroy()
      return
    }
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    server.injectSocket(socket)
  })
  await new Promise<void>((resolve, reject) => {
    door.once('error', reject)
    door.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = door.address()
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    hostKeys,
    seen,
    cut,
    freeze: () => {
      for (const socket of sockets) {
        socket.removeAllListeners('data')
        socket.pause()
      }
    },
    close: async () => {
      cut()
      for (const child of children) hangUp(child)
      await new Promise<void>((resolve) => door.close(() => resolve()))
      rmSync(programs, { recursive: true, force: true })
    },
  }
}

interface Context {
  readonly options: FakeOptions
  readonly seen: FakeSshd['seen']
  readonly programs: string
  readonly children: Set<ChildProcess>
}

function serve(client: Connection, { options, seen, programs, children }: Context): void {
  const allowed = options.allow.map((pair) => ssh2.utils.parseKey(pair.public) as ParsedKey)
  let sessions = 0
  client.on('error', () => {})
  client.on('authentication', (login) => {
    if (login.method !== 'publickey') return login.reject(['publickey'])
    const { key, signature, blob, hashAlgo } = login
    const found = allowed.find((one) => one.type === key.algo && one.getPublicSSH().equals(key.data))
    if (found && (!signature || !blob || found.verify(blob, signature, hashAlgo))) return login.accept()
    seen.refusals += 1
    login.reject(['publickey'])
  })
  client.on('ready', () => {
    client.on('session', (accept, reject) => {
      if (sessions >= (options.maxSessions ?? 10)) return reject()
      sessions += 1
      const session = accept()
      session.on('close', () => {
        sessions -= 1
      })
      session.on('auth-agent', (_accept, refuse) => {
        seen.agentForwards += 1
        refuse()
      })
      // No terminal is made: only what was asked for is kept.
      session.on('pty', (acceptPty, _refuse, { cols, rows, term }: PseudoTtyInfo & { term?: string }) => {
        seen.terminals.push({ cols, rows, term })
        acceptPty?.()
      })
      session.on('window-change', (acceptChange, _refuse, { cols, rows }) => {
        seen.terminals.push({ cols, rows })
        acceptChange?.()
      })
      session.on('exec', (acceptExec, _reject, info) => {
        seen.execs += 1
        run(acceptExec(), info.command, programs, children)
      })
    })
    client.on('tcpip', (accept, reject, info) => {
      const target = net.connect({ host: info.destIP, port: info.destPort })
      target.once('error', () => reject())
      target.once('connect', () => {
        const channel = accept()
        channel.on('error', () => {})
        target.on('error', () => {})
        channel.pipe(target).pipe(channel)
      })
    })
  })
}

/** As sshd without a terminal: a session of its own, its pipes closed when the channel closes, no signal sent. */
function run(channel: ServerChannel, command: string, programs: string, children: Set<ChildProcess>): void {
  const child = spawn('/bin/sh', ['-c', command], {
    detached: true,
    stdio: 'pipe',
    env: { PATH: `${programs}:${process.env.PATH ?? '/usr/bin:/bin'}` },
  })
  children.add(child)
  child.stdin.on('error', () => {})
  channel.on('error', () => {})
  channel.on('data', (bytes: Buffer) => child.stdin.write(bytes))
  channel.on('end', () => child.stdin.end())
  channel.on('close', () => hangUp(child))
  child.stdout.on('data', (bytes: Buffer) => channel.write(bytes))
  child.stderr.on('data', (bytes: Buffer) => channel.stderr.write(bytes))
  child.on('exit', (code, signal) => {
    if (signal === null) channel.exit(code ?? 0)
    else channel.exit(signal.slice(3))
  })
  child.on('close', () => {
    children.delete(child)
    channel.end()
  })
}

function hangUp(child: ChildProcess): void {
  child.stdin?.destroy()
  child.stdout?.destroy()
  child.stderr?.destroy()
}

/** `id` and `sudo` as a host has them, whoever runs the tests. */
function rootPrograms({ uid, sudo }: FakeOptions): string {
  const folder = mkdtempSync(join(tmpdir(), 'hc-fake-'))
  mkdirSync(folder, { recursive: true })
  const id = `#!/bin/sh\nif [ "$1" = -u ] && [ "$FAKE_ROOT" != yes ]; then echo ${uid ?? 0}; else echo 0; fi\n`
  const yes = '#!/bin/sh\nshift 2\nFAKE_ROOT=yes exec "$@"\n'
  const no = '#!/bin/sh\necho "sudo: a password is required" >&2\nexit 1\n'
  writeFileSync(join(folder, 'id'), id)
  writeFileSync(join(folder, 'sudo'), sudo === 'password' ? no : yes)
  for (const name of ['id', 'sudo']) chmodSync(join(folder, name), 0o755)
  return folder
}

/** Settings that reach a server on loopback, with nothing of this machine in them. */
export function fakeSettings(server: { readonly port: number }, more: Partial<SshSettings> = {}): SshSettings {
  return {
    address: '127.0.0.1',
    port: server.port,
    user: 'tester',
    hostKeyAlias: null,
    identityFiles: [],
    identitiesOnly: true,
    agent: null,
    userKnownHostsFiles: [],
    globalKnownHostsFiles: [],
    hashKnownHosts: false,
    strictHostKeys: 'yes',
    connectTimeoutMs: null,
    jump: null,
    ...more,
  }
}

/** A host of the model; its connection matters little where `resolve` is the test's own. */
export function fakeHost(name: string, more: Partial<Host> = {}): Host {
  return {
    name,
    connection: { kind: 'ssh', address: '127.0.0.1', port: null, user: null, keyFile: null, options: {} },
    become: 'auto',
    takesJobs: true,
    labels: {},
    capacity: null,
    reserve: { cpu: 0, memory: 0, disk: 0, devices: {} },
    groups: [],
    vars: {},
    ...more,
  }
}
