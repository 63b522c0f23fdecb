// One command on a shell of its own: its outputs are streamed apart, and it ends when its channel is hung up.
import type { Failure } from '../model/observation.js'
import { beginLine, NoiseFilter } from './frame.js'
import { printableLine } from './printable.js'
import { SHELL_PREAMBLE, type ShellProcess, type Waiting } from './shell.js'
import { within } from './wait.js'

/** Characters of stderr that are kept for messages until the command begins. */
const STDERR_LIMIT = 2000

/**
 * No line of a script begins with it: of a line that begins as the end of the here-document does, dash 0.5.12 loses the first byte of
 * the letter after that, where it has several.
 */
const NEVER_FIRST = '\u0002'

/**
 * The text that is fed to `sh` on stdin. A host's sshd neither passes signals to root's commands nor ends them when their
 * channel closes, so the shell watches its own stdin, which stays open: at its end the command's process group gets
 * SIGTERM, and SIGKILL two seconds later. `setsid` (util-linux, busybox) makes that group; without it, only the command's
 * own shell is ended. The whole is one compound command, so that no shell reads on while it runs.
 */
export function commandText(script: string, nonce: string): string {
  const end = `${NEVER_FIRST}hc-script-${nonce}`
  return [
    '{',
    SHELL_PREAMBLE,
    beginLine(nonce),
    // On both: which of the two arrives first is open.
    `${beginLine(nonce)} >&2`,
    'exec 3<&0',
    'hc_setsid=; if command -v setsid >/dev/null 2>&1; then hc_setsid=setsid; fi',
    `$hc_setsid /bin/sh 3<&- <<'${end}' &`,
    '(',
    ':',
    script,
    ') </dev/null',
    end,
    'hc_pid=$!',
    '(',
    'while read -r hc_line; do :; done',
    "trap '' TERM",
    // dash wants the --, busybox takes it for a number.
    'kill -s TERM -- "-$hc_pid" || kill -s TERM "-$hc_pid" || kill -s TERM "$hc_pid"',
    'sleep 2',
    'kill -s KILL -- "-$hc_pid" || kill -s KILL "-$hc_pid" || kill -s KILL "$hc_pid"',
    ') <&3 3<&- >/dev/null 2>&1 &',
    'hc_watch=$!',
    'exec 3<&-',
    'wait "$hc_pid"; hc_code=$?',
    'kill "$hc_watch" 2>/dev/null',
    'exit "$hc_code"',
    '}',
    '',
  ].join('\n')
}

/** What is run, and where its outputs go; the same shape as the RemoteCommand of the ports. */
export interface CommandRequest {
  readonly script: string
  readonly timeoutMs: number | null
  readonly signal?: AbortSignal
  onStdout(chunk: string): void
  onStderr(chunk: string): void
}

/** What a command needs of its transport; see LaneDoors. */
export interface CommandDoors {
  readonly clock: Waiting
  open(tag: string): Promise<{ readonly process: ShellProcess } | { readonly failure: Failure }>
  nonce(): string
  waitingFor(afterMs: number): Failure
  noShell(code: number, stderr: string): Failure
}

/** How it ended; the same shape as the CommandResult of the ports. */
export type CommandEnd =
  | { readonly ok: true; readonly exitCode: number }
  | { readonly ok: false; readonly failure: Failure }

/** Longer than any command runs: what stands for "no timeout", within what timers can count. */
const FOREVER_MS = 2 ** 31 - 1

/** Runs one command until it ends, its time is up or it is aborted. Never rejects. */
export async function runCommand(request: CommandRequest, doors: CommandDoors): Promise<CommandEnd> {
  const { clock } = doors
  const { signal } = request
  if (signal?.aborted) return { ok: false, failure: ABORTED }
  const startedAt = clock.now()
  const timeoutMs = request.timeoutMs ?? FOREVER_MS
  const nonce = doors.nonce()
  const opening = doors.open(`hc-run-${nonce.slice(0, 12)}`)
  const opened = await within(clock, timeoutMs, opening, signal)
  if (!opened.inTime) {
    // The shell that comes too late is hung up before it is told anything.
    void opening.then((late) => 'process' in late && hangUp(late.process))
    return { ok: false, failure: signal?.aborted ? ABORTED : doors.waitingFor(Math.round(clock.now() - startedAt)) }
  }
  if ('failure' in opened.value) return { ok: false, failure: opened.value.failure }
  const { process } = opened.value
  const ended = follow(process, request, doors, nonce)
  const end = await within(clock, timeoutMs - (clock.now() - startedAt), ended, signal)
  if (end.inTime) return end.value
  process.close()
  if (signal?.aborted) return { ok: false, failure: ABORTED }
  const message = `the command did not end within ${timeoutMs} ms and was ended`
  return { ok: false, failure: { kind: 'timeout', message, hint: null } }
}

const ABORTED: Failure = { kind: 'aborted', message: 'stopped on request', hint: null }

function hangUp(process: ShellProcess): void {
  process.listen({ stdout: () => {}, stderr: () => {}, end: () => {} })
  process.close()
}

function follow(
  process: ShellProcess,
  request: CommandRequest,
  doors: CommandDoors,
  nonce: string,
): Promise<CommandEnd> {
  const noise = { stdout: new NoiseFilter(nonce), stderr: new NoiseFilter(nonce) }
  let early = ''
  return new Promise((settle) => {
    process.listen({
      stdout: (text) => {
        const output = noise.stdout.push(text)
        if (output !== '') request.onStdout(output)
      },
      stderr: (text) => {
        if (!noise.stderr.started) early = (early + text).slice(-STDERR_LIMIT)
        const output = noise.stderr.push(text)
        if (output !== '') request.onStderr(output)
      },
      end: ({ code, lost }) => {
        if (code === null) settle({ ok: false, failure: lostReply(lost, noise.stderr.started ? '' : early) })
        else if (noise.stdout.started) settle({ ok: true, exitCode: code })
        else settle({ ok: false, failure: doors.noShell(code, early) })
      },
    })
    process.write(commandText(request.script, nonce))
  })
}

function lostReply(lost: string | null, stderr: string): Failure {
  const said = printableLine(stderr)
  const why = lost ?? 'the channel closed'
  return {
    kind: 'reply-lost',
    message: `${why} while a command ran${said ? `: ${said}` : ''}`,
    hint: 'it may have had its effect: look before it is run again',
  }
}
