// bin/lab as a program: what both the setup and the tests need.
import { execFile } from 'node:child_process'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Which lab the tests use. */
export interface LabAddress {
  readonly name: string
  /** Two octets: `10.69`. */
  readonly subnet: string
  /** Its folder: key, known_hosts, inventory. */
  readonly state: string
}

/** The checkout. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')

/** The hosts of the lab. */
export const HOSTS = ['nuc1', 'nuc2', 'nuc3'] as const
/** One of them. */
export type LabHost = (typeof HOSTS)[number]

/** How long one verb may take, ms. */
const VERB_MS = 120_000

/** Runs bin/lab with the lab `name`; stdout. Rejects with what it said where it fails. */
export function runLab(name: string, subnet: string, words: readonly string[]): Promise<string> {
  const env = { ...process.env, HC_LAB_NAME: name, HC_LAB_SUBNET: subnet }
  return new Promise((done, fail) => {
    execFile('sh', [resolve(ROOT, 'bin/lab'), ...words], { env, timeout: VERB_MS }, (error, stdout, stderr) => {
      if (error) fail(new Error(`bin/lab ${words.join(' ')}: ${stderr || stdout || error.message}`))
      else done(stdout)
    })
  })
}
