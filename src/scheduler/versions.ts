// Versions, sizes and numbers as operators write them in constraints.
import { parseBytes } from '../spec/quantity.js'

type Part = number | string

/** `v6.1.0-18-amd64` -> 6, 1, 0, 18, amd, 64: runs of digits and of letters, everything else divides. */
function parts(text: string): readonly Part[] {
  const pieces = text.replace(/^v(?=\d)/i, '').match(/\d+|[A-Za-z]+/g) ?? []
  return pieces.map((piece) => (/^\d/.test(piece) ? Number(piece) : piece.toLowerCase()))
}

function comparePart(a: Part, b: Part): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  // A word after the dot is a pre-release (rc1), which comes before the number.
  if (typeof a === 'number') return 1
  if (typeof b === 'number') return -1
  return a < b ? -1 : a > b ? 1 : 0
}

/** True for what begins with a digit, a leading `v` aside: the only texts that `<` and its kin can put in order. */
export function isVersion(text: string): boolean {
  return /^v?\d/i.test(text)
}

/**
 * Orders a version by a wanted one, to the precision of the wanted: `4.3.1` equals `4.3` and `4`, so `<= 4` takes all
 * of 4.x and `> 4` begins with 5. This is the meaning of partial versions in npm's semver ranges. Negative, 0 or
 * positive; missing parts count as 0.
 */
export function compareVersion(actual: string, wanted: string): number {
  const left = parts(actual)
  for (const [index, part] of parts(wanted).entries()) {
    const order = comparePart(left[index] ?? 0, part)
    if (order !== 0) return order
  }
  return 0
}

/** A plain decimal number, or null. One of more digits than a number keeps (a serial number) is none: two would be one. */
export function asNumber(text: string): number | null {
  return /^-?\d+(\.\d+)?$/.test(text) && text.length <= 15 ? Number(text) : null
}

const WITH_UNIT = /^\d+(?:\.\d+)? ?[KMGTPk]i?B?$/

/**
 * Orders `8Gi` and `1Ti`, of which at least one has a unit of size; a number beside it is of bytes. Negative, 0 or positive;
 * null where they are no sizes.
 */
export function compareSizes(actual: string, wanted: string): number | null {
  if (!WITH_UNIT.test(actual) && !WITH_UNIT.test(wanted)) return null
  const [left, right] = [actual, wanted].map((text) => parseBytes(text))
  return left?.ok && right?.ok ? left.value - right.value : null
}
