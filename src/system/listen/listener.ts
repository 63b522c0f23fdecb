// How a loop stands, over HTTP: /metrics, /healthz and one page. Only reading, and only what is asked for is made.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { messageOf } from '../../model/errors.js'
import type { Event } from '../../model/event.js'
import type { Millis } from '../../model/names.js'
import type { ListenChoice, LoopHealth, TickFigures } from '../../model/outlook.js'
import type { LiveView } from '../../model/views.js'
import type { Clock } from '../../ports.js'
import { within } from '../../remote/wait.js'
import { addressText, isLoopback, isOurs, type ListenAddress, parseListen } from './address.js'
import { loopHealth } from './health.js'
import { Metrics } from './metrics.js'

/** Connections at a time. */
const MOST_CONNECTIONS = 32
/** A request has to be there within this time, and its answer taken, ms. */
const REQUEST_MS = 5000
const ANSWER_MS = 10_000
/** What was made is served again for so long, ms, unless a tick has ended since: nobody makes hc work more by asking more. */
const FRESH_MS = 1000
/** Where the address cannot be had, it is tried again so often, ms. */
const AGAIN_MS = 5000
/** Events that a page shows. */
const SHOWN_EVENTS = 20
/** Events that may be recorded between two questions and be counted. */
const COUNTED_EVENTS = 10_000
/** How long the store may take to tell them, ms. */
const EVENTS_MS = 1000

/** How a listener is opened. */
export interface ListenerOptions extends ListenChoice {
  readonly clock: Clock
  readonly tickMs: Millis
  readonly shared: boolean
  events(limit: number, afterId: number): Promise<readonly Event[]>
  onNote(text: string): void
}

/** What is sent. */
interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
  readonly more?: Readonly<Record<string, string>>
}

/** One thing that is served, as it was made last. */
interface Made {
  readonly of: (() => LiveView) | null
  readonly at: Millis
  readonly healthText: string
  readonly answer: Promise<Answer>
}

/** Opens a listener. Throws UserError where the address is none; one that cannot be had is said and tried again. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const listener = new Listener(options, parseListen(options.address))
  await listener.open()
  return listener
}

/** Serves. */
export class Listener {
  readonly #options: ListenerOptions
  readonly #at: ListenAddress
  readonly #names: ReadonlySet<string>
  readonly #metrics: Metrics
  readonly #since: Millis
  readonly #over = new AbortController()
  #server: Server | null = null
  #make: (() => LiveView) | null = null
  /** The snapshot of `of`, made when it is first asked for. */
  #view: { readonly of: () => LiveView; readonly view: LiveView } | null = null
  #lastAt: Millis | null = null
  #trouble: string | null = null
  #blind = false
  #counting: Promise<void> | null = null
  #lastEvent: number | null = null
  readonly #made = new Map<string, Made>()

  constructor(options: ListenerOptions, at: ListenAddress) {
    this.#options = options
    this.#at = at
    this.#names = new Set(['localhost', at.host.toLowerCase(), hostname().toLowerCase()])
    this.#metrics = new Metrics(options)
    this.#since = options.clock.now()
  }

  /** Where it listens; null: not yet. */
  get address(): ListenAddress | null {
    const found = this.#server?.address() as AddressInfo | string | null | undefined
    return found && typeof found === 'object' ? { host: found.address, port: found.port } : null
  }

