// What `hc control add` is to do, worked out before anything is changed.
import type { MemberState } from '../../model/control-group.js'
import { UserError } from '../../model/errors.js'
import { byName, type HostName, someOf } from '../../model/names.js'
import type { Records } from '../../model/records.js'
import { judgeHost } from '../../planner/control-group.js'
import type { Wiring } from '../desks/desk.js'
import { asideSteps, type Earlier, findEarlier, leftNotes, NO_EARLIER } from './beginning.js'
import {
  type Asked,
  askAll,
  askHost,
  findGround,
  type Ground,
  hostsNamed,
  refuseCount,
  refuseWays,
  storeOn,
} from './ground.js'
import { sourcesOf } from './kit.js'

/** What is to be done. */
export interface Task {
  readonly ground: Ground
  /** Members after it. */
  readonly names: readonly HostName[]
  /** All of them that answer. */
  readonly asked: readonly Asked[]
  /** Those that hold no member yet. */
  readonly fresh: readonly Asked[]
  /** What an earlier etcd left on them. */
  readonly earlier: Earlier
  readonly store: string
  readonly notes: readonly string[]
  readonly loop: 'none' | 'active' | 'inactive'
}

/** Asks all that is to be known. Throws UserError. */
export async function survey(wiring: Wiring, named: readonly HostName[]): Promise<Task> {
  const ground = await findGround(wiring)
  const { inventory, present, records } = ground
  const held = (present ?? []).filter(({ name }) => name !== '').map(({ name }) => name)
  if (named.length === 0 && present === null) {
    throw new UserError('name the hosts that shall hold the store together', {
      code: 'usage',
      hint: 'three of them: hc control add nuc1 nuc2 nuc3',
    })
  }
  const doubled = named.find((name, index) => named.indexOf(name) !== index)
  const names = [...(doubled === undefined ? [...new Set([...held, ...named])] : named)].sort(byName)
  // What is there already is brought up to date however many they are: after a removal two may be left.
  const isMore = present === null || doubled !== undefined || names.some((name) => !held.includes(name))
  const notes = isMore ? [...refuseCount(names)] : []
  const own = hostsNamed(
    inventory,
    names.filter((name) => named.includes(name) || present === null),
  )
  await refuseWays(wiring, inventory)
  const sources = await sourcesOf(wiring, records)
  const asked = [...(await askAll(wiring, own, ground, sources))]
  for (const host of inventory.hosts.filter(({ name }) => held.includes(name) && !named.includes(name))) {
    const one = await askHost(wiring, host, sources)
    if (typeof one === 'string') notes.push(`${one}: it is left as it is`)
    else asked.push(one)
  }
  asked.sort((a, b) => byName(a.member.name, b.member.name))
  for (const { member, etcd } of asked) notes.push(...judgeHost(member, etcd, etcd.cluster ?? '').notes)
  const loop = await wiring.control.loop()
  if (present === null && loop !== 'active' && (await wiring.world.store.loopHeld())) {
    throw new UserError('a loop ticks on this store that is not the unit of this machine', {
      code: 'locked',
      exitCode: 5,
      hint: 'end it first (Ctrl-C where it runs); nothing was changed',
    })
  }
  const fresh = asked.filter((one) => !isIn(one, present, records))
  const earlier = present === null ? await findEarlier(wiring, asked, records?.cluster ?? null) : NO_EARLIER
  notes.push(...leftNotes(earlier.left))
  return { ground, names, asked, fresh, earlier, store: storeOn(names), notes, loop }
}

/** Does it hold a member that runs, with its data? */
function isIn(one: Asked, present: readonly MemberState[] | null, records: Records | null): boolean {
  const { name } = one.member
  if (present === null) return false
  return present.some((each) => each.name === name) && records !== null && one.etcd.data && one.etcd.unit !== null
}

/** The steps, as sentences; none: all is so already. */
export function planOf({ copies }: Wiring, { ground, asked, fresh, earlier, store, loop }: Task): string[] {
  const plan: string[] = []
  const named = (some: readonly Asked[]) => someOf(some.map(({ member }) => member.name))
  const lacking = fresh.filter(({ etcd }) => etcd.program === null)
  if (lacking.length > 0) plan.push(`etcd is installed from the distribution on ${named(lacking)}`)
  plan.push(...asideSteps(earlier))
  if (fresh.length > 0)
    plan.push(
      ground.present === null
        ? `etcd is brought up on ${named(fresh)} as hc-etcd.service, with certificates of an authority of hc's own`
        : `${named(fresh)} ${fresh.length === 1 ? 'joins' : 'join'} the etcd as hc-etcd.service`,
    )
  if (ground.present === null) {
    plan.push(`the store moves from ${ground.place.name} to it: copied, read back and compared`)
    if (loop === 'active') plan.push('the loop of this machine ends meanwhile; what runs on the hosts runs on')
  }
  if (copies.here !== store) plan.push(`the inventory gets hc_store: ${store}`)
  const others = asked.filter(({ isSelf, standby }) => !isSelf && standby.loop === null)
  const own = ground.present === null && asked.find(({ isSelf }) => isSelf)
  if (own && loop === 'none') plan.push(`${own.member.name}, this machine, gets the loop as hc-reconcile.service`)
  if (others.length > 0)
    plan.push(
      `${named(others)} ${others.length === 1 ? 'becomes a control machine' : 'become control machines'}: this program, the inventory, a certificate, a key of ${others.length === 1 ? 'its' : 'their'} own that is let in on every host, the loop as hc-reconcile.service`,
    )
  return plan
}
