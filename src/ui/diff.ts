// A unified diff for the terminal.
import { sanitize } from './sanitize.js'
import type { Tone } from './style.js'
import type { Canvas } from './view.js'

function toneOf(line: string): Tone {
  if (line.startsWith('+++ ') || line.startsWith('--- ')) return 'bold'
  if (line.startsWith('@@')) return 'dim'
  return line.startsWith('+') ? 'good' : line.startsWith('-') ? 'bad' : 'plain'
}

/** The lines of a diff, coloured by their first character. */
export function diffLines(diff: string, { style }: Canvas): string[] {
  if (diff === '') return []
  return diff
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => style.paint(toneOf(line), sanitize(line.replace(/\r$/, ''))))
}
