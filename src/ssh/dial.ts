// One TCP connection to a host, asked for twice where the first SYN has no answer soon.
import net from 'node:net'
import type { Millis } from '../model/names.js'
import type { Clock, SshSettings } from '../ports.js'
import { failure } from '../remote/text.js'
import { within } from '../remote/wait.js'
import { connectFailure, endpoint, LoginError } from './failures.js'

/** For the SYN alone: a host that comes back is asked anew instead of by a retransmission that backs off. */
const TCP_MS: Millis = 2000
/** A lost SYN is repeated by the kernel after a whole second (RFC 6298): a second one is sent before, by a socket of its own. */
const SECOND_SYN_MS: Millis = 400

/** Connects by TCP, with Nagle's algorithm off: on, it makes each exec ten times slower. Throws LoginError. */
export async function connectTcp(settings: SshSettings, clock: Clock, signal: AbortSignal): Promise<net.Socket> {
  const bound = Math.min(TCP_MS, settings.connectTimeoutMs ?? TCP_MS)
  const sockets: net.Socket[] = []
  const dials: Promise<net.Socket>[] = []
  let winner: net.Socket | null = null
  try {
    const waits = [Math.min(SECOND_SYN_MS, bound), bound - SECOND_SYN_MS]
    for (const wait of waits) {
      if (wait <= 0 || signal.aborted) break
      dials.push(dial(settings, sockets))
      const done = await within(clock, wait, Promise.race(dials), signal)
      if (done.inTime) {
        winner = done.value
        return winner
      }
    }
  } finally {
    for (const socket of sockets) if (socket !== winner) socket.destroy()
  }
  if (signal.aborted) throw new LoginError(failure('aborted', 'stopped on request'))
  throw new LoginError(failure('unreachable', `no answer from ${endpoint(settings)} within ${bound} ms`))
}

function dial(settings: SshSettings, sockets: net.Socket[]): Promise<net.Socket> {
  const socket = net.connect({
    host: settings.address,
    port: settings.port,
    noDelay: true,
    keepAlive: true,
    autoSelectFamilyAttemptTimeout: 1000,
  })
  sockets.push(socket)
  const connected = new Promise<net.Socket>((resolve, reject) => {
    // Kept for the socket's life: an error can come twice, and one without a listener ends the process.
    socket.on('error', (error) => reject(connectFailure(settings, error)))
    socket.once('connect', () => resolve(socket))
  })
  // The one that comes too late is nobody's.
  connected.catch(() => {})
  return connected
}
