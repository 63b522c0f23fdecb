// What is left of a control machine where nothing uses it: the store went back to a folder, or this command was killed on its way.
import type { ControlChangeView } from '../../model/control-group.js'
import { UserError } from '../../model/errors.js'
import type { HostName } from '../../model/names.js'
import { etcdRemoveScript, parseEtcdDone, SET_UP_MS } from '../../remote/etcd.js'
import { dismissScript, parseStandbyDone, STANDBY_MS } from '../../remote/standby.js'
import type { Wiring } from '../desks/desk.js'
import type { ControlChoices } from './add.js'
import { memberSays, refuseInForce } from './beginning.js'
import { type Asked, askHost, type Ground, hostsNamed } from './ground.js'
import { GOES_ON, Hands, orStop, recordSteps } from './hands.js'
import type { Tools } from './members.js'
import { onlyOne } from './show.js'
import { letIn } from './standbys.js'

/** Has it anything of a control machine that hc set up? */
export function isLeftOn({ etcd, standby }: Asked): boolean {
  return etcd.unit !== null || etcd.data || etcd.token !== null || standby.program !== null
}

/** Its loop has an inventory of its own, and is no part of what was set up from elsewhere. */
export function keepsLoop({ isSelf, ownLoop }: Asked): boolean {
  return isSelf || ownLoop
}

/** Takes it away while the store is in a folder. Throws UserError, also where what is there holds a store that is in force. */
export async function removeUnused(
  wiring: Wiring,
  name: HostName,
  { inventory, place, records }: Ground,
  choices: ControlChoices,
): Promise<ControlChangeView> {
  if (records === null) throw onlyOne(place)
  const [host] = hostsNamed(inventory, [name])
  const found = host ? await askHost(wiring, host) : 'it is unknown'
  if (typeof found === 'string') throw new UserError(found, { exitCode: 1, hint: 'say it again when it does' })
  if (!isLeftOn(found)) throw onlyOne(place)
  await refuseUsed(wiring, found, records.cluster)
  const plan = [
    `the etcd there ends, which nothing uses; it is taken away with its data${keepsLoop(found) ? '' : ', and so are the loop, the program, keys and certificates'}`,
    `its key is let in nowhere any more; the store stays in ${place.name}`,
  ]
  const view = { store: place.name, members: [], plan, done: [], notes: [], declined: false }
  if (!(await choices.confirm(view))) return { ...view, declined: true }
  const { done, onStep } = recordSteps(choices)
  const tools = { wiring, hands: new Hands(wiring.world, place), cluster: records.cluster, onStep }
  await dismiss(tools, found)
  const notes = await letIn(tools, [], [], [name])
  await takeEtcd(tools, found)
  return { ...view, done, notes }
}

async function refuseUsed(wiring: Wiring, one: Asked, cluster: string): Promise<void> {
  const { member, etcd } = one
  if (etcd.cluster !== null && etcd.cluster !== cluster)
    throw new UserError(`${member.name} holds a member of another cluster (${etcd.cluster})`, {
      hint: 'hc control remove takes it away from one of the control machines of that one',
    })
  if ((await memberSays(wiring, one)) !== null) await refuseInForce(wiring, [one.member.name])
}

/** Its loop ends, and what hc brought there is taken away; one with an inventory of its own stays. Throws UserError. */
export async function dismiss({ hands, onStep }: Pick<Tools, 'hands' | 'onStep'>, one: Asked): Promise<void> {
  if (keepsLoop(one)) return
  onStep(one.member.name, 'its loop ends, and the program is taken away')
  orStop(await hands.write(one, dismissScript, parseStandbyDone, STANDBY_MS), one.host, GOES_ON)
}

/** Its member of etcd is taken away. Throws UserError. */
export async function takeEtcd({ hands, onStep }: Pick<Tools, 'hands' | 'onStep'>, one: Asked): Promise<void> {
  onStep(one.member.name, 'etcd is taken away, with its data')
  orStop(await hands.write(one, etcdRemoveScript, parseEtcdDone, SET_UP_MS), one.host, GOES_ON)
}
