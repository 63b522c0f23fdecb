// Regular expressions of constraints, matched in time that grows with the text times the pattern, never faster: they are run
// for every host in every plan, and the backtracking of RegExp takes (a+)+b years. Thompson's construction, with the set of
// states simulated (Thompson: Regular expression search algorithm, CACM 11(6), 1968). One character (a class, an escape, a
// dot) is left to RegExp, which needs no backtracking for it.

/** Instructions of a compiled pattern; the numbers are places of instructions. */
type Step =
  | { readonly kind: 'one'; readonly matches: RegExp }
  | { readonly kind: 'split'; readonly first: number; readonly second: number }
  | { readonly kind: 'jump'; readonly to: number }
  | { readonly kind: 'at'; readonly where: '^' | '$' | '\\b' | '\\B' }
  | { readonly kind: 'end' }

/** A pattern that can be asked. */
export interface Pattern {
  readonly steps: readonly Step[]
}

/** A pattern, or why it is none, as the end of a sentence that begins with the pattern. */
export type ReadPattern =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly message: string; readonly hint: string | null }

type Node =
  | { readonly kind: 'one'; readonly source: string }
  | { readonly kind: 'at'; readonly where: '^' | '$' | '\\b' | '\\B' }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Node[] }
  | { readonly kind: 'repeat'; readonly of: Node; readonly least: number; readonly most: number | null }

/** A pattern of more steps than this is refused: `(a{1000}){1000}` is a million. */
const MOST_STEPS = 2000
const MOST_DEPTH = 50

class Refused extends Error {
  readonly hint: string | null
  constructor(message: string, hint: string | null = null) {
    super(message)
    this.hint = hint
  }
}

/** Reads what RegExp has accepted already, so that only what is not taken here is looked for. */
class Reader {
  readonly #text: readonly string[]
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = [...text]
  }

  whole(): Node {
    return this.#any()
  }

  #peek(): string | undefined {
    return this.#text[this.#at]
  }

  #next(): string {
    this.#at += 1
    return this.#text[this.#at - 1] ?? ''
  }

  #rest(): string {
    return this.#text.slice(this.#at, this.#at + 24).join('')
  }

  #any(): Node {
    const branches: Node[] = [this.#all()]
    while (this.#peek() === '|') {
      this.#at += 1
      branches.push(this.#all())
    }
    return branches.length === 1 && branches[0] ? branches[0] : { kind: 'any', of: branches }
  }

  #all(): Node {
    const parts: Node[] = []
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek()) {
      parts.push(this.#repeated(this.#atom()))
    }
    return { kind: 'all', of: parts }
  }

  #atom(): Node {
    const next = this.#next()
    if (next === '(') return this.#group()
    if (next === '^' || next === '$') return { kind: 'at', where: next }
    if (next === '[') return { kind: 'one', source: this.#class() }
    if (next === '\\') return this.#escape()
    return { kind: 'one', source: next === '.' ? next : literal(next) }
  }

  #group(): Node {
    if (this.#rest().startsWith('?:')) this.#at += 2
    else if (this.#peek() === '?')
      throw new Refused('looks ahead or behind, or names a group', 'write a plain group: ( )')
    this.#depth += 1
    if (this.#depth > MOST_DEPTH) throw new Refused(`has more than ${MOST_DEPTH} groups in one another`)
    const inner = this.#any()
    this.#depth -= 1
    this.#at += 1
    return inner
  }

  #class(): string {
    let source = '['
    for (let next = this.#next(); ; next = this.#next()) {
      source += next
      if (next === '\\') source += this.#next()
      else if (next === ']' || next === '') return source
    }
  }

  #escape(): Node {
    const next = this.#next()
    if (next === 'b' || next === 'B') return { kind: 'at', where: next === 'b' ? '\\b' : '\\B' }
    if (/[1-9k]/.test(next)) throw new Refused('repeats what a group has matched', 'write it out')
    const long = /^(?:x[0-9A-Fa-f]{2}|u\{[0-9A-Fa-f]+\}|u[0-9A-Fa-f]{4}|[pP]\{[^}]*\}|c[A-Za-z])/.exec(
      next + this.#rest(),
    )
    const source = long?.[0] ?? next
    this.#at += [...source].length - 1
    return { kind: 'one', source: `\\${source}` }
  }

  #repeated(node: Node): Node {
    const mark = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/.exec(this.#rest())
    if (mark === null) return node
    this.#at += mark[0].length
    const [sign] = mark[0]
    if (sign !== '{') return { kind: 'repeat', of: node, least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : null }
    const least = Number(mark[1])
    const most = mark[2] === undefined ? least : mark[3] === '' ? null : Number(mark[3])
    return { kind: 'repeat', of: node, least, most }
  }
}

