// How Compose lays one service over another: for `extends`, and for several files.
import { type Entry, entryOf, isNull, type MapValue, type Value } from '../value.js'

/** Lists that the later one replaces instead of adding to. */
const REPLACED = new Set(['command', 'entrypoint', 'test'])
/** Mappings that may be written as a list of NAME=value. */
const PAIRS = new Set(['environment', 'labels', 'annotations', 'args', 'extra_hosts', 'sysctls'])
/** Lists whose members are known by where they end up in the container. */
const BY_TARGET = new Set(['volumes', 'configs', 'secrets', 'devices'])

/** `over` laid over `base`; the key is the one that both stand at. */
export function merge(base: Value, over: Value, key = ''): Value {
  if (isNull(over)) return base
  if (PAIRS.has(key)) return mergeMaps(asMap(base), asMap(over))
  if (key === 'depends_on' || key === 'networks') return mergeMaps(namesAsMap(base), namesAsMap(over))
  if (base.kind === 'map' && over.kind === 'map') return mergeMaps(base, over)
  if (base.kind === 'list' && over.kind === 'list' && !REPLACED.has(key)) {
    const items = BY_TARGET.has(key)
      ? [...new Map([...base.items, ...over.items].map((item) => [targetOf(item), item])).values()]
      : [...base.items, ...over.items.filter((item) => !base.items.some((other) => same(other, item)))]
    return { ...over, items }
  }
  return over
}

function mergeMaps(base: Value, over: Value): Value {
  if (base.kind !== 'map' || over.kind !== 'map') return over
  const entries = new Map(base.entries.map((entry) => [entry.key, entry]))
  for (const entry of over.entries) {
    const before = entries.get(entry.key)
    entries.set(entry.key, before ? { ...entry, value: merge(before.value, entry.value, entry.key) } : entry)
  }
  return { ...over, entries: [...entries.values()] }
}

function same(one: Value, other: Value): boolean {
  return one.kind === 'scalar' && other.kind === 'scalar' && one.text === other.text
}

/** Where a mount ends up: the target of the long syntax, of the short one what stands behind the first colon. */
function targetOf(item: Value): string {
  if (item.kind === 'map') {
    const target = entryOf(item, 'target') ?? entryOf(item, 'source')
    return target?.value.kind === 'scalar' ? target.value.text : ''
  }
  if (item.kind !== 'scalar') return ''
  const parts = item.text.split(':')
  return parts[1] ?? parts[0] ?? ''
}

/** `[NAME=value, NAME]` as a mapping; what is one already stays. */
export function asMap(value: Value): Value {
  if (value.kind !== 'list') return value
  const entries = value.items.flatMap((item): Entry[] => {
    if (item.kind !== 'scalar') return strange(item)
    const equals = item.text.indexOf('=')
    const key = (equals < 0 ? item.text : item.text.slice(0, equals)).trim()
    const text = equals < 0 ? '' : item.text.slice(equals + 1)
    return [{ key, place: item.place, value: { ...item, value: equals < 0 ? null : text, text } }]
  })
  return mapOf(entries, value)
}

/** `[a, b]` as a mapping with nothing behind each name. */
export function namesAsMap(value: Value): Value {
  if (value.kind !== 'list') return value
  const entries = value.items.flatMap((item): Entry[] =>
    item.kind === 'scalar'
      ? [{ key: item.text, place: item.place, value: { ...item, value: null, text: '' } }]
      : strange(item),
  )
  return mapOf(entries, value)
}

/** `- NAME: value` instead of `- NAME=value`: what is meant is plain; any other member stays to be told. */
function strange(item: Value): Entry[] {
  return item.kind === 'map' ? [...item.entries] : [{ key: '(a list)', place: item.place, value: item }]
}

function mapOf(entries: readonly Entry[], { place }: Value): MapValue {
  return { kind: 'map', entries: [...new Map(entries.map((entry) => [entry.key, entry])).values()], place }
}
