// Where the built program starts, for bin/run.js: the file beside it, with its compiled code.
import { fileURLToPath } from 'node:url'
import { runCached } from './system/code-cache.js'

/** The digest of the file; scripts/bundle.mjs writes it in. */
declare const HC_BUILD: string

/** Runs the command of this process. */
export function start(): void {
  const words = process.argv.slice(2).filter((word) => !word.startsWith('-'))
  // A command has one word or two, and the second may be an argument: what one made does for the others.
  const word = words[0] ?? ''
  runCached({ file: fileURLToPath(new URL('./hc.cjs', import.meta.url)), build: HC_BUILD, word })
}
