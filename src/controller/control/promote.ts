// `hc control promote`: another machine leads. The loops of all others rest until it does; each starts again by itself, should
// this command not come to its end.
import { hostname } from 'node:os'
import type { ControlChangeView, ControlMachineView } from '../../model/control-group.js'
import { UserError } from '../../model/errors.js'
import { type HostName, someOf } from '../../model/names.js'
import { parseStandbyDone, restScript, resumeScript, STANDBY_MS } from '../../remote/standby.js'
import { didYouMean } from '../../spec/nearest.js'
import type { Wiring } from '../desks/desk.js'
import type { ControlChoices } from './add.js'
import { type Asked, askHost, findStore, hostsNamed, type Place } from './ground.js'
import { Hands, orStop, recordSteps } from './hands.js'
import { listControl } from './show.js'

/** Loops that rest start again by themselves after that, s: longer than an election takes. */
const REST_S = 30
/** How long to wait until it leads, ms, and between two questions. */
const LEADS_MS = 20_000
const ASK_MS = 300
const HINT = 'the loops that rest start again within half a minute; hc control list tells who leads'

/** A machine whose loop rests meanwhile; `asked` null: this one. */
interface Resting {
  readonly name: string
  readonly asked: Asked | null
}

/** Has it lead. Throws UserError where it can't, and where it does not in time. */
export async function promoteControl(
  wiring: Wiring,
  name: HostName,
  choices: ControlChoices,
): Promise<ControlChangeView> {
  const { place } = await findStore(wiring)
  const { store, machines } = await listControl(wiring)
  const members = machines.flatMap(({ member }) => (member ? [{ name: member.name, address: member.address }] : []))
  const view = { store, members, plan: [], done: [], notes: [], declined: false }
  const called = await calledOf(wiring, name, machines)
  if (machines.find((each) => each.name === name)?.role === 'leads')
    return { ...view, notes: [`${name} leads already`] }
  const leader = machines.find(({ role }) => role === 'leads')?.name ?? null
  const { resting, notes } = await othersThan(wiring, name, machines)
  const plan = [
    ...(resting.length === 0
      ? []
      : [`the loops of ${someOf(resting.map((each) => each.name))} rest until ${name} leads`]),
    `${leader === null ? 'nobody leads now' : `${leader} gives the lead away`}; what runs runs on`,
  ]
  if (!(await choices.confirm({ ...view, plan, notes }))) return { ...view, plan, notes, declined: true }
  const { done, onStep } = recordSteps(choices)
  const hands = new Hands(wiring.world, place)
  try {
    // Who leads comes last: else another one that stands by yet has the lead at once.
    for (const each of [...resting].sort((a, b) => Number(a.name === leader) - Number(b.name === leader))) {
      onStep(each.name, 'its loop rests')
      await rest(wiring, hands, each)
    }
    onStep(name, 'until it leads')
    await untilLeads(wiring, place, name, called)
  } finally {
    await Promise.all(resting.map((each) => resume(wiring, hands, each)))
  }
  onStep(name, 'leads; the others stand by')
  return { ...view, plan, done, notes }
}

/** How the store calls it. Throws UserError where it can't lead. */
async function calledOf(wiring: Wiring, name: HostName, machines: readonly ControlMachineView[]): Promise<string> {
  const found = machines.find((each) => each.name === name)
  const [host] = found ? hostsNamed((await wiring.reader.read()).inventory, [name]) : []
  if (!found || !host)
    throw new UserError(`${name} is no control machine`, {
      code: 'not-found',
      hint:
        didYouMean(
          name,
          machines.map((each) => each.name),
        ) ?? 'hc control list shows them',
    })
  const one = await askHost(wiring, host)
  if (typeof one === 'string') throw new UserError(one, { exitCode: 1, hint: 'hc control check tells what mends it' })
  if (found.role === 'none')
    throw new UserError(`no loop stands by on ${name}`, { exitCode: 1, hint: 'hc control check tells what mends it' })
  return one.standby.hostname
}

/** All others whose loop ticks or stands by; what can't be told to rest is a note. */
async function othersThan(
  wiring: Wiring,
  name: HostName,
  machines: readonly ControlMachineView[],
): Promise<{ readonly resting: readonly Resting[]; readonly notes: readonly string[] }> {
  const { hosts } = (await wiring.reader.read()).inventory
  const others = machines.filter((each) => each.name !== name && each.role !== 'none')
  const resting: Resting[] = []
  const notes: string[] = []
  const here = (await wiring.control.loop()) === 'active'
  if (here) resting.push({ name: hostname(), asked: null })
  for (const other of others.filter((each) => !here || each.name !== hostname())) {
    const host = hosts.find((each) => each.name === other.name)
    const asked = host ? await askHost(wiring, host) : `${other.name} is no host of the inventory`
    if (typeof asked === 'string') notes.push(`${asked}: should it take the lead instead, say this again`)
    else if (!asked.isSelf && asked.standby.loop === 'active') resting.push({ name: other.name, asked })
  }
  return { resting, notes }
}

async function rest({ control }: Wiring, hands: Hands, { asked }: Resting): Promise<void> {
  if (asked === null) await control.stopLoop()
  else
    orStop(
      await hands.write(asked, (guard) => restScript(guard, REST_S), parseStandbyDone, STANDBY_MS),
      asked.host,
      HINT,
    )
}

/** What can't be told starts again by itself. */
async function resume({ control }: Wiring, hands: Hands, { asked }: Resting): Promise<void> {
  if (asked === null) await control.startLoop()
  else await hands.write(asked, resumeScript, parseStandbyDone, STANDBY_MS)
}

async function untilLeads({ world }: Wiring, { store }: Place, name: HostName, called: string): Promise<void> {
  const until = world.clock.now() + LEADS_MS
  for (;;) {
    const shown = await store.control?.show()
    if (shown?.leader?.name === called) return
    if (world.clock.now() >= until) {
      const other = shown?.leader ? `${shown.leader.name} leads` : 'nobody leads'
      throw new UserError(`${name} does not lead after ${LEADS_MS / 1000} s: ${other}`, { exitCode: 1, hint: HINT })
    }
    await world.clock.sleep(ASK_MS)
  }
}
