import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deviceRoom, packAmounts, packShares } from '../../src/scheduler/shares.js'

/** All ways, no cleverness. */
function bruteForce(shares: readonly number[], bins: readonly number[]): boolean {
  const [first, ...rest] = shares
  if (first === undefined) return true
  return bins.some((room, at) => {
    return room >= first && bruteForce(rest, [...bins.slice(0, at), room - first, ...bins.slice(at + 1)])
  })
}

const share = fc.oneof(fc.constantFrom(100, 200, 250, 300, 400, 500, 600, 700), fc.integer({ min: 1, max: 999 }))

describe('shares of single devices', () => {
  it('tells the same as trying all ways', () => {
    fc.assert(
      fc.property(
        fc.array(share, { maxLength: 7 }),
        fc.integer({ min: 0, max: 4 }),
        fc.constantFrom(0, 0, 300, 750),
        (shares, whole, rest) => {
          const bins = [...Array.from({ length: whole }, () => 1000), ...(rest > 0 ? [rest] : [])]
          expect(packShares(shares, whole, rest)).toBe(bruteForce(shares, bins) ? 'yes' : 'no')
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('packs where first fit would fail', () => {
    // Largest first, first fit: 500+400, 400+300+200, and 200 is left over.
    expect(packShares([500, 400, 400, 300, 200, 200], 2, 0)).toBe('yes')
  })

  it('does not add up what is left of several devices', () => {
    expect(packAmounts([700, 700], 2000)).toBe('yes')
    expect(packAmounts([700, 700, 500], 2000)).toBe('no')
    expect(packAmounts([700, 700, 300, 300], 2000)).toBe('yes')
  })

  it('gives whole devices to what asks for one or more', () => {
    expect(packAmounts([500, 1000], 2000)).toBe('yes')
    expect(packAmounts([500, 500, 1000], 2000)).toBe('yes')
    expect(packAmounts([500, 600, 1000], 3000)).toBe('yes')
    expect(packAmounts([500, 600, 1000], 2500)).toBe('yes')
    expect(packAmounts([600, 600, 1000], 2500)).toBe('no')
    expect(packAmounts([1000, 1000, 1000], 2999)).toBe('no')
  })

  it('says what one more could get', () => {
    expect(deviceRoom([700, 700], 2000)).toEqual({ share: 300, whole: 0 })
    expect(deviceRoom([600, 400, 300], 2000)).toEqual({ share: 700, whole: 0 })
    expect(deviceRoom([500, 300], 3000)).toEqual({ share: 999, whole: 2 })
    expect(deviceRoom([], 500)).toEqual({ share: 500, whole: 0 })
    expect(deviceRoom([1000, 1000], 1000)).toEqual({ share: 0, whole: 0 })
  })

  it('one more of what it names fits, and one thousandth above that does not', () => {
    fc.assert(
      fc.property(fc.array(share, { maxLength: 8 }), fc.integer({ min: 0, max: 5000 }), (amounts, capacity) => {
        const room = deviceRoom(amounts, capacity)
        if (packAmounts(amounts, capacity) !== 'yes') {
          expect(room).toEqual({ share: 0, whole: 0 })
          return
        }
        expect(packAmounts([...amounts, room.share], capacity)).toBe('yes')
        expect(packAmounts([...amounts, room.whole * 1000], capacity)).toBe('yes')
        expect(packAmounts([...amounts, (room.whole + 1) * 1000], capacity)).toBe('no')
        if (room.share < 999) expect(packAmounts([...amounts, room.share + 1], capacity)).toBe('no')
      }),
    )
  })
})
