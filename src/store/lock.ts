// At most one hc acts. A flock(2) lock: freed by the kernel the moment its holder dies, however it dies, and seen from
// every network namespace (an abstract socket is not). Node has no flock, so the program of that name takes the lock on
// a descriptor that it shares with this process: the lock belongs to the open file description, so it stays when the
// program has ended, until the last descriptor is closed. Node opens with O_CLOEXEC: no child ever inherits it.
import { spawn } from 'node:child_process'
import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UserError } from '../model/errors.js'
import type { Millis } from '../model/names.js'
import { errnoOf, storeError } from './errors.js'
import { makePrivateFolder } from './files.js'

/** Who holds a lock, for the message to whoever waits. */
export interface Holder {
  readonly pid: number
  /** `hc apply`. */
  readonly command: string
  /** RFC 3339 UTC. */
  readonly since: string
}

/** How a lock is taken. */
export interface LockOptions {
  readonly wall: () => string
  readonly command: string
  /** The flock program of util-linux: a name on PATH, or a path. */
  readonly program: string
}

/** A lock that was taken, or who has it (null: it does not say). */
export type LockResult =
  | { readonly ok: true; readonly lock: FileLock }
  | { readonly ok: false; readonly holder: Holder | null }

const CONFLICT = 75
/** One wait of the program. Short, since the file that it waits on may have been deleted meanwhile. */
const SLICE_MS: Millis = 1000
/** The program ends at once or after its slice; a file system that hangs must not hang hc. */
const STUCK_MS: Millis = 5000

/** A held lock on a file. */
export class FileLock {
  readonly #path: string
  readonly #identity: { readonly dev: bigint; readonly ino: bigint }
  #descriptor: number | null

  constructor(path: string, descriptor: number) {
    this.#path = path
    this.#descriptor = descriptor
    this.#identity = fstatSync(descriptor, { bigint: true })
  }

