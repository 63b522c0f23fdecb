// What a benchmark is given, and the table that all of them print.

/** Options of a run. */
export interface BenchmarkOptions {
  /** Folder of data that is not part of the project; null: none was named. */
  readonly data: string | null
  /** Smaller sizes and fewer repetitions. */
  readonly quick: boolean
  /** Only the part of this name; null: all. */
  readonly only: string | null
  /** `--effort` of the searches, where a benchmark asks the program; 1 is the default. */
  readonly effort: number
  /** In so many of the last rounds slow peers take part. */
  readonly peers: number
  /** How often; null: as often as the benchmark does by itself. */
  readonly rounds: number | null
  print(line: string): void
  /** Puts a part of this name into docs/performance.md; nothing where that is not wanted. */
  write(name: string, text: string): void
}

/** One benchmark. */
export type Benchmark = (options: BenchmarkOptions) => Promise<void>

/** Rows as a Markdown table, columns padded; the first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, at) => Math.max(3, ...rows.map((row) => row[at]?.length ?? 0)))
  const line = (row: readonly string[]) => `| ${widths.map((width, at) => (row[at] ?? '').padEnd(width)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body.map(line)].join('\n')
}

/** Processor time of this process while `work` runs, in ms, and what it returned. */
export function cpuTime<T>(work: () => T): { readonly ms: number; readonly value: T } {
  const before = process.cpuUsage()
  const value = work()
  const { user, system } = process.cpuUsage(before)
  return { ms: (user + system) / 1000, value }
}

/** The value below which a part (0 to 1) of them lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0
}
