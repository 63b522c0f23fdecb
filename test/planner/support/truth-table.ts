// A truth table that people can review: rows that differ in one column only are merged until none can be.

/** A column: its name and every value that it may have. */
export interface Column {
  readonly name: string
  readonly values: readonly string[]
}

/** One combination of values, in the order of the columns, and what comes of it. */
export interface Row {
  readonly values: readonly string[]
  readonly outcome: string
}

/** Every combination of the columns' values. */
export function* combinations(columns: readonly Column[]): Generator<readonly string[]> {
  const [first, ...rest] = columns
  if (first === undefined) {
    yield []
    return
  }
  for (const value of first.values) for (const others of combinations(rest)) yield [value, ...others]
}

/**
 * The table as text. Values of a merged row are joined by a bar; a column that makes no difference shows a star. Columns
 * to the right are merged first, so the left ones lead the eye.
 */
export function renderTable(columns: readonly Column[], rows: readonly Row[]): string {
  let merged = rows
  for (let index = columns.length - 1; index >= 0; index -= 1) merged = mergeColumn(merged, index, columns[index])
  const header = [...columns.map(({ name }) => name), 'outcome']
  const cells = [header, ...merged.map(({ values, outcome }) => [...values, outcome])]
  const widths = header.map((_, column) => Math.max(...cells.map((line) => (line[column] ?? '').length)))
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function mergeColumn(rows: readonly Row[], index: number, column: Column | undefined): readonly Row[] {
  const groups = new Map<string, { row: Row; seen: Set<string> }>()
  for (const row of rows) {
    const key = JSON.stringify([row.values.filter((_, other) => other !== index), row.outcome])
    const group = groups.get(key) ?? { row, seen: new Set<string>() }
    group.seen.add(row.values[index] ?? '')
    groups.set(key, group)
  }
  return [...groups.values()].map(({ row, seen }) => {
    const all = column?.values.every((value) => seen.has(value)) ?? false
    const value = all ? '*' : [...seen].join('|')
    return { ...row, values: row.values.map((own, other) => (other === index ? value : own)) }
  })
}
