// JSON text -> Value, with places: the fast way into what the shapes read. Strict, and no key twice.
import type { Report } from './source.js'
import { type Place, Source } from './source.js'
import type { Entry, ScalarValue, Value } from './value.js'

/** Deeper than anything that hc reads, and far from where the stack ends. */
const DEEPEST = 100
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y
const PLAIN = /^-?\d{1,16}(?:\.\d{1,12})?$/
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y
/** A JSON number is a double: of the digits of one these are exact, what follows is noise (0.1 + 0.2). */
const EXACT_DIGITS = 15

class Fault extends Error {
  readonly offset: number
  readonly hint: string | null

  constructor(message: string, offset: number, hint: string | null = null) {
    super(message)
    this.offset = offset
    this.hint = hint
  }
}

/** Without exponent: what the readers of amounts take. */
function decimalText(value: number): string {
  const [digits = '0', exponent = '0'] = value.toExponential(EXACT_DIGITS - 1).split('e')
  const sign = digits.startsWith('-') ? '-' : ''
  const [whole = '0', fraction = ''] = digits
    .replace('-', '')
    .replace(/\.?0+$/, '')
    .split('.')
  const all = whole + fraction
  const point = 1 + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${all}`
  return all.length <= point ? `${sign}${all.padEnd(point, '0')}` : `${sign}${all.slice(0, point)}.${all.slice(point)}`
}

class Reader {
  private at = 0
  private depth = 0

  constructor(
    private readonly source: Source,
    private readonly text: string,
    private readonly report: Report,
  ) {}

  whole(): Value {
    if (this.text.charCodeAt(0) === 0xfeff) this.at = 1
    const value = this.value()
    this.blank()
    if (this.at < this.text.length) throw new Fault('more follows after the end of the JSON value', this.at)
    return value
  }

  private place(offset: number): Place {
    return { source: this.source, offset }
  }

  private blank(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at)
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return
      this.at += 1
    }
  }

  private value(): Value {
    this.blank()
    const code = this.text.charCodeAt(this.at)
    if (code === 0x7b) return this.nested(() => this.object())
    if (code === 0x5b) return this.nested(() => this.list())
    const offset = this.at
    if (code === 0x22) {
      const text = this.string()
      return { kind: 'scalar', value: text, text, place: this.place(offset) }
    }
    if (code === 0x2d || (code >= 0x30 && code <= 0x39)) return this.number()
    return this.word()
  }

  private nested(read: () => Value): Value {
    this.depth += 1
    if (this.depth > DEEPEST) throw new Fault('the JSON is nested too deeply', this.at)
    const value = read()
    this.depth -= 1
    return value
  }

  private object(): Value {
    const place = this.place(this.at)
    const entries = new Map<string, Entry>()
    this.at += 1
    this.blank()
    if (this.text[this.at] === '}') this.at += 1
    else
      do this.entry(entries)
      while (this.more('}', 'field'))
    return { kind: 'map', entries: [...entries.values()], place }
  }

  private entry(entries: Map<string, Entry>): void {
    this.blank()
    const place = this.place(this.at)
    if (this.text[this.at] !== '"') throw this.unexpected('a field name in double quotes')
    const key = this.string()
    this.blank()
    if (this.text[this.at] !== ':') throw this.unexpected(`":" after "${key}"`)
    this.at += 1
    const value = this.value()
    const first = entries.get(key)
    if (first === undefined) entries.set(key, { key, place, value })
    else {
      const { line, column } = this.source.at(first.place.offset)
      const message = `"${key}" stands here a second time; the first is in line ${line}, column ${column}`
      this.report.add(place, message, 'keep one of the two')
    }
  }

  private list(): Value {
    const place = this.place(this.at)
    const items: Value[] = []
    this.at += 1
    this.blank()
    if (this.text[this.at] === ']') this.at += 1
    else
      do items.push(this.value())
      while (this.more(']', 'value'))
    return { kind: 'list', items, place }
  }

  /** After a part: is there another one? */
  private more(end: '}' | ']', part: string): boolean {
    this.blank()
    const next = this.text[this.at]
    if (next !== ',' && next !== end) throw this.unexpected(`"," or "${end}"`)
    const comma = this.at
    this.at += 1
    if (next === end) return false
    this.blank()
    if (this.text[this.at] === end) throw new Fault(`this "," has no ${part} after it`, comma, 'remove it')
    return true
  }

  private string(): string {
    const start = this.at
    for (let end = start + 1; end < this.text.length; end += 1) {
      const code = this.text.charCodeAt(end)
      if (code === 0x5c) end += 1
      else if (code < 0x20) break
      else if (code === 0x22) {
        this.at = end + 1
        const inner = this.text.slice(start + 1, end)
        return inner.includes('\\') ? this.unescaped(start, end + 1) : inner
      }
    }
    throw new Fault('this text has no closing quote in its line', start)
  }

  private unescaped(start: number, end: number): string {
    try {
      return String(JSON.parse(this.text.slice(start, end)))
    } catch {
      throw new Fault('a "\\" in this text begins no escape of JSON', start, 'write "\\\\" for the character itself')
    }
  }

  private number(): ScalarValue {
    const place = this.place(this.at)
    NUMBER.lastIndex = this.at
    const written = NUMBER.exec(this.text)?.[0]
    const after = this.at + (written?.length ?? 0)
    if (written === undefined || /[\w.]/.test(this.text.charAt(after))) {
      const shown = /[-+\w.]*/.exec(this.text.slice(this.at, this.at + 40))?.[0] ?? ''
      throw new Fault(
        `"${shown}" is no number of JSON`,
        this.at,
        'an amount with a unit stands in double quotes: "512Mi"',
      )
    }
    this.at = after
    const value = Number(written)
    const text = PLAIN.test(written) || !Number.isFinite(value) ? written : decimalText(value)
    return { kind: 'scalar', value, text, place }
  }

  private word(): ScalarValue {
    const place = this.place(this.at)
    WORD.lastIndex = this.at
    const word = WORD.exec(this.text)?.[0]
    if (word !== 'true' && word !== 'false' && word !== 'null') throw this.unexpected('a value')
    this.at += word.length
    const value = word === 'null' ? null : word === 'true'
    return { kind: 'scalar', value, text: word, place }
  }

  private unexpected(wanted: string): Fault {
    const char = this.text.charAt(this.at)
    if (char === '') return new Fault(`the JSON ends where ${wanted} is expected`, this.at)
    WORD.lastIndex = this.at
    const word = WORD.exec(this.text)?.[0] ?? char
    const hint = /['A-Za-z_]/.test(char) ? 'JSON has text and names in double quotes' : null
    return new Fault(`this is not JSON: ${wanted} is expected, not ${JSON.stringify(word.slice(0, 40))}`, this.at, hint)
  }
}

/**
 * Reads a JSON text. The text of a number is as it is written, but without exponent and without the noise of a double.
 * null where the syntax is faulty, which is then in the report; a key that stands twice is reported too, and the first counts.
 */
export function readJson(file: string, text: string, report: Report): Value | null {
  const source = new Source(file, text)
  try {
    return new Reader(source, text, report).whole()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    report.add({ source, offset: error.offset }, error.message, error.hint)
    return null
  }
}
