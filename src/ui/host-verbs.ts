// What hc host forget, confirm-lost and clean say, and hc job move of what is there already.
import type { HostCleanView, HostVerbView, JobMoveView, StrayUnitView } from '../model/host-verbs.js'
import type { ResultView } from '../model/views.js'
import { table } from './table.js'
import { type Canvas, sentence } from './view.js'
import { count, list } from './words.js'

/** One sentence per host. */
export function hostVerbLines(hosts: readonly HostVerbView[], canvas: Canvas): string[] {
  return hosts.flatMap(({ text, changed }) => sentence(`${text}.`, canvas, '', changed ? 'plain' : 'dim'))
}

/** What forgetting would mean. */
export function forgetQuestionLines(hosts: readonly HostVerbView[], canvas: Canvas): string[] {
  return hostVerbLines(
    hosts.map((view) => ({ ...view, text: view.text.replace(' is forgotten: ', ' would be forgotten: ') })),
    canvas,
  )
}

/** What is there that the store knows nothing of. */
export function strayLines({ units, host }: HostCleanView, canvas: Canvas): string[] {
  if (units.length === 0) return []
  return [
    ...table<StrayUnitView>(
      [
        { title: 'UNCLAIMED', value: ({ slot }) => slot },
        { title: 'STATE', value: ({ state }) => state },
        { title: 'CLUSTER', value: ({ cluster }) => cluster ?? 'none', shrink: true },
      ],
      units,
      canvas.style,
      canvas.columns,
    ),
    '',
    ...sentence(`${count(units.length, 'unit')} of hc on ${host} that this store knows nothing of.`, canvas),
  ]
}

/** What became of it. */
export function cleanLines({ host, units, results }: HostCleanView, canvas: Canvas): string[] {
  if (units.length === 0) return [`Nothing on ${host} is unclaimed.`]
  const gone = results.filter(({ ok }) => ok).map(({ slot }) => slot)
  const failed = results.filter(({ ok }) => !ok)
  return [
    ...(gone.length === 0
      ? []
      : sentence(`${list(gone)} ${gone.length === 1 ? 'is' : 'are'} gone from ${host}.`, canvas)),
    ...failed.flatMap(({ slot, error }: ResultView) => sentence(`${slot} is still there: ${error}`, canvas, '', 'bad')),
  ]
}

/** What is there already. */
export function movedThereLines({ there }: JobMoveView, host: string, canvas: Canvas): string[] {
  if (there.length === 0) return []
  return sentence(
    `${list(there)} ${there.length === 1 ? 'is' : 'are'} on ${host} already, which is home from now on.`,
    canvas,
  )
}
