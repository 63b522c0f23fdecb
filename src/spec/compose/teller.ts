// What a person has to know of an import, collected; and mappings of which no key goes unseen.
import type { ImportRemark, ImportRemarkKind } from '../../model/import.js'
import type { Place } from '../source.js'
import { type Entry, isNull, type Value } from '../value.js'

/** Collects remarks of one service, or of the project. */
export class Teller {
  constructor(
    readonly service: string | null,
    private readonly remarks: ImportRemark[],
  ) {}

  /** Has no counterpart. */
  leftOut(key: string, place: Place, text: string, hint: string | null = null): void {
    this.add('left-out', key, place, text, hint)
  }

  /** Is taken over, and means something else. */
  differs(key: string, place: Place, text: string, hint: string | null = null): void {
    this.add('differs', key, place, text, hint)
  }

  /** The remarks so far of this service. */
  get own(): readonly ImportRemark[] {
    return this.remarks.filter(({ service }) => service === this.service)
  }

  private add(kind: ImportRemarkKind, key: string, place: Place, text: string, hint: string | null): void {
    const at = place.source.at(place.offset)
    const twice = this.remarks.some(
      (each) => each.service === this.service && each.key === key && each.text === text && each.at.line === at.line,
    )
    if (!twice) this.remarks.push({ kind, service: this.service, key, at, text, hint })
  }
}

/** Why a key has no counterpart, and what to do instead. */
export type Absence = readonly [text: string, hint: string | null]

/** A mapping that is read key by key; what nobody asked for is told in the end. */
export class Fields {
  private readonly seen = new Set<string>()

  constructor(
    private readonly value: Value | null,
    /** What the mapping itself is called: `deploy.resources`; '' for a service. */
    private readonly path: string,
    readonly teller: Teller,
  ) {}

  /** The full name of a key. */
  name(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`
  }

  /** The entry of a key that has a value. */
  take(key: string): Entry | null {
    this.seen.add(key)
    if (this.value?.kind !== 'map') return null
    const entry = this.value.entries.find((each) => each.key === key) ?? null
    return entry === null || isNull(entry.value) ? null : entry
  }

  /** The text of a single value; a list or mapping in its place is told. */
  text(key: string): { readonly text: string; readonly place: Place } | null {
    const entry = this.take(key)
    if (entry === null) return null
    if (entry.value.kind === 'scalar') return { text: entry.value.text.trim(), place: entry.place }
    this.teller.leftOut(this.name(key), entry.place, 'is no single value, as it should be')
    return null
  }

  /** The members of a list; a single value counts as a list of it. */
  list(key: string): readonly Value[] {
    const entry = this.take(key)
    if (entry === null) return []
    if (entry.value.kind === 'list') return entry.value.items
    if (entry.value.kind === 'scalar') return [entry.value]
    this.teller.leftOut(this.name(key), entry.place, 'is a mapping, and should be a list')
    return []
  }

  /** The mapping below a key. */
  below(key: string): Fields {
    const entry = this.take(key)
    if (entry !== null && entry.value.kind !== 'map')
      this.teller.leftOut(this.name(key), entry.place, 'is no mapping, as it should be')
    return new Fields(entry?.value ?? null, this.name(key), this.teller)
  }

  /** All entries, which counts as having seen them. */
  entries(): readonly Entry[] {
    if (this.value?.kind !== 'map') return []
    for (const { key } of this.value.entries) this.seen.add(key)
    return this.value.entries
  }

  /** Tells every key that nobody asked for; `absences` says why. A key that says no, or nothing, is none. */
  rest(absences: Readonly<Record<string, Absence>> = {}): void {
    if (this.value?.kind !== 'map') return
    for (const { key, place, value } of this.value.entries) {
      if (this.seen.has(key) || key.startsWith('x-') || isNull(value)) continue
      if (value.kind === 'scalar' && value.text === 'false') continue
      const known = Object.hasOwn(absences, key) ? absences[key] : undefined
      const [text, hint] = known ?? ['is not known to hc import', 'see whether the program needs it']
      this.teller.leftOut(this.name(key), place, text, hint)
    }
  }
}
