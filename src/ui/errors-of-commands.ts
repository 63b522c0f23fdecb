// Errors that end a command: what oclif's parser finds wrong, and what should not happen.
import { readdirSync } from 'node:fs'
import { messageOf, UserError } from '../model/errors.js'
import { nearestPath } from '../model/nearest.js'
import { parserFault } from './parser-words.js'
import { sanitizeLine } from './sanitize.js'
import type { Canvas } from './view.js'

/** What is said of an error that is for nobody but us. */
export function bugLines(error: unknown, canvas: Canvas): string[] {
  const message = messageOf(error)
  return [
    `${canvas.style.paint('bad', 'error:')} ${sanitizeLine(message)}`,
    canvas.style.paint('dim', 'hint: this should not happen; HC_DEBUG=1 shows where it came from'),
  ]
}

/** What oclif's parser found wrong with flags and arguments, as an error of usage, and errors for the operator; null for anything else. */
export function asUserError(error: unknown, command: string | undefined): UserError | null {
  if (error instanceof UserError && !error.message.startsWith('Parsing --')) return withPathMeant(error)
  if (!(error instanceof UserError) && !isParserError(error)) return null
  const { message, hint: meant } = parserFault(error)
  const name = command?.replaceAll(':', ' ') ?? ''
  const help = `hc ${name} --help shows what it takes${name === 'host run' || name === 'exec' ? '; its command stands after --' : ''}`
  const hint =
    error instanceof UserError && error.hint !== null
      ? error.hint
      : [meant, help].filter((each) => each !== null).join(' ')
  return new UserError(message, { code: 'usage', hint })
}

/** oclif's own errors carry an exit code in `oclif`. */
function isParserError(error: unknown): error is Error {
  return error instanceof Error && 'oclif' in error
}

/** The error with the file or folder that was meant by one that is not there: `did you mean "jobs/"?` before any other hint. */
function withPathMeant(error: UserError): UserError {
  const { missing, message, code, faults, host, exitCode } = error
  const meant = missing === null ? null : nearestPath(missing, entriesOf)
  if (meant === null || meant === missing) return error
  const hint = `did you mean "${meant}"?`
  return new UserError(message, { code, faults, host, exitCode, hint })
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
