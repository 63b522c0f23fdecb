// Ansible's host patterns: web:&prod:!nuc3, *.lan, ~regex, web[0], web[-1], web[0:2].
import type { Fault } from '../model/errors.js'
import type { HostName } from '../model/names.js'
import type { InventoryTree } from './inventory-tree.js'
import { hostsOf } from './membership.js'
import { didYouMean } from './nearest.js'

// As Ansible's split_host_pattern: by commas where there is one, else by colons outside of brackets.
function splitPattern(pattern: string): readonly string[] {
  const parts = pattern.includes(',') ? pattern.split(',') : (pattern.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? [])
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

interface Term {
  readonly kind: 'add' | 'keep' | 'remove'
  readonly text: string
}

// Whatever their order in the text: first what adds, then what keeps, then what removes.
function readTerms(pattern: string): readonly Term[] {
  const terms = splitPattern(pattern).map((part): Term => {
    if (part.startsWith('!')) return { kind: 'remove', text: part.slice(1) }
    return part.startsWith('&') ? { kind: 'keep', text: part.slice(1) } : { kind: 'add', text: part }
  })
  const of = (kind: Term['kind']) => terms.filter((term) => term.kind === kind)
  const adding = of('add')
  return [...(adding.length > 0 ? adding : [{ kind: 'add', text: 'all' } as const]), ...of('keep'), ...of('remove')]
}

class PatternFault extends Error {
  readonly hint: string | null
  constructor(message: string, hint: string | null = null) {
    super(message)
    this.hint = hint
  }
}

const isRegex = (text: string) => text.startsWith('~')
const isGlob = (text: string) => /[.?*[]/.test(text)

/** As Python's fnmatch.translate: `*`, `?`, `[seq]`, `[!seq]`. */
function globExpression(glob: string): RegExp {
  let source = ''
  for (let index = 0; index < glob.length; index += 1) {
    const letter = glob[index] ?? ''
    const end = letter === '[' ? glob.indexOf(']', index + (glob[index + 1] === '!' ? 3 : 2)) : -1
    if (letter === '*') source += '.*'
    else if (letter === '?') source += '.'
    else if (end > 0) {
      const set = glob.slice(index + 1, end).replace(/[\\\]^]/g, '\\$&')
      source += `[${set.startsWith('!') ? `^${set.slice(1)}` : set}]`
      index = end
    } else source += letter.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  }
  return new RegExp(`^(?:${source})$`, 's')
}

function matcher(text: string): (name: string) => boolean {
  try {
    // Ansible anchors a regular expression at the beginning of the name only.
    const expression = isRegex(text) ? new RegExp(`^(?:${text.slice(1)})`) : isGlob(text) ? globExpression(text) : null
    return expression === null ? (name) => name === text : (name) => expression.test(name)
  } catch {
    throw new PatternFault(`${text} is not a regular expression`)
  }
}

interface Subscript {
  readonly base: string
  /** Both included; null: to the end. */
  readonly range: { readonly from: number; readonly to: number | null } | null
}

function readSubscript(text: string): Subscript {
  const match = isRegex(text) ? null : /^(.+)\[(?:(-?\d+)|(\d+)[:-](\d*))\]$/.exec(text)
  if (match === null) return { base: text, range: null }
  const [, base = '', single, from, to] = match
  if (single !== undefined) return { base, range: { from: Number(single), to: Number(single) } }
  return { base, range: { from: Number(from), to: to === '' ? null : Number(to) } }
}

function chosen(hosts: readonly HostName[], range: NonNullable<Subscript['range']>, text: string): readonly HostName[] {
  const from = range.from < 0 ? hosts.length + range.from : range.from
  if (from < 0 || from >= hosts.length) {
    const size = `${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}`
    throw new PatternFault(`${text}: there are ${size}, counted from 0`)
  }
  const to = range.to === null ? hosts.length - 1 : range.to < 0 ? hosts.length + range.to : range.to
  return hosts.slice(from, to + 1)
}

function namesMatching(tree: InventoryTree, base: string): readonly HostName[] {
  const matches = matcher(base)
  const groups = [...tree.groups.keys()].filter(matches)
  const found = groups.flatMap((name) => hostsOf(tree, name))
  const wide = isRegex(base) || isGlob(base)
  if (groups.length === 0 || wide) found.push(...[...tree.hosts.keys()].filter(matches))
  if (groups.length === 0 && found.length === 0 && !wide) {
    const near = didYouMean(base, [...tree.groups.keys(), ...tree.hosts.keys()])
    throw new PatternFault(`"${base}" is no host and no group of the inventory`, near ?? 'hc inventory list shows them')
  }
  return [...new Set(found)]
}

function hostsOfTerm(tree: InventoryTree, text: string): readonly HostName[] {
  if (text === '') throw new PatternFault('a part of the pattern is empty')
  const { base, range } = readSubscript(text)
  const hosts = namesMatching(tree, base)
  return range === null || hosts.length === 0 ? hosts : chosen(hosts, range, text)
}

/**
 * The hosts that a pattern names, in Ansible's order. A fault (without a place: the caller knows where the pattern
 * stands) when a plain name in it is none, or when it names no host at all.
 */
export function matchPattern(tree: InventoryTree, pattern: string): readonly HostName[] | Fault {
  try {
    let hosts: readonly HostName[] = []
    for (const term of readTerms(pattern)) {
      const found = hostsOfTerm(tree, term.text)
      if (term.kind === 'add') hosts = [...new Set([...hosts, ...found])]
      else hosts = hosts.filter((name) => found.includes(name) === (term.kind === 'keep'))
    }
    if (hosts.length > 0) return hosts
    return {
      message: `the pattern "${pattern}" names no host`,
      at: null,
      lineText: null,
      hint: 'hc inventory list shows the hosts and groups',
    }
  } catch (error) {
    if (!(error instanceof PatternFault)) throw error
    return { message: error.message, at: null, lineText: null, hint: error.hint }
  }
}
