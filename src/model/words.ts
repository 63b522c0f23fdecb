// Small pieces of sentences that every room makes.

/** What is the matter, and what mends it. */
export interface Cause {
  readonly text: string
  readonly mend: string
}

/** Both in one sentence. */
export function withMend({ text, mend }: Cause): string {
  return `${text}: ${mend}`
}

/** `1 job`, `3 jobs`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`
}
