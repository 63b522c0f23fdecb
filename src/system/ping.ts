// The control machine's own looks: does an address answer at all?
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import net from 'node:net'
import type { Pinger } from '../ports.js'

/** What one ping said; `cannot`: there is no ping here, or it may not be used. */
type Ping = 'reached' | 'silent' | 'cannot'

/** Where the parts of this machine are not the real ones: for tests. */
export interface PingOptions {
  /** Name or path of ping. */
  readonly program?: string
  /** Folder of route tables, for /proc/net. */
  readonly tables?: string
}

/** The Pinger of this machine: ping, and a TCP connection where ping can't be had. */
export function createPinger(options: PingOptions = {}): Pinger {
  const program = options.program ?? 'ping'
  const tables = options.tables ?? '/proc/net'
  let usable = true
  return {
    async reaches(address, port, timeoutMs) {
      if (usable) {
        const startedAt = performance.now()
        const said = await ping(program, address, timeoutMs)
        if (said !== 'cannot') return said === 'reached'
        usable = false
        return connects(address, port, timeoutMs - (performance.now() - startedAt))
      }
      return connects(address, port, timeoutMs)
    },
    async gateways() {
      const [four, six] = await Promise.all([table(`${tables}/route`), table(`${tables}/ipv6_route`)])
      return [...new Set([...gatewaysIPv4(four), ...gatewaysIPv6(six)])]
    },
    card: async (address) => cardIn(await table(`${tables}/arp`), address),
  }
}

/** Exit codes of iputils and busybox: 0 answered, 1 silent; anything else is trouble of ping's own. */
function ping(program: string, address: string, timeoutMs: number): Promise<Ping> {
  const seconds = Math.max(0.05, timeoutMs / 1000)
  // busybox takes whole seconds only, so the bound that counts is that of the process.
  const words = ['-n', '-c', '1', '-W', seconds.toFixed(2), '--', address]
  return new Promise((resolve) => {
    const options = {
      timeout: Math.max(1, timeoutMs),
      killSignal: 'SIGKILL' as const,
      env: { ...process.env, LC_ALL: 'C' },
    }
    execFile(program, words, options, (error, _stdout, stderr) => {
      if (error === null) return resolve('reached')
      if (error.killed || error.signal === 'SIGKILL' || error.code === 1) return resolve('silent')
      // No route, no name: ping works, the address does not.
      if (/unreachable|unknown host|not known|no route|bad address/i.test(stderr)) return resolve('silent')
      resolve('cannot')
    })
  })
}

/** A SYN that is answered, be it by a refusal, shows a host. */
function connects(address: string, port: number, timeoutMs: number): Promise<boolean> {
  if (timeoutMs <= 0) return Promise.resolve(false)
  return new Promise((resolve) => {
    const socket = net.connect({ host: address, port })
    const end = (reached: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(reached)
    }
    const timer = setTimeout(() => end(false), timeoutMs)
    socket.once('connect', () => end(true))
    socket.on('error', (error) =>
      end('code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET')),
    )
  })
}

async function table(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    return ''
  }
}

/** Of /proc/net/arp, which knows IPv4 only: `ADDRESS TYPE FLAGS MAC MASK DEVICE`; flag 2 marks an entry that was answered. */
export function cardIn(text: string, address: string): string | null {
  for (const line of text.split('\n')) {
    const [own, , flags = '', card = ''] = line.trim().split(/\s+/)
    if (own === address && (Number.parseInt(flags, 16) & 2) !== 0) return card.toLowerCase()
  }
  return null
}

/** Of /proc/net/route: addresses in hex, least significant byte first; flag 2 marks a gateway. Lowest metric first. */
export function gatewaysIPv4(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1] === '00000000' && fields[7] === '00000000')
    .filter((fields) => (Number.parseInt(fields[3] ?? '0', 16) & 2) !== 0)
    .sort((a, b) => Number(a[6]) - Number(b[6]))
    .map((fields) => (fields[2] ?? '').match(/../g) ?? [])
    .filter((bytes) => bytes.length === 4)
    .map((bytes) =>
      bytes
        .reverse()
        .map((byte) => Number.parseInt(byte, 16))
        .join('.'),
    )
}

/** Of /proc/net/ipv6_route: addresses in hex, in order; link-local gateways with their interface as zone. */
export function gatewaysIPv6(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => /^0{32}$/.test(fields[0] ?? '') && fields[1] === '00' && fields[9] !== 'lo')
    .filter((fields) => (Number.parseInt(fields[8] ?? '0', 16) & 2) !== 0 && !/^0{32}$/.test(fields[4] ?? ''))
    .sort((a, b) => Number.parseInt(a[5] ?? '0', 16) - Number.parseInt(b[5] ?? '0', 16))
    .map((fields) => {
      const groups = (fields[4] ?? '').match(/.{4}/g) ?? []
      const address = groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')
      return address.startsWith('fe80') ? `${address}%${fields[9] ?? ''}` : address
    })
}
