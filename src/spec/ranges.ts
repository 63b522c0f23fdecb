// Host ranges of an inventory, as Ansible's expand_hostname_range reads them: nuc[1:3], n[01:10], n[1:9:2], r[a:c].
import { type HostAddress, parseAddress } from './addresses.js'

/** Names, or what is wrong with the range. */
export type Expanded =
  | { readonly ok: true; readonly names: readonly string[] }
  /** `empty`: there is nothing wrong with it, but it names nobody. */
  | { readonly ok: false; readonly message: string; readonly empty?: true }

const MOST_NAMES = 10_000
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const RANGE = /^([^[]*)\[([^\]]*)\](.*)$/s

function numbers(from: string, to: string, step: number): string[] | string {
  const padded = from.length > 1 && from.startsWith('0')
  if (padded && from.length !== to.length) return `${from} and ${to} must have as many digits`
  const [first, last] = [Number(from), Number(to)]
  if ((last - first) / step >= MOST_NAMES) return `it gives more than ${MOST_NAMES} hosts`
  const names: string[] = []
  for (let number = first; number <= last; number += step) {
    names.push(padded ? String(number).padStart(from.length, '0') : String(number))
  }
  return names
}

function middle(inside: string): string[] | string {
  const bounds = inside.split(':')
  const [from = '', to = '', stepText = '1'] = bounds
  if (bounds.length < 2 || bounds.length > 3) return 'a range has two or three parts'
  if (to === '') return 'a range needs an end'
  if (!/^\d{1,9}$/.test(stepText) || Number(stepText) < 1) return `"${stepText}" is no step`
  const step = Number(stepText)
  if (/^[A-Za-z]$/.test(from) && /^[A-Za-z]$/.test(to)) {
    const [first, last] = [LETTERS.indexOf(from), LETTERS.indexOf(to)]
    return [...LETTERS].filter((_, index) => index >= first && index <= last && (index - first) % step === 0)
  }
  if (!/^\d{0,15}$/.test(from) || !/^\d{1,15}$/.test(to)) return 'its ends must be two numbers or two letters'
  return numbers(from === '' ? '0' : from, to, step)
}

/** All names that a host entry stands for; several ranges multiply. */
export function expandRange(pattern: string): Expanded {
  const match = RANGE.exec(pattern)
  if (match === null && pattern.includes('[')) return { ok: false, message: `the range in "${pattern}" has no end: ]` }
  if (match === null) return { ok: true, names: [pattern] }
  const [, head = '', inside = '', tail = ''] = match
  const parts = middle(inside)
  const wrong = (why: string) => ({ ok: false as const, message: `the range [${inside}] makes no sense: ${why}` })
  if (typeof parts === 'string') return wrong(parts)
  if (parts.length === 0) {
    const empty = wrong('it is empty, the end comes before the beginning')
    // Of numbers Ansible takes it for nobody; of letters it takes none.
    return /^[A-Za-z]/.test(inside) ? empty : { ...empty, empty: true }
  }
  const rest = expandRange(tail)
  if (!rest.ok) return rest
  if (parts.length * rest.names.length > MOST_NAMES) return wrong(`it gives more than ${MOST_NAMES} hosts`)
  return { ok: true, names: parts.flatMap((part) => rest.names.map((end) => `${head}${part}${end}`)) }
}

/** `nuc1:2222` -> name and port, as in Ansible's inventories. What is no host name to Ansible has no port either. */
export function splitPort(name: string): HostAddress {
  return parseAddress(name) ?? { name, port: null }
}
