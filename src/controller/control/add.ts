// `hc control add`: three hosts hold the store together, and each of them can lead. Every step is looked for before it is done, so
// that the same command goes on where one was killed; the old store is in force until the move is complete.
import type { ControlChangeView, ControlStep, MemberState } from '../../model/control-group.js'
import { messageOf, UserError } from '../../model/errors.js'
import { byName, type HostName, someOf } from '../../model/names.js'
import type { Records } from '../../model/records.js'
import { judgeHost } from '../../planner/control-group.js'
import { initialCluster } from '../../remote/etcd.js'
import { underLock } from '../change.js'
import type { Wiring } from '../desks/desk.js'
import { editFiles } from '../inventory-edit.js'
import { migrateStore } from '../store-move.js'
import {
  type Asked,
  askAll,
  askHost,
  findGround,
  type Ground,
  hostsNamed,
  loopsOf,
  refuseCount,
  refuseWays,
  seenWith,
  storeOn,
} from './ground.js'
import { GOES_ON, Hands } from './hands.js'
import { type Kit, makeKit, sourcesOf } from './kit.js'
import { installed, join, runs, setUp, type Tools, untilQuorum } from './members.js'
import { dueOn, equip, isDue, leftOn, letIn, refuseEdited, startLoop } from './standbys.js'

/** How it is asked for. */
export interface ControlChoices {
  /** Shown before anything is changed; no: nothing is. */
  confirm(view: ControlChangeView): Promise<boolean>
  /** Files of the inventory that were edited on another machine are replaced by those of this one. */
  readonly overwrite?: boolean
  /** Told before each step. */
  onStep(step: ControlStep): void
}

/** What is to be done, worked out before anything is. */
interface Task {
  readonly ground: Ground
  /** Members after it. */
  readonly names: readonly HostName[]
  /** All of them that answer. */
  readonly asked: readonly Asked[]
  /** Those that hold no member yet. */
  readonly fresh: readonly Asked[]
  readonly store: string
  readonly notes: readonly string[]
  readonly loop: 'none' | 'active' | 'inactive'
}

/** Makes hosts control machines. Throws UserError. */
export async function addControl(
  wiring: Wiring,
  named: readonly HostName[],
  choices: ControlChoices,
): Promise<ControlChangeView> {
  const task = await survey(wiring, named)
  const plan = planOf(wiring, task)
  const members = task.asked.map(({ member }) => member)
  const view = { store: task.store, members, plan, done: [], notes: task.notes, declined: false }
  const { overwrite = false } = choices
  const rest = await restDue(wiring, task, overwrite)
  const due = plan.length > 0 || rest
  if (!due) return view
  const others = task.asked.filter(({ isSelf }) => !isSelf).map(({ member }) => member.name)
  if (plan.length === 0) plan.push(`what has changed here is brought to ${someOf(others)}`)
  if (!(await choices.confirm(view))) return { ...view, declined: true }
  const done: ControlStep[] = []
  const onStep = (host: string | null, text: string) => {
    const step = { host, text }
    done.push(step)
    choices.onStep(step)
  }
  const notes = await carryOut(wiring, task, onStep, overwrite)
  return { ...view, plan, done, notes: [...task.notes, ...notes] }
}

async function survey(wiring: Wiring, named: readonly HostName[]): Promise<Task> {
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
  const notes = [...refuseCount(names)]
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
  return { ground, names, asked, fresh, store: storeOn(names), notes, loop }
}

/** Does it hold a member that runs, with its data? */
function isIn(one: Asked, present: readonly MemberState[] | null, records: Records | null): boolean {
  const { name } = one.member
  if (present === null) return false
  return present.some((each) => each.name === name) && records !== null && one.etcd.data && one.etcd.unit !== null
}