function literal(character: string): string {
  return /[\^$\\.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character
}

class Compiler {
  readonly steps: Step[] = []

  add(step: Step): number {
    if (this.steps.length >= MOST_STEPS)
      throw new Refused('is too long with its repetitions written out', 'write a shorter one')
    return this.steps.push(step) - 1
  }

  put(node: Node): void {
    switch (node.kind) {
      case 'one':
        this.add({ kind: 'one', matches: new RegExp(`^${node.source}$`, 'u') })
        break
      case 'at':
        this.add(node)
        break
      case 'all':
        for (const part of node.of) this.put(part)
        break
      case 'any':
        this.#branches(node.of)
        break
      case 'repeat':
        this.#repeat(node)
    }
  }

  #branches(nodes: readonly Node[]): void {
    const ends: number[] = []
    for (const [index, node] of nodes.entries()) {
      const last = index === nodes.length - 1
      const split = last ? -1 : this.add({ kind: 'jump', to: 0 })
      this.put(node)
      if (last) continue
      ends.push(this.add({ kind: 'jump', to: 0 }))
      this.steps[split] = { kind: 'split', first: split + 1, second: this.steps.length }
    }
    for (const end of ends) this.steps[end] = { kind: 'jump', to: this.steps.length }
  }

  #repeat({ of, least, most }: { readonly of: Node; readonly least: number; readonly most: number | null }): void {
    for (let count = 0; count < least; count += 1) this.put(of)
    if (most === null) {
      const split = this.add({ kind: 'jump', to: 0 })
      this.put(of)
      this.add({ kind: 'jump', to: split })
      this.steps[split] = { kind: 'split', first: split + 1, second: this.steps.length }
      return
    }
    const splits: number[] = []
    for (let count = least; count < most; count += 1) {
      splits.push(this.add({ kind: 'jump', to: 0 }))
      this.put(of)
    }
    for (const split of splits) this.steps[split] = { kind: 'split', first: split + 1, second: this.steps.length }
  }
}

/** Reads a pattern: JavaScript's, without groups that look ahead or behind, names of groups, and back references. */
export function readPattern(text: string): ReadPattern {
  try {
    new RegExp(text, 'u')
  } catch {
    return { ok: false, message: 'is not a regular expression', hint: null }
  }
  try {
    const compiler = new Compiler()
    compiler.put(new Reader(text).whole())
    compiler.add({ kind: 'end' })
    return { ok: true, pattern: { steps: compiler.steps } }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { ok: false, message: error.message, hint: error.hint }
  }
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /^\w$/.test(character)
}

function stands(where: '^' | '$' | '\\b' | '\\B', text: readonly string[], at: number): boolean {
  if (where === '^') return at === 0
  if (where === '$') return at === text.length
  return (isWord(text[at - 1]) !== isWord(text[at])) === (where === '\\b')
}

/** Is the pattern somewhere in the text? As RegExp's `test` with the flag u. */
export function hasPattern({ steps }: Pattern, text: string): boolean {
  const characters = [...text]
  let states = new Set<number>()
  for (let at = 0; ; at += 1) {
    // A match may begin at each place, so the first step is always among those that are open.
    const open = [...states, 0]
    const here = new Set<number>()
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      const step = steps[state]
      if (step === undefined || here.has(state)) continue
      here.add(state)
      if (step.kind === 'end') return true
      if (step.kind === 'jump') open.push(step.to)
      else if (step.kind === 'split') open.push(step.first, step.second)
      else if (step.kind === 'at' && stands(step.where, characters, at)) open.push(state + 1)
    }
    const next = characters[at]
    if (next === undefined) return false
    states = new Set()
    for (const state of here) {
      const step = steps[state]
      if (step?.kind === 'one' && step.matches.test(next)) states.add(state + 1)
    }
  }
}
