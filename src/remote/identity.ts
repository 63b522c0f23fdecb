// What a host keeps of the cluster, so that a lost store can be had again: written by the guard of every write.
import type { Term } from '../model/host.js'
import { PROLOGUE, STATE_FOLDER } from './layout.js'
import { headOf, wholeNumber } from './text.js'

/** As the last writer left it. */
export interface Identity {
  readonly cluster: string
  /** Key of the hash of secrets, hex; never printed to people. */
  readonly key: string
  readonly term: Term | null
}

const IDENTITY = 'hc-identity '

/** The script that reads it. Its answer holds a key: not for logs. */
export function identityScript(): string {
  return `${PROLOGUE}if [ -r ${STATE_FOLDER}/identity ]; then
  while IFS= read -r x; do printf '${IDENTITY}%s\\n' "$x"; done <${STATE_FOLDER}/identity
fi
`
}

const ID = /^[A-Za-z0-9._:@-]{1,128}$/

/** Reads it; null where there is none. */
export function parseIdentity(output: string): Identity | null {
  const values = new Map<string, string>()
  for (const line of output.split('\n')) {
    if (line.startsWith(IDENTITY)) values.set(...headOf(line.slice(IDENTITY.length).trim()))
  }
  const [cluster, key] = [values.get('cluster') ?? '', values.get('key') ?? '']
  if (!ID.test(cluster) || !ID.test(key)) return null
  const [number, owner = ''] = (values.get('term') ?? '').split(' ')
  const value = wholeNumber(number)
  return { cluster, key, term: value !== null && ID.test(owner) ? { number: value, owner } : null }
}
