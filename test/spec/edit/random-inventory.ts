// Inventories by chance, written in many styles, each with what it means: for the property tests of edits.
import type { InventoryEdit } from '../../../src/model/inventory-edit.js'

/** What an inventory means: no more than edits change. */
export interface Meaning {
  /** Host -> its own variables. */
  readonly hosts: Map<string, Map<string, unknown>>
  /** Group -> parent, members, variables. */
  readonly groups: Map<string, { parent: string; hosts: Set<string>; vars: Map<string, unknown> }>
}

/** A source of chance: 0 up to below `n`. */
export type Dice = (n: number) => number

/** Marsaglia's xorshift, so that a seed tells everything. */
export function diceOf(seed: number): Dice {
  let state = seed | 0 || 1
  return (n) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % n
  }
}

const GROUPS = ['web', 'db', 'edge'] as const

function randomMeaning(dice: Dice): Meaning {
  const groups: Meaning['groups'] = new Map([['all', { parent: '', hosts: new Set(), vars: new Map() }]])
  for (const name of GROUPS.slice(0, 1 + dice(3))) {
    const parent = name === 'edge' && dice(2) === 0 ? 'web' : 'all'
    groups.set(name, { parent, hosts: new Set(), vars: new Map() })
  }
  const hosts: Meaning['hosts'] = new Map()
  const names = [...groups.keys()]
  for (let index = 1; index <= 1 + dice(6); index += 1) {
    const host = `h${index}`
    const vars = new Map<string, unknown>()
    for (let count = dice(4); count > 0; count -= 1) vars.set(`v_${host}_${count}`, randomValue(dice))
    hosts.set(host, vars)
    groups.get(names[dice(names.length)] ?? 'all')?.hosts.add(host)
    if (dice(3) === 0) groups.get(names[dice(names.length)] ?? 'all')?.hosts.add(host)
  }
  for (const [name, { vars }] of groups) {
    for (let count = dice(3); count > 0; count -= 1) vars.set(`g_${name}_${count}`, randomValue(dice))
  }
  return { hosts, groups }
}

function randomValue(dice: Dice): unknown {
  return [8080, 'text', 'it is: so', "it's", true, null, '', 'a, b', '010', ['x', 'y'], { k: 1, l: '#' }][dice(11)]
}

interface Style {
  readonly step: number
  readonly eol: string
  readonly comments: number
  readonly flow: number
  readonly dice: Dice
  written: Set<string>
}

function scalar(value: unknown, { dice }: Style): string {
  if (typeof value !== 'string') return value === null && dice(2) === 0 ? '~' : JSON.stringify(value)
  const plain = /^[a-z ]+$/.test(value)
  const ways = [JSON.stringify(value), `'${value.replaceAll("'", "''")}'`, ...(plain ? [value] : [])]
  return ways[dice(ways.length)] ?? ''
}

function comment(lines: string[], indent: string, style: Style): void {
  if (style.dice(100) >= style.comments) return
  const kinds = ['# a word', '#no space', '', '# key: value', `${' '.repeat(2)}# deeper`, '# - "quote\' {', '   ']
  const kind = kinds[style.dice(kinds.length)] ?? ''
  lines.push(kind.trim() === '' ? kind : indent + kind)
}

function behind(style: Style): string {
  return style.dice(100) < style.comments / 2 ? (['  # why', ' # {x: [', '\t# tab'][style.dice(3)] ?? '') : ''
}

function key(name: string, { dice }: Style): string {
  return dice(8) === 0 ? `"${name}"` : dice(8) === 0 ? `'${name}'` : name
}

/** The variables of a host or group below their key, or behind it in braces. */
function mapping(lines: string[], head: string, vars: Map<string, unknown>, indent: string, style: Style): void {
  if (vars.size === 0) {
    lines.push(`${head}${['', ' {}', ' ~', ' { }'][style.dice(4)]}${behind(style)}`)
  } else if (style.dice(100) < style.flow) {
    const gap = style.dice(3) === 0 ? ' ' : ''
    const inner = [...vars].map(([name, value]) => `${key(name, style)}: ${scalar(value, style)}`).join(', ')
    lines.push(`${head} {${gap}${inner}${style.dice(6) === 0 ? ',' : ''}${gap}}${behind(style)}`)
  } else {
    lines.push(head + behind(style))
    for (const [name, value] of vars) {
      comment(lines, indent, style)
      lines.push(`${indent}${key(name, style)}:${' '.repeat(1 + style.dice(2))}${scalar(value, style)}${behind(style)}`)
    }
    comment(lines, indent, style)
  }
}

