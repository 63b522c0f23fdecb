// `hc host run`: what hosts print as they print it, and how it ended on each.
import type { HostRunView } from '../model/views.js'
import { sanitize, sanitizeLine } from './sanitize.js'
import type { Style } from './style.js'
import { type Canvas, sentence } from './view.js'
import { count, list } from './words.js'

/** One line of a host's output, with the host in front. */
export function hostOutputLine(host: string, line: string, style: Style): string {
  return `${style.paint('dim', `${sanitizeLine(host)} |`)} ${sanitize(line)}`
}

/** Who failed and how; nothing for one host whose command ended well. */
export function hostRunRecap(results: readonly HostRunView[], canvas: Canvas): string[] {
  if (results.length === 0) return ['No host matches the pattern.']
  const notDone = results.filter((result) => result.exitCode === null)
  const failed = results.filter((result) => result.exitCode !== null && result.exitCode !== 0)
  const reason = ({ error, failure }: HostRunView) => error ?? failure ?? 'unknown'
  const lines = [
    ...together(notDone, reason).flatMap(([why, some]) => sentence(`${namesOf(some)}: ${why}`, canvas, '', 'bad')),
    ...together(failed, ({ exitCode }) => `exit ${exitCode}`).flatMap(([exit, some]) =>
      sentence(`${namesOf(some)}: ${exit}`, canvas, '', 'bad'),
    ),
  ]
  if (results.length === 1) return lines
  const good = results.length - notDone.length - failed.length
  return [...lines, `${count(results.length, 'host')}: ${good} ok, ${failed.length} failed, ${notDone.length} not done`]
}

/** What hosts said, those that said the same together: names, and the output below. */
export function sameOutputs(results: readonly HostRunView[], style: Style): string[] {
  const done = results.filter(({ exitCode }) => exitCode !== null)
  const groups = together(done, ({ stdout, stderr }) => JSON.stringify([stdout, stderr]))
  return groups.flatMap(([, some]) => {
    const [first] = some
    const text = [first?.stdout ?? '', first?.stderr ?? ''].map((each) => each.trimEnd()).filter((each) => each !== '')
    const body = text.flatMap((each) => sanitize(each).split('\n'))
    const cut = first?.truncated === true ? ['(cut off)'] : []
    const shown = body.length === 0 ? ['(nothing)'] : [...body, ...cut]
    return [style.paint('bold', `${namesOf(some)}:`), ...shown.map((line) => `  ${line}`)]
  })
}

function namesOf(results: readonly HostRunView[]): string {
  return list(results.map(({ host }) => host))
}

/** Results by what they have in common, in the order of the first of each. */
function together(results: readonly HostRunView[], by: (result: HostRunView) => string): [string, HostRunView[]][] {
  const groups = new Map<string, HostRunView[]>()
  for (const result of results) groups.set(by(result), [...(groups.get(by(result)) ?? []), result])
  return [...groups]
}
