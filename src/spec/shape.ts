// What a value may be: one definition that reads it, says what is wrong with it, and describes it for editors.
import type { Json } from '../model/host.js'
import type { Amount } from './quantity.js'
import type { Place, Report } from './source.js'
import { describe, isNull, type MapValue, type Scalar, type Value } from './value.js'

/** A JSON Schema (2020-12). */
export type JsonSchema = { readonly [key: string]: Json }

/** Reads one kind of value. */
export interface Shape<T> {
  readonly schema: JsonSchema
  /** The value, or undefined where it is faulty: then the report says why. `name` is the field, for sentences. */
  read(value: Value, report: Report, name: string): T | undefined
}

/** What a checker of a value finds: nothing, or a sentence with a hint. */
export type Objection = { readonly message: string; readonly hint?: string | null } | null

/** Reports that the value is of the wrong kind. */
export function refuse(
  value: Value,
  report: Report,
  name: string,
  wanted: string,
  hint: string | null = null,
): undefined {
  if (value.kind === 'opaque') {
    report.add(value.place, `${name} must be readable by hc, and a ${value.tag} value is for Ansible only`, hint)
  } else report.add(value.place, `${name} must be ${wanted}, not ${describe(value)}`, hint)
  return undefined
}

/** Adds a check, or a change, to a shape. `change` returns undefined after it has reported a fault. */
export function refine<T, U>(
  shape: Shape<T>,
  change: (read: T, place: Place, report: Report, name: string) => U | undefined,
  schema: JsonSchema = {},
): Shape<U> {
  return {
    schema: { ...shape.schema, ...schema },
    read(value, report, name) {
      const read = shape.read(value, report, name)
      return read === undefined ? undefined : change(read, value.place, report, name)
    },
  }
}

/** What a schema can't say by its own words, for docs/jobs.md and docs/variables.md. */
function remark(wanted: string | undefined): JsonSchema {
  return wanted === undefined || wanted === 'text' ? {} : { $comment: wanted }
}

/** Characters that can't stand in a line of a unit file or of a command. */
const LINE_BREAKS = /[\0-\x08\x0a-\x1f\x7f\x85\u2028\u2029]/

/** Text. Numbers are taken as they are written; so are truth values where `loose`. */
export function text(
  options: {
    readonly pattern?: RegExp
    /** What the pattern asks for: `a name of lower-case letters`. */
    readonly wanted?: string
    readonly hint?: string
    readonly loose?: boolean
    /** `line` refuses line breaks and control characters, `any` only NUL. */
    readonly holds?: 'line' | 'any'
    readonly empty?: boolean
    readonly check?: (text: string) => Objection
  } = {},
): Shape<string> {
  const wanted = options.wanted ?? 'text'
  const types: Json = options.loose ? ['string', 'number', 'boolean'] : ['string', 'number']
  const pattern = options.pattern === undefined ? {} : { pattern: options.pattern.source }
  return {
    schema: { type: types, ...pattern, ...remark(options.wanted) },
    read(value, report, name) {
      if (value.kind !== 'scalar' || value.value === null) return refuse(value, report, name, wanted, options.hint)
      if (typeof value.value === 'boolean' && !options.loose) {
        const hint = options.hint ?? `put it in quotes if it is meant as text: "${value.text}"`
        return refuse(value, report, name, wanted, hint)
      }
      const read = value.text
      const add = (message: string, hint: string | null = null) => {
        report.add(value.place, message, hint ?? options.hint ?? null)
        return undefined
      }
      if (read.includes('\0')) return add(`${name} holds a NUL character`)
      if (options.holds !== 'any' && LINE_BREAKS.test(read))
        return add(`${name} holds a line break or control character`)
      if (read === '' && !options.empty) return add(`${name} is empty`)
      if (options.pattern !== undefined && !options.pattern.test(read))
        return refuse(value, report, name, wanted, options.hint)
      const objection = options.check?.(read) ?? null
      return objection === null ? read : add(objection.message, objection.hint)
    },
  }
}

/** true or false. */
export const flag: Shape<boolean> = {
  schema: { type: 'boolean' },
  read(value, report, name) {
    if (value.kind === 'scalar' && typeof value.value === 'boolean') return value.value
    return refuse(value, report, name, 'true or false')
  },
}

/** A whole number within bounds, both included. */
export function integer(least: number, most: number): Shape<number> {
  return {
    schema: { type: 'integer', minimum: least, maximum: most },
    read(value, report, name) {
      const wanted = `a whole number from ${least} to ${most}`
      if (value.kind !== 'scalar' || typeof value.value !== 'number') return refuse(value, report, name, wanted)
      const within = Number.isInteger(value.value) && value.value >= least && value.value <= most
      return within ? value.value : refuse(value, report, name, wanted)
    },
  }
}

/** One of a few words. */
export function choice<const T extends string>(
  words: readonly T[],
  meant: Readonly<Record<string, string>> = {},
): Shape<T> {
  return {
    schema: { enum: words },
    read(value, report, name) {
      const found = value.kind === 'scalar' ? words.find((word) => word === value.text) : undefined
      if (found !== undefined) return found
      const list = words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : (words[0] ?? '')
      const other = value.kind === 'scalar' ? meant[value.text] : undefined
      return refuse(value, report, name, list, other === undefined ? null : `did you mean ${other}?`)
    },
  }
}

