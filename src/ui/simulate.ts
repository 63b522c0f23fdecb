// `hc simulate`: host by host before and after, what moves, what has no place, and what is proved.

import { someOf } from '../model/names.js'
import { formatBytes, formatDevices } from '../model/resources.js'
import { MOST_LOOKED_AT, type SimulatedFill, type SimulatedHost, type SimulationView } from '../model/scenario.js'
import { unplacedLines } from './left-undone.js'
import { survivalLines } from './survival.js'
import { type Column, table } from './table.js'
import { type Canvas, section, sentence } from './view.js'
import { capital, count, list } from './words.js'

/** So many hosts and moves are listed; of more only those that change, and then the first. */
const LISTED = 40

/** The whole answer. `effort`: that of the search, for what to try next. */
export function simulationLines(view: SimulationView, canvas: Canvas, effort: number): string[] {
  const { style } = canvas
  return [
    ...view.basis.flatMap((text) => sentence(capital(text), canvas, '', 'dim')),
    ...(view.basis.length === 0 ? [] : ['']),
    ...hostLines(view.hosts, canvas),
    ...section('Moves', moveLines(view, canvas), style),
    ...section('Without a place', unplacedLines(view.unplaced, canvas, '  ', view.remedy, 'simulate'), style),
    ...section('Loss of one more host', lossLines(view, canvas), style),
    ...(view.fill === null ? [] : section('Room', fillLines(view.fill, canvas), style)),
    '',
    ...sentence(summary(view, effort), canvas, '', view.unplaced.length === 0 ? 'good' : 'warn'),
  ]
}

function lossLines({ survives, looked, hosts, placements }: SimulationView, canvas: Canvas): string[] {
  if (placements.length === 0) return []
  if (looked) return survivalLines(survives, canvas, false)
  const left = hosts.filter(({ lost }) => !lost).length
  const times = left * placements.length
  const size = `${count(left, 'host')} times ${count(placements.length, 'slot')}`
  const effort = Math.ceil(times / MOST_LOOKED_AT)
  return sentence(
    `not looked at: ${size} are more than ${MOST_LOOKED_AT}, and each loss costs a search of its own: --effort ${effort} looks`,
    canvas,
    '  ',
  )
}

function isChanged({ before, after, lost }: SimulatedHost): boolean {
  const { cpu, memory, disk } = before.used
  const same = after.used.cpu === cpu && after.used.memory === memory && after.used.disk === disk
  return lost || before.slots !== after.slots || !same
}

function change(before: string, after: string): string {
  return before === after ? after : `${before} > ${after}`
}

const cores = (millicores: number) => String(Number((millicores / 1000).toFixed(2)))

function devicesText({ capacity, before, after }: SimulatedHost): string {
  return Object.entries(capacity.devices)
    .filter(([, whole]) => whole > 0)
    .map(([name, whole]) => {
      const used = (load: SimulatedHost['after']) => formatDevices(load.used.devices[name] ?? 0)
      return `${name} ${change(used(before), used(after))}/${formatDevices(whole)}`
    })
    .join(', ')
}

const COLUMNS: readonly Column<SimulatedHost>[] = [
  { title: 'HOST', value: ({ name, lost }) => (lost ? { text: `${name} (lost)`, tone: 'bad' } : name), shrink: true },
  { title: 'SLOTS', value: ({ before, after }) => change(String(before.slots), String(after.slots)) },
  {
    title: 'CPU',
    value: ({ before, after, capacity }) =>
      `${change(cores(before.used.cpu), cores(after.used.cpu))}/${cores(capacity.cpu)}`,
  },
  ...(['memory', 'disk'] as const).map(
    (part): Column<SimulatedHost> => ({
      title: part.toUpperCase(),
      value: ({ before, after, capacity }) =>
        `${change(formatBytes(before.used[part]), formatBytes(after.used[part]))}/${formatBytes(capacity[part])}`,
    }),
  ),
  { title: 'DEVICES', value: devicesText, shrink: true },
]

function hostLines(hosts: readonly SimulatedHost[], canvas: Canvas): string[] {
  const shown = hosts.length <= LISTED ? hosts : hosts.filter(isChanged).slice(0, LISTED)
  const rest = hosts.length - shown.length
  const changed = hosts.filter(isChanged).length
  return [
    ...table(COLUMNS, shown, canvas.style, canvas.columns),
    ...(rest === 0
      ? []
      : sentence(`... of ${count(hosts.length, 'host')}, ${changed} with a change: --json lists all`, canvas)),
  ]
}

function moveLines({ moves }: SimulationView, canvas: Canvas): string[] {
  const lines = moves
    .slice(0, LISTED)
    .flatMap(({ slot, from, to }) => sentence(`> ${slot}  ${from} > ${to}: to make room`, canvas, '  '))
  const rest = moves.length - LISTED
  return rest <= 0
    ? lines
    : [...lines, ...sentence(`... and ${count(rest, 'move')} more: --json lists all`, canvas, '  ')]
}

function fillLines({ job, more, hosts, stopped }: SimulatedFill, canvas: Canvas): string[] {
  const parts = Object.entries(hosts).map(([host, slots]) => `${slots} on ${host}`)
  const shown = parts.length > 12 ? `on ${count(parts.length, 'host')}` : list(parts)
  const where = more === 0 ? '' : `: ${shown}`
  const least = stopped.length === 0 && more > 0 ? 'at least ' : ''
  const groups = new Map<string, string[]>()
  for (const { host, reason } of stopped) groups.set(reason, [...(groups.get(reason) ?? []), host])
  return [
    ...sentence(`${capital(`${least}${count(more, 'more slot')}`)} of ${job} would fit${where}`, canvas, '  '),
    ...(stopped.length === 0 ? [] : sentence('The next one has no place:', canvas, '  ')),
    ...[...groups].slice(0, 12).flatMap(([reason, names]) => sentence(`${someOf(names)}: ${reason}`, canvas, '    ')),
  ]
}

/** `All 12 slots have a place, with 2 moves; proved: ...`. */
function summary({ placements, unplaced, moves, proved }: SimulationView, effort: number): string {
  const all = placements.length + unplaced.length
  if (all === 0) return 'There is no slot that wants a place.'
  const moved = moves.length === 0 ? 'nothing that runs moves' : `${count(moves.length, 'move')}`
  const longer = `not proved within the budget: --effort ${effort * 10} looks longer`
  if (unplaced.length === 0) {
    const least = moves.length === 0 ? '' : proved ? '; proved: no fewer moves would do' : `; ${longer}`
    return `All ${count(all, 'slot')} ${all === 1 ? 'has' : 'have'} a place; ${moved}${least}.`
  }
  const why = proved ? 'proved: no placement of more exists' : longer
  return `${unplaced.length} of ${count(all, 'slot')} ${unplaced.length === 1 ? 'has' : 'have'} no place; ${moved}; ${why}.`
}
