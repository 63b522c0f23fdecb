// The machines that hold the store together, as they are.
import { hostname } from 'node:os'
import type { ControlView } from '../../model/control.js'
import type { ControlCheckView, ControlListView, ControlMachineView, MemberState } from '../../model/control-group.js'
import { messageOf, UserError } from '../../model/errors.js'
import { byName, type HostName, type Millis } from '../../model/names.js'
import { judgeControl, spareOf } from '../../planner/control-findings.js'
import type { Clock } from '../../ports.js'
import { SENT } from '../../remote/standby.js'
import type { Wiring } from '../desks/desk.js'
import { askHost, findStore, hostsOf, namesOf, type Place, seenWith } from './ground.js'
import { type Kit, makeKit } from './kit.js'
import { dueOn, foreignOn } from './standbys.js'

/** A loop is started again 2 s after its end, and another one leads within hc_takeover: so many looks, with so much between two, ms. */
const LOOKS = 6
const LOOK_AGAIN_MS: Millis = 1000

/** Who they are, who leads, whether all is well with them. Throws UserError where the store is in a folder. */
export async function listControl(wiring: Wiring): Promise<ControlListView> {
  return (await surveyControl(wiring)).view
}

/** And what of it no command can bring to the others. */
async function surveyControl(
  wiring: Wiring,
): Promise<{ readonly view: ControlListView; readonly notes: readonly string[] }> {
  const { place, records } = await findStore(wiring)
  const names = hostsOf(place.name)
  if (names === null) throw onlyOne(place)
  const members = await (await wiring.control.members(place.name)).list().catch((error: unknown) => messageOf(error))
  const loops = (await place.store.control?.show()) ?? { leader: null, standbys: [], trouble: null }
  const authority = await wiring.control.knownAuthority()
  const kit = authority && (await makeKit({ wiring, authority }, records))
  const known = typeof members === 'string' ? [] : members
  const all = [...new Set([...names, ...known.map(({ name }) => name).filter((name) => name !== '')])].sort(byName)
  const machines = await Promise.all(all.map((name) => machineOf(wiring, name, known, loops, kit)))
  // Of a host that does not answer its own name is taken for the inventory's.
  const shown = new Set(machines.flatMap(({ called, view }) => [called, view.name]))
  const others = [loops.leader, ...loops.standbys].filter((one) => one !== null && !shown.has(one.name))
  const more = others.flatMap((one): ControlMachineView[] =>
    one === null
      ? []
      : [{ name: one.name, member: null, ...roleOf(one.name, loops), loop: null, current: null, error: null }],
  )
  const views = machines.map(({ view }) => view)
  const trouble = typeof members === 'string' ? members : loops.trouble
  return {
    view: {
      store: place.name,
      machines: [...views, ...more],
      spare: typeof members === 'string' ? null : spareOf(views),
      trouble,
    },
    notes: [...(kit?.notes ?? []), ...machines.flatMap(({ notes }) => notes)],
  }
}

/** The same, judged. What is just being started again is looked at until it is, or is not. */
export async function checkControl(wiring: Wiring): Promise<ControlCheckView> {
  const { view, notes } = await settled(() => surveyControl(wiring), wiring.world.clock)
  const authority = (await wiring.control.knownAuthority()) !== null
  return { ...view, findings: judgeControl(view, authority), notes }
}

/** Looks until all stands still, within a bound; what is to be judged then. */
export async function settled<T extends { readonly view: ControlListView }>(
  look: () => Promise<T>,
  clock: Pick<Clock, 'sleep'>,
): Promise<T> {
  let found = await look()
  const restless = unsettled(found.view)
  for (let looks = 1; looks < LOOKS && restless !== null; looks += 1) {
    await clock.sleep(LOOK_AGAIN_MS)
    const next = await look()
    const stillMoves = unsettled(next.view) !== null
    if (!stillMoves && restless.every((name) => hasRole(next.view, name))) return next
    // A loop that ends again and again is active at some of the looks: what was seen of it before is said.
    if (stillMoves) found = next
  }
  return found
}

/** Machines whose loop is between two starts, or a cluster between two that lead; null: all stands still. */
function unsettled({ machines, trouble }: ControlListView): readonly HostName[] | null {
  const between = machines
    .filter(({ loop }) => loop === 'activating' || loop === 'deactivating')
    .map(({ name }) => name)
  const isLed = trouble !== null || machines.some(({ role }) => role === 'leads')
  const mayLead = machines.some(({ role, loop }) => role === 'stands-by' || loop === 'active')
  return between.length === 0 && (isLed || !mayLead) ? null : between
}

function hasRole({ machines }: ControlListView, name: HostName): boolean {
  return machines.some((each) => each.name === name && each.role !== 'none')
}

/** There are no control machines but this one. */
export function onlyOne({ name }: Place): UserError {
  return new UserError(
    `the store is in ${name}, which is this machine's alone: ${hostname()} is the only control machine`,
    {
      hint: 'hc control add nuc1 nuc2 nuc3 makes it so that any of them may fail',
    },
  )
}

const SAME = { program: true, files: true, differing: [], edited: [] }

async function machineOf(
  wiring: Wiring,
  name: HostName,
  members: readonly MemberState[],
  loops: ControlView,
  kit: Kit | null,
): Promise<{ readonly called: string; readonly view: ControlMachineView; readonly notes: readonly string[] }> {
  const as = (
    called: string,
    rest: Pick<ControlMachineView, 'loop' | 'current' | 'error'>,
    notes: readonly string[] = [],
  ) => ({ called, view: { name, member, ...roleOf(called, loops), ...rest }, notes })
  const member = members.find((each) => each.name === name) ?? null
  const silent = (error: string) => as(name, { loop: null, current: null, error })
  const host = (await wiring.reader.read()).inventory.hosts.find((each) => each.name === name)
  if (!host) return silent(`there is no host ${name} in the inventory`)
  const said = await askHost(wiring, host, kit?.sources)
  if (typeof said === 'string') return silent(said)
  const one = seenWith(said, namesOf(loops))
  const { hostname: called } = one.standby
  if (one.isSelf) {
    const loop = await wiring.control.loop()
    return as(called, { loop: loop === 'none' ? null : loop, current: SAME, error: null })
  }
  const due = kit && !one.ownLoop ? dueOn(one, kit) : null
  const differing = [
    ...new Set([
      ...(due?.files ?? []).map(({ path }) => path).filter((path) => !path.endsWith(`/${SENT}`)),
      ...(due?.gone ?? []),
      ...(due?.edited ?? []),
    ]),
  ]
  const files = differing.length === 0 && !due?.certificate
  const current = due && { program: !due.program, files, differing: differing.sort(), edited: due.edited }
  return as(called, { loop: one.standby.loop, current, error: null }, kit ? foreignOn(one, kit) : [])
}

/** A control machine is known to the store by its host name. */
function roleOf(name: HostName, { leader, standbys }: ControlView): Pick<ControlMachineView, 'role' | 'since'> {
  if (leader?.name === name) return { role: 'leads', since: leader.since }
  const standby = standbys.find((each) => each.name === name)
  return standby ? { role: 'stands-by', since: standby.since } : { role: 'none', since: null }
}
