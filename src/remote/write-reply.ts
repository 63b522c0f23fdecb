// The answer to a write, read: a refusal, or how each step ended.
import type { SlotName } from '../model/names.js'
import { REFUSALS, REFUSED, type RefusedBy, WRITE_END, WRITE_HEAD } from './guard.js'
import { LEASE_LINE } from './lease-write.js'
import { printableLine } from './printable.js'
import { headOf, MESSAGE_LIMIT, wholeNumber } from './text.js'
import { STEP_KINDS, type StepKind } from './write-request.js'
import { STEP } from './write-shell.js'

/** How one step ended. */
export interface StepResult {
  readonly slot: SlotName
  readonly step: StepKind
  readonly ok: boolean
  /** What the host says: `started`, `unchanged`, or what went wrong, one bounded line. */
  readonly message: string
  /** Set where the deadline passed before the step's turn, or the answer has no word of it: look again, it is no failure of the slot. */
  readonly unknown: boolean
}

/** How arming or disarming ended. */
export interface LeaseResult {
  readonly ok: boolean
  /** Rules that the host holds now; null: it is not armed, or it is not known. */
  readonly rules: number | null
  /** What went wrong, one bounded line; empty where it went well. */
  readonly message: string
  /** Set where the deadline passed before its turn: nothing was done; look at `HostFacts.lease`. */
  readonly unknown: boolean
}

/** What a host did of a write: how each step ended; or nothing, because it refused or made no sense (`refused: null`). */
export type WriteReply =
  | {
      readonly ok: true
      readonly steps: readonly StepResult[] /** Absent: the write said nothing of it. */
      readonly lease?: LeaseResult
    }
  | { readonly ok: false; readonly refused: RefusedBy | null; readonly message: string }

const REFUSAL_WORDS: Readonly<Record<RefusedBy, string>> = {
  boot: 'the host has been started anew since it was looked at',
  deadline: 'the write came too late',
  term: 'another control machine is in charge of the host',
  lock: 'the host could not be locked',
  order: 'a later write was carried out before it',
}

/** What is told of one step: the last word, and what systemd says where a start went wrong. */
interface Told {
  is: { readonly step: StepKind; readonly slot: SlotName } | null
  end: { readonly word: string; readonly text: string } | null
  state: ReadonlyMap<string, string>
}

function told(lines: readonly string[]): ReadonlyMap<number, Told> {
  const steps = new Map<number, Told>()
  for (const line of lines) {
    const match = /^(\d{1,6}) (is|ok|failed|refused|state|said) ?(.*)$/.exec(line)
    if (!match) continue
    const [, number = '', word = '', text = ''] = match
    const known = steps.get(Number(number)) ?? { is: null, end: null, state: new Map<string, string>() }
    const [kind, slot] = headOf(text)
    const step = STEP_KINDS.find((one) => one === kind)
    if (word === 'is') known.is = step ? { step, slot } : null
    else if (word === 'state') known.state = new Map(text.split(' ').map((pair) => splitPair(pair)))
    else known.end ??= { word, text: printableLine(text, MESSAGE_LIMIT) }
    steps.set(Number(number), known)
  }
  return steps
}

function splitPair(pair: string): [string, string] {
  const equals = pair.indexOf('=')
  return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
}

/** Exit statuses of systemd itself, see systemd.exec(5), that name the operator's mistake. */
const EXIT_WORDS: Readonly<Record<string, string>> = {
  '200': 'its folder (workdir) cannot be entered',
  '203': 'its command cannot be run: is it there, and is its path absolute?',
  '216': 'its group does not exist',
  '217': 'its user does not exist',
  '226': 'its files or volumes cannot be mounted',
  '243': 'its secrets cannot be read',
}

/** What went wrong with a start that systemctl complained about, in words. */
function wrong(state: ReadonlyMap<string, string>): string {
  const load = state.get('LoadState') ?? ''
  if (load !== 'loaded') return `its unit file is not accepted (${load || 'no answer'})`
  const status = state.get('ExecMainStatus') ?? '0'
  const result = state.get('Result') ?? ''
  const words = EXIT_WORDS[status]
  if (words) return words
  return status === '0' ? `it did not start (${result})` : `it ended with status ${status} (${result})`
}

function resultOf({ is, end, state }: Told): StepResult[] {
  if (!is) return []
  if (!end) return [{ ...is, ok: false, unknown: true, message: 'the host said no word about it' }]
  if (end.word === 'ok') return [{ ...is, ok: true, unknown: false, message: end.text }]
  if (end.word !== 'said') return [{ ...is, ok: false, unknown: end.word === 'refused', message: end.text }]
  const message = printableLine(`${wrong(state)}: ${end.text}`, MESSAGE_LIMIT)
  return [{ ...is, ok: false, unknown: false, message }]
}

function leaseOf(answer: readonly string[]): LeaseResult | null {
  const line = answer.find((one) => one.startsWith(LEASE_LINE))
  if (line === undefined) return null
  const [word, text] = headOf(line.slice(LEASE_LINE.length))
  if (word === 'ok') return { ok: true, rules: wholeNumber(text), message: '', unknown: false }
  const message = printableLine(text, MESSAGE_LIMIT)
  return { ok: false, rules: null, message, unknown: word === 'refused' }
}

/** Reads the answer. Never throws, whatever the host printed. */
export function parseWriteReply(output: string): WriteReply {
  const lines = output.split('\n').map((line) => line.replace(/\r$/, ''))
  const begin = lines.indexOf(WRITE_HEAD)
  if (begin < 0) {
    const said = output.trim() ? `: "${printableLine(output, 120)}"` : ''
    return { ok: false, refused: null, message: `the host did not understand the write${said}` }
  }
  const end = lines.indexOf(WRITE_END, begin)
  const answer = lines.slice(begin + 1, end < 0 ? undefined : end)
  const steps = told(answer.filter((line) => line.startsWith(STEP)).map((line) => line.slice(STEP.length)))
  const refusal = answer.find((line) => line.startsWith(REFUSED))
  if (refusal && steps.size === 0) {
    const [word, detail] = headOf(refusal.slice(REFUSED.length))
    const refused = REFUSALS.find((one) => one === word)
    if (refused)
      return { ok: false, refused, message: printableLine(`${REFUSAL_WORDS[refused]}: ${detail}`, MESSAGE_LIMIT) }
  }
  const lease = leaseOf(answer)
  if (steps.size === 0 && end < 0 && lease === null)
    return { ok: false, refused: null, message: 'the write ended before its first step' }
  return { ok: true, steps: [...steps.values()].flatMap(resultOf), ...(lease === null ? {} : { lease }) }
}
