// `hc host run`: what hosts print as they print it, and how it ended on each.
import type { HostRunView } from '../model/views.js'
import { LineSplitter } from '../remote/line-splitter.js'
import { grouped } from './grouped.js'
import { sanitize, sanitizeLine } from './sanitize.js'
import type { Style } from './style.js'
import { type Canvas, sentence } from './view.js'
import { count, list } from './words.js'

/** One line of a host's output, with the host in front. */
export function hostOutputLine(host: string, line: string, style: Style): string {
  return `${style.paint('dim', `${sanitizeLine(host)} |`)} ${sanitize(line)}`
}

/** Chunks of what hosts print, put together to whole lines of each host and stream. */
export function wholeLines(print: (host: string, stream: 'stdout' | 'stderr', line: string) => void) {
  const splitters = new Map<string, LineSplitter>()
  return {
    push: (host: string, stream: 'stdout' | 'stderr', text: string): void => {
      const key = `${stream} ${host}`
      const splitter = splitters.get(key) ?? new LineSplitter((line) => print(host, stream, line))
      splitters.set(key, splitter)
      splitter.push(text)
    },
    end: (): void => {
      for (const splitter of splitters.values()) splitter.end()
    },
  }
}

/** Who failed and how; nothing for one host whose command ended well. */
export function hostRunRecap(results: readonly HostRunView[], canvas: Canvas): string[] {
  if (results.length === 0) return ['No host matches the pattern.']
  const notDone = results.filter((result) => result.exitCode === null)
  const failed = results.filter((result) => result.exitCode !== null && result.exitCode !== 0)
  const reason = ({ error, failure }: HostRunView) => error ?? failure ?? 'unknown'
  const lines = [
    ...grouped(notDone, reason).flatMap(([why, some]) => sentence(`${namesOf(some)}: ${why}`, canvas, '', 'bad')),
    ...grouped(failed, ({ exitCode }) => `exit ${exitCode}`).flatMap(([exit, some]) =>
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
  const groups = grouped(done, ({ stdout, stderr }) => JSON.stringify([stdout, stderr]))
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
