// `hc control`: what would be done, what was done, and what is to be known of it.
import type { ControlChangeView, ControlStep } from '../model/control-group.js'
import { sanitizeLine } from './sanitize.js'
import { type Canvas, sentence } from './view.js'

/** What will be done, before it is. */
export function controlPlanLines({ plan }: ControlChangeView, canvas: Canvas): string[] {
  return [
    'This will be done:',
    ...plan.flatMap((text, index) => sentence(`${index + 1}. ${sanitizeLine(text)}`, canvas, '  ')),
  ]
}

/** One step, as it begins. */
export function controlStepLine({ host, text }: ControlStep): string {
  return sanitizeLine(host === null ? text : `${host}: ${text}`)
}

/** How it stands afterwards. */
export function controlDoneLines({ store, members, plan, declined }: ControlChangeView): string[] {
  if (declined) return ['Nothing was changed.']
  const names = members.map(({ name, address }) => `${name} (${address})`).join(', ')
  const what = plan.length === 0 ? 'Nothing to do' : 'Done'
  return [`${what}: the store is in ${sanitizeLine(store)}.`, `Control machines: ${sanitizeLine(names)}.`]
}
