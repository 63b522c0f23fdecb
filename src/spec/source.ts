// Where something stands in a text of the operator, and the list of what is wrong with it.
import type { At, Fault } from '../model/errors.js'
import { formatAt } from '../model/errors.js'

/** One text with its name, and the way from an offset to line and column. */
export class Source {
  readonly file: string
  readonly text: string
  private starts: readonly number[] | null = null
  /** The line that was asked for last: a JSON text without line breaks may be long, and have many faults. */
  private last = { number: 0, text: '' }

  constructor(file: string, text: string) {
    this.file = file
    this.text = text
  }

  /** Line and column, both from 1, of an offset into the text; null: the file as a whole. */
  at(offset: number | null): At {
    if (offset === null) return { file: this.file, line: null, column: null }
    const line = this.lineOf(offset)
    return { file: this.file, line, column: offset - (this.lineStarts()[line - 1] ?? 0) + 1 }
  }

  /** The text of a line (from 1) without its line break. */
  line(number: number): string {
    if (this.last.number !== number) this.last = { number, text: this.lineText(number) }
    return this.last.text
  }

  private lineText(number: number): string {
    const starts = this.lineStarts()
    const end = starts[number]
    return this.text.slice(starts[number - 1] ?? 0, end ?? this.text.length).replace(/[\r\n]+$/, '')
  }

  private lineOf(offset: number): number {
    const starts = this.lineStarts()
    let [low, high] = [0, starts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }

  private lineStarts(): readonly number[] {
    if (this.starts === null) {
      const starts = [0]
      for (let next = this.text.indexOf('\n'); next >= 0; next = this.text.indexOf('\n', next + 1))
        starts.push(next + 1)
      this.starts = starts
    }
    return this.starts
  }
}

/** A spot in a text; offset null: the text as a whole. */
export interface Place {
  readonly source: Source
  readonly offset: number | null
}

/** `jobs/web.yml:7:3`. */
export function formatPlace(place: Place): string {
  return formatAt(place.source.at(place.offset))
}

/** One fault at a place, with the text of its line. */
export function faultAt(place: Place, message: string, hint: string | null = null): Fault {
  const at = place.source.at(place.offset)
  return { message, at, lineText: at.line === null ? null : place.source.line(at.line), hint }
}

/** Collects everything that is wrong, so that one run names it all. */
export class Report {
  private readonly found = new Map<string, Fault>()

  /** Adds a fault; the same one at the same place counts once. */
  add(place: Place, message: string, hint: string | null = null): void {
    this.keep(faultAt(place, message, hint))
  }

  /** Adds all of another report. */
  take(other: Report): void {
    for (const fault of other.faults) this.keep(fault)
  }

  private keep(fault: Fault): void {
    const key = `${fault.at === null ? '' : formatAt(fault.at)} ${fault.message}`
    if (!this.found.has(key)) this.found.set(key, fault)
  }

  /** All faults, by place within each file, files in the order in which they were met. */
  get faults(): readonly Fault[] {
    const all = [...this.found.values()]
    const files = [...new Set(all.map((fault) => fault.at?.file))]
    const rank = (fault: Fault) => files.indexOf(fault.at?.file)
    return all.sort(
      (a, b) => rank(a) - rank(b) || (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0),
    )
  }
}
