// Two texts as a unified diff, as diff -u and git print it.

const CONTEXT = 3
/** Most comparisons of lines; beyond them the middle is shown as replaced whole. */
const MOST_CELLS = 4_000_000

interface Line {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : (text.match(/[^\n]*\n|[^\n]+$/g) ?? [])
}

/** Longest common subsequence of the lines between the common beginning and end. */
function compare(before: readonly string[], after: readonly string[]): readonly Line[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1
  let tail = 0
  while (
    tail < before.length - start &&
    tail < after.length - start &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail += 1
  const same = (text: string): Line => ({ sign: ' ', text })
  return [
    ...before.slice(0, start).map(same),
    ...middle(before.slice(start, before.length - tail), after.slice(start, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ]
}

function middle(before: readonly string[], after: readonly string[]): readonly Line[] {
  const gone = (text: string): Line => ({ sign: '-', text })
  const come = (text: string): Line => ({ sign: '+', text })
  if (before.length * after.length > MOST_CELLS) return [...before.map(gone), ...after.map(come)]
  const table = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1))
  const cell = (row: number, column: number) => table[row]?.[column] ?? 0
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      const line = table[row]
      if (line === undefined) continue
      line[column] =
        before[row] === after[column]
          ? cell(row + 1, column + 1) + 1
          : Math.max(cell(row + 1, column), cell(row, column + 1))
    }
  }
  const lines: Line[] = []
  let [row, column] = [0, 0]
  while (row < before.length || column < after.length) {
    const [old, fresh] = [before[row], after[column]]
    if (old !== undefined && old === fresh) {
      lines.push({ sign: ' ', text: old })
      row += 1
      column += 1
    } else if (old !== undefined && (fresh === undefined || cell(row + 1, column) >= cell(row, column + 1))) {
      lines.push(gone(old))
      row += 1
    } else {
      lines.push(come(fresh ?? ''))
      column += 1
    }
  }
  return lines
}

/** Runs of lines round the changes: [from, to). */
function hunks(lines: readonly Line[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = []
  lines.forEach(({ sign }, index) => {
    if (sign === ' ') return
    const [from, to] = [Math.max(0, index - CONTEXT), Math.min(lines.length, index + CONTEXT + 1)]
    const last = found.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = to
    else found.push([from, to])
  })
  return found
}

/** `--- a`, `+++ b`, `@@ -1,3 +1,4 @@` and the lines; empty where the texts are the same. */
export function unifiedDiff(name: string, before: string, after: string): string {
  const lines = compare(linesOf(before), linesOf(after))
  const parts = hunks(lines).map(([from, to]) => {
    const first = (sign: '-' | '+') =>
      lines.slice(0, from).filter((line) => line.sign !== (sign === '-' ? '+' : '-')).length
    const amount = (sign: '-' | '+') =>
      lines.slice(from, to).filter((line) => line.sign !== (sign === '-' ? '+' : '-')).length
    const range = (sign: '-' | '+') =>
      `${first(sign) + (amount(sign) === 0 ? 0 : 1)}${amount(sign) === 1 ? '' : `,${amount(sign)}`}`
    const body = lines.slice(from, to).map(({ sign, text }) => {
      const end = text.endsWith('\n') ? '' : '\n\\ No newline at end of file\n'
      return `${sign}${text}${end}`
    })
    return `@@ -${range('-')} +${range('+')} @@\n${body.join('')}`
  })
  return parts.length === 0 ? '' : `--- ${name}\n+++ ${name}\n${parts.join('')}`
}
