// A law of the simulated world: told of all that truly happens, it answers with sentences for what must not be.
import type { Tick } from '../../src/controller/controller.js'
import type { HostName } from '../../src/model/names.js'
import type { WriteRequest } from '../../src/remote/write.js'
import type { SimHost } from './host.js'

/** One law, or some of a kind. */
export interface Law {
  /** A unit has begun to run by that text; by a write of hc, or by its host. */
  began?(host: SimHost, unit: string, text: string, byHc: boolean): readonly string[]
  /** It has ceased to. */
  ended?(host: SimHost, unit: string, text: string, cause: 'hc' | 'self'): readonly string[]
  /** Anything at all has happened. */
  afterStep?(): readonly string[]
  /** A write is being sent to a host. */
  wrote?(host: HostName, request: WriteRequest): readonly string[]
  /** The loop, or a command, has ticked. */
  ticked?(tick: Tick): readonly string[]
}
