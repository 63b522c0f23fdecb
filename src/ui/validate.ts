// `hc validate`: the files are right, and what should be known of them.
import type { ValidateView } from '../model/views.js'
import { type Canvas, section, sentence } from './view.js'
import { count } from './words.js'

/** What was read, and remarks. Faults are errors and come by faults.ts. */
export function validateLines(view: ValidateView, canvas: Canvas): string[] {
  const { style } = canvas
  const read = `${count(view.files.length, 'file')}, ${count(view.jobs.length, 'job')}, ${count(view.hosts.length, 'host')}`
  return [
    `${style.paint('good', 'Valid:')} ${read}.`,
    ...section(
      'Remarks',
      view.notes.flatMap((note) => sentence(note, canvas, '  ')),
      style,
    ),
  ]
}
