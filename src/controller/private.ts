// Values of the inventory that may stand elsewhere: in a file, in the environment, in a command's output.
import type { Private } from '../model/incident.js'
import type { Sources } from '../ports.js'
import { readSecret } from './contents.js'

/** The value itself. Throws UserError where it can't be read. */
export async function privateText(name: string, value: Private, sources: Sources): Promise<string> {
  return typeof value === 'string' ? value : new TextDecoder().decode(await readSecret(name, value, sources))
}
