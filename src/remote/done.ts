// What a host answers to a write that is done or not: lines between the marks of guard.ts.
import { REFUSED, WRITE_END, WRITE_HEAD } from './guard.js'
import { printableLine } from './printable.js'

/** What a line begins with that says what could not be done. */
export const LEFT = 'left '

/** Why it was not done, or not all of it, as sentences; none: it was. `done`: the line that says so. */
export function undone(output: string, done: string): readonly string[] {
  const lines = output.split('\n')
  const [start, end] = [lines.indexOf(WRITE_HEAD), lines.indexOf(WRITE_END)]
  if (start < 0 || end < start) return ['its answer was cut: whether it was done is not known']
  const said = lines.slice(start + 1, end)
  const refused = said.find((line) => line.startsWith(REFUSED))
  if (refused !== undefined)
    return [`the host refused it: ${printableLine(refused.slice(REFUSED.length).replace(/^\S+ /, ''))}`]
  const left = said.filter((line) => line.startsWith(LEFT)).map((line) => printableLine(line.slice(LEFT.length)))
  if (left.length > 0 || said.includes(done)) return left
  return ['its answer makes no sense']
}
