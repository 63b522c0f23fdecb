// A YAML text as plain data that still knows where each part stands.
import type { Json } from '../model/host.js'
import type { Place } from './source.js'

/** What a scalar can be. */
export type Scalar = null | boolean | number | string

/** A single value. `text` is what was written (of a quoted or block scalar: its content), so that `1.10` stays `1.10`. */
export interface ScalarValue {
  readonly kind: 'scalar'
  readonly value: Scalar
  readonly text: string
  readonly place: Place
}

/** A sequence. */
export interface ListValue {
  readonly kind: 'list'
  readonly items: readonly Value[]
  readonly place: Place
}

/** One key of a mapping. */
export interface Entry {
  readonly key: string
  /** Of the key itself. */
  readonly place: Place
  readonly value: Value
  /** The key is a number, a truth value or nothing to Ansible; `key` is it as JSON has it. */
  readonly notText?: true
}

/** A mapping, in the order of the text, each key once. */
export interface MapValue {
  readonly kind: 'map'
  readonly entries: readonly Entry[]
  readonly place: Place
}

/** What only Ansible can read (`!vault`), or must not template (`!unsafe`). */
export interface OpaqueValue {
  readonly kind: 'opaque'
  readonly tag: '!vault' | '!unsafe'
  /** What was written. */
  readonly text: string
  /** As `ansible-inventory --list` prints it. */
  readonly json: Json
  readonly place: Place
}

/** A part of a YAML text. */
export type Value = ScalarValue | ListValue | MapValue | OpaqueValue

/** The entry of a key, or null: also where the value is no mapping. */
export function entryOf(value: Value | null, key: string): Entry | null {
  if (value === null || value.kind !== 'map') return null
  return value.entries.find((entry) => entry.key === key) ?? null
}

/** True for a key without a value (`env:` and nothing below it), which counts as not written. */
export function isNull(value: Value): boolean {
  return value.kind === 'scalar' && value.value === null
}

/** True for what Python takes for nothing: no value, "", 0, false, [] and {}. */
export function isEmpty(value: Value): boolean {
  if (value.kind === 'scalar') return value.value === null || !value.value
  if (value.kind === 'list') return value.items.length === 0
  return value.kind === 'map' && value.entries.length === 0
}

/** The entry at the end of a path of keys that has a value, or null. */
export function written(value: Value, ...path: readonly string[]): Entry | null {
  let entry: Entry | null = null
  let at: Value | null = value
  for (const key of path) {
    entry = entryOf(at, key)
    at = entry?.value ?? null
  }
  return entry === null || isNull(entry.value) ? null : entry
}

/** True for a JSON object. */
export function isJsonObject(json: Json | undefined): json is { readonly [key: string]: Json } {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

/** As JSON. */
export function toJson(value: Value): Json {
  switch (value.kind) {
    case 'scalar':
      return value.value
    case 'list':
      return value.items.map(toJson)
    case 'map':
      return Object.fromEntries(value.entries.map((entry) => [entry.key, toJson(entry.value)]))
    case 'opaque':
      return value.json
  }
}

/** JSON as if it stood at a place; for defaults, which are read like what people write. */
export function fromJson(json: Json, place: Place): Value {
  if (json === null || typeof json !== 'object') return { kind: 'scalar', value: json, text: String(json), place }
  if (Array.isArray(json)) return { kind: 'list', items: json.map((item: Json) => fromJson(item, place)), place }
  const entries = Object.entries(json).map(([key, item]) => ({ key, place, value: fromJson(item, place) }))
  return { kind: 'map', entries, place }
}

const SHOWN = 60

/** For sentences: `a list`, `the number 5`, `"text"`. */
export function describe(value: Value): string {
  if (value.kind === 'list') return 'a list'
  if (value.kind === 'map') return 'a mapping'
  if (value.kind === 'opaque') return `a ${value.tag} value`
  if (value.value === null) return 'nothing'
  const shown = value.text.length > SHOWN ? `${value.text.slice(0, SHOWN)}...` : value.text
  if (typeof value.value === 'string') return JSON.stringify(shown)
  return typeof value.value === 'number' ? `the number ${shown}` : `the truth value ${shown}`
}
