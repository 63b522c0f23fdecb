// Who leads and who stands by, as their keys say, and which inventory each goes by.
import { hostname } from 'node:os'
import type { ControlMachine, ControlView } from '../../model/control.js'
import { messageOf } from '../../model/errors.js'
import type { Store } from '../../ports.js'
import type { Keys } from './keys.js'
import { type EtcdHolder, holderOf } from './locks.js'
import type { Session } from './session.js'
import { put, textOf } from './wire.js'

/** What it works with. `trouble`: why the records were not had from a quorum, or null; `session`: of this process's loop. */
export type ControlKeys = readonly [keys: Keys, trouble: string | null, session: Session | null]

/** The part of the store that shows control machines. */
export function sharedControl(now: () => ControlKeys): NonNullable<Store['control']> {
  let told = ''
  return {
    show: () => showControl(...now()),
    leave: async () => {
      const [, , session] = now()
      await session?.close()
    },
    tell: async (inventory) => {
      const [keys, , session] = now()
      const key = `${session?.id} ${inventory}`
      if (session === null || session.leftMs() <= 0 || key === told) return
      // Ticks do not wait for it: the next one must not tell it beside this one.
      told = key
      const name = inventoryKey(hostname(), process.pid)
      const written = keys.transact([], [put(keys.of(name), inventory, session.id)])
      const ok = await written.then(
        (done) => done.ok,
        () => false,
      )
      if (!ok && told === key) told = ''
    },
  }
}

/** Never rejects: what is in the way is the trouble. */
async function showControl(...[keys, trouble]: ControlKeys): Promise<ControlView> {
  try {
    const [leader, found, inventories] = await Promise.all([
      holderOf(keys, 'loop'),
      keys.list('standby/'),
      keys.list('inventory/'),
    ])
    const digests = new Map(inventories.map(({ key, value }) => [textOf(key), textOf(value)]))
    const machineOf = ({ machine, pid, since }: EtcdHolder): ControlMachine => {
      const inventory = digests.get(keys.of(inventoryKey(machine, pid)))
      return { name: machine, pid, since, ...(inventory !== undefined && { inventory }) }
    }
    const standbys = found.map(({ value }) => JSON.parse(textOf(value)) as EtcdHolder).map(machineOf)
    return { leader: leader && machineOf(leader), standbys, trouble }
  } catch (error) {
    return { leader: null, standbys: [], trouble: trouble ?? messageOf(error) }
  }
}

function inventoryKey(machine: string, pid: number): string {
  return `inventory/${machine}/${pid}`
}
