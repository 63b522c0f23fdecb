// The records as a simulation reads them: a store may have been cut off in its middle.
import type { Records } from '../../src/model/records.js'

/** What the text of a store says; null: there is none, or it can't be read. */
export function readable(text: string | null): Records | null {
  if (text === null) return null
  try {
    return JSON.parse(text) as Records
  } catch {
    return null
  }
}
