// Shares of single devices: which amounts can stand together on the devices of one host.
//
// A host has whole devices and perhaps a part of one more. What asks for less than one device gets it of one device
// alone, what asks for one or more gets whole ones. Packing shares into devices is one-dimensional bin packing.

/** Thousandths that make up one device. */
export const DEVICE = 1000

/** `unknown`: neither found nor ruled out within the steps; hc then takes it for `no`, and proves nothing by it. */
export type Packed = 'yes' | 'no' | 'unknown'

/** Most steps of one question; a step puts one share into one device. Some 20 shares of odd sizes stay well below. */
const MOST_STEPS = 20_000

/** What is free for one more: on devices that are packed as well as is known. */
export interface DeviceRoom {
  /** Largest share of one device, thousandths: at most 999, which is also told where a whole device is free; 0: none. */
  readonly share: number
  /** Devices of which nothing is taken. */
  readonly whole: number
}

/** First fit over shares that fall, into bins with room; true where all went in. */
function firstFit(shares: readonly number[], bins: readonly number[]): boolean {
  const left = [...bins]
  return shares.every((share) => {
    const at = left.findIndex((room) => room >= share)
    if (at < 0) return false
    left[at] = (left[at] ?? 0) - share
    return true
  })
}

/** Exact, by depth-first search: shares fall, equal bins are tried once, what is sure to be wasted counts as taken. */
class Search {
  readonly #shares: readonly number[]
  readonly #left: number[]
  /** Sum of the shares from an index on. */
  readonly #sums: readonly number[]
  #steps = MOST_STEPS

  constructor(shares: readonly number[], bins: readonly number[]) {
    this.#shares = shares
    this.#left = [...bins]
    const sums = shares.map(() => 0)
    let sum = 0
    for (let at = shares.length - 1; at >= 0; at -= 1) {
      sum += shares[at] ?? 0
      sums[at] = sum
    }
    this.#sums = sums
  }

  run(): Packed {
    if (this.#place(0)) return 'yes'
    return this.#steps < 0 ? 'unknown' : 'no'
  }

  /** Room in bins that take the smallest share at least. */
  #usable(): number {
    const smallest = this.#shares.at(-1) ?? 0
    return this.#left.reduce((sum, room) => (room >= smallest ? sum + room : sum), 0)
  }

  #place(at: number): boolean {
    const share = this.#shares[at]
    if (share === undefined) return true
    if ((this.#sums[at] ?? 0) > this.#usable()) return false
    const tried = new Set<number>()
    // A bin that it fills to the brim can't be used better by anything that comes after it.
    const exact = this.#left.indexOf(share)
    const order = exact >= 0 ? [exact] : this.#left.keys()
    for (const bin of order) {
      const room = this.#left[bin] ?? 0
      if (room < share || tried.has(room)) continue
      tried.add(room)
      this.#steps -= 1
      if (this.#steps < 0) return false
      this.#left[bin] = room - share
      if (this.#place(at + 1)) return true
      this.#left[bin] = room
    }
    return false
  }
}

/**
 * Can these shares (thousandths, each below one device) be packed into `whole` devices and one more of which `rest`
 * thousandths are there? Exact for what a host holds; for very many odd shares `unknown` may be the answer.
 */
export function packShares(shares: readonly number[], whole: number, rest: number): Packed {
  const sorted = shares.filter((share) => share > 0).sort((a, b) => b - a)
  const bins = Array.from({ length: Math.min(whole, sorted.length) }, () => DEVICE)
  // The smaller one first: what it can take, it takes from none of the others.
  if (rest > 0) bins.unshift(rest)
  const sum = sorted.reduce((all, share) => all + share, 0)
  const room = bins.reduce((all, bin) => all + bin, 0)
  if (sum > room) return 'no'
  // Of shares above one half no two stand on one device.
  const large = sorted.filter((share) => 2 * share > DEVICE && share > rest).length
  if (large > whole) return 'no'
  if (firstFit(sorted, bins)) return 'yes'
  return new Search(sorted, bins).run()
}

/** Whole devices and the share of one more in an amount; spec lets no job ask for both. */
export function splitAmount(amount: number): { readonly whole: number; readonly share: number } {
  const share = amount % DEVICE
  return { whole: (amount - share) / DEVICE, share }
}

/** Can slots with these amounts (thousandths) stand together on a host with so many thousandths of the device? */
export function packAmounts(amounts: readonly number[], capacity: number): Packed {
  const has = splitAmount(Math.max(0, capacity))
  let whole = has.whole
  const shares: number[] = []
  for (const amount of amounts) {
    const need = splitAmount(amount)
    whole -= need.whole
    if (need.share > 0) shares.push(need.share)
  }
  return whole < 0 ? 'no' : packShares(shares, whole, has.share)
}

/** The largest number from 0 to `most` for which `holds` (which holds for all below it too). */
function largest(most: number, holds: (value: number) => boolean): number {
  let [low, high] = [0, most]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (holds(middle)) low = middle
    else high = middle - 1
  }
  return low
}

/**
 * What one more slot could get beside these amounts. Where they do not fit themselves (more was promised than there
 * is), nothing.
 */
export function deviceRoom(amounts: readonly number[], capacity: number): DeviceRoom {
  const fits = (more: number) => packAmounts([...amounts, more], capacity) === 'yes'
  if (!fits(0)) return { share: 0, whole: 0 }
  const used = amounts.reduce((sum, amount) => sum + amount, 0)
  const free = Math.max(0, capacity - used)
  const whole = largest(Math.floor(free / DEVICE), (count) => fits(count * DEVICE))
  return { share: whole > 0 ? DEVICE - 1 : largest(Math.min(free, DEVICE - 1), fits), whole }
}
