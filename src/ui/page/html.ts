// HTML as a template: whatever is put in is text and escaped, unless it was made here too.
import { sanitizeLine } from '../sanitize.js'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A piece of HTML. */
export class Markup {
  readonly text: string

  /** `text`: HTML, as it is. */
  constructor(text: string) {
    this.text = text
  }
}

/** What can be put into a template: text, numbers, pieces of HTML, and lists of such pieces. */
export type Part = string | number | Markup | readonly Markup[]

/** Text between tags or in a quoted attribute. Control characters go. */
export function escaped(text: string): string {
  return sanitizeLine(text).replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '')
}

/** Tag of a template. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(
    strings.map((string, index) => (index === 0 ? '' : textOf(parts[index - 1] ?? '')) + string).join(''),
  )
}

function textOf(part: Part): string {
  if (part instanceof Markup) return part.text
  if (typeof part === 'object') return part.map(({ text }) => text).join('\n')
  return escaped(String(part))
}
