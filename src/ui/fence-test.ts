// `hc host fence-test`: what the driver said, and what came of it.
import type { FenceTestView } from '../model/views.js'
import { sanitizeLine } from './sanitize.js'

const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`

/** Sentences. */
export function fenceTestLines({ host, driver, power, statusMs, cycled }: FenceTestView): string[] {
  const said = `${sanitizeLine(driver)} says after ${seconds(statusMs)} that ${host} is ${power}.`
  if (!cycled) return [said, 'Nothing was done to it; --cycle cuts its power and gives it again.']
  return [
    said,
    `Its power was off ${seconds(cycled.offMs)} after it was asked for, and it was switched on again.`,
    cycled.silent
      ? 'While it was off it answered no more: the driver cuts the power of this host.'
      : `It went on answering pings: the driver does not cut the power of ${host}. Look which outlet or controller it names.`,
  ]
}
