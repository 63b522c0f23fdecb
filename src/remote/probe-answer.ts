// The answer to a probe, divided; and what every answer tells, also one that says that nothing else has changed.
import type { HostFacts, Term } from '../model/host.js'
import { PROBE_END, PROBE_HEAD, SECTION } from './layout.js'
import { parseLease } from './lease.js'
import { printableLine } from './printable.js'
import type { Repeated } from './probe-repeat.js'
import { headOf, wholeNumber } from './text.js'

/** Lines of an answer by what they are. */
export interface Answer {
  readonly whole: boolean
  /** `key rest` lines, in order. */
  readonly values: ReadonlyMap<string, readonly string[]>
  /** Section name with its argument -> lines. */
  readonly sections: ReadonlyMap<string, readonly string[]>
}

/** Divides it; null: it is none. */
export function divide(output: string): Answer | null {
  const split = output.split('\n')
  const lines = output.includes('\r') ? split.map((line) => line.replace(/\r$/, '')) : split
  const begin = lines.indexOf(PROBE_HEAD)
  if (begin < 0) return null
  const end = lines.indexOf(PROBE_END, begin)
  const values = new Map<string, string[]>()
  const sections = new Map<string, string[]>()
  let section: string[] | null = null
  for (const line of lines.slice(begin + 1, end < 0 ? undefined : end)) {
    if (line.startsWith(SECTION)) {
      section = []
      sections.set(line.slice(SECTION.length), section)
    } else if (section) section.push(line)
    if (section && !line.startsWith('containers ')) continue
    const [key, rest] = headOf(line)
    const known = values.get(key)
    if (known) known.push(rest)
    else values.set(key, [rest])
  }
  return { whole: end >= 0, values, sections }
}

function seconds(text: string | undefined): number | null {
  const match = /^(\d{1,10})\.(\d{2})/.exec(text ?? '')
  return match ? Number(match[1]) * 1000 + Number(match[2]) * 10 : null
}

function meminfo(lines: readonly string[]): ReadonlyMap<string, number> {
  const amounts = new Map<string, number>()
  for (const line of lines) {
    const [key, kib] = headOf(line)
    const value = wholeNumber(kib)
    if (value !== null) amounts.set(key.replace(':', ''), value * 1024)
  }
  return amounts
}

/** `NUMBER OWNER CLUSTER`, the highest of all lines. */
export function parseTerm(lines: readonly string[]): { term: Term; cluster: string | null } | null {
  let best: { term: Term; cluster: string | null } | null = null
  for (const line of lines) {
    const [number, owner, cluster] = line.split(' ')
    const value = wholeNumber(number)
    if (value === null || !owner || (best && best.term.number >= value)) continue
    best = {
      term: { number: value, owner: printableLine(owner, 128) },
      cluster: cluster ? printableLine(cluster, 128) : null,
    }
  }
  return best
}

/** `TERM ORDER`. */
function ordersOf(line: string | undefined): Pick<HostFacts, 'orders'> {
  const [term, order] = (line ?? '').split(' ').map((word) => wholeNumber(word))
  return typeof term === 'number' && typeof order === 'number' ? { orders: { term, order } } : {}
}

/** The answer of a host on which nothing has changed; null: it is another one, for `parseProbe`. */
export function parseRepeated(output: string): Repeated | null {
  const answer = divide(output)
  const token = tokenOf(answer?.values.get('same')?.[0])
  if (answer === null || token === null || !answer.whole) return null
  const passing = passingFacts(answer)
  if (typeof passing === 'string') return null
  const { memoryTotal: _, ...facts } = passing
  return { token, facts }
}

/** The token of an answer; null: it has none. */
export function tokenOf(text: string | undefined): string | null {
  return text !== undefined && /^[0-9.]{1,32}$/.test(text) ? text : null
}

/** What every answer tells, with the bytes of memory that there are; a sentence where it makes no sense. */
export function passingFacts({ values }: Answer): (Repeated['facts'] & { readonly memoryTotal: number }) | string {
  const valuesOf = (key: string) => values.get(key) ?? []
  const one = (key: string): string | undefined => valuesOf(key)[0]
  const bootId = one('boot')
  const uptimeMs = seconds(one('uptime'))
  const memory = meminfo(valuesOf('mem'))
  const memoryTotal = memory.get('MemTotal')
  if (!bootId || !/^[0-9a-f-]{32,36}$/.test(bootId)) return 'it has no boot id'
  if (uptimeMs === null || memoryTotal === undefined) return '/proc is not there'
  const nanoseconds = wholeNumber(one('mono'))
  const written = parseTerm(valuesOf('term'))
  const lease = parseLease(valuesOf)
  return {
    bootId,
    uptimeMs,
    monotonicMs: nanoseconds === null ? uptimeMs : Math.floor(nanoseconds / 1e6),
    memoryTotal,
    memoryAvailable: memory.get('MemAvailable') ?? memory.get('MemFree') ?? 0,
    load: Number.parseFloat(one('load') ?? '0') || 0,
    term: written?.term ?? null,
    cluster: written?.cluster ?? null,
    ...ordersOf(one('orders')),
    word: one('word') === 'y',
    ...(lease === undefined ? {} : { lease }),
  }
}
