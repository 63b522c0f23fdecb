// Are services that end by themselves begun again by their hosts as often as their job declares, and no more?
import { jobOfSlot, type Millis, slotOfUnit } from '../../src/model/names.js'
import type { Records } from '../../src/model/records.js'
import type { SimHost } from './host.js'
import { directive } from './systemd.js'

/** Starts of units by their hosts since hc started each, that one included. */
export class Attempts {
  readonly #starts = new Map<string, readonly Millis[]>()

  /** A sentence for what was begun once too often; null: it was not. */
  began(
    host: SimHost,
    unit: string,
    text: string,
    byHc: boolean,
    versions: readonly (Records | null)[],
  ): string | null {
    const run = `${host.bootId} ${unit}`
    const before = byHc ? undefined : this.#starts.get(run)
    // The first start after a boot is none after a failure.
    if (before === undefined) {
      this.#starts.set(run, [host.uptime])
      return null
    }
    const hash = directive(text, 'X-Hc-Hash')
    // Two jobs may have the same hash.
    const name = jobOfSlot(slotOfUnit(unit) ?? '')
    const applied = versions.map((records) => records?.jobs[name]).find((one) => one?.hash === hash)
    if (!applied || applied.job.type === 'batch' || applied.job.type === 'cron') return null
    const { attempts, windowMs } = applied.job.restart
    const lately = [...before, host.uptime].filter((at) => host.uptime - at < windowMs)
    this.#starts.set(run, lately)
    // Systemd counts starts: what has run for longer than the window may be begun again once more.
    return lately.length > attempts + 1
      ? `${unit} was begun ${lately.length} times on ${host.name} within ${windowMs} ms, ${attempts} restarts are declared`
      : null
  }
}
