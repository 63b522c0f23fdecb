// What was asked of the cluster: there, waited for, or why it could not be had.
import { UserError } from '../../model/errors.js'
import { bugLines } from '../errors-of-commands.js'
import { errorLines } from '../faults.js'
import type { Canvas } from '../view.js'
import type { Fetched } from './state.js'

/** Its lines, `waiting` meanwhile, or the error with what helps. */
export function fetchedLines<T>(
  fetched: Fetched<T>,
  waiting: string,
  canvas: Canvas,
  lines: (value: T) => readonly string[],
): readonly string[] {
  if (fetched.state === 'waiting') return [canvas.style.paint('dim', waiting)]
  if (fetched.state === 'there') return lines(fetched.value)
  const { error } = fetched
  return error instanceof UserError ? errorLines(error, canvas) : bugLines(error, canvas)
}
