// Jinja in values: only Ansible evaluates it. hc keeps it as text and says so.
import type { Place } from './source.js'
import type { Entry, Value } from './value.js'

/** True where text would be evaluated by Ansible. */
export function holdsJinja(value: Value): boolean {
  return placesOfJinja(value).length > 0
}

function placesOfJinja(value: Value): readonly Place[] {
  if (value.kind === 'scalar')
    return typeof value.value === 'string' && /\{[{%#]/.test(value.value) ? [value.place] : []
  if (value.kind === 'list') return value.items.flatMap(placesOfJinja)
  return value.kind === 'map' ? value.entries.flatMap((entry) => placesOfJinja(entry.value)) : []
}

const NAMED = 6

/** One sentence per file that has values with Jinja: where they are, the first few by name. */
export function jinjaNotes(entries: readonly Entry[]): readonly string[] {
  const files = new Map<string, Map<string, Set<string>>>()
  for (const { key, value } of entries) {
    for (const place of placesOfJinja(value)) {
      const spot = place.source.at(place.offset)
      const variables = files.get(spot.file) ?? new Map<string, Set<string>>()
      variables.set(key, (variables.get(key) ?? new Set()).add(`${spot.line}:${spot.column}`))
      files.set(spot.file, variables)
    }
  }
  return [...files].map(([file, variables]) => {
    const named = [...variables].slice(0, NAMED).map(([name, spots]) => `${name} (${few([...spots])})`)
    const rest = variables.size - named.length
    const more = rest > 0 ? ` and ${rest} more` : ''
    return `${file}: Jinja is kept as text, since only Ansible evaluates it: ${named.join(', ')}${more}`
  })
}

function few(spots: readonly string[]): string {
  return spots.length > 3 ? `${spots.slice(0, 3).join(', ')} and ${spots.length - 3} more` : spots.join(', ')
}
