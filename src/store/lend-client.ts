// A borrower's end of the lending: looks go by the connections of the loop that ticks here, all else by this process's own.
import { statSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import type { Host } from '../model/host.js'
import type { HostName, Millis } from '../model/names.js'
import type { Clock, RemoteResult, RemoteScript, Transport } from '../ports.js'
import { firstAnswer } from '../remote/anew.js'
import { OUTPUT_LIMIT } from '../remote/lane.js'
import { failure } from '../remote/text.js'
import { within } from '../remote/wait.js'
import { openFolder } from './folder-socket.js'
import { LEND_FORMAT, LEND_SOCKET, type LendAnswer, type LendAsk, type Lender, type Lent } from './lend-format.js'
import { LongLines, lineOf, objectIn } from './long-lines.js'

/** The loop is waited for so long before this process logs in by itself as well, ms, */
const PATIENCE_MS = 500
/** and for so much longer for each host that is asked at the same time. */
const EACH_MS = 10
/** Where it has failed, it is not asked again for so long, ms: it may hang, or have no room for a borrower. */
const ALONE_MS = 30_000
/** A loop that is asked nothing for so long is let go, ms: it serves so many borrowers, and others want to be. */
const IDLE_MS = 30_000

/** What the borrowing is made of. */
export interface BorrowDoors {
  readonly own: Transport & Pick<Lender, 'stampOf'>
  readonly clock: Clock
  readonly debug: (line: string) => void
}

/** `own`, but that scripts which may be borrowed for go by the loop whose socket is in `folder`, where it has the host at hand. */
export function borrowingTransport(folder: string, doors: BorrowDoors): Transport {
  const { own } = doors
  const borrower = new Borrower(folder, doors)
  return {
    run: (host, request) => (request.borrow ? borrower.run(host, request) : own.run(host, request)),
    command: (host, command) => own.command(host, command),
    session: (host, session) => own.session(host, session),
    detour: (host, peer) => own.detour?.(host, peer),
    close: async (host) => {
      if (host === undefined) borrower.close()
      await own.close(host)
    },
  }
}

class Borrower {
  readonly #folder: string
  readonly #doors: BorrowDoors
  readonly #waiting = new Map<number, (lent: Lent | null) => void>()
  readonly #aloneUntil = new Map<HostName, Millis>()
  #allAloneUntil: Millis = Number.NEGATIVE_INFINITY
  #socket: Socket | null = null
  #heardAt: Millis = Number.NEGATIVE_INFINITY
  #idle: NodeJS.Timeout | null = null
  #asked = 0

  constructor(folder: string, doors: BorrowDoors) {
    this.#folder = folder
    this.#doors = doors
  }

  /** By the loop; where it fails or takes long, by a login of this process that has all the time it would have had without. */
  async run(host: Host, request: RemoteScript): Promise<RemoteResult> {
    const { clock, own, debug } = this.#doors
    const sentAt = clock.now()
    const lent = this.#ask(host, request)
    const patienceMs = PATIENCE_MS + EACH_MS * this.#waiting.size
    const asked = lent.then((answer): RemoteResult | null => {
      if (!answer?.ok) return answer && { ...answer, sentAt }
      const receivedAt = clock.now()
      debug(`${host.name}: asked by the loop's connection, ${Math.round(receivedAt - sentAt)} ms`)
      return { ...answer, borrowed: true, sentAt, receivedAt }
    })
    const early = await within(clock, patienceMs, asked)
    if (early.inTime && early.value?.ok) return early.value
    if (!early.inTime || early.value) this.#aloneUntil.set(host.name, clock.now() + ALONE_MS)
    if (early.inTime) return own.run(host, request)
    if (this.#heardAt < sentAt) this.#leave(clock.now() + ALONE_MS)
    const none = { ok: false as const, failure: failure('unreachable', 'the loop has no answer'), sentAt }
    return firstAnswer(
      own.run(host, request),
      asked.then((result) => result ?? none),
    )
  }

  close(): void {
    this.#leave(Number.POSITIVE_INFINITY)
  }

  /** All that is waited for is none of the loop's any more. */
  #leave(until: Millis): void {
    this.#allAloneUntil = until
    this.#socket?.destroy()
  }

  /** null: it goes by nobody's connection but one's own. */
  #ask(host: Host, { script, timeoutMs }: RemoteScript): Promise<Lent | null> {
    const now = this.#doors.clock.now()
    const isAlone = now < this.#allAloneUntil || now < (this.#aloneUntil.get(host.name) ?? now)
    const socket = isAlone ? null : this.#connected()
    if (socket === null) return Promise.resolve(null)
    this.#asked += 1
    const id = this.#asked
    const stamp = this.#doors.own.stampOf(host)
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      socket.write(lineOf<LendAsk>({ format: LEND_FORMAT, id, host: host.name, stamp, script, timeoutMs }))
    })
  }

  /** Made anew where the loop has ended meanwhile: another one may tick. */
  #connected(): Socket | null {
    if (this.#socket !== null) return this.#socket
    const socket = connectTo(this.#folder)
    if (socket === null) return null
    const lines = new LongLines(2 * OUTPUT_LIMIT)
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      this.#heardAt = this.#doors.clock.now()
      const whole = lines.push(chunk)
      if (whole === null) socket.destroy()
      for (const line of whole ?? []) this.#take(objectIn(line) as Partial<LendAnswer> | null, socket)
    })
    socket.on('error', () => {}) // its end is told by `close`
    socket.on('close', () => {
      if (this.#idle !== null) clearTimeout(this.#idle)
      this.#socket = null
      for (const resolve of this.#waiting.values()) resolve(null)
      this.#waiting.clear()
    })
    this.#socket = socket
    return socket
  }

  #take(answer: Partial<LendAnswer> | null, socket: Socket): void {
    // It is of another version of hc.
    if (typeof answer?.id !== 'number') return void socket.destroy()
    this.#waiting.get(answer.id)?.(answer.lent ?? null)
    this.#waiting.delete(answer.id)
    if (this.#idle !== null) clearTimeout(this.#idle)
    this.#idle = setTimeout(() => this.#waiting.size === 0 && socket.destroy(), IDLE_MS).unref()
  }
}

/** null: nobody lends there, or another login does, which goes its own ways to the hosts. */
function connectTo(folder: string): Socket | null {
  try {
    const opened = openFolder(folder, LEND_SOCKET)
    try {
      // The address is used before connect() returns: the descriptor has done its work then.
      return statSync(opened.socket).uid === process.getuid?.() ? connect(opened.socket) : null
    } finally {
      opened.close()
    }
  } catch {
    return null
  }
}
