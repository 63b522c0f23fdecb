// `hc events`: the record, one line each.
import type { Event, EventKind } from '../model/event.js'
import { sanitizeLine } from './sanitize.js'
import type { Tone } from './style.js'
import { localTime } from './time.js'
import type { Canvas } from './view.js'
import { cut, pad, wrap } from './width.js'

/** All kinds of events with what each means: the source of the documentation. */
export const EVENT_KINDS: Readonly<Record<EventKind, string>> = {
  applied: 'a job was applied: new, or in a new version',
  removed: 'a job was removed',
  verdict: 'what is believed of a host has changed',
  decided: 'an action was decided; written before it is done',
  done: 'an action was done',
  failed: 'an action failed',
  unplaced: 'a slot found no place',
  'job-stopped': 'hc job stop',
  'job-started': 'hc job start',
  'restart-asked': 'hc job restart',
  'restarted-by-systemd': 'systemd restarted a unit on its host',
  'control-cut-off': 'the control machine reaches nobody and takes itself for the one cut off',
  inventory:
    'inventory.yml was read anew, or is faulty; a control machine goes by another one than the leader, or no more',
  cordon: 'a host was cordoned, uncordoned or drained',
  loop: 'the loop began or ended',
  'take-over': 'another store or control machine took over',
  armed: 'an exclusive slot is armed on its host: reason loop-ticks',
  disarmed: 'an exclusive slot is armed no more: reason loop-ended, slot-gone, not-under-rule or not-shown',
  survival: 'the loss of a host would no longer be survived, or would be again',
  health: 'the health check of an allocation begins to fail, or answers again',
  run: 'a run of a batch or cron job failed, or the first one after that did not',
  reverted: 'a job went back to an earlier version, by itself or by hc job rollback',
  fence: 'the power of a host is cut, or is off',
  forgotten: 'hc host forget',
  'confirmed-lost': 'hc host confirm-lost',
  drill: 'hc drill lose: reason begun, ended or failed',
  cleaned: 'hc host clean',
  'move-asked': 'hc job move, hc rebalance',
  notified: 'hc_notify or hc_on_change was told of something',
  store: 'the store was restored from a backup, or moved to another',
  warning: 'something to look at',
}

/** Kinds that stand out. */
export const EVENT_TONES: Readonly<Partial<Record<EventKind, Tone>>> = {
  done: 'good',
  failed: 'bad',
  unplaced: 'bad',
  verdict: 'warn',
  survival: 'warn',
  warning: 'warn',
  'control-cut-off': 'bad',
}

/** Of the kinds that are met daily; the few longer ones push their own text on. */
const KIND_WIDTH = 'restart-asked'.length
/** Where the text begins. */
const TEXT_AT = '2026-11-22 10:04:05'.length + 2 + KIND_WIDTH + 2

/** `2026-11-22 10:04:05  verdict  nuc2: lost: no answer for 12s ...`, the text on lines of its own where it is long. */
export function wrappedEvent(event: Event, canvas: Canvas): string[] {
  const { style, columns } = canvas
  const head = `${localTime(event.time)}  ${pad(sanitizeLine(event.kind), KIND_WIDTH)}  `
  const lines = wrap(textOf(event), columns, head, ' '.repeat(TEXT_AT))
  const kind = style.paint(EVENT_TONES[event.kind] ?? 'plain', sanitizeLine(event.kind))
  return lines.map((line, index) => (index === 0 ? line.replace(sanitizeLine(event.kind), kind) : line))
}

/** The same on one line, however long. */
export function eventLine(event: Event, canvas: Canvas): string {
  return wrappedEvent(event, { ...canvas, columns: null }).join(' ')
}

function textOf(event: Event): string {
  const names = [event.slot, event.host].filter((name) => name !== null)
  const subject = names.every((name) => event.text.includes(name)) ? '' : names.join(' on ')
  const tick = event.kind === 'decided' && event.tick !== undefined ? ` (tick ${sanitizeLine(event.tick)})` : ''
  return `${subject === '' ? '' : `${sanitizeLine(subject)}: `}${sanitizeLine(event.text)}${tick}`
}

/** Several, each on one line of the terminal: its end is cut off where it is long. */
export function eventLines(events: readonly Event[], canvas: Canvas): string[] {
  const { columns, style } = canvas
  const plain = { ...canvas, style: { ...style, paint: (_tone: Tone, text: string) => text } }
  return events.map((event) =>
    columns === null ? eventLine(event, canvas) : cut(eventLine(event, plain), columns, style),
  )
}