function renderGroup(lines: string[], name: string, meaning: Meaning, depth: number, style: Style): void {
  const group = meaning.groups.get(name)
  if (group === undefined) return
  const at = (levels: number) => ' '.repeat(style.step * (depth + levels))
  const children = [...meaning.groups].filter(([, { parent }]) => parent === name).map(([child]) => child)
  const inside: string[] = []
  if (group.vars.size > 0) mapping(inside, `${at(1)}vars:`, group.vars, at(2), style)
  comment(inside, at(1), style)
  if (group.hosts.size > 0) {
    inside.push(`${at(1)}${key('hosts', style)}:${behind(style)}`)
    for (const host of group.hosts) {
      comment(inside, at(2), style)
      const first = !style.written.has(host)
      style.written.add(host)
      mapping(
        inside,
        `${at(2)}${key(host, style)}:`,
        first ? (meaning.hosts.get(host) ?? new Map()) : new Map(),
        at(3),
        style,
      )
    }
  }
  if (children.length > 0) {
    inside.push(`${at(1)}children:`)
    for (const child of children) renderGroup(inside, child, meaning, depth + 2, style)
  }
  const empty = inside.every((line) => line.trim() === '' || line.trim().startsWith('#'))
  lines.push(`${at(0)}${key(name, style)}:${empty ? '' : behind(style)}`, ...inside)
}

/** An inventory as a text and as what it means. */
export function randomInventory(dice: Dice): { readonly text: string; readonly meaning: Meaning } {
  const meaning = randomMeaning(dice)
  if (dice(8) === 0) return { text: jsonText(meaning, dice), meaning }
  const style: Style = {
    step: dice(3) === 0 ? 4 : 2,
    eol: dice(5) === 0 ? '\r\n' : '\n',
    comments: [0, 20, 60][dice(3)] ?? 0,
    flow: [0, 30, 100][dice(3)] ?? 0,
    dice,
    written: new Set(),
  }
  const lines: string[] = dice(4) === 0 ? ['---'] : []
  comment(lines, '', style)
  renderGroup(lines, 'all', meaning, 0, style)
  comment(lines, '', style)
  const text = lines.join(style.eol) + (dice(6) === 0 ? '' : style.eol)
  return { text: (dice(10) === 0 ? '\ufeff' : '') + text, meaning }
}

function jsonText(meaning: Meaning, dice: Dice): string {
  const written = new Set<string>()
  const group = (name: string): unknown => {
    const { hosts, vars } = meaning.groups.get(name) ?? { hosts: new Set<string>(), vars: new Map() }
    const children = [...meaning.groups].filter(([, { parent }]) => parent === name).map(([child]) => child)
    const own = [...hosts].map((host) => {
      const first = !written.has(host)
      written.add(host)
      return [host, Object.fromEntries(first ? (meaning.hosts.get(host) ?? []) : [])]
    })
    return {
      ...(vars.size > 0 && { vars: Object.fromEntries(vars) }),
      ...(hosts.size > 0 && { hosts: Object.fromEntries(own) }),
      ...(children.length > 0 && { children: Object.fromEntries(children.map((child) => [child, group(child)])) }),
    }
  }
  return JSON.stringify({ all: group('all') }, null, [0, 2, 4][dice(3)] ?? 2)
}

/** An edit that makes sense for it, done to the meaning too; `words`: what changed lines may be about. */
export function randomEdit(
  { hosts, groups }: Meaning,
  dice: Dice,
): { readonly edit: InventoryEdit; readonly words: readonly string[] } {
  const some = <T>(all: Iterable<T>, fallback: T): T => [...all][dice([...all].length || 1)] ?? fallback
  const host = some(hosts.keys(), 'h1')
  const group = some(groups.keys(), 'all')
  switch (dice(7)) {
    case 0: {
      hosts.set('new', new Map([['v_new_1', 1]]))
      groups.get(group)?.hosts.add('new')
      return {
        edit: { kind: 'add', names: ['new'], groups: group === 'all' ? [] : [group], assignments: ['v_new_1=1'] },
        words: ['new'],
      }
    }
    case 1: {
      const words = [host, ...(hosts.get(host)?.keys() ?? [])]
      hosts.delete(host)
      for (const each of groups.values()) each.hosts.delete(host)
      return { edit: { kind: 'remove', hosts: [host] }, words }
    }
    case 2: {
      const vars = hosts.get(host)
      const name = some(vars?.keys() ?? [], `v_${host}_9`)
      vars?.set(name, 'a: b')
      return { edit: { kind: 'set', target: host, assignments: [`${name}=a: b`] }, words: [host, name] }
    }
    case 3: {
      const vars = groups.get(group)?.vars
      const name = some(vars?.keys() ?? [], `g_${group}_9`)
      vars?.set(name, 12)
      return { edit: { kind: 'set', target: group, assignments: [`${name}=12`] }, words: [group] }
    }
    case 4: {
      const vars = hosts.get(host)
      const name = some(vars?.keys() ?? [], 'none')
      vars?.delete(name)
      return { edit: { kind: 'unset', target: host, keys: [name] }, words: [host, name] }
    }
    case 5: {
      const vars = hosts.get(host) ?? new Map()
      hosts.delete(host)
      hosts.set('other', vars)
      for (const each of groups.values()) if (each.hosts.delete(host)) each.hosts.add('other')
      return { edit: { kind: 'rename', from: host, to: 'other' }, words: [host, 'other'] }
    }
    default: {
      groups.get(group)?.hosts.add(host)
      return { edit: { kind: 'group-add', name: group, hosts: [host], parent: null }, words: [host, group] }
    }
  }
}
