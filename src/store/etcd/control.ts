// Who leads and who stands by, as their keys say.

import type { ControlMachine, ControlView } from '../../model/control.js'
import { messageOf } from '../../model/errors.js'
import type { Keys } from './keys.js'
import { type EtcdHolder, holderOf } from './locks.js'
import { textOf } from './wire.js'

/** Never rejects: what is in the way is the trouble. `trouble`: why the records were not had from a quorum, or null. */
export async function showControl(keys: Keys, trouble: string | null): Promise<ControlView> {
  try {
    const leader = await holderOf(keys, 'loop')
    const found = await keys.list('standby/')
    const standbys = found.map(({ value }) => JSON.parse(textOf(value)) as EtcdHolder).map(machineOf)
    return { leader: leader && machineOf(leader), standbys, trouble }
  } catch (error) {
    return { leader: null, standbys: [], trouble: trouble ?? messageOf(error) }
  }
}

function machineOf({ machine, pid, since }: EtcdHolder): ControlMachine {
  return { name: machine, pid, since }
}
