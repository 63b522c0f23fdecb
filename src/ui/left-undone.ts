// What has no place, what waits and what is nobody's: shown by status, plan, apply and job show alike.
import type { Unclaimed, Waiting } from '../model/plan.js'
import type { ResultView, UnplacedView } from '../model/views.js'
import { table } from './table.js'
import { type Canvas, sentence } from './view.js'
import { capital, list } from './words.js'

/** So many slots are named where several have no place for the same reasons. */
const NAMED = 6
/** And where several wait for the same. */
export const NAMED_WAITING = 12
/** So many different reasons of hosts are told. */
const TOLD = 12

/** Slots without a place, why each host cannot take them, and what would help; slots that fare alike together. `command`: where --effort looks longer. */
export function unplacedLines(
  unplaced: readonly UnplacedView[],
  canvas: Canvas,
  indent = '  ',
  remedy: string | null = null,
  command: 'plan' | 'simulate' = 'plan',
): string[] {
  const groups = new Map<string, UnplacedView[]>()
  for (const each of unplaced) {
    const key = JSON.stringify([each.reasons, each.proof, each.remedy])
    groups.set(key, [...(groups.get(key) ?? []), each])
  }
  return [
    ...[...groups.values()].flatMap((members) => groupLines(members, canvas, indent, command)),
    ...(remedy === null ? [] : sentence(begun(remedy), canvas, indent, 'bold')),
  ]
}

function proofText(proof: NonNullable<UnplacedView['proof']>, command: string): string {
  return proof === 'impossible'
    ? ' (proved impossible with the hosts that are ready)'
    : ` (not found within the budget: hc ${command} --effort 10 looks longer)`
}

function groupLines(members: readonly UnplacedView[], canvas: Canvas, indent: string, command: string): string[] {
  const { reasons = [], proof, remedy } = members[0] ?? {}
  const slots = members.map(({ slot }) => slot)
  const none = reasons.length === 0 ? ': no host takes jobs' : ''
  const shown = proof === undefined ? '' : proofText(proof, command)
  const text = `${named(slots, NAMED)} ${slots.length === 1 ? 'has' : 'have'} no place${shown}${none}`
  const alone = slots.length === 1 ? '' : 'one of them: '
  return [
    ...sentence(text, canvas, indent),
    ...reasonLines(reasons, canvas, `${indent}  `),
    ...(remedy === undefined ? [] : sentence(begun(`${alone}${remedy}`), canvas, `${indent}  `, 'bold')),
  ]
}

/** A sentence that begins with a field of a job file begins as that is written. */
function begun(text: string): string {
  return /^[a-z]+ /.test(text) ? capital(text) : text
}

/** Hosts that refuse for the same reason together; of very many different ones not all. */
function reasonLines(reasons: UnplacedView['reasons'], canvas: Canvas, indent: string): string[] {
  const hosts = new Map<string, string[]>()
  for (const { host, reason } of reasons) hosts.set(reason, [...(hosts.get(reason) ?? []), host])
  const groups = [...hosts]
  const rest = groups.slice(TOLD).reduce((sum, [, names]) => sum + names.length, 0)
  return [
    ...groups
      .slice(0, TOLD)
      .flatMap(([reason, names]) => sentence(`${named(names, NAMED)}: ${reason}`, canvas, indent)),
    ...(rest === 0
      ? []
      : sentence(`... and ${rest} more hosts, each with its reason: --json lists all`, canvas, indent)),
  ]
}

/** Slots that wait, and for what; those that wait on the same host for the same together. */
export function waitingLines(waiting: readonly Waiting[], canvas: Canvas, indent = '  '): string[] {
  const groups = new Map<string, Waiting[]>()
  for (const each of waiting) {
    const key = JSON.stringify([each.host, each.reason])
    groups.set(key, [...(groups.get(key) ?? []), each])
  }
  return [...groups.values()].flatMap((members) => {
    const { host = null, reason = '' } = members[0] ?? {}
    const where = host === null ? '' : ` on ${host}`
    const wait = members.length === 1 ? 'waits' : 'wait'
    return sentence(
      `${named(
        members.map(({ slot }) => slot),
        NAMED_WAITING,
      )}${where} ${wait}: ${reason}`,
      canvas,
      indent,
    )
  })
}

/** The first of them by name, and how many more. */
export function named(slots: readonly string[], most: number): string {
  const rest = slots.length > most ? [`${slots.length - most} more`] : []
  return list([...slots.slice(0, most), ...rest])
}

/** Allocations that stay on hosts that are being drained, and why. */
export function stayingLines(staying: readonly Waiting[], canvas: Canvas, indent = '  '): string[] {
  return staying.flatMap(({ slot, host, reason }) => sentence(`${slot} stays on ${host}: ${reason}`, canvas, indent))
}

/** Units of hc that the store knows nothing of. */
export function unclaimedLines(unclaimed: readonly Unclaimed[], canvas: Canvas): string[] {
  return unclaimed.flatMap(({ slot, host }) => sentence(`${slot} on ${host}`, canvas, '  '))
}

/** One line per step that failed. */
export function failedLines(failed: readonly ResultView[], { style }: Canvas): string[] {
  return table<ResultView>(
    [
      { title: 'SLOT', value: ({ slot }) => slot },
      { title: 'HOST', value: ({ host }) => host },
      { title: 'RESULT', value: () => ({ text: 'FAILED', tone: 'bad' }) },
      { title: 'WHY', value: ({ error }) => error ?? '' },
    ],
    failed,
    style,
    null,
  )
}
