// `hc control add`: three hosts hold the store together, and each of them can lead. Every step is looked for before it is done, so
// that the same command goes on where one was killed; the old store is in force until the move is complete.
import type { ControlChangeView, ControlStep, MemberState } from '../../model/control-group.js'
import { messageOf, UserError } from '../../model/errors.js'
import { type HostName, someOf } from '../../model/names.js'
import { underLock } from '../change.js'
import type { Wiring } from '../desks/desk.js'
import { editFiles } from '../inventory-edit.js'
import { migrateStore } from '../store-move.js'
import { bringUp } from './beginning.js'
import { type Asked, askHost, type Ground, loopsOf, seenWith, storeOn } from './ground.js'
import { GOES_ON, Hands, recordSteps } from './hands.js'
import { type Kit, makeKit } from './kit.js'
import { installed, join, type Tools } from './members.js'
import { dueOn, equip, isDue, leftOn, letIn, refuseEdited, startLoop } from './standbys.js'
import { planOf, survey, type Task } from './task.js'

/** How it is asked for. */
export interface ControlChoices {
  /** Shown before anything is changed; no: nothing is. */
  confirm(view: ControlChangeView): Promise<boolean>
  /** Files of the inventory that were edited on another machine are replaced by those of this one. */
  readonly overwrite?: boolean
  /** Told before each step. */
  onStep(step: ControlStep): void
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
  const { done, onStep } = recordSteps(choices)
  const notes = await carryOut(wiring, task, onStep, overwrite)
  return { ...view, plan, done, notes: [...task.notes, ...notes] }
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
  const goesOn = () => untilInterrupted(wiring, hands)
  const tools: Tools = { wiring, hands, authority, cluster, onStep, goesOn }
  await control.ownCertificate(authority, world.clock.wall())
  if (ground.present === null) await begin(tools, task)
  else await grow(tools, task, ground.present)
  if (wiring.copies.here !== task.store) await setStore(tools, task.store)
  hands.place = await wiring.copies.open(task.store)
  // It ended for the move: one leads again before the others are brought up, which takes minutes.
  const own = await loopHere(tools, task)
  return [...(await equipAll(tools, task.asked, overwrite)), ...own]
}

/** Ends it where a person has said so, between steps from which the same command goes on. Throws UserError. */
function untilInterrupted({ signal }: Wiring, { place }: Hands): void {
  if (!signal?.aborted) return
  throw new UserError(`interrupted: the store is in ${place.name}`, {
    code: 'interrupted',
    exitCode: 130,
    hint: 'run the same command again: what is done is not done twice',
  })
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
  const { wiring, hands, onStep } = tools
  const { world, copies, control } = wiring
  tools.goesOn()
  const asked = await installed(tools, task.asked)
  tools.goesOn()
  const place = await copies.open(task.store)
  await bringUp(tools, place, asked, task.earlier)
  tools.goesOn()
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
  const token = tokenOf(task, present) ?? tools.cluster
  const in_ = new Set(present.map(({ name }) => name).filter((name) => name !== ''))
  for (const one of fresh) {
    tools.goesOn()
    in_.add(one.member.name)
    const doors = await wiring.control.members(storeOn([...in_]))
    await join(tools, one, await doors.list(), doors, token)
  }
}

/** Of the beginning of those that run, as one that was asked has it; null: none of them was. */
function tokenOf({ asked }: Task, present: readonly MemberState[]): string | null {
  const members = asked.filter(({ member }) => present.some(({ name }) => name === member.name))
  return members.find(({ etcd }) => etcd.token !== null && etcd.data)?.etcd.token ?? null
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
  for (const one of due) {
    tools.goesOn()
    if (!one.ownLoop) keys.push(await equip(tools, one, kit))
  }
  const notes = due.length === 0 ? [] : await letIn(tools, others, keys)
  // One of them leads all the while.
  for (const one of due) {
    tools.goesOn()
    await startLoop(tools, one, kit)
  }
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