/** An amount that one of the functions of quantity.ts reads. */
export function amount(
  parse: (text: string) => Amount,
  options: {
    readonly least?: number
    readonly most?: number
    /** Nothing is taken too, although it is below `least`. */
    readonly zero?: boolean
    readonly bounds?: string
    readonly examples: readonly Json[]
  },
): Shape<number> {
  return {
    schema: { type: ['string', 'number'], examples: options.examples, ...remark(options.bounds) },
    read(value, report, name) {
      const wanted = `an amount like ${options.examples[0]}`
      if (value.kind !== 'scalar') return refuse(value, report, name, wanted)
      const numeric = typeof value.value === 'number' || typeof value.value === 'string'
      if (!numeric) return refuse(value, report, name, wanted)
      // A hexadecimal, octal or base 60 number: what was meant is its value.
      const plain =
        typeof value.value === 'number' && Number.isInteger(value.value) && !/^[-+]?(?:0|[1-9]\d*)$/.test(value.text)
      const read = parse(plain && /^[-+]?0|:|_/.test(value.text) ? String(value.value) : value.text)
      if (!read.ok) report.add(value.place, `${name}: ${read.message}`, read.hint)
      else if (options.zero && read.value === 0) return 0
      else if (read.value < (options.least ?? 0) || read.value > (options.most ?? Number.MAX_SAFE_INTEGER)) {
        report.add(value.place, `${name} must be ${options.bounds ?? 'larger than nothing'}, not ${value.text}`)
      } else return read.value
      return undefined
    },
  }
}

/** A list of one kind. `single`: one value without the dash is taken for a list of it. */
export function list<T>(
  item: Shape<T>,
  options: { readonly single?: boolean; readonly least?: number; readonly hint?: (value: Value) => string | null } = {},
): Shape<readonly T[]> {
  const many: JsonSchema = { type: 'array', items: item.schema, ...(options.least ? { minItems: options.least } : {}) }
  return {
    schema: options.single ? { anyOf: [item.schema, many] } : many,
    read(value, report, name) {
      if (value.kind !== 'list') {
        if (!options.single || isNull(value)) return refuse(value, report, name, 'a list', options.hint?.(value))
        const one = item.read(value, report, name)
        return one === undefined ? undefined : [one]
      }
      if (value.items.length < (options.least ?? 0)) {
        report.add(value.place, `${name} is empty`)
        return undefined
      }
      const read = value.items.map((part, index) => item.read(part, report, `${name}[${index}]`))
      const whole = read.filter((part) => part !== undefined)
      return whole.length === read.length ? whole : undefined
    },
  }
}

/** A mapping of names that the operator chooses. `key` returns what is wrong with a name. */
export function record<T>(
  item: Shape<T>,
  key: { readonly pattern: RegExp; readonly wanted: string; readonly check?: (name: string) => Objection },
  hint: (value: Value) => string | null = () => null,
): Shape<Readonly<Record<string, T>>> {
  return {
    schema: { type: 'object', propertyNames: { pattern: key.pattern.source }, additionalProperties: item.schema },
    read(value, report, name) {
      if (value.kind !== 'map') return refuse(value, report, name, 'a mapping', hint(value))
      const read: [string, T][] = []
      let whole = true
      for (const entry of value.entries) {
        const objection = key.pattern.test(entry.key)
          ? (key.check?.(entry.key) ?? null)
          : { message: `"${entry.key}" in ${name} must be ${key.wanted}` }
        if (objection !== null) report.add(entry.place, objection.message, objection.hint ?? null)
        const part = item.read(entry.value, report, `${name}.${entry.key}`)
        if (objection !== null || part === undefined) whole = false
        else read.push([entry.key, part])
      }
      return whole ? Object.fromEntries(read) : undefined
    },
  }
}

/** Chooses the shape by what was written. */
export function either<T>(choose: (value: Value) => Shape<T>, shapes: readonly Shape<T>[]): Shape<T> {
  return {
    schema: { anyOf: shapes.map((shape) => shape.schema) },
    read: (value, report, name) => choose(value).read(value, report, name),
  }
}

/** A word that stands for a value, beside another shape: `never`, `auto`, `unlimited`. */
export function word<T, U>(name: string, meaning: U, otherwise: Shape<T>): Shape<T | U> {
  return {
    schema: { anyOf: [{ const: name }, otherwise.schema] },
    read(value, report, field): T | U | undefined {
      return value.kind === 'scalar' && value.text === name ? meaning : otherwise.read(value, report, field)
    },
  }
}

/** True for a mapping. */
export function isMapping(value: Value): value is MapValue {
  return value.kind === 'map'
}

/** The plain value of a scalar, or undefined. */
export function scalarOf(value: Value): Scalar | undefined {
  return value.kind === 'scalar' ? value.value : undefined
}
