// What a cluster answers to hc host forget, confirm-lost and clean, and to hc job move.
import type { Hc } from '../../src/hc.js'
import type { HostCleanView, HostVerbView } from '../../src/model/host-verbs.js'
import { DONE } from '../ui/samples-done.js'

type Verbs = Pick<Hc, 'planForget' | 'forgetHosts' | 'confirmLost' | 'planClean' | 'cleanHost' | 'moveJob'>

const forgotten = (host: string): HostVerbView => ({
  host,
  changed: true,
  slots: ['web.0'],
  text: `${host} is forgotten: web.0 is placed anew`,
})

/** Two units that nobody knows. */
export const STRAY: HostCleanView = {
  host: 'nuc1',
  units: [
    { slot: 'old.0', cluster: 'c9', state: 'active (running)' },
    { slot: 'old.1', cluster: null, state: 'failed (failed)' },
  ],
  results: [],
}

export const FAKE_HOST_VERBS: Verbs = {
  planForget: async (names) => names.map(forgotten),
  forgetHosts: async (names) => names.map(forgotten),
  confirmLost: async (names) =>
    names.map((host) => ({
      host,
      changed: true,
      slots: ['db.0'],
      text: `${host} is taken to be off, until it answers again: db.0 may be started elsewhere`,
    })),
  planClean: async () => STRAY,
  cleanHost: async (host, slots) => ({
    ...STRAY,
    results: slots.map((slot) => ({ slot, host, ok: true, error: null })),
  }),
  moveJob: async () => ({ ...DONE, there: [] }),
}
