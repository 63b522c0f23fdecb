// Flags that several commands take.
import { Flags } from '@oclif/core'
import { parseDuration, parseLines } from './flags.js'

/** A flag whose value is a span of time, in ms. */
export const durationFlag = Flags.custom<number>({ parse: async (text) => parseDuration(text), helpValue: 'TIME' })
/** A flag whose value is a number of lines, or `all`. */
export const linesFlag = Flags.custom<number | 'all'>({ parse: async (text) => parseLines(text), helpValue: 'LINES' })

/** How much longer than usual to search for places. */
export const effortFlag = Flags.integer({
  default: 1,
  min: 1,
  max: 1000,
  helpValue: 'N',
  description: 'Search N times as long for places before giving up',
})
