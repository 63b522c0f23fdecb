// One kept-open root shell of one host, through which scripts go one after the other.
import type { Failure } from '../model/observation.js'
import { firstAnswer, type Opening, PASSING, Patience, type Race } from './anew.js'
import { FrameReader, SentScripts } from './frame.js'
import { printableLine } from './printable.js'
import {
  endStaleShell,
  SHELL_PREAMBLE,
  type ShellEnd,
  type ShellProcess,
  type StaleShell,
  type Waiting,
} from './shell.js'
import { within } from './wait.js'

/** Most characters that one script may print. */
export const OUTPUT_LIMIT = 8 * 1024 * 1024
/** Characters of stderr of the shell itself that are kept for messages. */
const STDERR_LIMIT = 2000
/** Shells given up in the middle of a script that are remembered. */
const STALE_KEPT = 4

/** What a lane needs of its transport. */
export interface LaneDoors {
  readonly clock: Waiting
  /** Starts a root shell whose argv bears the tag. Bounded by itself, and shared by requests that give up waiting. */
  open(tag: string): Opening
  /** 32 hex digits, never the same twice. */
  nonce(): string
  /** The failure to report while `open` is still waited for: no answer yet, or logged in and slow? */
  waitingFor(afterMs: number): Failure
  /** The failure of a shell that ended with a code before it ran its first script. */
  noShell(code: number, stderr: string): Failure
  /** A script got no answer since `sentAt`: the transport may end a connection that is silent as a whole. */
  unanswered(sentAt: number): void
  /** The same as `open` by a new connection beside the one that is there; null: there is none, or a new one is being made. Absent: never. */
  openAnew?(tag: string): Opening | null
}

/** What became of one script; the same shape as the RemoteResult of the ports. Times are of the clock. */
export type LaneResult =
  | {
      readonly ok: true
      readonly exitCode: number
      readonly output: string
      readonly sentAt: number
      readonly receivedAt: number
    }
  | { readonly ok: false; readonly failure: Failure; readonly sentAt: number }

/** A started shell with what it says at the moment. */
interface OpenShell {
  readonly process: ShellProcess
  readonly tag: string
  stderr: string
  readonly sent: SentScripts
  ended: ShellEnd | null
  /** It is closed once it is idle: its connection has been replaced. */
  leaving: boolean
  request: { readonly reader: FrameReader; settle(outcome: Outcome): void } | null
}

type Outcome =
  | { readonly kind: 'done'; readonly exitCode: number; readonly output: string }
  | { readonly kind: 'overflow' }
  | { readonly kind: 'ended'; readonly end: ShellEnd }

/**
 * Serialises scripts over one shell. A script that gets no answer in time costs the shell: it is hung up, and the next
 * one ends what is left of it before anything else is run.
 */
export class Lane {
  private queue: Promise<unknown> = Promise.resolve()
  private shell: OpenShell | null = null
  private opening: Promise<OpenShell | Failure> | null = null
  private stale: readonly StaleShell[] = []
  private readonly patience = new Patience()

  constructor(
    private readonly name: string,
    private readonly doors: LaneDoors,
  ) {}

  /** Has it a shell? */
  get isOpen(): boolean {
    return this.shell !== null
  }

  /** Does a script run, or wait for its turn? */
  get busy(): boolean {
    return this.shell !== null && this.shell.request !== null
  }

  /**
   * Runs one script; waiting for the turn, opening the shell and running take `timeoutMs` at most. `twice`: it may be sent
   * again by a new connection, and the first answer counts. Never rejects.
   */
  async run(script: string, timeoutMs: number, twice = false): Promise<LaneResult> {
    const { clock } = this.doors
    const calledAt = clock.now()
    const before = this.queue
    const exchange = async (): Promise<LaneResult> => {
      const turn = await within(clock, timeoutMs, before)
      if (!turn.inTime) return { ok: false, failure: waitedInVain(timeoutMs), sentAt: calledAt }
      if (twice) return this.exchangeTwice(script, calledAt, timeoutMs)
      return this.exchange(script, calledAt, timeoutMs)
    }
    const result = exchange()
    // What they came to is forgotten: a lane lives for months, and each turn would hold all that were before it.
    this.queue = Promise.allSettled([before, result]).then(() => undefined)
    return result
  }

