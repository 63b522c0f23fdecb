// `hc control remove`: one machine less, and never one that the others can't do without.
import type { ControlChangeView, MemberState } from '../../model/control-group.js'
import { UserError } from '../../model/errors.js'
import type { HostName } from '../../model/names.js'
import { count } from '../../model/words.js'
import type { Wiring } from '../desks/desk.js'
import { addControl, authorityOf, type ControlChoices, equipAll, setStore } from './add.js'
import { type Asked, askHost, findGround, type Ground, hostsNamed, storeOn } from './ground.js'
import { Hands, recordSteps } from './hands.js'
import type { Tools } from './members.js'
import { onlyOne } from './show.js'
import { letIn } from './standbys.js'
import { dismiss, isLeftOn, keepsLoop, removeUnused, takeEtcd } from './unused.js'

/** Takes one away. Throws UserError. */
export async function removeControl(
  wiring: Wiring,
  name: HostName,
  choices: ControlChoices,
): Promise<ControlChangeView> {
  const ground = await findGround(wiring)
  const { present, place, records, inventory } = ground
  if (present === null) return removeUnused(wiring, name, ground, choices)
  if (records === null) throw onlyOne(place)
  const [host] = hostsNamed(inventory, [name])
  const found = host ? await askHost(wiring, host) : 'it is unknown'
  const member = present.find((each) => each.name === name) ?? null
  const left = present.filter((each) => each !== member)
  const here = typeof found !== 'string' && isLeftOn(found)
  if (member === null && !here) return othersAlone(wiring, name, found, choices)
  if (member) refuseLoss(name, left)
  const notes =
    typeof found === 'string' ? [`${found}: run this again when it does, so that nothing of hc stays there`] : []
  if (left.length < 3)
    notes.push(
      `${count(left.length, 'member is', 'members are')} left: the loss of ${left.length === 1 ? 'it' : 'either'} stops all writing; hc control add OTHER takes its place`,
    )
  if (typeof found !== 'string' && keepsLoop(found))
    notes.push(
      `the loop of ${name} has an inventory of its own and ticks on, as one more that can lead: hc reconcile --uninstall there ends it`,
    )
  const plan = [
    ...(member ? [`${name} leaves the etcd`] : []),
    ...(typeof found === 'string'
      ? []
      : keepsLoop(found)
        ? ['etcd with its data and certificates is taken away there']
        : ['its loop ends, and etcd with its data, the program, keys and certificates are taken away there']),
    'its key is let in nowhere any more, and hc_store names the others on each of them',
  ]
  const members = left.map((each) => ({ name: each.name, address: each.address }))
  const store = storeOn(members.map((each) => each.name))
  const view = { store, members, plan, done: [], notes, declined: false }
  if (!(await choices.confirm(view))) return { ...view, declined: true }
  const { done, onStep } = recordSteps(choices)
  const authority = await authorityOf(wiring, ground, records.cluster)
  // It is carried to its end: what is taken away by halves is known for none of them any more.
  const tools: Tools = {
    wiring: { ...wiring, signal: null },
    hands: new Hands(wiring.world, place),
    authority,
    cluster: records.cluster,
    onStep,
    goesOn: () => undefined,
  }
  const more = await carryOut(tools, ground, { name, found, member, left: members.map((each) => each.name), store })
  return { ...view, done, notes: [...notes, ...more] }
}

/** Nothing is left to be taken away: where this was killed right before its end, the others are not up to date yet. Throws UserError. */
async function othersAlone(
  wiring: Wiring,
  name: HostName,
  found: Asked | string,
  choices: ControlChoices,
): Promise<ControlChangeView> {
  const isSilent = typeof found === 'string'
  const view = isSilent ? null : await addControl(wiring, [], choices)
  if (view && view.plan.length > 0)
    return { ...view, notes: [`nothing of a control machine is left on ${name}`, ...view.notes] }
  const rest = isSilent ? `what is left there can't be seen (${found})` : 'nothing of one is left there'
  // No other name is offered: whoever took it would have a machine taken out that is well.
  throw new UserError(`${name} is no control machine, and ${rest}`, {
    code: 'not-found',
    hint: 'hc control list shows them',
  })
}

/** Throws UserError where the others could not write without it. */
function refuseLoss(name: HostName, left: readonly MemberState[]): void {
  const answering = left.filter(({ answers }) => answers).length
  const needed = Math.floor(left.length / 2) + 1
  if (left.length === 0) {
    throw new UserError(`${name} is the only member: the store would be gone`, {
      hint: 'hc store migrate file takes the store back to .hc first; then hc control remove takes away what is left there',
    })
  }
  if (answering >= needed) return
  throw new UserError(
    `without ${name}, ${answering} of ${count(left.length, 'member')} would answer, and ${needed} ${needed === 1 ? 'is' : 'are'} needed`,
    {
      exitCode: 1,
      hint: 'bring the silent ones back first, or remove one of those: hc control check tells which',
    },
  )
}

async function carryOut(
  tools: Tools,
  ground: Ground,
  one: {
    readonly name: HostName
    readonly found: Asked | string
    readonly member: MemberState | null
    readonly left: readonly HostName[]
    readonly store: string
  },
): Promise<readonly string[]> {
  const { wiring, hands, onStep } = tools
  const { found, member, left, store } = one
  const host = typeof found === 'string' ? null : found
  if (host) await dismiss(tools, host)
  // Before it is a member no more: this command would not know it again.
  const notes = [...(await letIn(tools, [], [], [one.name]))]
  if (member) {
    onStep(one.name, 'leaves the etcd')
    await (await wiring.control.members(storeOn(left))).remove(member.id)
  }
  if (wiring.copies.here !== store) await setStore(tools, store)
  hands.place = await wiring.copies.open(store)
  if (host) await takeEtcd(tools, host)
  const asked: Asked[] = []
  for (const each of ground.inventory.hosts.filter(({ name }) => left.includes(name))) {
    const said = await askHost(wiring, each)
    if (typeof said === 'string') notes.push(`${said}: hc control add brings it up to date when it does`)
    else asked.push(said)
  }
  return [...notes, ...(await equipAll(tools, asked))]
}
