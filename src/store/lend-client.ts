// A borrower's end of the lending: looks go by the connections of the loop that ticks here, all else by this process's own.
import { connect, type Socket } from 'node:net'
import type { Host } from '../model/host.js'
import type { HostName, Millis } from '../model/names.js'
import type { Clock, RemoteResult, RemoteScript, Transport } from '../ports.js'
import { OUTPUT_LIMIT } from '../remote/lane.js'
import { within } from '../remote/wait.js'
import { openFolder } from './folder-socket.js'
import { LEND_FORMAT, LEND_SOCKET, type LendAnswer, type LendAsk, type Lender, type Lent } from './lend-format.js'
import { LongLines, lineOf, objectIn } from './long-lines.js'

/** The loop is waited for so long before this process logs in by itself, ms, */
const PATIENCE_MS = 1000
/** and then not asked for that host for so long: either may hang. */
const ALONE_MS = 30_000

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
  #socket: Socket | null = null
  #asked = 0
  readonly #aloneUntil = new Map<HostName, Millis>()
  #closed = false

  constructor(folder: string, doors: BorrowDoors) {
    this.#folder = folder
    this.#doors = doors
  }

  /** By the loop; where it has no answer, or none in time, by a login of this process. */
  async run(host: Host, request: RemoteScript): Promise<RemoteResult> {
    const { clock, own, debug } = this.#doors
    const sentAt = clock.now()
    const left = () => request.timeoutMs - (clock.now() - sentAt)
    const borrowed = await within(clock, Math.min(PATIENCE_MS, left()), this.#ask(host, request))
    const receivedAt = clock.now()
    if (!borrowed.inTime) this.#aloneUntil.set(host.name, receivedAt + ALONE_MS)
    else if (borrowed.value?.ok) {
      debug(`${host.name}: asked by the loop's connection, ${Math.round(receivedAt - sentAt)} ms`)
      return { ...borrowed.value, sentAt, receivedAt }
    }
    return own.run(host, { ...request, timeoutMs: left() })
  }

  close(): void {
    this.#closed = true
    this.#socket?.destroy()
  }

  /** null: it goes by nobody's connection but one's own. */
  #ask(host: Host, { script, timeoutMs }: RemoteScript): Promise<Lent | null> {
    const isAlone = this.#doors.clock.now() < (this.#aloneUntil.get(host.name) ?? 0)
    const socket = isAlone ? null : this.#connected()
    if (socket === null) return Promise.resolve(null)
    this.#asked += 1
    const id = this.#asked
    const stamp = this.#doors.own.stampOf(host)
    const ask: LendAsk = { format: LEND_FORMAT, id, host: host.name, stamp, script, timeoutMs }
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      socket.write(lineOf(ask))
    })
  }

  /** Made anew where the loop has ended meanwhile: another one may tick. */
  #connected(): Socket | null {
    if (this.#closed) return null
    if (this.#socket !== null) return this.#socket
    let socket: Socket
    try {
      const opened = openFolder(this.#folder, LEND_SOCKET)
      // The address is used before connect() returns: the descriptor has done its work then.
      socket = connect(opened.socket)
      opened.close()
    } catch {
      return null
    }
    const lines = new LongLines(2 * OUTPUT_LIMIT)
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      const whole = lines.push(chunk)
      if (whole === null) socket.destroy()
      for (const line of whole ?? []) this.#take(objectIn(line) as Partial<LendAnswer> | null, socket)
    })
    socket.on('error', () => {}) // its end is told by `close`
    socket.on('close', () => {
      if (this.#socket !== socket) return
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
  }
}
