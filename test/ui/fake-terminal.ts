// A terminal that keeps what is written and answers what it is told to.
import type { EndSignal, NearEnd, Output, Terminal } from '../../src/ui/terminal.js'
import { NOW } from './samples.js'

export interface FakeTerminalOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly tty?: boolean
  readonly answers?: readonly string[]
}

export class FakeTerminal implements Terminal {
  stdout = ''
  stderr = ''
  questions: string[] = []
  exitCode: number | null = null
  exited: number | null = null
  sleeps = 0
  readonly env: Readonly<Record<string, string>>
  readonly inputIsTTY: boolean
  readonly out: Output
  readonly err: Output
  readonly errStream = process.stderr
  private readonly answers: string[]
  private readonly endHandlers = new Set<(signal: EndSignal) => void>()
  private readonly goneHandlers = new Set<() => void>()

  constructor({ env = {}, tty = false, answers = [] }: FakeTerminalOptions = {}) {
    this.env = env
    this.inputIsTTY = tty
    this.answers = [...answers]
    const output = (keep: (text: string) => void): Output => ({
      isTTY: tty,
      columns: tty ? 80 : null,
      rows: tty ? 24 : null,
      write: keep,
    })
    this.out = output((text) => {
      this.stdout += text
    })
    this.err = output((text) => {
      this.stderr += text
    })
  }

  now(): number {
    return NOW
  }

  async ask(question: string, signal: AbortSignal): Promise<string | null> {
    this.questions.push(question)
    return signal.aborted ? null : (this.answers.shift() ?? null)
  }

  askHidden(question: string, signal: AbortSignal): Promise<string | null> {
    return this.ask(question, signal)
  }

  /** Whether a near end was asked for with a terminal, and whether it was given back. */
  readonly nearEnds: { pty: boolean; stopped: boolean }[] = []

  nearEnd(pty: boolean): NearEnd {
    const made = { pty, stopped: false }
    this.nearEnds.push(made)
    return {
      pty: pty ? { rows: 24, columns: 80, term: 'xterm' } : null,
      begin: () => {},
      lend: () => {},
      stdout: async (bytes) => this.out.write(Buffer.from(bytes).toString()),
      stderr: async (bytes) => this.err.write(Buffer.from(bytes).toString()),
      stop: () => {
        made.stopped = true
      },
    }
  }

  /** Returns at once, but lets others run; the third one ends everything that waits for a signal. */
  async sleep(_ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    this.sleeps += 1
    await new Promise((resolve) => setImmediate(resolve))
    if (this.sleeps === 3) this.end('SIGINT')
  }

  onEnd(handler: (signal: EndSignal) => void) {
    this.endHandlers.add(handler)
    return { stop: () => void this.endHandlers.delete(handler) }
  }

  onReaderGone(handler: () => void) {
    this.goneHandlers.add(handler)
    return { stop: () => void this.goneHandlers.delete(handler) }
  }

  setExitCode(code: number): void {
    this.exitCode = code
  }

  exit(code: number): void {
    this.exited = code
  }

  exitWithin(): void {}

  /** A signal comes in. */
  end(signal: EndSignal): void {
    for (const handler of [...this.endHandlers]) handler(signal)
  }

  /** The reader of stdout goes away. */
  readerGone(): void {
    for (const handler of [...this.goneHandlers]) handler()
  }

  get json(): unknown {
    return JSON.parse(this.stdout)
  }

  get jsonLines(): unknown[] {
    return this.stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
  }
}
