// What Python's ast.literal_eval makes of a text: how Ansible reads values in INI inventories.
import { floatText } from './python-text.js'
import type { Place, Report } from './source.js'
import type { Entry, Value } from './value.js'

/** The text is no literal of Python: it stays text. */
class NoLiteral extends Error {}
/** It is one, but has a list or mapping where Python takes none: Ansible fails on that. */
class Unhashable extends Error {}

const NUMBER =
  /^(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:(?:\d(?:_?\d)*)?\.\d(?:_?\d)*|\d(?:_?\d)*\.?)(?:[eE][-+]?\d(?:_?\d)*)?)/
const INTEGER = /^(?:0(?:_?0)*|[1-9](?:_?\d)*|0[xXbBoO].*)$/
const STRING = /^(?:[uU]|[rR][bB]?|[bB][rR]?)?(?='|")/
const DEEPEST = 90

class LiteralReader {
  private at = 0
  private depth = 0

  constructor(
    private readonly text: string,
    private readonly place: Place,
  ) {}

  readAll(): Value {
    this.skip()
    const first = this.value()
    this.skip()
    // `80,443` is a tuple without brackets.
    const whole = this.peek() === ',' ? this.list(this.tail(first, '')) : first
    this.skip()
    if (this.at < this.text.length) throw new NoLiteral()
    return whole
  }

  private peek(): string {
    return this.text[this.at] ?? ''
  }

  private skip(): void {
    const inside = this.depth > 0 ? /[ \t\f\n\r]|#[^\n]*/y : /[ \t\f]|#[^\n]*/y
    for (;;) {
      inside.lastIndex = this.at
      const match = inside.exec(this.text)
      if (match === null || match[0] === '') return
      this.at += match[0].length
    }
  }

  private scalar(value: string | number | boolean | null, text: string): Value {
    return { kind: 'scalar', value, text, place: this.place }
  }

  private list(items: readonly Value[]): Value {
    return { kind: 'list', items, place: this.place }
  }

  private value(): Value {
    const letter = this.peek()
    if ('[({'.includes(letter) && letter !== '') return this.brackets(letter)
    const rest = this.text.slice(this.at)
    if (STRING.test(rest)) return this.strings()
    if (/^[-+]/.test(letter) || /^\.?\d/.test(rest)) return this.number()
    const word = /^(?:True|False|None|\.\.\.)(?![\p{L}\p{N}_])/u.exec(rest)?.[0]
    if (word === undefined) return this.emptySet(rest)
    this.at += word.length
    if (word === '...') return this.scalar(word, word)
    return this.scalar(word === 'None' ? null : word === 'True', word)
  }

  private emptySet(rest: string): Value {
    const match = /^set[ \t]*\([ \t]*\)/.exec(rest)
    if (match === null) throw new NoLiteral()
    this.at += match[0].length
    return this.list([])
  }

  private number(): Value {
    const sign = this.peek() === '-' || this.peek() === '+' ? this.peek() : ''
    this.at += sign.length
    if (sign !== '') this.skip()
    const written = NUMBER.exec(this.text.slice(this.at))?.[0]
    if (written === undefined) throw new NoLiteral()
    this.at += written.length
    const float = !/^0[xXbBoO]/.test(written) && /[.eE]/.test(written)
    // `1a`, `1j`, 1.2.3, and 010, which Python 3 refuses.
    const faulty = !float && /^\d/.test(written) && !INTEGER.test(written)
    if (faulty || /^[\p{L}\p{N}_.]/u.test(this.peek())) throw new NoLiteral()
    const digits = written.replaceAll('_', '').replace(/^0+(?=\d)/, '')
    const value = Number(digits) * (sign === '-' ? -1 : 1)
    if (!float) return this.scalar(value, `${sign === '-' && value !== 0 ? '-' : ''}${BigInt(digits)}`)
    return this.scalar(value, floatText(value))
  }

  private strings(): Value {
    let text = ''
    const bytes = /^r?b/i.test(this.text.slice(this.at, this.at + 2))
    for (let more = true; more; ) {
      text += this.oneString()
      const before = this.at
      this.skip()
      more = STRING.test(this.text.slice(this.at))
      if (!more) this.at = before
    }
    // To Ansible only what it reads as text may hold Jinja.
    const json = { __ansible_unsafe: text }
    return bytes ? { kind: 'opaque', tag: '!unsafe', text, json, place: this.place } : this.scalar(text, text)
  }

  private oneString(): string {
    const prefix = STRING.exec(this.text.slice(this.at))?.[0] ?? ''
    this.at += prefix.length
    const quote = this.text.startsWith(this.peek().repeat(3), this.at) ? this.peek().repeat(3) : this.peek()
    this.at += quote.length
    let inside = ''
    while (!this.text.startsWith(quote, this.at)) {
      const letter = this.peek()
      if (letter === '' || (letter === '\n' && quote.length === 1)) throw new NoLiteral()
      const length = letter === '\\' ? 2 : 1
      inside += this.text.slice(this.at, this.at + length)
      this.at += length
    }
    this.at += quote.length
    return /r/i.test(prefix) ? inside : unescaped(inside)
  }

  private brackets(open: string): Value {
    if (++this.depth > DEEPEST) throw new NoLiteral()
    this.at += 1
    const value = open === '{' ? this.braces() : this.sequence(open)
    this.depth -= 1
    return value
  }

  private sequence(open: string): Value {
    const close = open === '[' ? ']' : ')'
    this.skip()
    if (this.take(close)) return this.list([])
    const first = this.value()
    this.skip()
    // Brackets around one value are only brackets.
    if (open === '(' && this.take(close)) return first
    return this.list(this.tail(first, close))
  }

  /** What follows the first item, up to `close`; for a tuple without brackets up to the end. */
  private tail(first: Value, close: string): Value[] {
    const items = [first]
    for (;;) {
      this.skip()
      if (this.ends(close)) return items
      if (!this.take(',')) throw new NoLiteral()
      this.skip()
      if (this.ends(close)) return items
      items.push(this.value())
    }
  }

  private ends(close: string): boolean {
    return close === '' ? this.at >= this.text.length : this.take(close)
  }

  private take(letter: string): boolean {
    if (this.peek() !== letter) return false
    this.at += 1
    return true
  }

  private braces(): Value {
    this.skip()
    if (this.take('}')) return { kind: 'map', entries: [], place: this.place }
    const first = this.value()
    this.skip()
    if (this.peek() !== ':') return this.list(unique(this.tail(hashable(first), '}').map(hashable)))
    const entries = new Map<string, Entry>()
    for (let key = first; ; ) {
      this.skip()
      if (!this.take(':')) throw new NoLiteral()
      this.skip()
      const entry = entryOf(hashable(key), this.value(), this.place)
      entries.set(entry.key, entry)
      this.skip()
      if (this.take('}')) break
      if (!this.take(',')) throw new NoLiteral()
      this.skip()
      if (this.take('}')) break
      key = this.value()
    }
    return { kind: 'map', entries: [...entries.values()], place: this.place }
  }
}

function hashable(value: Value): Value {
  if (value.kind !== 'scalar') throw new Unhashable()
  return value
}

function unique(items: readonly Value[]): Value[] {
  const seen = new Map(items.map((item) => [item.kind === 'scalar' ? item.value : item, item]))
  return [...seen.values()]
}

function entryOf(key: Value, value: Value, place: Place): Entry {
  if (key.kind !== 'scalar' || typeof key.value === 'string') {
    return { key: key.kind === 'scalar' ? key.text : '', place, value }
  }
  const name = typeof key.value === 'number' ? key.text : String(key.value)
  return { key: name, place, value, notText: true }
}

const PLAIN: Readonly<Record<string, string>> = {
  ...{ '\\': '\\', "'": "'", '"': '"', '\n': '', n: '\n', r: '\r', t: '\t' },
  ...{ a: '\x07', b: '\b', f: '\f', v: '\v' },
}

function unescaped(text: string): string {
  return text.replace(
    /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g,
    (whole, octal, byte, short, long, letter) => {
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
      const code = byte ?? short ?? long
      if (code !== undefined) {
        const point = Number.parseInt(code, 16)
        if (point > 0x10ffff) throw new NoLiteral()
        return String.fromCodePoint(point)
      }
      // Half an escape is no literal; an unknown one stays as it is.
      if ('xuUN'.includes(letter)) throw new NoLiteral()
      return PLAIN[letter] ?? whole
    },
  )
}

/** The value that a text is to Python, or the text itself where it is no literal. */
export function readLiteral(text: string, place: Place, report: Report): Value {
  try {
    return new LiteralReader(text.replace(/^[ \t]+/, ''), place).readAll()
  } catch (error) {
    if (error instanceof Unhashable) {
      report.add(
        place,
        'a list or mapping can be no key and no part of a set',
        'put the value in quotes, twice: "\'...\'"',
      )
    } else if (!(error instanceof NoLiteral)) throw error
    return { kind: 'scalar', value: text, text, place }
  }
}
