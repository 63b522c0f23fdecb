// Control machines: hosts that hold the store together, and can lead.
import type { ControlChangeView } from '../../model/control-group.js'
import type { HostName } from '../../model/names.js'
import { addControl, type ControlChoices } from '../control/add.js'
import type { Wiring } from './desk.js'

/** The machines that hold the store together. */
export interface ControlDesk {
  /** Makes hosts control machines, or brings those that are up to date. Throws UserError. */
  addControl(hosts: readonly HostName[], choices: ControlChoices): Promise<ControlChangeView>
}

/** The desk over the real doors. */
export function controlDesk(wiring: Wiring): ControlDesk {
  return { addControl: (hosts, choices) => addControl(wiring, hosts, choices) }
}
