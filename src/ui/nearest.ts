// Did you mean: the nearest of the known words.

/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`: optimal string alignment distance. */
export function distance(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row += 1) {
    const line = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1]
      let least = Math.min(
        (above[column] ?? 0) + 1,
        (line[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (same ? 0 : 1),
      )
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        least = Math.min(least, (before[column - 2] ?? 0) + 1)
      line.push(least)
    }
    before = above
    above = line
  }
  return above[b.length] ?? 0
}

/** The known word that is near enough to be meant (at most a third of it differs), or null. Ties go to the first. */
export function nearest(word: string, known: readonly string[]): string | null {
  let best: { word: string; edits: number } | null = null
  for (const candidate of known) {
    const edits = distance(word, candidate)
    const bound = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3))
    if (edits <= bound && (best === null || edits < best.edits)) best = { word: candidate, edits }
  }
  return best?.word ?? null
}
