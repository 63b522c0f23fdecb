// `hc export`: what has to be known of the jobs that were made.
import type { ExportRemark } from '../model/export.js'
import { sanitizeLine } from './sanitize.js'
import { type Canvas, sentence } from './view.js'

/** Remarks by kind; those of the same sentence stand together. */
export function exportRemarkLines(remarks: readonly ExportRemark[], canvas: Canvas): string[] {
  return [
    ...kindLines(remarks, 'differs', 'Means something else in Nomad, or needs something besides', canvas),
    ...kindLines(remarks, 'left-out', 'Has no counterpart in Nomad, and is left out', canvas),
  ]
}

function kindLines(all: readonly ExportRemark[], kind: ExportRemark['kind'], title: string, canvas: Canvas): string[] {
  const groups = new Map<string, ExportRemark[]>()
  for (const remark of all.filter((each) => each.kind === kind)) {
    const id = JSON.stringify([remark.key, remark.text, remark.hint])
    groups.set(id, [...(groups.get(id) ?? []), remark])
  }
  if (groups.size === 0) return []
  const lines = [...groups.values()].flatMap(([first, ...more]) => {
    if (first === undefined) return []
    const jobs = [first, ...more].map(({ job }) => job).join(', ')
    const hint = first.hint === null ? [] : sentence(`instead or besides: ${sanitizeLine(first.hint)}`, canvas, '    ')
    return [...sentence(sanitizeLine(`${jobs} ${first.key}: ${first.text}`), canvas, '  '), ...hint]
  })
  return [canvas.style.paint('bold', `${title}:`), ...lines]
}
