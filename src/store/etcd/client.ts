// Calls to etcd over its JSON gateway: bounded, from one endpoint to the next, with a login where there is one.
import { request as httpRequest, type IncomingMessage, Agent as PlainAgent } from 'node:http'
import { request as httpsRequest, Agent as TlsAgent } from 'node:https'
import { isIP } from 'node:net'
import { messageOf, type UserError } from '../../model/errors.js'
import type { Millis } from '../../model/names.js'
import { noQuorum, plainText, Refusal, refused, suspicion, type TlsFault, tlsError, tlsFaultOf } from './faults.js'

/** One member of etcd. */
export interface Endpoint {
  /** As it is written: what its certificate is for. */
  readonly name: string
  /** What is connected to. */
  readonly address: string
  readonly port: number
}

/** How etcd is reached. */
export interface ClientOptions {
  readonly endpoints: readonly Endpoint[]
  /** PEM texts; null: no TLS. */
  readonly tls: { readonly ca: string | null; readonly cert: string | null; readonly key: string | null } | null
  readonly login: { readonly name: string; readonly password: string } | null
  readonly debug: (line: string) => void
}

/** Longest wait for one endpoint, ms: an etcd on an SD card takes hundreds. */
const ATTEMPT_MS: Millis = 1500
/** Longest wait for all of them, ms: the members elect a leader within a second or two. */
const TOTAL_MS: Millis = 6000
/** A try with less time than this is none, ms. */
const LEAST_MS: Millis = 20
/** Between two rounds, ms. */
const PAUSE_MS: Millis = 150
/** Bytes of an answer, at most. */
const MAX_ANSWER = 64 * 1024 * 1024
/** gRPC codes that another try may mend: deadline, unavailable. */
const PASSING: ReadonlySet<number> = new Set([4, 14])
/** gRPC code of a token that is not known (any more). */
const UNAUTHENTICATED = 16
/** After etcd was found to have no quorum, calls fail at once for so long, ms. */
const DOWN_MS: Millis = 2000

/** An answer; `repeated`: an earlier try may have been carried out although its answer was lost. */
export interface Answer<T> {
  readonly body: T
  readonly repeated: boolean
}

/** A client of one etcd. */
export class EtcdClient {
  readonly #options: ClientOptions
  readonly #agent: PlainAgent | TlsAgent
  #preferred = 0
  #token: string | null = null
  #down: { readonly until: number; readonly error: UserError } | null = null

  constructor(options: ClientOptions) {
    this.#options = options
    const { tls } = options
    const pem = tls && {
      ...(tls.ca && { ca: tls.ca }),
      ...(tls.cert && { cert: tls.cert }),
      ...(tls.key && { key: tls.key }),
    }
    // Free sockets of an agent do not keep the process alive.
    this.#agent = pem ? new TlsAgent({ keepAlive: true, ...pem }) : new PlainAgent({ keepAlive: true })
  }

  /** One call; tries endpoint after endpoint. `evenDown`: what a single member can answer. Throws UserError (`store`, exit code 1). */
  async call<T>(path: string, body: unknown, totalMs: Millis = TOTAL_MS, evenDown = false): Promise<Answer<T>> {
    if (!evenDown && this.#down && performance.now() < this.#down.until) throw this.#down.error
    const end = performance.now() + totalMs
    const faults = new Map<number, TlsFault>()
    let repeated = false
    let last = ''
    for (let tries = 0; performance.now() + LEAST_MS < end; tries += 1) {
      try {
        const answer = await this.#loggedIn(this.#preferred, path, body, Math.min(ATTEMPT_MS, end - performance.now()))
        return { body: answer as T, repeated }
      } catch (error) {
        if (error instanceof Refusal && !PASSING.has(error.code)) throw refused(error)
        last = messageOf(error)
        this.#note(faults, error)
        // Another try mends no certificate.
        const [fault] = faults.values()
        if (fault && faults.size === this.#options.endpoints.length) throw tlsError(fault)
        this.#options.debug(`etcd ${this.#name(this.#preferred)} ${path}: ${last}`)
        repeated ||= !isRefusedConnection(error)
        this.#preferred = (this.#preferred + 1) % this.#options.endpoints.length
        if ((tries + 1) % this.#options.endpoints.length === 0) await pause(PAUSE_MS)
      }
    }
    const error = await this.#diagnose(last)
    this.#down = { until: performance.now() + DOWN_MS, error }
    throw error
  }

  /** The same call to all endpoints at once; the first good answer. For what does no harm twice. */
  async callAny<T>(path: string, body: unknown, boundMs: Millis): Promise<T> {
    const all = this.#options.endpoints.map((_, index) => this.#loggedIn(index, path, body, boundMs))
    return (await Promise.any(all)) as T
  }

  /** A stream of answers, line by line, until it ends; `onOpen` gets what ends it. Rejects where it breaks. */
  async stream(
    path: string,
    body: unknown,
    onLine: (line: unknown) => void,
    onOpen: (end: () => void) => void,
  ): Promise<void> {
    const index = this.#preferred
    const response = await this.#send(index, path, body, ATTEMPT_MS, true)
    onOpen(() => response.destroy())
    response.socket.unref()
    let rest = ''
    response.setEncoding('utf8')
    for await (const chunk of response) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line !== '') onLine(JSON.parse(line))
    }
  }

  /** What is wrong with the certificates of the endpoint that was asked last. */
  #note(faults: Map<number, TlsFault>, error: unknown): void {
    const { tls } = this.#options
    const name = this.#name(this.#preferred)
    const fault = tlsFaultOf(error, name, tls)
    if (fault) faults.set(this.#preferred, fault)
  }

  #name(index: number): string {
    const { name, port } = this.#options.endpoints[index] ?? { name: '', port: 0 }
    return `${name}:${port}`
  }

