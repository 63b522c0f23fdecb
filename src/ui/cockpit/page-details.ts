// Detail of a host, a job and an allocation: live what the snapshots say, the rest as it was asked for.
import type { Event } from '../../model/event.js'
import { byName, unitOfSlot } from '../../model/names.js'
import { formatBytes, formatCpu } from '../../model/resources.js'
import type { HostDetailView, JobDetailView, LiveView } from '../../model/views.js'
import { allocationsTable } from '../allocations.js'
import { eventLines } from '../events.js'
import { hostLines } from '../host.js'
import { jobLines } from '../jobs.js'
import { unplacedLines, waitingLines } from '../left-undone.js'
import { sanitizeLine } from '../sanitize.js'
import { age, ago } from '../time.js'
import { type Canvas, factLines, hostAndPort, section, sentence, stateCell, verdictCell } from '../view.js'
import { fetchedLines } from './fetched.js'
import type { Fetched, JournalRow } from './state.js'

/** So many events are shown of one thing. */
const STORY = 20

/** What the record says of one thing, oldest first. */
function story(journal: readonly JournalRow[], about: (event: Event) => boolean): readonly Event[] {
  const events = journal.flatMap(({ event }) => (event !== null && about(event) ? [event] : []))
  return events.toSorted((a, b) => a.id - b.id).slice(-STORY)
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
  const facts = [
    ['Slot', row.slot],
    ['Job', job ? `${row.job}, ${job.type} by ${job.driver}` : row.job],
    ['Host', row.host ?? 'none: it has no place'],
    ['State', `${stateCell(row).text}${row.since === null ? '' : ` for ${age(row.since, canvas.now) ?? '?'}`}`],
    ['Healthy', row.healthy === null ? '' : row.healthy ? 'yes' : 'no'],
    ['Restarts', `${row.restarts} by systemd since it was started there`],
    ['Version', String(row.version)],
    ['Memory', row.memory === null ? 'not accounted' : formatBytes(row.memory)],
    ['CPU', row.cpu === null ? 'not known' : formatCpu(row.cpu)],
    ['Ports', ports.join(', ')],
    ['Unit', row.unit ?? unitOfSlot(row.slot)],
  ] as const
  return [
    ...factLines(facts, canvas),
    ...(row.note === null ? [] : ['', ...sentence(row.note, canvas)]),
    ...section('Not running', undone, canvas.style),
    ...section('Last events', eventLines(story(journal, own), canvas), canvas.style),
  ]
}

/** A host in full. */
export function hostPage(
  name: string,
  detail: Fetched<HostDetailView>,
  view: LiveView,
  journal: readonly JournalRow[],
  canvas: Canvas,
): readonly string[] {
  const host = view.hosts.find((one) => one.name === name)
  if (!host) return [`${sanitizeLine(name)} is no longer in the inventory.`]
  const live = {
    host,
    allocations: view.allocations.filter((row) => row.host === name).toSorted((a, b) => byName(a.slot, b.slot)),
    waiting: view.waiting.filter((one) => one.host === name),
    unclaimed: view.unclaimed.filter((unit) => unit.host === name),
    refused: view.unplaced.flatMap(({ slot, reasons }) =>
      reasons.filter((one) => one.host === name).map(({ reason }) => ({ slot, reason })),
    ),
    events: story(journal, (event) => event.host === name),
  }
  if (detail.state === 'there') return hostLines({ ...detail.value, ...live }, canvas)
  const facts = [
    ['Host', `${host.name}, ${host.address}`],
    ['Verdict', verdictCell(host).text],
    ['Contact', ago(host.lastContact, canvas.now)],
  ] as const
  return [
    ...fetchedLines(detail, 'Asking for the rest ...', canvas, () => []),
    '',
    ...factLines(facts, canvas),
    ...(host.reason === null ? [] : sentence(host.reason, canvas)),
    ...section('Allocations', allocationsTable(live.allocations, canvas), canvas.style),
    ...section('Waiting', waitingLines(live.waiting, canvas), canvas.style),
    ...section('Last events', eventLines(live.events, canvas), canvas.style),
  ]
}

/** A job in full. */
export function jobPage(
  name: string,
  detail: Fetched<JobDetailView>,
  view: LiveView,
  journal: readonly JournalRow[],
  canvas: Canvas,
): readonly string[] {
  const job = view.jobs.find((one) => one.name === name)
  if (!job) return [`The job ${sanitizeLine(name)} is not applied any more.`]
  const own = ({ slot }: { readonly slot: string | null }) => slot?.startsWith(`${name}.`) === true
  const live = {
    job,
    allocations: view.allocations.filter((row) => row.job === name),
    unplaced: view.unplaced.filter(own),
    waiting: view.waiting.filter(own),
    events: story(journal, own),
  }
  if (detail.state === 'there') return jobLines({ ...detail.value, ...live }, canvas)
  const undone = [...unplacedLines(live.unplaced, canvas), ...waitingLines(live.waiting, canvas)]
  return [
    ...fetchedLines(detail, 'Asking for the rest ...', canvas, () => []),
    ...section('Allocations', allocationsTable(live.allocations, canvas), canvas.style),
    ...section('Not running', undone, canvas.style),
    ...section('Last events', eventLines(live.events, canvas), canvas.style),
  ]
}
