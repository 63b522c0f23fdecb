// `hc logs`: lines of several journals, each with where it comes from.
import type { LogLine } from '../model/views.js'
import { sanitize, sanitizeLine } from './sanitize.js'
import type { Style } from './style.js'
import { preciseTime } from './time.js'

/** When a line was said, in front of it: by this machine's clock, in UTC, or not. */
export type LogTimes = 'local' | 'utc' | 'none'

/** Colours of 16 that are told apart from each other on dark and light: cyan, green, yellow, magenta, blue; then the bright ones. */
const HUES = [36, 32, 33, 35, 34, 96, 92, 93, 95, 94]

/** `web.0@nuc1 | text`, or the text alone. */
export function logLine(line: LogLine, style: Style, prefix: boolean, times: LogTimes = 'none'): string {
  const text = sanitize(line.text).replaceAll('\n', ' ').trimEnd()
  const time = times === 'none' ? '' : `${style.paint('dim', timeOf(line.time, times))} `
  if (!prefix) return `${time}${text}`
  const from = `${sanitizeLine(line.slot)}@${sanitizeLine(line.host)} |`
  return `${time}${hue(line.slot, from, style)} ${text}`
}

function timeOf(time: string, zone: 'local' | 'utc'): string {
  return zone === 'utc' ? sanitizeLine(time) : preciseTime(time)
}

/** The same colour for a slot in every run and on every host: by its name (FNV-1a). */
function hue(slot: string, text: string, style: Style): string {
  if (!style.colour) return text
  let hash = 0x811c9dc5
  for (const character of slot) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return `\x1b[${HUES[(hash >>> 0) % HUES.length]}m${text}\x1b[39m`
}
