// `hc import compose`: the jobs that were made, and what has to be known of them.
import { formatAt } from '../model/errors.js'
import type { ImportRemark, ImportView } from '../model/import.js'
import { sanitizeLine } from './sanitize.js'
import { type Canvas, sentence } from './view.js'
import { count } from './words.js'

/** Jobs, then remarks: those of the same sentence stand together. */
export function importLines(view: ImportView, canvas: Canvas): string[] {
  const { style } = canvas
  const done = view.written ? 'Written' : 'Would be written'
  return [
    `${style.paint('good', `${done}:`)} ${count(view.jobs.length, 'job')} of the project ${sanitizeLine(view.project)}.`,
    ...view.jobs.map(
      ({ name, service, file }) => `  ${sanitizeLine(name === service ? file : `${file} (service ${service})`)}`,
    ),
    ...remarkLines(view.remarks, 'differs', 'Means something else than there', canvas),
    ...remarkLines(view.remarks, 'left-out', 'Has no counterpart, and is left out', canvas),
  ]
}

function remarkLines(
  remarks: readonly ImportRemark[],
  kind: ImportRemark['kind'],
  title: string,
  canvas: Canvas,
): string[] {
  const groups = new Map<string, ImportRemark[]>()
  for (const remark of remarks) {
    if (remark.kind !== kind) continue
    const id = JSON.stringify([remark.key, remark.text, remark.hint])
    groups.set(id, [...(groups.get(id) ?? []), remark])
  }
  if (groups.size === 0) return []
  return [
    '',
    canvas.style.paint('bold', `${title}:`),
    ...[...groups.values()].flatMap((group) => groupLines(group, canvas)),
  ]
}

function groupLines(group: readonly ImportRemark[], canvas: Canvas): string[] {
  const [first] = group
  if (first === undefined) return []
  const where = group.map(({ service, at }) => (service === null ? formatAt(at) : `${service} ${formatAt(at)}`))
  return [
    ...sentence(`${first.key}: ${first.text}`, canvas, '  '),
    ...sentence(`at ${where.join(', ')}`, canvas, '    '),
    ...(first.hint === null ? [] : sentence(`instead: ${first.hint}`, canvas, '    ')),
  ]
}
