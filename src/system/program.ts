// Programs of the operator on this machine: what they get stands on stdin, and every call has a bound.
import { spawn } from 'node:child_process'
import type { Millis } from '../model/names.js'

/** So much of each of its outputs is kept, characters. */
const MOST_SAID = 4000

/** How a program is run. */
export interface ProgramCall {
  readonly input: string
  readonly cwd: string
  readonly timeoutMs: Millis
}

/** How it ended. */
export interface ProgramEnd {
  /** null: it did not end in time, and was killed. */
  readonly code: number | null
  /** Set where a signal ended it; `code` is 128 then. */
  readonly signal: string | null
  readonly out: string
  readonly err: string
}

/** Runs it to its end; it need not read what it gets. Rejects with the system's own error where it can't be run. */
export function runProgram(argv: readonly string[], { input, cwd, timeoutMs }: ProgramCall): Promise<ProgramEnd> {
  const [program = '', ...words] = argv
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd, stdio: 'pipe' })
    const said = { out: '', err: '' }
    const end = (code: number | null, signal: string | null) => {
      clearTimeout(timer)
      resolve({ code, signal, ...said })
    }
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      // What it has started may hold its outputs open: nothing waits for that.
      child.stdout.destroy()
      child.stderr.destroy()
      end(null, null)
    }, timeoutMs)
    child.stdout.on('data', (bytes: Buffer) => {
      if (said.out.length < MOST_SAID) said.out += bytes.toString()
    })
    child.stderr.on('data', (bytes: Buffer) => {
      if (said.err.length < MOST_SAID) said.err += bytes.toString()
    })
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.on('close', (code, signal) => end(code ?? 128, signal))
  })
}
