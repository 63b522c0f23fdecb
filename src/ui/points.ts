// Points of a score as people read them.

/** A part that is as good as can be gives 1, times its weight. `total`: millionths, see Score. */
export function pointsText(total: number, digits: number): string {
  return String(Number((total / 1_000_000).toFixed(digits)))
}

/** So many digits that all different totals look different, at least 2, at most 6. */
export function digitsApart(totals: readonly number[]): number {
  const different = new Set(totals)
  const looks = (digits: number) => new Set([...different].map((total) => pointsText(total, digits))).size
  return [2, 3, 4, 5].find((digits) => looks(digits) === different.size) ?? 6
}