  async #loggedIn(index: number, path: string, body: unknown, timeoutMs: Millis): Promise<unknown> {
    const { login } = this.#options
    if (login && this.#token === null) this.#token = await this.#authenticate(index, timeoutMs)
    try {
      return await this.#once(index, path, body, timeoutMs)
    } catch (error) {
      const stale =
        error instanceof Refusal &&
        (error.code === UNAUTHENTICATED || /auth token|auth store is old/.test(error.message))
      if (!login || !stale) throw error
      this.#token = await this.#authenticate(index, timeoutMs)
      return this.#once(index, path, body, timeoutMs)
    }
  }

  async #authenticate(index: number, timeoutMs: Millis): Promise<string> {
    this.#token = null
    const answer = await this.#once(index, '/v3/auth/authenticate', this.#options.login, timeoutMs)
    const { token } = answer as { readonly token?: string }
    if (!token) throw new Refusal(UNAUTHENTICATED, 'etcd gave no token')
    return token
  }

  async #once(index: number, path: string, body: unknown, timeoutMs: Millis): Promise<unknown> {
    const response = await this.#send(index, path, body, timeoutMs, false)
    const text = await whole(response)
    let parsed: unknown
    try {
      parsed = JSON.parse(text)
    } catch {
      throw new Error(`no answer of etcd (HTTP ${response.statusCode}): ${plainText(text).trim().slice(0, 120)}`)
    }
    const { error, message, code } = parsed as { error?: unknown; message?: string; code?: number }
    if (response.statusCode === 200 && error === undefined) return parsed
    const nested = error as { message?: string; grpc_code?: number } | string | undefined
    const said = typeof nested === 'string' ? nested : (nested?.message ?? message ?? text)
    const number = code ?? (typeof nested === 'object' ? nested.grpc_code : undefined) ?? 2
    throw new Refusal(number, plainText(said).slice(0, 300))
  }

  #send(index: number, path: string, body: unknown, timeoutMs: Millis, forever: boolean): Promise<IncomingMessage> {
    const { endpoints, tls } = this.#options
    const endpoint = endpoints[index]
    if (!endpoint) throw new Error('bug: no such endpoint')
    const payload = Buffer.from(JSON.stringify(body))
    return new Promise((resolve, reject) => {
      const options = {
        host: endpoint.address,
        port: endpoint.port,
        path,
        method: 'POST',
        agent: this.#agent,
        headers: {
          'content-type': 'application/json',
          'content-length': payload.length,
          ...(this.#token !== null && { authorization: this.#token }),
        },
        ...(tls && isIP(endpoint.name) === 0 && { servername: endpoint.name }),
      }
      const request = tls ? httpsRequest(options) : httpRequest(options)
      const timer = setTimeout(
        () => request.destroy(new Error(`no answer within ${Math.round(timeoutMs)} ms`)),
        timeoutMs,
      )
      request.on('error', (error) => {
        clearTimeout(timer)
        reject(error)
      })
      request.on('response', (response) => {
        if (forever) clearTimeout(timer)
        else response.on('close', () => clearTimeout(timer))
        resolve(response)
      })
      request.end(payload)
    })
  }

  /** Why nothing could be had: how many members answer, and whether they have a leader. */
  async #diagnose(last: string): Promise<UserError> {
    const { endpoints } = this.#options
    const looks = await Promise.allSettled(
      endpoints.map((_, index) => this.#once(index, '/v3/maintenance/status', {}, ATTEMPT_MS)),
    )
    const answering = looks.filter(({ status }) => status === 'fulfilled').length
    const names = endpoints.map((_, index) => this.#name(index)).join(', ')
    const detail = `${names}: ${last}${suspicion(last, this.#options.tls !== null)}`
    return noQuorum(endpoints.length, answering, detail)
  }
}

/** Nothing was carried out by an endpoint that could not be connected to. */
function isRefusedConnection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ENOTFOUND')
}

async function whole(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_ANSWER) throw new Error('the answer is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function pause(ms: Millis): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
