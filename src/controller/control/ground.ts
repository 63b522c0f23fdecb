// What is known before anything is changed: the store in force, the hosts that are asked, what stands against them.
import type { ControlView } from '../../model/control.js'
import type { EtcdLook, Member, MemberState, StandbyLook } from '../../model/control-group.js'
import { type Fault, MovedError, UserError } from '../../model/errors.js'
import type { Host, Inventory } from '../../model/host.js'
import { byName, type HostName, type Millis } from '../../model/names.js'
import type { Records } from '../../model/records.js'
import type { EtcdAddress } from '../../model/store-address.js'
import { isOwnLoop, judgeCount, judgeHost, judgeSelf, judgeStandby, judgeWay } from '../../planner/control-group.js'
import type { Store } from '../../ports.js'
import { etcdLookScript, LOOK_MS, parseEtcdLook } from '../../remote/etcd.js'
import { CONTROL_FOLDER, OWN_FOLDER, parseStandbyLook, standbyLookScript } from '../../remote/standby.js'
import { didYouMean } from '../../spec/nearest.js'
import { formatStoreAddress, parseStoreAddress } from '../../spec/store-address.js'
import type { Wiring } from '../desks/desk.js'
import { claim } from '../term.js'

/** The store in force. */
export interface Place {
  readonly store: Store
  /** As hc_store names it. */
  readonly name: string
}

/** One host, asked. */
export interface Asked {
  readonly host: Host
  readonly member: Member
  readonly etcd: EtcdLook
  readonly standby: StandbyLook
  /** When it said so, by the Clock. */
  readonly at: Millis
  /** It is this machine. */
  readonly isSelf: boolean
  /** Its loop has an inventory of its own there (`hc reconcile --install`): nothing that hc sends is in force on it. */
  readonly ownLoop: boolean
}

/** All that is known. */
export interface Ground {
  readonly inventory: Inventory
  readonly place: Place
  /** null: nothing was applied yet. */
  readonly records: Records | null
  /** The etcd's members where the store is on one that hc set up; null: it is in a folder. */
  readonly present: readonly MemberState[] | null
}

const OWN = { ca: `${OWN_FOLDER}/ca.pem`, cert: `${OWN_FOLDER}/client.pem`, key: `${OWN_FOLDER}/client.key` }

/** hc_store for an etcd on these hosts. */
export function storeOn(names: readonly HostName[]): string {
  const endpoints = [...names].sort(byName).map((host) => ({ host, port: 2379 }))
  const etcd: EtcdAddress = {
    kind: 'etcd',
    endpoints,
    prefix: '/hc/',
    tls: true,
    ...OWN,
    user: null,
    passwordFile: null,
  }
  return formatStoreAddress(etcd)
}

/** The hosts that hc_store names, where it is an etcd that hc set up; null: it is not. */
export function hostsOf(store: string): readonly HostName[] | null {
  const read = parseStoreAddress(store)
  if (!read.ok || read.address.kind !== 'etcd' || read.address.ca !== OWN.ca) return null
  return read.address.endpoints.map(({ host }) => host)
}

/** The store in force, its members and what it holds. Throws UserError. */
export async function findGround(wiring: Wiring): Promise<Ground> {
  const { inventory } = await wiring.reader.read()
  const { place, records } = await findStore(wiring)
  const isShared = hostsOf(place.name) !== null
  const present = isShared ? await (await wiring.control.members(place.name)).list() : null
  return { inventory, place, records, present }
}

/** The store in force, also after a move whose setting was not written yet. Throws UserError. */
export async function findStore({ world, copies }: Wiring): Promise<Pick<Ground, 'place' | 'records'>> {
  let place: Place = { store: world.store, name: copies.here }
  let records: Records | null
  try {
    records = claim(await place.store.read(), world.owner)
  } catch (error) {
    const to = error instanceof MovedError ? await movedTo(place.store) : null
    if (to === null) throw error
    place = await copies.open(to)
    records = await place.store.read()
  }
  if (place.name.startsWith('etcd:') && hostsOf(place.name) === null) {
    throw new UserError(`the store is in ${place.name}, an etcd that hc did not set up`, {
      hint: 'its members are looked after by whoever did; hc store migrate file takes the store back to .hc, and then hc control add begins',
    })
  }
  return { place, records }
}

/** Where the records say that they live; null: they are a copy that was not finished, or there is no telling. */
async function movedTo(store: Store): Promise<string | null> {
  const lock = await store.lock(5000)
  try {
    const moved = (await store.dump())?.records.moved
    return moved && !moved.unfinished && hostsOf(moved.to) !== null ? moved.to : null
  } finally {
    await lock.release()
  }
}

/** The hosts by their names. Throws UserError. */
export function hostsNamed({ hosts }: Inventory, names: readonly HostName[]): readonly Host[] {
  return names.map((name) => {
    const host = hosts.find((each) => each.name === name)
    if (host) return host
    throw new UserError(`there is no host ${name} in the inventory`, {
      code: 'not-found',
      hint:
        didYouMean(
          name,
          hosts.map((each) => each.name),
        ) ?? 'hc inventory list shows them; hc inventory add takes one in',
    })
  })
}

