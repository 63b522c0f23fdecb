// The events pane: the record, and beside it what was asked for here.
import type { Event } from '../../model/event.js'
import { EVENT_TONES } from '../events.js'
import type { Cell } from '../table.js'
import { localTime } from '../time.js'
import type { Column } from './grid.js'
import type { JournalRow, Work } from './state.js'

/** So many lines are kept. */
const KEPT = 500

/** An event as a line of the pane. */
export function rowOfEvent(event: Event): JournalRow {
  const { id, time, kind, host, slot, text } = event
  return { key: `${id} ${time}`, time, kind, host, slot, text, tone: EVENT_TONES[kind] ?? 'plain', event }
}

/** What was asked for here stands among the events, with its end. */
export function rowOfWork(work: Work, now: number): JournalRow {
  const { act, title, state, id } = work
  const host = 'host' in act ? act.host : null
  return {
    key: `here ${id} ${state}`,
    time: new Date(now).toISOString(),
    kind: 'hc ui',
    host,
    slot: null,
    text: state === 'going' ? `${title}: asked for` : `${title}: ${work.text}`,
    tone: state === 'failed' ? 'bad' : state === 'done' ? 'good' : 'plain',
    event: null,
  }
}

/** The journal with more lines, newest first, bounded; a line that is there already is not told twice. */
export function withRows(journal: readonly JournalRow[], rows: readonly JournalRow[]): readonly JournalRow[] {
  const known = new Set(journal.map(({ key }) => key))
  const fresh = rows.filter(({ key }) => !known.has(key))
  if (fresh.length === 0) return journal
  const latest = journal[0]?.time ?? ''
  const all = [...fresh.toReversed(), ...journal]
  // What is told late stands where it belongs.
  const sorted = fresh.some(({ time }) => time < latest) ? all.toSorted((a, b) => (a.time < b.time ? 1 : -1)) : all
  return sorted.slice(0, KEPT)
}

/** What it is about, where its text does not say so: `web.0 on nuc1`. */
export function aboutRow({ slot, host, text }: JournalRow): string {
  const names = [slot, host].filter((name) => name !== null)
  return names.every((name) => text.includes(name)) ? '' : names.join(' on ')
}

const plain = (text: string): Cell => ({ text, tone: 'plain' })

/** From left to right. */
export const EVENT_COLUMNS: readonly Column<JournalRow>[] = [
  {
    id: 'time',
    title: 'TIME',
    letter: 'T',
    rank: 0,
    min: 8,
    width: 8,
    cell: (row) => plain(localTime(row.time).slice(-8)),
    order: (a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0),
  },
  {
    id: 'kind',
    title: 'KIND',
    letter: 'K',
    rank: 0,
    min: 9,
    width: 'widest',
    max: 20,
    cell: (row) => ({ text: row.kind, tone: row.tone }),
    order: (a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0),
  },
  {
    id: 'text',
    title: 'WHAT',
    letter: '',
    rank: 0,
    min: 30,
    width: 'widest',
    max: 240,
    cell: (row) => {
      const about = aboutRow(row)
      return plain(about === '' ? row.text : `${about}: ${row.text}`)
    },
  },
]
