// Ansible's host patterns, as its inventory/manager.py reads them: web:&prod:!nuc3, *.lan, ~regex, web[0], web[0:2].
import type { Fault } from '../model/errors.js'
import type { HostName } from '../model/names.js'
import { parseAddress } from './addresses.js'
import { globExpression, pythonExpression } from './globs.js'
import type { InventoryTree } from './inventory-tree.js'
import { hostsOf } from './membership.js'
import { didYouMean } from './nearest.js'

/** Texts of the files that `@FILE` in a limit names, by that name. */
export type LimitFiles = ReadonlyMap<string, string>

// As split_host_pattern: by commas where there is one; else, where the whole is no host name, by colons outside of brackets.
function splitPattern(pattern: string): readonly string[] {
  const parts = pattern.includes(',')
    ? pattern.split(',')
    : parseAddress(pattern) !== null
      ? [pattern]
      : (pattern.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? [])
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

/** The files that `@FILE` parts of a limit name, for the caller to read. */
export function limitFiles(limit: string): readonly string[] {
  return splitPattern(limit).flatMap((part) => (part.startsWith('@') ? [part.slice(1)] : []))
}

// One pattern per line, each as a whole: no commas or colons divide it.
function withFiles(parts: readonly string[], files: LimitFiles | null): readonly string[] {
  if (files === null) return parts
  return parts.flatMap((part) => {
    if (!part.startsWith('@')) return [part]
    const text = files.get(part.slice(1))
    if (text === undefined) throw new PatternFault(`the file ${part.slice(1)} cannot be read`)
    return text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
  })
}

interface Term {
  readonly kind: 'add' | 'keep' | 'remove'
  readonly text: string
}

// Whatever their order in the text: first what adds, then what keeps, then what removes.
function orderTerms(parts: readonly string[]): readonly Term[] {
  const terms = parts.map((part): Term => {
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

const LOCALHOST: readonly string[] = ['127.0.0.1', 'localhost', '::1']
const isWide = (text: string) => text.startsWith('~') || /[.?*[]/.test(text)

function matcher(text: string): (name: string) => boolean {
  try {
    const expression = text.startsWith('~') ? pythonExpression(text.slice(1)) : globExpression(text)
    return (name) => {
      expression.lastIndex = 0
      return expression.test(name)
    }
  } catch {
    throw new PatternFault(`${text} is not a regular expression`)
  }
}

interface Subscript {
  readonly base: string
  /** Both included; null: one host, or to the end. */
  readonly range: { readonly from: number; readonly to: number | 'end' | null } | null
}

function readSubscript(text: string): Subscript {
  const match = text.startsWith('~') ? null : /^(.+)\[(?:(-?\d+)|(\d+)[:-](\d*))\]$/s.exec(text)
  if (match === null) return { base: text, range: null }
  const [, base = '', single, from, to] = match
  if (single !== undefined) return { base, range: { from: Number(single), to: null } }
  // An end of 0 is none to Ansible: x:0 is the one host x.
  return { base, range: { from: Number(from), to: to === '' ? 'end' : Number(to) || null } }
}

function chosen(hosts: readonly HostName[], range: NonNullable<Subscript['range']>, text: string): readonly HostName[] {
  if (range.to !== null) return hosts.slice(range.from, range.to === 'end' ? hosts.length : range.to + 1)
  const host = hosts.at(range.from)
  if (host !== undefined) return [host]
  const count = new Set(hosts).size
  const size = count === 1 ? 'is 1 host' : `are ${count} hosts`
  throw new PatternFault(`${text}: there ${size}, counted from 0`)
}

// A plain name that is none: Ansible warns and goes on, which would act on more hosts than were meant.
function refuseUnknown(tree: InventoryTree, base: string, kind: Term['kind']): void {
  const local = LOCALHOST.includes(base)
  // `all:!localhost` is what people write to be on the safe side.
  if (local && kind === 'remove') return
  const near = didYouMean(base, [...tree.groups.keys(), ...tree.hosts.keys()])
  const hint = local
    ? `hc knows no implicit ${base}: put this machine into the inventory, with ansible_connection: local`
    : (near ?? 'hc inventory list shows them')
  throw new PatternFault(`"${base}" is no host and no group of the inventory`, hint)
}

// A host that is in several of the groups is there several times, and Ansible counts [INDEX] so.
function namesMatching(tree: InventoryTree, base: string, kind: Term['kind']): readonly HostName[] {
  const matches = matcher(base)
  const groups = [...tree.groups.keys()].filter(matches)
  const found = groups.flatMap((name) => hostsOf(tree, name))
  const wide = isWide(base)
  if (groups.length === 0 || wide) found.push(...[...tree.hosts.keys()].filter(matches))
  const plain = !base.startsWith('~') && !/[?*[]/.test(base)
  if (groups.length === 0 && found.length === 0 && plain) refuseUnknown(tree, base, kind)
  return found
}

function hostsOfTerm(tree: InventoryTree, { kind, text }: Term): readonly HostName[] {
  if (text === '') throw new PatternFault('a part of the pattern is empty')
  // A host comes before a group of its name, but not where it is to be left out or to be kept.
  if (kind === 'add' && tree.hosts.has(text)) return [text]
  const { base, range } = readSubscript(text)
  const hosts = namesMatching(tree, base, kind)
  return range === null || hosts.length === 0 ? hosts : chosen(hosts, range, text)
}

/**
 * The hosts that a pattern names, in Ansible's order. A fault (without a place: the caller knows where the pattern
 * stands) when a plain name in it is none, or when it names no host at all. With `files` it is a limit, in which
 * `@FILE` stands for the lines of a file.
 */
export function matchPattern(
  tree: InventoryTree,
  pattern: string,
  files: LimitFiles | null = null,
): readonly HostName[] | Fault {
  try {
    let hosts: readonly HostName[] = []
    for (const term of orderTerms(withFiles(splitPattern(pattern), files))) {
      const found = new Set(hostsOfTerm(tree, term))
      if (term.kind === 'add') hosts = [...new Set([...hosts, ...found])]
      else hosts = hosts.filter((name) => found.has(name) === (term.kind === 'keep'))
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
