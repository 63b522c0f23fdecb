// Asks allocations how they are: a connection or an HTTP request to the loopback of their host, through a stream that the
// caller's dial opens there; from the control machine directly where the host forbids that.
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { HealthAnswer, HealthAsk } from '../model/health.js'
import type { Host } from '../model/host.js'
import type { Millis } from '../model/names.js'
import type { Failure } from '../model/observation.js'
import type { Clock, Prober } from '../ports.js'
import { printableLine } from '../remote/printable.js'
import { within } from '../remote/wait.js'

/** So much of an answer's body is looked at, bytes. */
const BODY_LIMIT = 256 * 1024

/** What asking is made of. */
export interface ProberDoors {
  readonly clock: Clock
  /** A stream to an address as a host sees it. */
  dial(host: Host, address: string, port: number): Promise<Duplex | Failure>
}

/** The Prober over these doors. */
export function createProber({ clock, dial }: ProberDoors): Prober {
  return {
    async ask(host, ask) {
      const asking = new Asking(host, ask, dial)
      const answer = await within(clock, ask.timeoutMs, asking.run())
      asking.end()
      if (answer.inTime) return answer.value
      return asking.isOpen
        ? { kind: 'silent', text: `no answer within ${ask.timeoutMs} ms` }
        : { kind: 'unasked', text: `no way to it within ${ask.timeoutMs} ms` }
    },
  }
}

/** A stream to this machine's own ports. */
export function dialHere(address: string, port: number, timeoutMs: Millis): Promise<Duplex | Failure> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: timeoutMs })
    socket.once('connect', () => resolve(socket))
    socket.once('timeout', () => {
      socket.destroy()
      resolve({ kind: 'timeout', message: `no connection to port ${port} within ${timeoutMs} ms`, hint: null })
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const kind = error.code === 'ECONNREFUSED' ? 'refused' : 'unreachable'
      resolve({ kind, message: `port ${port}: ${error.message}`, hint: null })
    })
  })
}

class Asking {
  readonly #host: Host
  readonly #ask: HealthAsk
  readonly #dial: ProberDoors['dial']
  #stream: Duplex | null = null
  #ended = false

  constructor(host: Host, ask: HealthAsk, dial: ProberDoors['dial']) {
    this.#host = host
    this.#ask = ask
    this.#dial = dial
  }

  /** It was connected, and waits for an answer. */
  get isOpen(): boolean {
    return this.#stream !== null
  }

  async run(): Promise<HealthAnswer> {
    const stream = await this.#open()
    if ('kind' in stream) {
      const text = printableLine(stream.message)
      return { kind: stream.kind === 'refused' ? 'silent' : 'unasked', text }
    }
    if (this.#ended) {
      stream.destroy()
      return { kind: 'unasked', text: 'too late' }
    }
    this.#stream = stream
    stream.on('error', () => undefined)
    return this.#ask.kind === 'tcp' ? { kind: 'answered', status: null, body: '' } : http(stream, this.#ask.path)
  }

  end(): void {
    this.#ended = true
    this.#stream?.destroy()
  }

  /** Its loopback first; what listens on one address of the host alone is asked there. */
  async #open(): Promise<Duplex | Failure> {
    const { port, timeoutMs } = this.#ask
    const { address, kind } = this.#host.connection
    if (this.#ask.outside) return dialHere(address, port, timeoutMs)
    const inside = await this.#dial(this.#host, 'localhost', port)
    if (!('kind' in inside) || kind === 'local') return inside
    if (inside.kind === 'refused') {
      const outer = await this.#dial(this.#host, address, port)
      return 'kind' in outer ? inside : outer
    }
    // RFC 4254, 5.1: SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, as of sshd's AllowTcpForwarding no.
    return /prohibit/i.test(inside.message) ? dialHere(address, port, timeoutMs) : inside
  }
}

/** One GET; where its answer ends early, what came is the answer. */
function http(stream: Duplex, path: string): Promise<HealthAnswer> {
  return new Promise((resolve) => {
    // Without an agent, which would connect by itself.
    const asked = request({ createConnection: () => asSocket(stream), path, headers: HEADERS })
    asked.on('error', (error) => resolve({ kind: 'silent', text: printableLine(error.message) }))
    asked.on('response', (response) => {
      let body = ''
      const done = () => resolve({ kind: 'answered', status: response.statusCode ?? null, body })
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body += text.slice(0, BODY_LIMIT - body.length)
        if (body.length >= BODY_LIMIT) done()
      })
      response.on('end', done)
      response.on('error', done)
    })
    asked.end()
  })
}

const HEADERS = { Host: 'localhost', 'User-Agent': 'hc', Accept: '*/*', Connection: 'close' } as const

/** What node's http calls on a socket, and a stream through ssh does not have. */
function asSocket(stream: Duplex): Socket {
  const nothing = () => stream
  const shims = { setKeepAlive: nothing, setNoDelay: nothing, setTimeout: nothing, ref: nothing, unref: nothing }
  for (const [name, shim] of Object.entries(shims)) if (!(name in stream)) Object.assign(stream, { [name]: shim })
  return stream as Socket
}
