// `hc events`: the record, one line each.
import type { Event, EventKind } from '../model/event.js'
import { sanitizeLine } from './sanitize.js'
import type { Tone } from './style.js'
import { localTime } from './time.js'
import type { Canvas } from './view.js'
import { cut, pad } from './width.js'

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
  inventory: 'inventory.yml was read anew, or is faulty',
  cordon: 'a host was cordoned, uncordoned or drained',
  loop: 'the loop began or ended',
  'take-over': 'another store or control machine took over',
  warning: 'something to look at',
}

const TONES: Readonly<Partial<Record<EventKind, Tone>>> = {
  done: 'good',
  failed: 'bad',
  unplaced: 'bad',
  verdict: 'warn',
  warning: 'warn',
  'control-cut-off': 'bad',
}

const KIND_WIDTH = Math.max(...Object.keys(EVENT_KINDS).map((kind) => kind.length))

/** `2026-11-22 10:04:05  verdict  nuc2  lost: no answer for 12s ...` */
export function eventLine(event: Event, canvas: Canvas): string {
  const names = [event.slot, event.host].filter((name) => name !== null)
  const subject = names.every((name) => event.text.includes(name)) ? '' : names.join(' on ')
  const kind = canvas.style.paint(TONES[event.kind] ?? 'plain', pad(sanitizeLine(event.kind), KIND_WIDTH))
  const text = sanitizeLine(event.text)
  return `${localTime(event.time)}  ${kind}  ${subject === '' ? '' : `${sanitizeLine(subject)}: `}${text}`
}

/** The same, each on one line of the terminal. */
export function eventLines(events: readonly Event[], canvas: Canvas): string[] {
  const { columns, style } = canvas
  const plain = { ...canvas, style: { ...style, paint: (_tone: Tone, text: string) => text } }
  return events.map((event) =>
    columns === null ? eventLine(event, canvas) : cut(eventLine(event, plain), columns, style),
  )
}
