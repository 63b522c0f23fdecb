// A program that somebody talks to: started as root, told from what a login prints before it, its bytes left as they are.

import { assert, UserError } from '../model/errors.js'
import type { Become } from '../model/host.js'
import type { Failure } from '../model/observation.js'
import type { CommandEnd } from './command.js'
import { beginLine, NoiseFilter } from './frame.js'
import { printableLine } from './printable.js'
import { base64 } from './quote.js'
import type { Waiting } from './shell.js'
import { within } from './wait.js'

/** From an open channel to the program's begin: a login's files and sudo. */
const BEGIN_MS = 20_000
/** Characters that are kept for messages until the program begins. */
const EARLY_LIMIT = 2000
/** Longest script: Linux takes 128 KiB in one word of argv, and base64 makes four of three. */
const SCRIPT_LIMIT = 90_000
/** Longer than any session lasts, within what timers can count. */
const FOREVER_MS = 2 ** 31 - 1

/** How a check says why the program is not begun. */
export const SAYS = 'hc-says: '

const TAG = /^hc-[a-z0-9-]{1,60}$/

/**
 * The command that runs a script as root with stdin left alone, for any login shell: constant but for a tag and base64,
 * in single quotes that hold neither ! nor a quote. LC_ALL is set for the checks only where the program has its own.
 */
export function sessionCommand(become: Become, tag: string, script: string): string {
  assert(TAG.test(tag), 'a tag of a shell is a plain word')
  const bytes = new TextEncoder().encode(script)
  if (bytes.length > SCRIPT_LIMIT) {
    throw new UserError('the command is too long to be sent', {
      code: 'usage',
      hint: 'send it as a script on stdin: hc exec web.0 -- sh < script.sh',
    })
  }
  const run = 'exec /bin/sh -c "$hc" "$0" "$1"'
  const asRoot =
    become === 'no' ? 'echo "hc: the login is not root" >&2; exit 126' : 'exec sudo -n -- /bin/sh -c "$hc" "$0" "$1"'
  const start = 'hc="eval \\"\\$(printf %s \\"\\$1\\" | base64 -d)\\""'
  return `exec /bin/sh -c '${start}; if [ "$(id -u)" = 0 ]; then ${run}; fi; ${asRoot}' ${tag} ${base64(bytes)}`
}

/** Checks, the marker on both outputs (null: none), the program. */
export function sessionScript(prepare: string, program: string, nonce: string | null): string {
  return [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the shell
    'PATH="${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; export PATH',
    'unset ENV BASH_ENV; umask 022; cd /',
    prepare,
    ...(nonce === null ? [] : [beginLine(nonce), `[ -t 2 ] || ${beginLine(nonce)} >&2`]),
    program,
    '',
  ].join('\n')
}

/** What the near side is to the runner; the same shape as SessionNear of the ports. */
export interface Near {
  begin(far: Far): void
  lend(): void
  stdout(bytes: Uint8Array): Promise<void>
  stderr(bytes: Uint8Array): Promise<void>
}

/** The same shape as SessionFar of the ports. */
export interface Far {
  write(bytes: Uint8Array): Promise<void>
  end(): void
  resize(size: { readonly rows: number; readonly columns: number }): void
}

/** What a started program says; each chunk is taken when the promise resolves. `end` comes once, last. */
export interface SessionListener {
  stdout(bytes: Uint8Array): Promise<void>
  stderr(bytes: Uint8Array): Promise<void>
  end(end: { readonly code: number | null; readonly lost: string | null }): void
}

/** A started program. */
export interface SessionProcess extends Far {
  listen(listener: SessionListener): void
  /** Hangs up: tells `end` at once, as lost. */
  close(): void
}

/** What a session needs of its transport. */
export interface SessionDoors {
  readonly clock: Waiting
  open(command: string): Promise<{ readonly process: SessionProcess } | { readonly failure: Failure }>
  noShell(code: number, stderr: string): Failure
}

/** Everything of one session. */
export interface SessionRequest {
  readonly become: Become
  readonly nonce: string
  readonly prepare: string
  readonly program: string
  readonly near: Near
  readonly signal: AbortSignal | null
}

const ABORTED: Failure = { kind: 'aborted', message: 'stopped on request', hint: null }

