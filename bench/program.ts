// The built program, as a user starts it.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from '../src/model/errors.js'

/** The checkout. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Where the lab keeps what is expensive to fetch. */
export const CACHE = process.env.HC_LAB_DIR ?? '/var/cache/hc-lab'

/** Words that start hc. Throws where it is not built. */
export function hc(...words: readonly string[]): readonly string[] {
  const program = join(ROOT, 'bin/run.js')
  if (!existsSync(join(ROOT, 'dist/src/hc.cjs'))) throw new UserError('hc is not built', { hint: 'npm run build' })
  return [process.execPath, program, ...words]
}

/** What it is run with: nothing of the caller's own cluster. */
export function hcEnv(inventory?: string): NodeJS.ProcessEnv {
  const { HC_INVENTORY: _, ...env } = process.env
  return { ...env, NO_COLOR: '1', ...(inventory !== undefined && { HC_INVENTORY: inventory }) }
}

/** Version of hc, as package.json has it. */
export function hcVersion(): string {
  return String(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version)
}

/** A command of the Ansible that the tests fetch (HC_ANSIBLE, else the cache), else of the machine's own; null: there is none. */
export function ansible(command: string): string | null {
  const folders = [process.env.HC_ANSIBLE, join(CACHE, 'ansible/bin'), ...(process.env.PATH ?? '').split(':')]
  for (const folder of folders) {
    if (folder && existsSync(join(folder, command))) return join(folder, command)
  }
  return null
}
