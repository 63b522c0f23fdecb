// What a fault is, and what must hold while it lasts.
import { HOSTS, type LabHost } from '../integration/support/verbs.js'
import type { Stage } from './stage.js'

/** Bounds of the figures; what is not said is not bounded, but measured all the same. */
export interface Bounds {
  /** Until all ordinary slots answer, s. */
  readonly ordinary?: number
  /** Until all exclusive slots answer, s. */
  readonly exclusive?: number
  /** Longest time for which two copies of an exclusive slot run at once, s; 0 where it is not said. */
  readonly exclusiveDouble?: number
  /** Nothing may be stopped, started or moved. */
  readonly still?: true
  /** So many slots at most may be. */
  readonly touched?: number
  /** Verdicts that have to be among those of the victims. */
  readonly verdict?: string
  /** Until a leader that was elected since acts, s. */
  readonly nextLeader?: number
}

/** A fault of a campaign: of the first, with one control machine, unless it says another stage. */
export interface Fault<S extends Stage = Stage> {
  readonly name: string
  /** A few words: what is done. */
  readonly what: string
  /** Also in every run of bin/test. */
  readonly quick?: true
  /** Hosts have a fence driver. */
  readonly fence?: true
  /** The fault; calls stage.mark() at its beginning. */
  readonly act: (stage: S) => Promise<void>
  /** Seconds until it is undone. */
  readonly lasts: number
  readonly undo?: (stage: S) => Promise<void>
  /** Hosts out of reach of users while it lasts: what answers there does not count. */
  readonly gone?: (stage: S) => readonly LabHost[]
  /** Slots are only well again once it is undone: recovery is measured from its beginning to the end of all. */
  readonly wholeSpan?: true
  readonly bounds: Bounds
}

/** The bounds of the issue: ordinary within 5 s, exclusive within 20 s. */
export const LOST: Bounds = { ordinary: 5, exclusive: 20, verdict: 'lost' }
/** The same, where exclusive hosts have a fence driver. */
export const FENCED: Bounds = { ordinary: 5, exclusive: 6, verdict: 'lost' }

/** No host need be lost: bounds nothing but doubles, and the end. */
export const HEALED: Bounds = {}

/** A fault by which no service may be stopped or moved. */
export const still = (name: string, what: string, lasts: number, act: Fault['act']): Fault => ({
  name,
  what,
  act: async (stage) => {
    stage.mark()
    await act(stage)
  },
  lasts,
  bounds: { still: true },
})

/** The host under the exclusive unit. */
export const home = ({ home }: Stage): readonly LabHost[] => [home]
/** The others. */
export const away = ({ home }: Stage): readonly LabHost[] => HOSTS.filter((host) => host !== home)
