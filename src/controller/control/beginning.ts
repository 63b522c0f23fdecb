// The etcd that begins where the store in force is not on one yet: the very one that was begun before, or a new one, whose members
// put aside what an earlier one left on their hosts.
import type { MemberState } from '../../model/control-group.js'
import { LockedError, UserError } from '../../model/errors.js'
import { type HostName, someOf } from '../../model/names.js'
import { areMembers, type FoundMember, leftBehind, sameBeginning } from '../../planner/control-earlier.js'
import { asideName, ETCD_FOLDER, initialCluster } from '../../remote/etcd.js'
import type { Wiring } from '../desks/desk.js'
import { type Asked, type Place, storeOn } from './ground.js'
import { runs, setUp, stampOf, type Tools, untilQuorum } from './members.js'

/** What there is of an earlier etcd on the hosts that are to hold the store. */
export interface Earlier {
  /** The beginning that is gone on with; null: all members are new. */
  readonly token: string | null
  /** Hosts whose data is put aside. */
  readonly aside: readonly HostName[]
  /** Its members on other hosts: nothing uses them. */
  readonly left: readonly HostName[]
}

/** Where nothing begins. */
export const NO_EARLIER: Earlier = { token: null, aside: [], left: [] }

/** Looks for it; changes nothing. Throws UserError where it holds a store that is in force. */
export async function findEarlier(wiring: Wiring, asked: readonly Asked[], cluster: string | null): Promise<Earlier> {
  const found = await Promise.all(
    asked.map(async (one): Promise<FoundMember> => ({ ...one, says: await memberSays(wiring, one) })),
  )
  const initial = initialCluster(asked.map(({ member }) => member))
  const token = cluster === null ? null : sameBeginning(found, { cluster, initial })
  if (token !== null) return { ...NO_EARLIER, token }
  // One by one: they need not be of one etcd.
  for (const { member, says } of found) if (says !== null) await refuseInForce(wiring, [member.name])
  const aside = asked.filter(({ etcd }) => etcd.data).map(({ member }) => member.name)
  return { token, aside, left: leftBehind(found) }
}

/** What the member there says of all of them; null: it does not answer, or there is none. */
export async function memberSays({ control }: Wiring, { member, etcd }: Asked): Promise<readonly MemberState[] | null> {
  if (etcd.unit !== 'active') return null
  try {
    return await (await control.members(storeOn([member.name]))).list()
  } catch {
    // Without certificates here it can't be asked either.
    return null
  }
}

/**
 * No store is taken down that was not moved away. `names`: members of one etcd. What has no quorum nobody goes on with: it can't be
 * asked, and is no store in force. Throws UserError.
 */
export async function refuseInForce({ copies }: Pick<Wiring, 'copies'>, names: readonly HostName[]): Promise<void> {
  const { store, name } = await copies.open(storeOn(names))
  const lock = await store.lock(5000).catch((error: unknown) => {
    if (error instanceof LockedError) throw error
    return null
  })
  if (lock === null) return
  try {
    const records = (await store.dump())?.records
    if (!records || records.moved) return
  } finally {
    await lock.release()
  }
  throw new UserError(
    `the etcd on ${someOf(names)} holds a store that was not moved away from there: it is not taken down`,
    {
      code: 'store',
      hint: `look at it (hc inventory set all hc_store='${name}', hc status), and take it to where it shall be with hc store migrate`,
    },
  )
}

/** As sentences of a plan. */
export function asideSteps({ aside }: Earlier): readonly string[] {
  if (aside.length === 0) return []
  return [
    `the earlier etcd on ${someOf(aside)}, which nothing uses, ends; its data is put aside there (${ETCD_FOLDER}/removed-TIME)`,
  ]
}

/** What is to be known of it. */
export function leftNotes(names: readonly HostName[]): readonly string[] {
  return names.map(
    (name) => `the earlier etcd had a member on ${name} too, which nothing uses any more: hc control remove ${name}`,
  )
}

/** Brings it up, all members together. Throws UserError. */
export async function bringUp(tools: Tools, place: Place, asked: readonly Asked[], earlier: Earlier): Promise<void> {
  const { token } = earlier
  if (token === null) return anew(tools, place, asked, earlier.aside)
  const members = asked.map(({ member }) => member)
  const beginning = { members, state: 'new', token } as const
  await Promise.all(asked.filter((one) => !runs(one, tools.cluster)).map((one) => setUp(tools, one, beginning, null)))
  await untilAnswers(tools, place, asked)
  const { control } = tools.wiring
  if (areMembers(await (await control.members(place.name)).list(), members)) return
  // It stood still when it was asked about: some were taken out of it since it began.
  const names = members.map(({ name }) => name)
  await refuseInForce(tools.wiring, names)
  await anew(tools, place, asked, names)
}

/** None of them goes on with what it had: by its token none talks to what an earlier etcd left. */
async function anew(tools: Tools, place: Place, asked: readonly Asked[], aside: readonly HostName[]): Promise<void> {
  const { cluster, wiring, onStep } = tools
  const wall = wiring.world.clock.wall()
  const stamp = stampOf(wall)
  const token = `${cluster}.${wall.replace(/[^0-9TZ]/g, '')}`
  for (const name of aside) onStep(name, `what the earlier etcd held is put aside: ${ETCD_FOLDER}/${asideName(stamp)}`)
  const beginning = { members: asked.map(({ member }) => member), state: 'new', token } as const
  await Promise.all(asked.map((one) => setUp(tools, one, beginning, asideName(stamp))))
  await untilAnswers(tools, place, asked)
}

async function untilAnswers(tools: Tools, place: Place, asked: readonly Asked[]): Promise<void> {
  tools.onStep(null, 'until more than half of the members answer')
  await untilQuorum(tools, place, asked)
}
