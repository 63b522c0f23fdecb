// What was said of hosts: `hc host cordon`, `hc host uncordon`.
import type { HostWordView } from '../model/views.js'
import { type Canvas, sentence } from './view.js'

/** One sentence per host. */
export function hostWordLines(words: readonly HostWordView[], canvas: Canvas): string[] {
  return words.flatMap(({ text, changed }) => sentence(`${text}.`, canvas, '', changed ? 'plain' : 'dim'))
}

/** What to do after a cordon: what is there may be to be moved away. */
export function nextAfterCordon(words: readonly HostWordView[]): string | null {
  const cordoned = words.filter(({ changed }) => changed)
  if (cordoned.length === 0) return null
  const names = (some: readonly HostWordView[]) => some.map(({ host }) => host).join(' ')
  const holding = cordoned.filter(({ slots }) => slots.length > 0)
  const away = holding.length > 0 ? `; hc host drain ${names(holding)} moves away what is there` : ''
  return `hc host uncordon ${names(cordoned)} ends it${away}`
}
