// What all renderers take, and the cells that several tables share.
import type { Verdict } from '../model/observation.js'
import { formatBytes, type Resources } from '../model/resources.js'
import type { AllocationState, AllocationView, HostView } from '../model/views.js'
import { sanitizeLine } from './sanitize.js'
import type { Style, Tone } from './style.js'
import type { Cell, Columns } from './table.js'
import { wrap } from './width.js'

/** How and where something is shown. */
export interface Canvas {
  readonly style: Style
  /** Width in columns of text; null: without bound. */
  readonly columns: Columns
  /** The present, ms since 1970. */
  readonly now: number
}

const VERDICT_TONES: Readonly<Record<Verdict, Tone>> = {
  ready: 'good',
  suspect: 'warn',
  unmanageable: 'bad',
  'cut-off': 'warn',
  lost: 'bad',
  unknown: 'warn',
}

const STATE_TONES: Readonly<Record<AllocationState, Tone>> = {
  pending: 'warn',
  starting: 'warn',
  running: 'good',
  stopping: 'warn',
  failed: 'bad',
  complete: 'good',
  scheduled: 'good',
  stopped: 'dim',
  unknown: 'warn',
}

/** `ready`, `lost`, `ready, cordoned`. */
export function verdictCell(host: HostView): Cell {
  const drain = host.leaving === 0 && host.verdict === 'ready' ? 'drained' : 'draining'
  const intent = host.draining ? drain : host.cordoned ? 'cordoned' : isHeld(host) ? 'held' : ''
  const more = [intent, host.takesJobs ? '' : 'takes no jobs']
  const text = [host.verdict, ...more].filter((part) => part !== '').join(', ')
  return {
    text,
    tone:
      host.verdict === 'ready' && (host.cordoned || host.draining || isHeld(host)) ? 'warn' : verdictTone(host.verdict),
  }
}

/** It takes no new slots for a while. */
function isHeld({ held }: HostView): boolean {
  return held !== null && held !== undefined
}

/** The tone of a verdict. */
export function verdictTone(verdict: Verdict): Tone {
  return VERDICT_TONES[verdict]
}

/** `running`, `running, unhealthy`, `failed`. */
export function stateCell(allocation: Pick<AllocationView, 'state' | 'healthy'>): Cell {
  if (allocation.healthy === false && allocation.state === 'running') return { text: 'running, unhealthy', tone: 'bad' }
  return { text: allocation.state, tone: STATE_TONES[allocation.state] }
}

/** `0.3/4`: cores; `?` where the whole is not known. */
export function cpuUse(part: Resources | null, whole: Resources | null): string {
  if (part === null && whole === null) return ''
  const cores = (amount: Resources | null) => (amount === null ? '?' : String(Number((amount.cpu / 1000).toFixed(1))))
  return `${cores(part)}/${cores(whole)}`
}

/** `512 MiB/7.5 GiB`. */
export function bytesUse(part: number | null, whole: number | null): string {
  if (part === null && whole === null) return ''
  const bytes = (amount: number | null) => (amount === null ? '?' : formatBytes(amount))
  return `${bytes(part)}/${bytes(whole)}`
}

/** `http 8080`, several with commas; with `addresses` `http 10.0.0.1:8080`. */
export function portsText(allocation: AllocationView, addresses: boolean): string {
  return Object.entries(allocation.ports)
    .map(([name, { address, port }]) => `${name} ${addresses ? hostAndPort(address, port) : port}`)
    .join(', ')
}

/** `10.0.0.1:80`, `[fd00::1]:80`. */
export function hostAndPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** A sentence that came from elsewhere, on lines that fit, each with `indent`. */
export function sentence(text: string, canvas: Canvas, indent = '', tone: Tone = 'plain'): string[] {
  const room = canvas.columns === null ? null : Math.max(20, canvas.columns)
  const lines = wrap(sanitizeLine(text), room, indent, `${indent}  `)
  return lines.map((line) => canvas.style.paint(tone, line))
}

/** `Name:     value`, those with a value, names filled up to the longest; long values go on below themselves. */
export function factLines(facts: readonly (readonly [string, string])[], canvas: Canvas): string[] {
  const told = facts.filter(([, value]) => value !== '')
  const room = Math.max(0, ...told.map(([name]) => name.length)) + 2
  return told.flatMap(([name, value]) =>
    wrap(sanitizeLine(value), canvas.columns, `${name}:`.padEnd(room), ' '.repeat(room)),
  )
}

/** A heading over a block, or nothing where the block is empty. */
export function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : ['', style.paint('bold', title), ...lines]
}
