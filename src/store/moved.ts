// A store whose records live elsewhere lets nobody go on with them.
import { MovedError } from '../model/errors.js'
import type { Records } from '../model/records.js'

/** The records where they are in force. Throws MovedError where they are not. `where`: this store, for people. */
export function inForce(records: Records | null, where: string): Records | null {
  if (!records?.moved) return records
  const { to, at, unfinished } = records.moved
  if (unfinished) {
    throw new MovedError(
      `A move of the store from ${to} to ${where} was begun at ${at} and not finished; nothing is done with the copy.`,
      `Set hc_store back to ${to} (the records there are in force), and run hc store migrate again.`,
    )
  }
  throw new MovedError(
    `The store in ${where} was moved to ${to} at ${at}; nobody goes on with it here.`,
    `Say so in the inventory: ${settingOf(to)}`,
  )
}

function settingOf(to: string): string {
  return to === '.hc' ? 'hc inventory unset all hc_store' : `hc inventory set all hc_store='${to}'`
}