  /** Begins to listen, and goes on trying beside the loop where it cannot. */
  async open(): Promise<void> {
    if (!isLoopback(this.#at.host)) {
      this.#options.onNote(
        `warning: --listen ${addressText(this.#at)} is not this machine alone: whoever reaches it can read the names and states of all hosts and jobs`,
      )
    }
    this.#lastEvent = await this.#newestEvent()
    if (!(await this.#tryListen(true))) void this.#tryAgain()
  }

  /** See `Feed`. */
  publish(make: () => LiveView): void {
    this.#make = make
    this.#trouble = null
    this.#lastAt = this.#options.clock.now()
  }

  /** See `Feed`. */
  fail(text: string): void {
    this.#trouble = text
    this.#lastAt = this.#options.clock.now()
    this.#metrics.failed()
  }

  /** The figures of a tick that went well. */
  ticked(figures: TickFigures): void {
    this.#blind = figures.blind
    this.#metrics.ticked(figures)
  }

  /** The loop does not lead any more. */
  rest(): void {
    this.#make = null
    this.#view = null
    this.#lastAt = null
    this.#trouble = null
    this.#blind = false
  }

  /** Ends serving, at once. */
  async close(): Promise<void> {
    this.#over.abort()
    this.#server?.closeAllConnections()
    this.#server?.close()
    this.#server = null
  }

  async #tryListen(first: boolean): Promise<boolean> {
    const server = createServer({
      connectionsCheckingInterval: 1000,
      headersTimeout: REQUEST_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: REQUEST_MS,
      maxHeaderSize: 8192,
    })
    server.maxConnections = MOST_CONNECTIONS
    server.setTimeout(ANSWER_MS, (socket) => socket.destroy())
    server.on('request', (request, response) => void this.#serve(request, response))
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen({ host: this.#at.host, port: this.#at.port, exclusive: true }, resolve)
      })
    } catch (error) {
      if (first) {
        this.#options.onNote(
          `warning: --listen ${addressText(this.#at)}: ${messageOf(error)}; the loop ticks all the same, and this is tried again`,
        )
      }
      return false
    }
    server.on('error', () => {})
    if (this.#over.signal.aborted) server.close()
    else this.#server = server
    this.#options.onNote(`The status page is at http://${addressText(this.address ?? this.#at)}/`)
    return true
  }

  async #tryAgain(): Promise<void> {
    const { signal } = this.#over
    do await this.#options.clock.sleep(AGAIN_MS, signal)
    while (!signal.aborted && !(await this.#tryListen(false)))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A reader that takes a byte now and then is not idle: its time is bounded all the same.
    const bound = setTimeout(() => response.destroy(), ANSWER_MS).unref()
    response.on('close', () => clearTimeout(bound))
    const answer = await this.#answerTo(request).catch((error: unknown) => plain(500, messageOf(error)))
    const bytes = Buffer.from(answer.body)
    response.writeHead(answer.status, {
      'Content-Type': answer.type,
      'Content-Length': bytes.length,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      ...(answer.status >= 400 && { Connection: 'close' }),
      ...answer.more,
    })
    response.end(request.method === 'HEAD' ? undefined : bytes)
  }

  async #answerTo(request: IncomingMessage): Promise<Answer> {
    if (!isOurs(request.headers.host, this.#names)) {
      return plain(421, 'the Host header names neither an address nor this machine; ask by its address')
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return { ...plain(405, 'only GET and HEAD'), more: { Allow: 'GET, HEAD' } }
    }
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    const health = this.#health()
    if (path === '/healthz') return plain(health.ok ? 200 : 503, health.text)
    if (path === '/metrics') return this.#fresh(path, health, () => this.#metricsAnswer(health))
    if (path === '/') return this.#fresh(path, health, () => this.#pageAnswer(health))
    return plain(404, 'there are /, /metrics and /healthz')
  }

  #health(): LoopHealth {
    const { tickMs, shared, clock } = this.#options
    const signs = {
      since: this.#since,
      lastAt: this.#lastAt,
      trouble: this.#trouble,
      blind: this.#blind,
      shared,
      tickMs,
    }
    return loopHealth(signs, clock.now())
  }

  /** The same bytes for whoever asks within a moment. */
  #fresh(path: string, { text }: LoopHealth, make: () => Promise<Answer>): Promise<Answer> {
    const now = this.#options.clock.now()
    const kept = this.#made.get(path)
    if (kept && kept.of === this.#make && kept.healthText === text && now - kept.at < FRESH_MS) return kept.answer
    const answer = make()
    this.#made.set(path, { of: this.#make, at: now, healthText: text, answer })
    return answer
  }

  async #metricsAnswer(health: LoopHealth): Promise<Answer> {
    await within(this.#options.clock, EVENTS_MS, this.#countEvents())
    return { status: 200, type: this.#metrics.contentType, body: await this.#metrics.text(this.#seen(), health.ok) }
  }

  async #pageAnswer(health: LoopHealth): Promise<Answer> {
    const { clock, page, policy, events } = this.#options
    let newest: readonly Event[] = []
    const asked = events(SHOWN_EVENTS, 0).then(
      (found) => {
        newest = found
      },
      () => undefined,
    )
    await within(clock, EVENTS_MS, asked)
    const body = page({ view: this.#seen(), health, events: newest, now: Date.parse(clock.wall()) })
    return { status: 200, type: 'text/html; charset=utf-8', body, more: { 'Content-Security-Policy': policy } }
  }

  #seen(): LiveView | null {
    const make = this.#make
    if (make === null) return null
    if (this.#view?.of !== make) this.#view = { of: make, view: make() }
    return this.#view.view
  }

  /** One count at a time; what one that fails leaves out, the next makes up for. */
  #countEvents(): Promise<void> {
    this.#counting ??= this.#count().finally(() => {
      this.#counting = null
    })
    return this.#counting
  }

  async #count(): Promise<void> {
    const after = this.#lastEvent ?? (await this.#newestEvent())
    this.#lastEvent = after
    if (after === null) return
    const news = await this.#options.events(COUNTED_EVENTS, after).catch(() => [])
    for (const { kind } of news) this.#metrics.event(kind)
    this.#lastEvent = news.at(-1)?.id ?? after
  }

  /** Number of the newest event, from which on is counted; null: the store does not tell. */
  async #newestEvent(): Promise<number | null> {
    let newest: number | null = null
    const asked = this.#options.events(1, 0).then(
      (found) => {
        newest = found.at(-1)?.id ?? 0
      },
      () => undefined,
    )
    await within(this.#options.clock, EVENTS_MS, asked)
    return newest
  }
}

function plain(status: number, text: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${text}\n` }
}
