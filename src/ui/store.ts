// `hc store`: what was copied, put back or moved.

import { someOf } from '../model/names.js'
import type { BackupView, MigrateView, RestoreView, StoreCounts } from '../model/store-copies.js'
import { sanitizeLine } from './sanitize.js'
import { count } from './words.js'

/** Where the backup is, and what it holds. */
export function backupLines(view: BackupView): string[] {
  return [
    `${sanitizeLine(view.file)}: ${holds(view)}; ${Math.ceil(view.bytes / 1024)} KiB, sha256 ${view.sha256.slice(0, 12)}`,
  ]
}

/** What was put back, and what is to be known of it. */
export function restoreLines(view: RestoreView): string[] {
  return [
    `Restored from ${sanitizeLine(view.file)} of ${view.madeAt}: ${holds(view)}.`,
    ...(view.replaced === null ? [] : [`What was there before is saved in ${sanitizeLine(view.replaced)}.`]),
    'It waits: what was decided since the backup is not in it, and another hc may act by now. Nothing is written to any host before hc reconcile --take-over.',
  ]
}

/** What was moved, and what has to be set. */
export function migrateLines(view: MigrateView): string[] {
  const [from, to] = [sanitizeLine(view.from), sanitizeLine(view.to)]
  return [
    `Moved from ${from} to ${to}, read back and compared: ${holds(view)}.`,
    ...(view.eventsLeft === 0 ? [] : [leftText(view.eventsLeft, from)]),
    `The store in ${from} is as it was, but says that it was moved: no hc goes on with it.`,
    `Set it in the inventory: ${settingFor(view.to)}`,
    ...unusedLines(view),
  ]
}

function unusedLines({ unused }: MigrateView): string[] {
  if (unused.length === 0) return []
  const [on, each] = [someOf(unused.map(sanitizeLine)), unused.length === 1 ? sanitizeLine(unused[0] ?? '') : 'HOST']
  return [
    `The etcd and the loop that hc set up on ${on} are used by nothing any more: hc control remove ${each} takes them away${unused.length === 1 ? '' : ', one host after the other'}.`,
  ]
}

function leftText(events: number, from: string): string {
  if (events === 1) return `The oldest event has no room there; it stays in ${from}.`
  return `The ${events} oldest events have no room there; they stay in ${from}.`
}

/** The command that sets hc_store. */
export function settingFor(to: string): string {
  return to === '.hc' ? 'hc inventory unset all hc_store' : `hc inventory set all hc_store='${sanitizeLine(to)}'`
}

function holds({ cluster, term, jobs, hosts, events, files }: StoreCounts): string {
  const parts = [count(jobs, 'job'), count(hosts, 'host'), count(events, 'event'), count(files, 'file')]
  return `cluster ${sanitizeLine(cluster)}, term ${term.number}, ${parts.join(', ')}`
}
