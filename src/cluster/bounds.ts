// How long a probe may take, by who is asked and how many are.
import type { Settings } from '../model/host.js'
import type { Millis } from '../model/names.js'
import type { Watched } from './watched.js'

/** Of a first probe, ms: it includes connecting and logging in. */
const FIRST_CONTACT_MS: Millis = 5000
/** So many hosts connect for the first time within these bounds on a busy small machine; each further one adds to them, ms. */
const CROWD = 60
const CROWD_EACH_MS: Millis = 30

/** The bounds of one round of probes. */
export class Bounds {
  /** Added to those of first contacts, which go on side by side. */
  crowdMs: Millis = 0
  #probeMs: Millis = FIRST_CONTACT_MS

  /** With this hc_probe_timeout from now on. */
  set({ probeTimeoutMs }: Pick<Settings, 'probeTimeoutMs'>): void {
    this.#probeMs = probeTimeoutMs
  }

  /** All of these are about to be asked. */
  begin(all: Iterable<Watched>): void {
    const strangers = [...all].filter(({ lastContactAt, missed }) => lastContactAt === null && missed === 0)
    this.crowdMs = CROWD_EACH_MS * Math.max(0, strangers.length - CROWD)
  }

  /** For the answer of a host; who answered last by a borrowed connection may have to be logged in to. */
  probe({ lastContactAt, silentSince, borrowed }: Watched): Millis {
    const isKnown = lastContactAt !== null && silentSince === null && !borrowed
    return isKnown ? this.#probeMs : FIRST_CONTACT_MS + this.crowdMs
  }

  /** For how long a host whose probe is under way counts as answering still. */
  pending({ borrowed }: Watched): Millis {
    return borrowed ? FIRST_CONTACT_MS + this.crowdMs : this.#probeMs
  }
}