/** Asks hosts for all that is to be known of them; a sentence where one does not answer. */
export async function askHost(wiring: Wiring, host: Host, paths: readonly string[] = []): Promise<Asked | string> {
  const { world, control } = wiring
  const run = (script: string) => world.transport.run(host, { script, lane: 'act', timeoutMs: LOOK_MS })
  const [etcdSaid, standbySaid] = [await run(etcdLookScript()), await run(standbyLookScript(paths))]
  if (!etcdSaid.ok) return `${host.name} does not answer: ${etcdSaid.failure.message}`
  if (!standbySaid.ok) return `${host.name} does not answer: ${standbySaid.failure.message}`
  const [etcd, standby] = [parseEtcdLook(etcdSaid.output), parseStandbyLook(standbySaid.output)]
  if (!etcd || !standby) return `the answer of ${host.name} was cut`
  const settings = await control.settings(host)
  const address = await control.addressOf(settings?.address ?? host.connection.address)
  if (address === null) return `${host.name}: the name ${host.connection.address} has no address`
  const isSelf = etcd.bootId !== '' && etcd.bootId === world.ownBootId
  const ownLoop = isOwnLoop(standby, CONTROL_FOLDER)
  return { host, member: { name: host.name, address }, etcd, standby, at: standbySaid.sentAt, isSelf, ownLoop }
}

/** Asks several at once. Throws UserError with every fault. */
export async function askAll(
  wiring: Wiring,
  hosts: readonly Host[],
  { records, present }: Ground,
  paths: readonly string[],
): Promise<readonly Asked[]> {
  const cluster = records?.cluster ?? null
  // One of them may be where this all began, with a loop of its own.
  const isMember = (host: HostName) => present?.some(({ name }) => name === host) ?? false
  const asked = await Promise.all(hosts.map((host) => askHost(wiring, host, paths)))
  const silent = asked.filter((each) => typeof each === 'string')
  const known = asked.filter((each) => typeof each !== 'string')
  const { machine } = await wiring.control.pack()
  const loop = await wiring.control.loop()
  // Where nothing was applied yet whatever member there is is of another one: it is not taken for one's own.
  const other = present === null ? '' : null
  const faults = known.flatMap(({ member, etcd, standby, isSelf }) => [
    ...judgeHost(member, etcd, cluster ?? other ?? etcd.cluster ?? '').faults,
    ...(isSelf ? judgeSelf(member.name, standby, loop, wiring.reader.file) : []),
    ...(isSelf || isMember(member.name) ? [] : judgeStandby(member.name, standby, machine, CONTROL_FOLDER)),
  ])
  refuse([...silent, ...faults])
  return known
}

/** What stands against any host of the inventory being reached from elsewhere. Throws UserError. */
export async function refuseWays({ control }: Wiring, { hosts }: Inventory): Promise<void> {
  const ways = await Promise.all(
    hosts.map(async (host) => {
      const settings = await control.settings(host)
      const { own } = control
      return judgeWay(host, settings ?? { ...own, resolved: await control.addressOf(host.connection.address) })
    }),
  )
  refuse(ways.flat())
}

/** What stands against so many members; remarks where nothing does. Throws UserError. */
export function refuseCount(names: readonly HostName[]): readonly string[] {
  const { faults, notes } = judgeCount(names)
  refuse(faults)
  return notes
}

function refuse(sentences: readonly string[]): void {
  const [first] = sentences
  if (first === undefined) return
  const hint = 'nothing was changed'
  if (sentences.length === 1) throw new UserError(first, { hint })
  const faults = sentences.map((message): Fault => ({ message, at: null, lineText: null, hint: null }))
  throw new UserError(`${sentences.length} things are in the way`, { faults, hint })
}

/** Names of the machines whose loops the store knows. */
export async function loopsOf({ store }: Place): Promise<ReadonlySet<string>> {
  return namesOf(await store.control?.show())
}

/** The same of what was shown. */
export function namesOf(shown: ControlView | null | undefined): ReadonlySet<string> {
  return new Set([shown?.leader, ...(shown?.standbys ?? [])].flatMap((one) => one?.name ?? []))
}

/** A loop there that root's units do not tell of is a person's: a unit of that login, or on a terminal. */
export function seenWith(one: Asked, loops: ReadonlySet<string>): Asked {
  const { loop, program, hostname } = one.standby
  const hidden = loop === null && program === null && loops.has(hostname)
  return hidden ? { ...one, ownLoop: true, standby: { ...one.standby, loop: 'active' } } : one
}

/** After an edit of the inventory: the other control machines have it as it was. `store`: as hc_store names it. */
export function spreadNotes(store: string): readonly string[] {
  return hostsOf(store) === null ? [] : ['the other control machines have it as it was: hc control add brings it there']
}
