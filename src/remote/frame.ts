// How one script of many is told from the next in a shell that stays open: markers with a nonce, and their reader.
// Nothing outside the markers is ever taken for output, so what a login file prints can't reach a parser.
import { assert } from '../model/errors.js'

const BEGIN = 'hc-begin-'
const END = 'hc-end-'
/** 128 random bits in hex: no output can hold a marker but by knowing it. */
const NONCE = /^[0-9a-f]{32}$/
/** Longest number after a marker: a process id or an exit code. */
const NUMBER_LENGTH = 12

/**
 * The text that is fed to a kept-open POSIX sh. The script runs in a subshell with empty stdin, stderr joined to stdout:
 * `exit`, `cd` and variables stay inside, here-documents work. A syntax error in it ends the shell, which shows as a
 * lost reply. The first marker carries the shell's process id, the last one the exit code.
 */
export function frameScript(script: string, nonce: string): string {
  assert(NONCE.test(nonce), 'a nonce is 32 hex digits')
  return [
    beginLine(nonce),
    // The colon keeps an empty script from being a syntax error.
    '(',
    ':',
    script,
    ') </dev/null 2>&1',
    `printf '\\n%s %d\\n' ${END}${nonce} $?`,
    '',
  ].join('\n')
}

/**
 * The same for a command without brackets of its own, whose output comes as one piece, its last line ended: sent line by line,
 * each would be a packet that sshd and hc encrypt and decrypt by itself.
 */
function frameAtOnce(command: string, nonce: string): string {
  return [
    beginLine(nonce),
    'hc_said=$(',
    'exec </dev/null 2>&1',
    command,
    ')',
    `printf '%s\\n\\n%s %d\\n' "$hc_said" ${END}${nonce} $?`,
    '',
  ].join('\n')
}

/** Functions of one shell that hold scripts: what is asked again and again is sent, and parsed over there, only once. */
const KEPT = 3
/** A script may begin with its parameters: they change from one asking to the next, what follows does not. */
const PARAMETERS = /^set -- .*\n/

/** What one shell is sent, and which scripts it keeps. `preamble` goes before the first. */
export class SentScripts {
  private readonly kept: (string | null)[] = Array.from({ length: KEPT }, () => null)
  private next = 0

  constructor(private preamble: string) {}

  /** Nothing has been sent yet. */
  get isFirst(): boolean {
    return this.preamble !== ''
  }

  /** The text that runs a script, once. `again`: it is likely to be asked again, so it is kept there. */
  text(script: string, nonce: string, again: boolean): string {
    const { preamble } = this
    this.preamble = ''
    return preamble + (again ? this.keeping(script, nonce) : frameScript(script, nonce))
  }

  private keeping(script: string, nonce: string): string {
    const parameters = PARAMETERS.exec(script)?.[0] ?? ''
    const body = script.slice(parameters.length)
    const call = (at: number) => frameAtOnce(`${parameters}${nameOf(at)}${parameters === '' ? '' : ' "$@"'}`, nonce)
    const known = this.kept.indexOf(body)
    if (known >= 0) return call(known)
    const at = this.next
    this.next = (at + 1) % KEPT
    this.kept[at] = body
    return `${nameOf(at)}() {\n:\n${body}\n}\n${call(at)}`
  }
}

const nameOf = (at: number): string => `hc_kept_${at}`

/** The line that announces a script: everything before its output on stdout is noise. */
export function beginLine(nonce: string): string {
  assert(NONCE.test(nonce), 'a nonce is 32 hex digits')
  return `printf '\\n%s %d\\n' ${BEGIN}${nonce} $$`
}

/** How far a reader has come. */
export type FrameProgress =
  | { readonly state: 'before' }
  | { readonly state: 'inside' }
  | { readonly state: 'done'; readonly exitCode: number; readonly output: string }
  | { readonly state: 'overflow' }

/** Reads stdout of a shell until the end marker of one frame; keeps at most `limit` characters. */
export class FrameReader {
  /** Process id of the shell, known once the frame has begun. */
  pid: number | null = null
  private readonly begin: MarkerFinder
  private readonly end: MarkerFinder
  private readonly parts: string[] = []
  private length = 0
  private progress: FrameProgress = { state: 'before' }

  constructor(
    readonly nonce: string,
    private readonly limit: number,
  ) {
    this.begin = new MarkerFinder(BEGIN + nonce)
    this.end = new MarkerFinder(END + nonce)
  }

  /** Takes the next piece of stdout, cut anywhere. What follows the end marker is dropped. */
  push(chunk: string): FrameProgress {
    let text = chunk
    if (this.progress.state === 'before') {
      const found = this.begin.push(text)
      this.count(found.before.length)
      if (found.number === null) return this.progress
      this.pid = found.number
      this.length = 0
      text = found.after
      if (this.progress.state === 'before') this.progress = { state: 'inside' }
    }
    if (this.progress.state === 'inside') {
      const found = this.end.push(text)
      this.parts.push(found.before)
      this.count(found.before.length)
      if (found.number !== null && this.progress.state === 'inside') {
        this.progress = { state: 'done', exitCode: found.number, output: this.parts.join('') }
      }
    }
    return this.progress
  }

  private count(length: number): void {
    this.length += length
    if (this.length <= this.limit) return
    this.progress = { state: 'overflow' }
    this.parts.length = 0
  }
}

/** Drops what comes before the begin marker of a command whose output is streamed. */
export class NoiseFilter {
  private readonly begin: MarkerFinder
  private begun = false

  constructor(nonce: string) {
    this.begin = new MarkerFinder(BEGIN + nonce)
  }

  /** Has the marker been seen? */
  get started(): boolean {
    return this.begun
  }

  /** The part of the chunk that is output. */
  push(chunk: string): string {
    if (this.begun) return chunk
    const found = this.begin.push(chunk)
    this.begun = found.number !== null
    return found.after
  }
}

/** Finds `\nMARKER NUMBER\n` in text that comes in pieces, and holds back only what may yet become it. */
class MarkerFinder {
  private held = ''
  private readonly start: string
  private readonly whole: RegExp

  constructor(marker: string) {
    this.start = `\n${marker} `
    // A terminal makes \r\n of each \n.
    this.whole = new RegExp(`\\n${marker} (\\d{1,${NUMBER_LENGTH}})\\r?\\n`)
  }

  push(chunk: string): { before: string; number: number | null; after: string } {
    const text = this.held + chunk
    const match = this.whole.exec(text)
    if (match) {
      this.held = ''
      return {
        before: text.slice(0, match.index),
        number: Number(match[1]),
        after: text.slice(match.index + match[0].length),
      }
    }
    const keepFrom = this.possibleStart(text)
    this.held = text.slice(keepFrom)
    return { before: text.slice(0, keepFrom), number: null, after: '' }
  }

  /** Where a marker may have begun whose rest is still to come. */
  private possibleStart(text: string): number {
    const reach = this.start.length + NUMBER_LENGTH + 2
    let at = text.indexOf('\n', Math.max(0, text.length - reach))
    while (at >= 0) {
      const tail = text.slice(at)
      const sofar = tail.slice(0, this.start.length)
      if (this.start.startsWith(sofar) && /^\d*\r?$/.test(tail.slice(this.start.length))) return at
      at = text.indexOf('\n', at + 1)
    }
    return text.length
  }
}
