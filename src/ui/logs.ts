// `hc logs`: lines of several journals, each with where it comes from.
import type { LogLine } from '../model/views.js'
import { sanitize, sanitizeLine } from './sanitize.js'
import type { Style } from './style.js'

/** `web.0@nuc1 | text`, or the text alone. */
export function logLine(line: LogLine, style: Style, prefix: boolean): string {
  const text = sanitize(line.text).trimEnd()
  return prefix ? `${style.paint('dim', `${sanitizeLine(line.slot)}@${sanitizeLine(line.host)} |`)} ${text}` : text
}
