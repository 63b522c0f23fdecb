// Small pieces of sentences that every room makes.

/** `1 job`, `3 jobs`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`
}