/** Runs one session to its end. Rejects only with UserError, before anything is sent. */
export async function runSession(request: SessionRequest, doors: SessionDoors): Promise<CommandEnd> {
  const { become, nonce, signal } = request
  const script = sessionScript(request.prepare, request.program, nonce)
  const opening = doors.open(sessionCommand(become, `hc-exec-${nonce.slice(0, 12)}`, script))
  const opened = await within(doors.clock, FOREVER_MS, opening, signal ?? undefined)
  if (!opened.inTime) {
    void opening.then((late) => 'process' in late && hangUp(late.process))
    return { ok: false, failure: ABORTED }
  }
  if ('failure' in opened.value) return { ok: false, failure: opened.value.failure }
  const { process } = opened.value
  const talk = new Talk(process, request, doors)
  const begun = await within(doors.clock, BEGIN_MS, talk.begun, signal ?? undefined)
  const end = begun.inTime ? await within(doors.clock, FOREVER_MS, talk.ended, signal ?? undefined) : begun
  if (end.inTime) return end.value
  process.close()
  if (signal?.aborted) return { ok: false, failure: ABORTED }
  const message = `the program did not begin within ${BEGIN_MS / 1000} s${talk.said === '' ? '' : `: ${talk.said}`}`
  return { ok: false, failure: { kind: 'timeout', message, hint: 'what a login prints or asks may hold it up' } }
}

function hangUp(process: SessionProcess): void {
  process.listen({ stdout: async () => {}, stderr: async () => {}, end: () => {} })
  process.close()
}

/** One program under way. */
class Talk {
  readonly begun: Promise<void>
  readonly ended: Promise<CommandEnd>
  #early = ''
  #begin: () => void = () => {}

  constructor(process: SessionProcess, { nonce, near }: SessionRequest, doors: SessionDoors) {
    const noise = { stdout: new NoiseFilter(nonce), stderr: new NoiseFilter(nonce) }
    this.begun = new Promise((resolve) => {
      this.#begin = resolve
    })
    const take = (stream: 'stdout' | 'stderr') => async (bytes: Uint8Array) => {
      const filter = noise[stream]
      if (filter.started) return near[stream](bytes)
      const text = asText(bytes)
      const output = filter.push(text)
      if (!filter.started) {
        this.#early = (this.#early + text).slice(-EARLY_LIMIT)
        return
      }
      if (stream === 'stdout') {
        near.begin(process)
        this.#begin()
      }
      if (output !== '') await near[stream](asBytes(output))
    }
    this.ended = new Promise((settle) => {
      process.listen({
        stdout: take('stdout'),
        stderr: take('stderr'),
        end: ({ code, lost }) => {
          this.#begin()
          if (noise.stdout.started && code !== null) settle({ ok: true, exitCode: code })
          else settle({ ok: false, failure: this.#failure(code, lost, noise.stdout.started, doors) })
        },
      })
    })
  }

  /** What was printed before the program began. */
  get said(): string {
    return printableLine(this.#early)
  }

  #failure(code: number | null, lost: string | null, started: boolean, doors: SessionDoors): Failure {
    const check = this.#early.split(/\r?\n/).find((line) => line.startsWith(SAYS))
    if (check !== undefined) return { kind: 'broken', message: printableLine(check.slice(SAYS.length)), hint: null }
    if (code !== null) return doors.noShell(code, this.#early)
    const hint = started ? 'what it began may go on or may have ended: look before it is run again' : null
    return { kind: 'reply-lost', message: `the connection was lost: ${lost ?? 'the channel closed'}`, hint }
  }
}

/** Of a stream: only what is needed to wait for it. */
export interface Drains {
  once(event: 'drain' | 'close', heed: () => void): unknown
  off(event: 'drain' | 'close', heed: () => void): unknown
}

/** Resolves when more may be written, or nothing ever will be; leaves no listener behind. */
export function drained(stream: Drains): Promise<void> {
  return new Promise((resolve) => {
    const heed = () => {
      stream.off('drain', heed)
      stream.off('close', heed)
      resolve()
    }
    stream.once('drain', heed)
    stream.once('close', heed)
  })
}

/** One character for each byte. */
function asText(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

function asBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}
