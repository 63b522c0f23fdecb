// Mappings with known keys: a table of fields, each with its shape, its default and what it is about.
import type { Json } from '../model/host.js'
import { meant, nearest } from './nearest.js'
import { type JsonSchema, refuse, type Shape } from './shape.js'
import { type Place, Report, Source } from './source.js'
import { entryOf, fromJson, isNull, type Value } from './value.js'

/** One field of a mapping. */
export interface Field<T> {
  readonly shape: Shape<unknown>
  /** For the schema: one sentence. */
  readonly about: string
  /** As the operator would write it; undefined: none. */
  readonly fallback: Json | undefined
  readonly required: boolean
  /** The value where the field is not written or faulty; undefined where it is required. */
  readonly absent: T | undefined
}

const DEFAULT_PLACE: Place = { source: new Source('defaults', ''), offset: null }

/** A field that may be left out: null then. */
export function optional<T>(shape: Shape<T>, about: string): Field<T | null> {
  return { shape, about, fallback: undefined, required: false, absent: null }
}

/** A field with a default, given as the operator would write it and read by the same shape. */
export function withDefault<T>(shape: Shape<T>, about: string, fallback: Json): Field<T> {
  const report = new Report()
  const absent = shape.read(fromJson(fallback, DEFAULT_PLACE), report, 'default')
  if (absent === undefined) throw new Error(`bug: the default is faulty: ${report.faults[0]?.message}`)
  return { shape, about, fallback, required: false, absent }
}

/** A field that must be there. */
export function required<T>(shape: Shape<T>, about: string): Field<T> {
  return { shape, about, fallback: undefined, required: true, absent: undefined }
}

type Fields = Readonly<Record<string, Field<unknown>>>
/** What a table of fields reads to. */
export type ReadFields<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never }

/** Words that others use for a field: their word -> ours, in full (`resources.memory`). */
export type OtherWords = Readonly<Record<string, string>>

const MOST_LISTED = 15

function unknownField(key: string, fields: Fields, others: OtherWords): string {
  const names = Object.keys(fields)
  const near = nearest(key, [...names, ...Object.keys(others)])
  if (near !== null) return meant(Object.hasOwn(fields, near) ? near : (others[near] ?? near))
  return names.length <= MOST_LISTED ? `known are ${names.join(', ')}` : 'schema/job.schema.json lists the fields'
}

/** A mapping with these fields and no others. A faulty field counts as left out, so that all faults are found at once. */
export function object<F extends Fields>(
  fields: F,
  options: { readonly others?: OtherWords; readonly hint?: (value: Value) => string | null } = {},
): Shape<ReadFields<F>> {
  const names = Object.keys(fields)
  const needed = names.filter((key) => fields[key]?.required)
  // Most fields of most mappings are not written: what they are then is made once.
  const absent: Readonly<Record<string, unknown>> = Object.fromEntries(names.map((key) => [key, fields[key]?.absent]))
  return {
    schema: objectSchema(fields),
    read(value, report, name) {
      if (value.kind !== 'map') return refuse(value, report, name, 'a mapping', options.hint?.(value))
      const read: Record<string, unknown> = { ...absent }
      const pathOf = (key: string) => (name === '' ? key : `${name}.${key}`)
      let whole = true
      for (const key of needed) {
        const entry = entryOf(value, key)
        if (entry !== null && !isNull(entry.value)) continue
        const about = fields[key]?.about ?? ''
        report.add(entry?.place ?? value.place, `${pathOf(key)} is missing`, `give it: ${about}`)
        whole = false
      }
      for (const entry of value.entries) {
        const field = Object.hasOwn(fields, entry.key) ? fields[entry.key] : undefined
        if (field === undefined) {
          report.add(entry.place, `unknown field "${entry.key}"`, unknownField(entry.key, fields, options.others ?? {}))
        } else if (!isNull(entry.value)) {
          const result = field.shape.read(entry.value, report, pathOf(entry.key))
          if (result !== undefined) read[entry.key] = result
          else if (field.required) whole = false
        }
      }
      // Each key was read by the shape of its own field.
      return whole ? (read as ReadFields<F>) : undefined
    },
  }
}

function objectSchema(fields: Fields): JsonSchema {
  const properties = Object.entries(fields).map(([key, field]): [string, JsonSchema] => {
    const fallback = field.fallback === undefined ? {} : { default: field.fallback }
    return [key, { ...field.shape.schema, description: field.about, ...fallback }]
  })
  const needed = Object.keys(fields).filter((key) => fields[key]?.required)
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties),
    ...(needed.length > 0 ? { required: needed } : {}),
  }
}
