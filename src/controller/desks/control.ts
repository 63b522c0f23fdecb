// Control machines: hosts that hold the store together, and can lead.
import type { ControlChangeView, ControlCheckView, ControlListView } from '../../model/control-group.js'
import type { HostName } from '../../model/names.js'
import { addControl, type ControlChoices } from '../control/add.js'
import { promoteControl } from '../control/promote.js'
import { removeControl } from '../control/remove.js'
import { checkControl, listControl } from '../control/show.js'
import type { Wiring } from './desk.js'

/** The machines that hold the store together. */
export interface ControlDesk {
  /** Makes hosts control machines, or brings those that are up to date. Throws UserError. */
  addControl(hosts: readonly HostName[], choices: ControlChoices): Promise<ControlChangeView>
  /** Takes one away. Throws UserError where the others can't do without it. */
  removeControl(host: HostName, choices: ControlChoices): Promise<ControlChangeView>
  /** Has one lead. Throws UserError where it does not. */
  promoteControl(host: HostName, choices: ControlChoices): Promise<ControlChangeView>
  /** Who they are, who leads. Throws UserError where this machine is the only one. */
  listControl(): Promise<ControlListView>
  /** The same, judged. */
  checkControl(): Promise<ControlCheckView>
}

/** The desk over the real doors. */
export function controlDesk(wiring: Wiring): ControlDesk {
  return {
    addControl: (hosts, choices) => addControl(wiring, hosts, choices),
    removeControl: (host, choices) => removeControl(wiring, host, choices),
    promoteControl: (host, choices) => promoteControl(wiring, host, choices),
    listControl: () => listControl(wiring),
    checkControl: () => checkControl(wiring),
  }
}
