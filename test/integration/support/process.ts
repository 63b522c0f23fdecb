// The built program as a user runs it: `node bin/run.js`, with its exit code and what it printed.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from './verbs.js'
import { sleep } from './wait.js'

const PROGRAM = join(ROOT, 'bin/run.js')

/** A run that has ended. */
export interface Run {
  /** Exit code; null: ended by a signal. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Seconds that it took. */
  readonly seconds: number
}

/** Where and with what a run happens. */
export interface RunOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** The program in place of the checkout's: its words in front. */
  readonly program?: readonly string[]
}

/** Environment of a run that sends itself a signal, as Ctrl-C does, while it says `text` on stderr, or `afterMs` later. */
export function interruptAt(
  text: string,
  { signal = 'SIGINT', afterMs = 0 }: { readonly signal?: NodeJS.Signals; readonly afterMs?: number } = {},
): Readonly<Record<string, string>> {
  return {
    HC_TEST_AT: text,
    HC_TEST_SIGNAL: signal,
    HC_TEST_AFTER_MS: String(afterMs),
    NODE_OPTIONS: `--import ${join(import.meta.dirname, 'interrupt-at.mjs')}`,
  }
}

/** A run under way. */
export class Running {
  readonly ended: Promise<Run>
  readonly #child: ChildProcess
  #stdout = ''
  #stderr = ''
  #over: Run | null = null

  constructor(words: readonly string[], { cwd, env, program = [process.execPath, PROGRAM] }: RunOptions) {
    const [command = '', ...first] = program
    const { HC_INVENTORY: _, ...inherited } = process.env
    const startedAt = performance.now()
    this.#child = spawn(command, [...first, ...words], {
      cwd,
      env: { ...inherited, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const end = () => this.#child.kill('SIGKILL')
    process.once('exit', end)
    this.#child.stdout?.on('data', (chunk) => {
      this.#stdout += String(chunk)
    })
    this.#child.stderr?.on('data', (chunk) => {
      this.#stderr += String(chunk)
    })
    this.ended = new Promise((done, fail) => {
      this.#child.once('error', fail)
      this.#child.once('close', (code) => {
        process.removeListener('exit', end)
        const seconds = (performance.now() - startedAt) / 1000
        this.#over = { code, stdout: this.#stdout, stderr: this.#stderr, seconds }
        done(this.#over)
      })
    })
  }

  get stdout(): string {
    return this.#stdout
  }

  get stderr(): string {
    return this.#stderr
  }

  /** Waits until it has said so on stderr. Rejects at once where it ends without that, with what it said. */
  async says(text: string, { seconds }: { readonly seconds: number }): Promise<void> {
    for (const startedAt = performance.now(); !this.#stderr.includes(text); await sleep(20)) {
      const last = `${text}: ${this.#stdout}${this.#stderr}`
      if (this.#over) throw new Error(`it ended with ${this.#over.code} before it said ${last}`)
      if (performance.now() - startedAt > seconds * 1000) throw new Error(`after ${seconds} s it has not said ${last}`)
    }
  }

  /** Sends a signal that does not end it. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Sends a signal; how it ended. */
  kill(signal: NodeJS.Signals): Promise<Run> {
    this.#child.kill(signal)
    return this.ended
  }
}
