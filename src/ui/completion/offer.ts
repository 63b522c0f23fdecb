// From a place to the words that are offered there.

import { EVENT_KINDS } from '../events.js'
import { sanitizeLine } from '../sanitize.js'
import type { Candidate, Place } from './place.js'

/** Names that can be offered. Each is looked up when it is needed first, and throws or is empty where it can't be. */
export interface Names {
  /** Jobs as they were applied. */
  jobs(): Promise<readonly Candidate[]>
  /** Jobs as they stand in jobs/. */
  writtenJobs(): Promise<readonly Candidate[]>
  slots(): Promise<readonly Candidate[]>
  hosts(): Promise<readonly Candidate[]>
  groups(): Promise<readonly Candidate[]>
  versions(job: string): Promise<readonly Candidate[]>
  /** Ticks that acted and are kept. */
  ticks(): Promise<readonly Candidate[]>
  /** Variables of hc in inventories. */
  variables(): Promise<readonly Candidate[]>
}

/** What is offered; `files` and `folders` are the shell's own business. */
export interface Offer {
  readonly kind: 'words' | 'files' | 'folders'
  readonly words: readonly Candidate[]
  /** The shell sets no space after the word. */
  readonly open: boolean
  /** For files: what stands in front of the path in the word at the cursor. */
  readonly before: string
}

/** So many words are offered: more are no help. */
const MOST = 500
/** Of names that came from files or hosts only these are offered: no shell reads anything else into them. */
const SAFE = /^[A-Za-z0-9_@%+=:,.&!~-]+$/

/** What could stand at the place, beginning with `current`. */
export async function offerAt(place: Place, current: string, names: Names): Promise<Offer> {
  if (place.kind === 'words') return offer(place.words, current)
  if (place.kind === 'files' || place.kind === 'folders') {
    return { kind: place.kind, words: [], open: false, before: place.before }
  }
  const typed = current.slice(place.before.length)
  const pattern = place.kind === 'patterns' ? (/^.*[,:&!]/.exec(typed)?.[0] ?? '') : ''
  const found = await namesOf(place, names)
  const fresh = found.filter(({ word }) => SAFE.test(word) && !place.given.includes(word))
  const words = fresh.map(({ word, about }) => ({ word: `${place.before}${pattern}${word}`, about }))
  const open = place.kind === 'assignments'
  if (words.length === 0 && current === '') return offer(place.otherwise, current)
  return offer(words, current, open)
}

function offer(words: readonly Candidate[], current: string, open = false): Offer {
  const fitting = words.filter(({ word }) => word.startsWith(current)).slice(0, MOST)
  return { kind: 'words', words: fitting, open, before: '' }
}

async function namesOf(place: Exclude<Place, { kind: 'words' }>, names: Names): Promise<readonly Candidate[]> {
  switch (place.kind) {
    case 'jobs':
      return names.jobs()
    case 'written-jobs':
      return names.writtenJobs()
    case 'slots':
      return [...(await names.jobs()), ...(await names.slots())]
    case 'jobs-and-hosts':
      return [...(await names.jobs()), ...(await names.hosts())]
    case 'hosts':
      return names.hosts()
    case 'groups':
      return names.groups()
    case 'hosts-and-groups':
    case 'patterns':
      return [...(await names.hosts()), ...(await names.groups())]
    case 'versions':
      return names.versions(place.given[0] ?? '')
    case 'ticks':
      return names.ticks()
    case 'variables':
      return names.variables()
    case 'assignments':
      return (await names.variables()).map(({ word, about }) => ({ word: `${word}=`, about }))
    case 'event-kinds':
      return Object.entries(EVENT_KINDS).map(([word, about]) => ({ word, about }))
    case 'files':
    case 'folders':
    case 'none':
      return []
  }
}

/**
 * As the scripts read it: the kind, `open` or `closed`, and what stands in front of a path, apart by spaces; then a line for each word, with
 * what it is about after a tab. `done`: characters at the beginning of each word that the shell takes for finished.
 */
export function offerLines({ kind, words, open, before }: Offer, done = 0): readonly string[] {
  const first = `${kind} ${open ? 'open' : 'closed'} ${sanitizeLine(before).slice(done)}`
  return [first, ...words.map(({ word, about }) => `${word.slice(done)}\t${shortened(sanitizeLine(about))}`)]
}

/** One line on a terminal of usual width. */
function shortened(text: string): string {
  return text.length > 70 ? `${text.slice(0, 69)}…` : text
}
