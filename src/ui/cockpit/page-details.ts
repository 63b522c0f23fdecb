// Detail of a host and of an allocation.
import { byName, unitOfSlot } from '../../model/names.js'
import { formatBytes, formatCpu, type Resources } from '../../model/resources.js'
import type { HostDetailView, HostView, LiveView } from '../../model/views.js'
import { allocationsTable } from '../allocations.js'
import { unplacedLines, waitingLines } from '../left-undone.js'
import { sanitizeLine } from '../sanitize.js'
import { age, ago, localTime } from '../time.js'
import { type Canvas, hostAndPort, section, sentence, stateCell, verdictCell } from '../view.js'
import { pad } from '../width.js'
import { barSigns } from './bars.js'
import { aboutRow } from './journal.js'
import type { Fetched, JournalRow } from './state.js'

/** So many events are shown of one thing. */
const STORY = 20

/** `Slot:      web.0`; empty ones are left out. */
export function factLines(facts: readonly (readonly [string, string])[]): readonly string[] {
  const widest = Math.max(...facts.map(([name]) => name.length)) + 3
  return facts
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${pad(`${name}:`, widest)}${sanitizeLine(value)}`)
}

/** What the journal says of one thing, newest first. */
export function storyLines(
  journal: readonly JournalRow[],
  about: (row: JournalRow) => boolean,
  canvas: Canvas,
): readonly string[] {
  const rows = journal.filter(about).slice(0, STORY)
  const lines = rows.flatMap((row) => {
    const subject = aboutRow(row)
    return sentence(`${localTime(row.time)}  ${subject === '' ? '' : `${subject}: `}${row.text}`, canvas, '  ')
  })
  return section('Events, newest first', lines, canvas.style)
}

/** An allocation in full. */
export function allocationPage(
  { slot, host }: { readonly slot: string; readonly host: string | null },
  view: LiveView,
  journal: readonly JournalRow[],
  canvas: Canvas,
): readonly string[] {
  const copies = view.allocations.filter((row) => row.slot === slot)
  const row = copies.find((one) => one.host === host) ?? copies[0]
  if (!row) return [`There is no allocation ${sanitizeLine(slot)} any more.`]
  const own = (each: { readonly slot: string | null }) => each.slot === slot
  const job = view.jobs.find(({ name }) => name === row.job)
  const ports = Object.entries(row.ports).map(([name, at]) => `${name} ${hostAndPort(at.address, at.port)}`)
  const undone = [
    ...unplacedLines(view.unplaced.filter(own), canvas),
    ...waitingLines(view.waiting.filter(own), canvas),
  ]
  return [
    ...factLines([
      ['Slot', row.slot],
      ['Job', job ? `${row.job}, ${job.type} by ${job.driver}` : row.job],
      ['Host', row.host ?? 'none: it has no place'],
      ['State', `${stateCell(row).text}${row.since === null ? '' : ` for ${age(row.since, canvas.now) ?? '?'}`}`],
      ['Healthy', row.healthy === null ? '' : row.healthy ? 'yes' : 'no'],
      ['Restarts', `${row.restarts} by systemd since it was started there`],
      ['Version', String(row.version)],
      ['Memory', row.memory === null ? 'not accounted' : formatBytes(row.memory)],
      ['Cpu', row.cpu === null ? 'not known' : formatCpu(row.cpu)],
      ['Ports', ports.join(', ')],
      ['Unit', row.unit ?? unitOfSlot(row.slot)],
    ]),
    ...(row.note === null ? [] : ['', ...sentence(row.note, canvas)]),
    ...section('Not running', undone, canvas.style),
    ...storyLines(journal, own, canvas),
  ]
}

/** A host in full: live what the snapshots say, the rest as it was asked for. */
export function hostPage(
  name: string,
  detail: Fetched<HostDetailView>,
  view: LiveView,
  journal: readonly JournalRow[],
  canvas: Canvas,
): readonly string[] {
  const { style } = canvas
  const host = view.hosts.find((one) => one.name === name)
  if (!host) return [`${sanitizeLine(name)} is no longer in the inventory.`]
  const there = view.allocations.filter((row) => row.host === name).toSorted((a, b) => byName(a.slot, b.slot))
  const refused = view.unplaced.map(({ slot, reasons }) => ({
    slot,
    reasons: reasons.filter((one) => one.host === name),
  }))
  const nobodys = view.unclaimed.filter((unit) => unit.host === name).map(({ slot }) => `  ${sanitizeLine(slot)}`)
  const waiting = view.waiting.filter((one) => one.host === name)
  return [
    ...factLines([...identity(host, canvas), ...more(detail, canvas)]),
    ...(host.reason === null ? [] : ['', ...sentence(host.reason, canvas)]),
    ...section(`Use (${signs(canvas)})`, use(host), style),
    ...section('Allocations', allocationsTable(there, canvas), style),
    ...section('Waiting', waitingLines(waiting, canvas), style),
    ...section(
      'No place here',
      unplacedLines(
        refused.filter(({ reasons }) => reasons.length > 0),
        canvas,
      ),
      style,
    ),
    ...section('Unclaimed: hc knows nothing of them and lets them run', nobodys, style),
    ...storyLines(journal, (row) => row.host === name, canvas),
  ]
}

function signs({ style }: Canvas): string {
  const { both, reserved, used } = barSigns(style.unicode)
  return `in the bars: ${both} used and reserved, ${reserved} only reserved, ${used} only used`
}

function identity(host: HostView, { now }: Canvas): readonly (readonly [string, string])[] {
  const labels = Object.entries(host.labels).sort(([a], [b]) => byName(a, b))
  const drivers = Object.entries(host.drivers).map(([driver, version]) => `${driver} ${version}`)
  const booted = host.bootedAt === null ? '' : `${localTime(host.bootedAt)}, ${ago(host.bootedAt, now)}`
  return [
    ['Host', host.name],
    ['Address', host.address],
    ['Verdict', verdictCell(host).text],
    ['Contact', ago(host.lastContact, now)],
    ['Booted', booted],
    ['System', host.os ?? ''],
    ['Drivers', drivers.join(', ')],
    ['Labels', labels.map(([name, value]) => `${name}=${value}`).join(', ')],
  ]
}

/** What only `hc host show` knows. */
function more(detail: Fetched<HostDetailView>, { now }: Canvas): readonly (readonly [string, string])[] {
  if (detail.state === 'waiting') return []
  if (detail.state === 'failed') return [['Note', 'groups, kernel and login could not be had; hc host show says why']]
  const { since, connection, groups, arch, kernel, vantages } = detail.value
  const login = [connection.kind, connection.user === null ? '' : `as ${connection.user}`]
  return [
    ['Since', since === null ? '' : `${localTime(since)}, ${ago(since, now)}`],
    ['Reached', [...login, connection.port === null ? '' : `port ${connection.port}`].filter(Boolean).join(' ')],
    ['Groups', groups.join(', ')],
    ['Kernel', [kernel ?? '', arch ?? ''].filter(Boolean).join(' ')],
    ['Seen by', vantages.join(', ')],
  ]
}

function use({ used, reserved, capacity }: HostView): readonly string[] {
  const line = (name: string, of: (resources: Resources) => number, text: (amount: number) => string) => {
    const part = (resources: Resources | null) => (resources === null ? '?' : text(of(resources)))
    return `  ${pad(name, 8)}${part(used)} used, ${part(reserved)} reserved, ${part(capacity)} in all for jobs`
  }
  return [
    line('cpu', ({ cpu }) => cpu, formatCpu),
    line('memory', ({ memory }) => memory, formatBytes),
    line('disk', ({ disk }) => disk, formatBytes),
  ]
}
