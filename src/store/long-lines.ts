// Lines of any length, put together from chunks without copying what is there already.

/** Cuts chunks into lines; a line of more than `limit` characters is none of ours. */
export class LongLines {
  readonly #limit: number
  #parts: string[] = []
  #length = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** The lines that end in this chunk, without their ends; null: one is longer than the limit. */
  push(chunk: string): readonly string[] | null {
    const lines: string[] = []
    let from = 0
    for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', from)) {
      lines.push([...this.#parts, chunk.slice(from, at)].join(''))
      this.#parts = []
      this.#length = 0
      from = at + 1
    }
    this.#parts.push(chunk.slice(from))
    this.#length += chunk.length - from
    return this.#length > this.#limit ? null : lines
  }
}

/** A line of JSON that holds an object; null: it does not. */
export function objectIn(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? value : null
  } catch {
    return null
  }
}

/** A value as such a line. */
export function lineOf<T extends object>(value: T): string {
  return `${JSON.stringify(value)}\n`
}