function planOf({ copies }: Wiring, { ground, asked, fresh, store, loop }: Task): string[] {
  const plan: string[] = []
  const named = (some: readonly Asked[]) => someOf(some.map(({ member }) => member.name))
  const lacking = fresh.filter(({ etcd }) => etcd.program === null)
  if (lacking.length > 0) plan.push(`etcd is installed from the distribution on ${named(lacking)}`)
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

/** Is there anything on the control machines that differs from here? */
async function restDue(wiring: Wiring, { ground, asked }: Task, overwrite: boolean): Promise<boolean> {
  const authority = await wiring.control.knownAuthority()
  if (authority === null) return true
  const kit = await makeKit({ wiring, authority }, ground.records, overwrite)
  const loops = await loopsOf(ground.place)
  refuseEdited(
    asked.filter(({ isSelf }) => !isSelf),
    kit,
  )
  return asked.some((one) => !one.isSelf && isDue(dueOn(seenWith(one, loops), kit)))
}

async function carryOut(
  wiring: Wiring,
  task: Task,
  onStep: Tools['onStep'],
  overwrite: boolean,
): Promise<readonly string[]> {
  const { world, control } = wiring
  const { ground } = task
  const { cluster } =
    ground.records ?? (await underLock(world, async () => (await world.store.read()) ?? world.store.create()))
  const hands = new Hands(world, ground.place)
  const authority = await authorityOf(wiring, ground, cluster)
  const tools: Tools = { wiring, hands, authority, cluster, onStep }
  await control.ownCertificate(authority, world.clock.wall())
  if (ground.present === null) await begin(tools, task)
  else await grow(tools, task, ground.present)
  if (wiring.copies.here !== task.store) await setStore(tools, task.store)
  hands.place = await wiring.copies.open(task.store)
  const notes = await equipAll(tools, task.asked, overwrite)
  return [...notes, ...(await loopHere(tools, task))]
}

/** A new authority is none of the members that run: they would let nobody in. */
export async function authorityOf(wiring: Wiring, { present }: Ground, cluster: string) {
  if (present === null) return wiring.control.authority(cluster, wiring.world.clock.wall())
  const known = await wiring.control.knownAuthority()
  if (known) return known
  throw new UserError("the authority of the etcd's certificates is not on this machine (.hc/control/ca.key)", {
    exitCode: 1,
    hint: 'run it on one of the control machines: hc control list names them',
  })
}

/** All members begin together, and the store moves to them. */
async function begin(tools: Tools, task: Task): Promise<void> {
  const { wiring, hands, cluster, onStep } = tools
  const { world, copies, control } = wiring
  const asked = await installed(tools, task.asked)
  const members = asked.map(({ member }) => member)
  const initial = initialCluster(members)
  await Promise.all(
    asked
      .filter((one) => !runs(one, cluster, members))
      .map((one) => setUp(tools, one, members, 'new', one.etcd.data && one.etcd.initial !== initial)),
  )
  onStep(null, 'until more than half of the members answer')
  const place = await copies.open(task.store)
  await untilQuorum(tools, place, asked)
  if (task.loop === 'active') {
    onStep(null, 'the loop of this machine ends')
    await control.stopLoop()
  }
  onStep(null, `the store moves to ${place.name}`)
  try {
    await migrateStore(world, copies, task.store)
  } catch (error) {
    if (task.loop !== 'none') await control.startLoop()
    throw error
  }
  hands.place = place
}

/** One member after the other joins. */
async function grow(tools: Tools, task: Task, present: readonly MemberState[]): Promise<void> {
  const { wiring } = tools
  const fresh = await installed(tools, task.fresh)
  const in_ = new Set(present.map(({ name }) => name).filter((name) => name !== ''))
  for (const one of fresh) {
    in_.add(one.member.name)
    const doors = await wiring.control.members(storeOn([...in_]))
    await join(tools, one, await doors.list(), doors)
  }
}

/** As text: nothing else of the inventory changes. */
export async function setStore({ wiring, onStep }: Tools, store: string): Promise<void> {
  onStep(null, `the inventory gets hc_store: ${store}`)
  const edit = { kind: 'set', target: 'all', assignments: [`hc_store=${store}`] } as const
  await editFiles(wiring, edit, { dryRun: false, review: async () => true })
}

/** Brings control machines up to date; remarks. Throws UserError. */
export async function equipAll(tools: Tools, asked: readonly Asked[], overwrite = false): Promise<readonly string[]> {
  const { wiring, hands } = tools
  const records = await hands.place.store.read()
  const kit: Kit = await makeKit(tools, records, overwrite)
  const loops = await loopsOf(hands.place)
  const others: Asked[] = []
  for (const { host, isSelf } of asked) {
    const one = isSelf ? null : await askHost(wiring, host, kit.sources)
    if (typeof one === 'string') throw new UserError(one, { exitCode: 1, host: host.name, hint: GOES_ON })
    if (one !== null) others.push(seenWith(one, loops))
  }
  const due = others.filter((one) => isDue(dueOn(one, kit)))
  const keys: string[] = others.filter((one) => !due.includes(one)).flatMap(({ standby }) => standby.ownKey ?? [])
  // One after the other: they share the way out of this machine, and whoever is done is of use at once.
  for (const one of due) if (!one.ownLoop) keys.push(await equip(tools, one, kit))
  const notes = due.length === 0 ? [] : await letIn(tools, others, keys)
  // One of them leads all the while.
  for (const one of due) await startLoop(tools, one, kit)
  return [...kit.notes, ...others.flatMap((one) => leftOn(one, kit)), ...notes]
}

/** This machine is one of the members, or one more. */
async function loopHere({ wiring, onStep }: Tools, task: Task): Promise<readonly string[]> {
  const { control, loopUnit, reader } = wiring
  if (task.loop !== 'none') {
    if ((await control.loop()) !== 'active') {
      onStep(null, 'the loop of this machine ticks on')
      await control.startLoop()
    }
    return []
  }
  if (!task.asked.some(({ isSelf }) => isSelf)) {
    return ['no loop is installed on this machine: hc reconcile --install makes it one more that can lead']
  }
  onStep(null, 'the loop of this machine as hc-reconcile.service')
  try {
    // Of all that it says only this is news here: a login's unit does not outlive the login.
    return (await loopUnit.install(reader.file, null)).filter((text) => text.includes('enable-linger'))
  } catch (error) {
    return [`the loop of this machine could not be installed: ${messageOf(error)}`]
  }
}
