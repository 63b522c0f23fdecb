// Ranges: `nuc[1:5]` without one of its hosts becomes `nuc[1:2]` and `nuc[4:5]`, each with the same variables.
import { expandRange } from '../ranges.js'
import type { Draft } from './draft.js'
import { contextOf, quoteOf, unfoldName } from './entries.js'
import { isOnItsOwn } from './layout.js'
import { lineEnd, lineStart, Refusal } from './splice.js'
import type { HostSpot } from './spots.js'
import { writeKey } from './words.js'
import type { Work } from './work.js'

/** Most entries that one range may fall apart into. */
const MOST_PIECES = 16
const RANGE = /^([^[]*)\[([^\]:]*):([^\]:]*)(?::(\d+))?\]([^[]*)$/

/** Runs of neighbours in a range, those that `apart` names each on its own. */
function runs(names: readonly string[], apart: (name: string) => boolean): readonly (readonly string[])[] {
  const found: string[][] = []
  let open: string[] | null = null
  for (const name of names) {
    if (apart(name)) {
      found.push([name])
      open = null
    } else if (open === null) {
      open = [name]
      found.push(open)
    } else open.push(name)
  }
  return found
}

/** The shortest patterns for the names of a range, those that `apart` names each on its own. */
export function piecesOf(
  pattern: string,
  names: readonly string[],
  apart: (name: string) => boolean,
): readonly string[] {
  const match = RANGE.exec(pattern)
  return runs(names, apart).flatMap((run) => {
    const [first = '', last = ''] = [run[0], run.at(-1)]
    if (run.length === 1 || match === null) return run
    const [, head = '', , , step, tail = ''] = match
    const inner = (name: string) => name.slice(head.length, name.length - tail.length)
    const short = `${head}[${inner(first)}:${inner(last)}${step === undefined ? '' : `:${step}`}]${tail}`
    const expanded = expandRange(short)
    return expanded.ok && expanded.names.join('\n') === run.join('\n') ? [short] : run
  })
}

/** Makes sure that each of the hosts has entries of its own in all places where a range stands for it, or in those of one group. */
export function isolate(work: Work, hosts: readonly string[], group: string | null = null): void {
  const apart = (name: string) => hosts.includes(name)
  // Each round rewrites one place; there are no more rounds than places.
  for (let round = 2 * work.spots.hosts.length; round >= 0; round -= 1) {
    const { draft, hosts: spots } = work.spots
    const spot = spots.find(
      (each) => each.names.length > 1 && each.names.some(apart) && (group === null || each.group.name === group),
    )
    if (spot === undefined) return
    if (spot.single) work.take(unfoldName(draft, spot.entry))
    else work.take(fallApart(draft, spot, piecesOf(spot.pattern, spot.names, apart)))
  }
}

function fallApart(draft: Draft, spot: HostSpot, pieces: readonly string[]): Draft {
  const { entry, pattern, suffix } = spot
  const { text } = draft
  const byHand = 'edit it by hand: hc inventory edit'
  if (pieces.length > MOST_PIECES)
    throw new Refusal(`the range ${pattern} would fall apart into ${pieces.length} entries`, byHand, entry.at)
  if (spot.vars !== null && draft.hasAnchors(entry.at, entry.end))
    throw new Refusal(`the range ${pattern} holds an anchor, which can not stand twice`, byHand, entry.at)
  const flow = entry.map.flow === true
  const context = contextOf(draft, entry.map)
  const key = (piece: string) => writeKey(piece + suffix, context, quoteOf(entry.key))
  const behind = entry.key.range?.[1] ?? entry.at
  const rest = text.slice(behind, entry.end)
  if (flow) {
    const put = pieces.map((piece) => key(piece) + rest).join(', ')
    return draft.with({ from: entry.at, to: entry.end, text: put })
  }
  if (!isOnItsOwn(draft, entry))
    throw new Refusal(`"${entry.name}" shares its line with something else`, byHand, entry.at)
  const indent = text.slice(lineStart(text, entry.at), entry.at)
  const [first = '', ...others] = pieces
  const end = lineEnd(text, entry.end)
  const whole = text.slice(behind, end)
  const eol = whole.endsWith('\r\n') ? '\r\n' : '\n'
  const open = !whole.endsWith('\n')
  const copies = others.map((piece) => `${indent.replace('\ufeff', '')}${key(piece)}${rest}`).join(eol)
  const more = open ? `${eol}${copies}` : `${copies}${eol}`
  const added = { from: end, to: end, text: others.length > 0 ? more : '' }
  return draft.with({ from: entry.at, to: behind, text: key(first) }, added)
}
