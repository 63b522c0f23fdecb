// Names of the nouns. Plain strings with an alias each, so that a signature says which name it takes.

/** A member of inventory.yml, as it is called there. */
export type HostName = string
/** The name of a job: `^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$`. */
export type JobName = string
/** A numbered place of a job, `web.0`; of a system job, the place on a host: `agent.nuc1`. */
export type SlotName = string
/** Milliseconds. Which clock is said where the field stands. */
export type Millis = number

/** Pattern that every job name matches; it keeps unit names, folders and container names safe by construction. */
export const JOB_NAME = /^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$/
/** Pattern that the part of a slot name after the first dot matches: a number, or a host name for system jobs. */
export const SLOT_SUFFIX = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/

/** Pattern of whole slot names as hosts tell them: what does not match is none of hc's. */
export const SLOT_NAME = /^[a-z0-9][a-z0-9-]*\.[A-Za-z0-9._-]+$/

/** A name as a sentence quotes it: in quotation marks where it would not be seen to be one. */
export function quoted(name: string): string {
  return name === '' || /\s/.test(name) ? `"${name}"` : name
}

/** `web`, 0 -> `web.0`. */
export function slotName(job: JobName, place: number | HostName): SlotName {
  return `${job}.${place}`
}

/** `web.0` -> `web`. Job names hold no dot, so the first one divides. */
export function jobOfSlot(slot: SlotName): JobName {
  const dot = slot.indexOf('.')
  return dot < 0 ? slot : slot.slice(0, dot)
}

/** `web.0` -> `0`, `agent.nuc1` -> `nuc1`. */
export function placeOfSlot(slot: SlotName): string {
  return slot.slice(slot.indexOf('.') + 1)
}

/** The systemd unit of a slot: `web.0` -> `hc-web.0.service`. */
export function unitOfSlot(slot: SlotName): string {
  return `hc-${slot}.service`
}

/** The slot of a unit of hc, or null where the name is none: `hc-web.0.service` -> `web.0`. */
export function slotOfUnit(unit: string): SlotName | null {
  const match = /^hc-([a-z0-9][a-z0-9-]*\.[A-Za-z0-9._-]+)\.(?:service|timer)$/.exec(unit)
  return match?.[1] ?? null
}

/**
 * Orders names as people read them: `web.2` before `web.10`, byte order otherwise. Total, and independent of the
 * machine's locale, so that the same input gives the same bytes everywhere.
 */
export function byName(a: string, b: string): number {
  if (a === b) return 0
  // Runs of digits and of all else are compared: the one that holds the first difference decides.
  const at = firstDifference(a, b)
  const digit = isDigit(a, at - 1)
  const goesOn = (text: string) => at > 0 && at < text.length && isDigit(text, at) === digit
  const from = goesOn(a) || goesOn(b) ? runStart(a, at) : at
  if (from >= a.length) return -1
  if (from >= b.length) return 1
  const [one, other] = [runFrom(a, from), runFrom(b, from)]
  const numeric = isDigit(a, from) && isDigit(b, from)
  if (numeric && Number(one) !== Number(other)) return Number(one) - Number(other)
  return one < other ? -1 : 1
}

function firstDifference(a: string, b: string): number {
  const least = Math.min(a.length, b.length)
  let at = 0
  while (at < least && a.charCodeAt(at) === b.charCodeAt(at)) at += 1
  return at
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 48 && code <= 57
}

/** Where the run begins that holds the character before `at`. */
function runStart(text: string, at: number): number {
  const digit = isDigit(text, at - 1)
  let from = at - 1
  while (from > 0 && isDigit(text, from - 1) === digit) from -= 1
  return from
}

function runFrom(text: string, from: number): string {
  const digit = isDigit(text, from)
  let end = from + 1
  while (end < text.length && isDigit(text, end) === digit) end += 1
  return text.slice(from, end)
}

/** Digits that a double holds exactly. */
const EXACT_DIGITS = 15

/** A text whose plain order is that of byName; null where a number in the name is too long for it. */
function sortKey(name: string): string | null {
  let long = false
  const key = name.replace(/\d+/g, (digits, at: number) => {
    const plain = digits.replace(/^0+(?=.)/, '')
    if (plain.length > EXACT_DIGITS) long = true
    // The length goes first, so that numbers of more digits come after; a zero byte ends each run.
    const length = plain.length < 10 ? `0${plain.length}` : plain.length
    return `${at > 0 ? '\0' : ''}${length}${plain}\0${digits}\0`
  })
  if (long) return null
  return /\d$/.test(name) ? key : `${key}\0`
}

/** A copy in the order of byName, which for long lists would take all names apart at each comparison. */
export function sortedByName<T>(list: readonly T[], nameOf: (each: T) => string): T[] {
  const keyed = list.map((each) => ({ each, key: sortKey(nameOf(each)) }))
  if (keyed.some(({ key }) => key === null)) return [...list].sort((a, b) => byName(nameOf(a), nameOf(b)))
  keyed.sort((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : a.key === b.key ? 0 : 1))
  return keyed.map(({ each }) => each)
}

/** So many names stand in a hint. */
const NAMED = 12

/** `a, b, c and 7 more`. */
export function someOf(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : ''
  return `${names.slice(0, NAMED).join(', ')}${more}`
}
