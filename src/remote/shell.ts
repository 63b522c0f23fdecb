// The shell on the other side: how it is started, as root, and how one that hangs is ended.
import { assert } from '../model/errors.js'
import type { Become } from '../model/host.js'
import type { Failure } from '../model/observation.js'
import { printableLine } from './printable.js'

/** How a started shell ended. */
export interface ShellEnd {
  /** Exit code, 128+n for a signal; null: the connection or channel ended first, so the outcome is unknown. */
  readonly code: number | null
  /** Why it was lost, for the person; null where nothing more is known. */
  readonly lost: string | null
}

/** What a started shell says. `end` comes once, last. */
export interface ShellListener {
  stdout(text: string): void
  stderr(text: string): void
  end(end: ShellEnd): void
}

/** A started `sh` that reads its script from stdin, here or on a host. */
export interface ShellProcess {
  /** Before the first write, once. */
  listen(listener: ShellListener): void
  /** Never throws; what is written to an ended shell is dropped. */
  write(text: string): void
  /** Hangs up: closes stdin and the outputs, and tells `end` at once, as lost. */
  close(): void
}

/** The part of the Clock that waiting needs; rooms above the ports can't name it. */
export interface Waiting {
  now(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** What a login without root and without sudo says of itself. */
const NOT_ROOT = 'hc: the login is not root'

/** A mark in a shell's argv, by which exactly this shell is found again: letters, digits and dashes. */
const TAG = /^hc-[a-z0-9-]{1,60}$/

/**
 * The command that starts a root shell reading stdin. It is constant but for the tag, quoted for any login shell, and
 * replaces that shell; a login that is root needs no sudo, whatever `become` says. sudo never asks (`-n`), so it fails
 * at once where it needs a password.
 */
export function shellCommand(become: Become, tag: string): string {
  assert(TAG.test(tag), 'a tag of a shell is a plain word')
  const asRoot = become === 'no' ? `echo "${NOT_ROOT}" >&2; exit 126` : `exec sudo -n -- /bin/sh -s ${tag}`
  return `exec /bin/sh -c 'LC_ALL=C; export LC_ALL; if [ "$(id -u)" = 0 ]; then exec /bin/sh -s ${tag}; fi; ${asRoot}'`
}

/** What a new shell is told first: the C locale, the folders of root's programs, a known umask and place. */
export const SHELL_PREAMBLE = [
  'LC_ALL=C; export LC_ALL',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the shell
  'PATH="${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; export PATH',
  'unset ENV BASH_ENV LANGUAGE; umask 022; cd /',
  '',
].join('\n')

/** A shell that was left while it ran something. */
export interface StaleShell {
  readonly pid: number
  readonly tag: string
}

/**
 * Ends a shell that was left running something, with all its children, before its successor runs anything: two scripts of
 * one lane never run at once, and hung probes don't pile up. Only a process that bears the tag is killed, and its process
 * group only if the group's leader bears it too (an sshd that starts no group of its own is spared); so a process id that
 * was given away again, or a rebooted host, is harmless.
 */
export function endStaleShell(stale: StaleShell): string {
  assert(TAG.test(stale.tag) && Number.isSafeInteger(stale.pid) && stale.pid > 1, 'a stale shell has a tag and a pid')
  const { pid, tag } = stale
  return [
    '(',
    `grep -q ${tag} /proc/${pid}/cmdline || exit 0`,
    `read -r hc_stat </proc/${pid}/stat`,
    // The name in brackets may hold spaces: fields are counted after it. The third is the process group.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the shell
    'set -- ${hc_stat##*) }',
    `if grep -q ${tag} "/proc/$3/cmdline"; then kill -s KILL -- "-$3" 2>/dev/null || kill -s KILL "-$3"; else kill -s KILL ${pid}; fi`,
    ') </dev/null >/dev/null 2>&1',
    '',
  ].join('\n')
}

/** Why no root shell was had: it ended before it ran anything. */
export function noShell(code: number, stderr: string, login: string): Failure {
  const said = printableLine(stderr)
  if (said.includes(NOT_ROOT)) {
    return {
      kind: 'no-privileges',
      message: `logged in as ${login}, which is not root, and hc_become is off`,
      hint: 'set hc_become: yes where sudo -n works, or log in as root',
    }
  }
  if (/sudo|password/i.test(said) || code === 126 || code === 127) {
    return {
      kind: 'no-privileges',
      message: `logged in as ${login}, but not as root: ${said || `sudo ended with code ${code}`}`,
      hint: `let ${login} use sudo without a password (on the host: echo '${login} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/hc), or log in as root`,
    }
  }
  return {
    kind: 'broken',
    message: `logged in as ${login}, but no shell starts: ${said || `it ended with code ${code}`}`,
    hint: `try 'ssh HOST /bin/sh -c true' by hand; a login shell, a forced command or a full disk can be the cause`,
  }
}