  /** The connection has been replaced: the next script goes by the new one, what runs goes on to its end. */
  moveOn(): void {
    if (this.shell === null) return
    if (this.busy) this.shell.leaving = true
    else this.close()
  }

  /** Hangs up. What runs is lost: it may go on over there. */
  close(): void {
    const shell = this.shell
    this.shell = null
    shell?.process.close()
  }

  private async exchangeTwice(script: string, calledAt: number, timeoutMs: number): Promise<LaneResult> {
    const race = { over: false }
    const first = this.exchange(script, calledAt, timeoutMs, race)
    const early = await within(this.doors.clock, this.patience.ms, first)
    const tag = this.tag()
    // A connection that is gone says nothing of the host yet.
    if (early.inTime && !early.value.ok && PASSING.has(early.value.failure.kind)) {
      return this.exchange(script, calledAt, timeoutMs)
    }
    const opening = early.inTime ? null : (this.doors.openAnew?.(tag) ?? null)
    const result = await (opening === null
      ? first
      : firstAnswer(first, this.second(opening, tag, script, calledAt + timeoutMs, race)))
    race.over = true
    if (result.ok) this.patience.took(this.doors.clock.now() - calledAt)
    return result
  }

  /** Sends it by a shell of a new connection, which becomes the lane's own if it answers first. */
  private async second(opening: Opening, tag: string, script: string, until: number, race: Race): Promise<LaneResult> {
    const { clock } = this.doors
    const sentAt = clock.now()
    const opened = await within(clock, until - sentAt, opening)
    if (!opened.inTime || race.over) {
      void opening.then((late) => 'process' in late && late.process.close())
      return { ok: false, failure: waitedInVain(until - sentAt), sentAt }
    }
    if ('failure' in opened.value) return { ok: false, failure: opened.value.failure, sentAt }
    const shell = this.shellOf(opened.value.process, tag, SHELL_PREAMBLE)
    const result = await this.send(shell, script, until - clock.now(), true)
    if (!result.ok) return result
    if (race.over) shell.process.close()
    else {
      // The old one has not answered yet: it is hung up, which ends its wait.
      this.close()
      this.shell = shell
    }
    return result
  }

  private async exchange(script: string, calledAt: number, timeoutMs: number, race?: Race): Promise<LaneResult> {
    const { clock } = this.doors
    const left = () => timeoutMs - (clock.now() - calledAt)
    const opened = await within(clock, left(), this.ready())
    if (!opened.inTime) {
      const failure = this.doors.waitingFor(Math.round(clock.now() - calledAt))
      this.doors.unanswered(calledAt)
      return { ok: false, failure, sentAt: calledAt }
    }
    if (!('process' in opened.value)) return { ok: false, failure: opened.value, sentAt: calledAt }
    const shell = opened.value
    if (race?.over) return { ok: false, failure: waitedInVain(timeoutMs), sentAt: calledAt }
    return this.send(shell, script, left(), race !== undefined)
  }

  private async send(shell: OpenShell, script: string, leftMs: number, again: boolean): Promise<LaneResult> {
    const { clock } = this.doors
    const reader = new FrameReader(this.doors.nonce(), OUTPUT_LIMIT)
    const first = shell.sent.isFirst
    const outcome = new Promise<Outcome>((settle) => {
      shell.request = { reader, settle }
    })
    const sentAt = clock.now()
    shell.process.write(shell.sent.text(script, reader.nonce, again))
    const answer = await within(clock, leftMs, outcome)
    const receivedAt = clock.now()
    shell.request = null
    if (answer.inTime && answer.value.kind === 'done') {
      this.stale = []
      if (shell.leaving) this.leave(shell, null)
      return { ok: true, exitCode: answer.value.exitCode, output: answer.value.output, sentAt, receivedAt }
    }
    this.leave(shell, reader)
    if (!answer.inTime) this.doors.unanswered(sentAt)
    return {
      ok: false,
      failure: this.failure(answer.inTime ? answer.value : null, shell, first, reader, leftMs),
      sentAt,
    }
  }

