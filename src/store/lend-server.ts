// The loop's end of the lending: scripts of commands of this machine, by the connections that it keeps open. It runs only while
// its process holds the loop's lock, and what a borrower asks for never delays a script of the loop itself.
import type { Socket } from 'node:net'
import { FolderSocket } from './folder-socket.js'
import { LEND_FORMAT, LEND_SOCKET, type LendAnswer, type LendAsk, type Lender, type Lent } from './lend-format.js'
import { LongLines, lineOf, objectIn } from './long-lines.js'

/** Borrowers at a time. */
const MAX_BORROWERS = 16
/** Scripts that one of them may wait for at a time: one for each host of the largest cluster. */
const MAX_WAITING = 2000
/** Characters of one ask at most. */
const MAX_ASK = 1024 * 1024
/** Longest that a script may take, ms: what is lent is for looks. */
const MAX_MS = 15_000
/** Shells that nobody has used for so long are closed on the hosts, ms. */
const IDLE_MS = 30_000

/** Lends the connections of `lender` to who connects to the socket in `folder`. Touches nothing yet. */
export function openLending(folder: string, lender: Lender, debug: (line: string) => void): LendServer {
  return new LendServer(folder, lender, debug)
}

/** Lends. Nothing of it ever throws. */
export class LendServer {
  readonly #lender: Lender
  readonly #socket: FolderSocket
  readonly #borrowers = new Set<Socket>()
  #idle: NodeJS.Timeout | null = null
  #said = ''

  constructor(folder: string, lender: Lender, debug: (line: string) => void) {
    this.#lender = lender
    const welcome = (socket: Socket) => this.#welcome(socket)
    const say = (why: string) => {
      // The same words once: the next tick tries again.
      if (why !== this.#said) debug(`connections cannot be lent: ${why}`)
      this.#said = why
    }
    this.#socket = new FolderSocket({ folder, name: LEND_SOCKET, welcome, debug: say })
  }

  /** A loop begins; several may in one process, one after the other. */
  open(): void {
    this.#socket.open()
  }

  /** Begins to lend, where it does not. */
  serve(): void {
    this.#socket.serve()
  }

  /** Ends it. */
  async close(): Promise<void> {
    await this.#socket.close()
    for (const socket of this.#borrowers) socket.destroy()
    if (this.#idle !== null) clearTimeout(this.#idle)
  }

  #welcome(socket: Socket): void {
    socket.on('error', () => {}) // its end is told by `close`
    if (this.#socket.closed || this.#borrowers.size >= MAX_BORROWERS) {
      socket.destroy()
      return
    }
    this.#borrowers.add(socket)
    socket.on('close', () => this.#borrowers.delete(socket))
    const lines = new LongLines(MAX_ASK)
    let waiting = 0
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      const asks = lines.push(chunk)?.map((line) => askIn(line)) ?? [null]
      for (const ask of asks) {
        if (ask === null || waiting >= MAX_WAITING) {
          socket.destroy()
          return
        }
        waiting += 1
        void this.#answer(ask).then((lent) => {
          waiting -= 1
          if (socket.writable) socket.write(lineOf<LendAnswer>({ id: ask.id, lent }))
        })
      }
    })
  }

  async #answer({ host, stamp, script, timeoutMs }: LendAsk): Promise<Lent | null> {
    const result = await this.#lender.lend(host, stamp, script, Math.min(timeoutMs, MAX_MS))
    if (result !== null) this.#rest()
    if (result === null) return null
    const { ok } = result
    return ok ? { ok, exitCode: result.exitCode, output: result.output } : { ok, failure: result.failure }
  }

  #rest(): void {
    if (this.#idle !== null) clearTimeout(this.#idle)
    this.#idle = setTimeout(() => this.#lender.release(), IDLE_MS).unref()
  }
}

/** null: it is none, or of another version of hc. */
function askIn(line: string): LendAsk | null {
  const ask = objectIn(line) as Partial<LendAsk> | null
  if (ask === null || ask.format !== LEND_FORMAT) return null
  const { format, id, host, stamp, script, timeoutMs } = ask
  const isWhole =
    typeof id === 'number' &&
    typeof host === 'string' &&
    typeof stamp === 'string' &&
    typeof script === 'string' &&
    typeof timeoutMs === 'number'
  return isWhole ? { format, id, host, stamp, script, timeoutMs } : null
}
