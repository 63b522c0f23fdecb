// "Did you mean": the right name next to a wrong one.
import { byName } from './names.js'

/** Edits (insert, delete, replace, swap of neighbours) between two words: optimal string alignment distance. */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const now = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1]
      let best = Math.min((last[column] ?? 0) + 1, (now[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + (same ? 0 : 1))
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (swapped) best = Math.min(best, (before[column - 2] ?? 0) + 1)
      now.push(best)
    }
    before = last
    last = now
  }
  return last[b.length] ?? 0
}

const LONGEST = 80

/** The candidate nearest to a name, or null where none is near enough to be meant (a third of the letters wrong, at least one). */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  if (name.length > LONGEST) return null
  const plain = (text: string) => text.toLowerCase().replaceAll('-', '_')
  let best: string | null = null
  let bestDistance = Number.POSITIVE_INFINITY
  for (const candidate of [...candidates].sort(byName)) {
    if (Math.abs(candidate.length - name.length) > LONGEST / 3) continue
    const distance = editDistance(plain(name), plain(candidate))
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return bestDistance <= Math.max(1, Math.floor(name.length / 3)) ? best : null
}

/** The sentence, where it is known what was meant. */
export function meant(name: string): string {
  return `did you mean "${name}"?`
}

/** `did you mean "memory"?`, or null where nothing is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string | null {
  const near = nearest(name, candidates)
  return near === null ? null : meant(near)
}

/** The folder of job files, which is easily left out. */
const JOBS = 'jobs'

/** The entry of that name, the YAML file of that name without its extension, or else the nearest; null: none is near. */
function entryMeant(name: string, entries: readonly string[]): string | null {
  if (entries.includes(name)) return name
  const shown = entries.filter((entry) => name.startsWith('.') || !entry.startsWith('.'))
  return shown.find((entry) => entry.replace(/\.ya?ml$/, '') === name) ?? nearest(name, shown)
}

/**
 * The path that was meant by one which names nothing: each part that is not there is taken for the nearest that is, and a last one
 * without any for its like in jobs/. null: nothing is near. `entriesOf`: the names in a folder; none where there is no such folder.
 */
export function nearestPath(path: string, entriesOf: (folder: string) => readonly string[]): string | null {
  const parts = path.split('/').filter((part) => part !== '')
  let before = path.startsWith('/') ? '/' : ''
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1
    const own = part === '.' || part === '..' ? part : entryMeant(part, entriesOf(before === '' ? '.' : before))
    const inJobs = own === null && last ? entryMeant(part, entriesOf(`${before}${JOBS}`)) : null
    if (own === null && inJobs === null) return null
    before += own ?? `${JOBS}/${inJobs}`
    if (!last || (own !== null && path.endsWith('/'))) before += '/'
  }
  return before
}