  /** Gives the lock back. A second call does nothing. */
  release(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor)
    this.#descriptor = null
  }

  /** False after release, and when the path no longer is the file that was locked: deleted, or made anew. */
  async stillValid(): Promise<boolean> {
    if (this.#descriptor === null) return false
    try {
      const { dev, ino } = await stat(this.#path, { bigint: true })
      return dev === this.#identity.dev && ino === this.#identity.ino
    } catch {
      return false
    }
  }

  /** Writes down who holds it. It only serves messages: a full disk must not keep hc from acting. */
  sign(holder: Holder): void {
    if (this.#descriptor === null) return
    try {
      ftruncateSync(this.#descriptor, 0)
      writeSync(this.#descriptor, `${JSON.stringify(holder)}\n`, 0)
    } catch {
      // the holder stays unnamed
    }
  }
}

/** Takes the lock on `path`, waiting at most `timeoutMs`. Makes file and folder where they are missing. */
export async function takeLock(path: string, options: LockOptions, timeoutMs: Millis): Promise<LockResult> {
  const deadline = performance.now() + timeoutMs
  for (let first = true; ; first = false) {
    const left = deadline - performance.now()
    if (!first && left <= 0) return { ok: false, holder: await readHolder(path) }
    const wait = first ? ['-n'] : ['-w', (Math.min(left, SLICE_MS) / 1000).toFixed(3)]
    const lock = await attempt(path, options.program, ['-x', ...wait])
    if (lock === null) continue
    lock.sign({ pid: process.pid, command: options.command, since: options.wall() })
    return { ok: true, lock }
  }
}

/** Does anyone hold the lock on `path`? */
export async function isLocked(path: string, program: string): Promise<boolean> {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false
    throw storeError(error, 'Opening', path, 'nothing was changed')
  }
  try {
    if (await isListed(descriptor)) return true
    return !(await flock(program, ['-s', '-n'], descriptor)) // shared, so that two who only ask don't see each other
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Does the kernel's list show an exclusive lock on the file? No process has to be started for a yes; a no says nothing: holders in
 * other pid namespaces are not shown, and some file systems go by other device numbers. See proc_locks(5).
 */
async function isListed(descriptor: number): Promise<boolean> {
  const { dev, ino } = fstatSync(descriptor, { bigint: true })
  try {
    return holdsExclusively(await readFile('/proc/locks', 'latin1'), dev, ino)
  } catch {
    return false
  }
}

/** Whether /proc/locks has an exclusive flock(2) lock, held and not waited for, on the file with these numbers of stat(2). */
export function holdsExclusively(locks: string, dev: bigint, ino: bigint): boolean {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n)
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n)
  const two = (part: bigint) => part.toString(16).padStart(2, '0')
  const file = `${two(major)}:${two(minor)}:${ino}`
  return locks.split('\n').some((line) => {
    const [, kind, , mode, , where] = line.trim().split(/\s+/)
    return kind === 'FLOCK' && mode === 'WRITE' && where === file
  })
}

async function attempt(path: string, program: string, args: readonly string[]): Promise<FileLock | null> {
  const descriptor = await openLockFile(path)
  let lock: FileLock | null = null
  try {
    if (!(await flock(program, args, descriptor))) return null
    const taken = new FileLock(path, descriptor)
    if (await taken.stillValid()) lock = taken // else it was deleted between opening and locking: a lock on nothing
    return lock
  } finally {
    if (lock === null) closeSync(descriptor)
  }
}

async function openLockFile(path: string): Promise<number> {
  for (let tries = 3; ; tries -= 1) {
    try {
      await makePrivateFolder(dirname(path))
      return openSync(path, 'a+', 0o600)
    } catch (error) {
      const deletedMeanwhile = errnoOf(error) === 'ENOENT' && tries > 1
      if (!deletedMeanwhile) throw storeError(error, 'Opening', path, 'nothing was changed')
    }
  }
}

/** True: locked; false: somebody else has it, or the program was ended by a signal before it had it. */
function flock(program: string, args: readonly string[], descriptor: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args, '-E', String(CONFLICT), '3'], {
      cwd: '/', // the working folder may be gone
      stdio: ['ignore', 'ignore', 'pipe', descriptor],
      timeout: SLICE_MS + STUCK_MS,
      killSignal: 'SIGKILL',
    })
    let complaint = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      if (complaint.length < 500) complaint += chunk.toString()
    })
    child.on('error', (error) => reject(noFlock(program, error.message)))
    child.on('close', (code, signal) => {
      if (code === 0) resolve(true)
      else if (code === CONFLICT || signal !== null) resolve(false)
      else reject(noFlock(program, complaint.trim().split('\n')[0] ?? `exit code ${code}`))
    })
  })
}

function noFlock(program: string, why: string): UserError {
  return new UserError(`The lock can't be taken: the program ${program} failed (${why}); nothing was changed.`, {
    code: 'store',
    exitCode: 2,
    hint: 'hc needs the flock of util-linux on the control machine: `apt-get install util-linux` (Alpine: `apk add util-linux`), and a file system that has locks.',
  })
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    return parseHolder(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return null
  }
}

function parseHolder(value: unknown): Holder | null {
  if (typeof value !== 'object' || value === null) return null
  const { pid, command, since } = value as Partial<Record<keyof Holder, unknown>>
  if (typeof pid !== 'number' || typeof command !== 'string' || typeof since !== 'string') return null
  return { pid, command, since }
}

/** `hc apply (pid 4711) has been acting since 12:03:04`; the control machine's own time zone. */
export function describeHolder(holder: Holder | null, now: string): string {
  if (holder === null) return 'Another hc is acting'
  const [day, time] = localTime(holder.since)
  const since = day === localTime(now)[0] ? time : `${day} ${time}`
  return `${holder.command} (pid ${holder.pid}) has been acting since ${since}`
}

function localTime(instant: string): readonly [day: string, time: string] {
  const date = new Date(instant)
  const two = (part: number) => String(part).padStart(2, '0')
  return [
    [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-'),
    [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':'),
  ]
}