  private failure(
    outcome: Outcome | null,
    shell: OpenShell,
    first: boolean,
    reader: FrameReader,
    leftMs: number,
  ): Failure {
    if (outcome === null) {
      const at = reader.pid === null ? 'the host did not begin it' : 'it had begun and may still have an effect'
      return { kind: 'timeout', message: `no end of a script within ${Math.round(leftMs)} ms: ${at}`, hint: null }
    }
    if (outcome.kind === 'ended') {
      const { code, lost } = outcome.end
      if (first && reader.pid === null && code !== null) return this.doors.noShell(code, shell.stderr)
      const said = printableLine(shell.stderr)
      const why = lost ?? (code === null ? 'the channel closed' : `its shell ended with code ${code}`)
      return { kind: 'reply-lost', message: `${why} while a script ran${said ? `: ${said}` : ''}`, hint: null }
    }
    return {
      kind: 'broken',
      message: `a script printed more than ${OUTPUT_LIMIT / 1024 / 1024} MiB`,
      hint: 'look on the host for what floods its lists of units, containers or sockets',
    }
  }

  /** Gives up a shell; one in the middle of a script is remembered for its successor to end. */
  private leave(shell: OpenShell, reader: FrameReader | null): void {
    if (this.shell === shell) this.shell = null
    if (reader && reader.pid !== null)
      this.stale = [...this.stale, { pid: reader.pid, tag: shell.tag }].slice(-STALE_KEPT)
    shell.process.close()
  }

  private ready(): Promise<OpenShell | Failure> {
    if (this.shell !== null && this.shell.ended === null) return Promise.resolve(this.shell)
    this.shell = null
    this.opening ??= this.start().finally(() => {
      this.opening = null
    })
    return this.opening
  }

  private async start(): Promise<OpenShell | Failure> {
    const tag = this.tag()
    const opened = await this.doors.open(tag)
    if ('failure' in opened) return opened.failure
    if (this.shell !== null) {
      // A second one has answered meanwhile.
      opened.process.close()
      return this.shell
    }
    this.shell = this.shellOf(opened.process, tag, SHELL_PREAMBLE + this.stale.map(endStaleShell).join(''))
    return this.shell
  }

  private tag(): string {
    return `hc-${this.name}-${this.doors.nonce().slice(0, 12)}`
  }

  private shellOf(process: ShellProcess, tag: string, preamble: string): OpenShell {
    const sent = new SentScripts(preamble)
    const shell = { process, tag, stderr: '', sent, ended: null, leaving: false, request: null }
    this.listen(shell)
    return shell
  }

  private listen(shell: OpenShell): void {
    shell.process.listen({
      stdout: (text) => {
        const progress = shell.request?.reader.push(text)
        if (progress?.state === 'done') shell.request?.settle({ kind: 'done', ...progress })
        if (progress?.state === 'overflow') shell.request?.settle({ kind: 'overflow' })
      },
      stderr: (text) => {
        shell.stderr = (shell.stderr + text).slice(-STDERR_LIMIT)
      },
      end: (end) => {
        shell.ended = end
        if (this.shell === shell) this.shell = null
        shell.request?.settle({ kind: 'ended', end })
      },
    })
  }
}

function waitedInVain(timeoutMs: number): Failure {
  return {
    kind: 'timeout',
    message: `another script of this lane ran for the whole ${Math.round(timeoutMs)} ms; this one was not sent`,
    hint: null,
  }
}
