// `hc doctor`: one look as `hc status` makes it, one question more to each host, and the control machine's own part.
import type { ControlExam, DoctorView, FenceExam, HostExam, WayExam } from '../model/doctor.js'
import { messageOf, UserError } from '../model/errors.js'
import type { Host } from '../model/host.js'
import type { HostName, Millis } from '../model/names.js'
import { doctorView, finding } from '../planner/doctor.js'
import { clusterFindings, controlFindings } from '../planner/doctor-control.js'
import { type HostCase, hostFindings } from '../planner/doctor-host.js'
import { reachFindings } from '../planner/doctor-reach.js'
import { isUnderRule } from '../planner/exclusive.js'
import { DOCTOR_TIMEOUT_MS, doctorScript, parseDoctor } from '../remote/doctor.js'
import { deposedText } from './assemble.js'
import type { Controller, Look } from './controller.js'
import { openFence } from './fencing.js'
import { shownControl } from './inventories.js'
import { SHOW_PATIENCE_MS, ticks } from './status.js'
import type { World } from './world.js'

/** How long a witness may take to answer, ms. */
const WITNESS_MS: Millis = 1000

/** What only the doctor asks of the world. Nothing of it changes anything. */
export interface DoctorDoors {
  control(): Promise<ControlExam>
  /** How ssh would go there. Throws UserError. */
  way(host: Host): Promise<Omit<WayExam, 'forwards'>>
  /** Does its sshd forward? null: there is no ssh, or it could not be tried. */
  forwards(host: Host): Promise<boolean | null>
}

/** Examines these hosts and the control machine. Never rejects for what a host does. */
export async function examine(
  world: World,
  controller: Controller,
  doors: DoctorDoors,
  names: readonly HostName[],
): Promise<DoctorView> {
  const broken = await world.store.read().then(
    () => null,
    (error: unknown) => ({
      text: messageOf(error),
      // Who reads the store knows best what helps.
      mend: (error instanceof UserError ? error.hint : null) ?? 'hc store restore FILE puts a backup in its place',
    }),
  )
  if (broken !== null) return doctorView([], [finding('store-broken', null, broken)], [])
  const look = await controller.look(SHOW_PATIENCE_MS)
  const chosen = look.input.hosts.filter(({ host }) => names.includes(host.name))
  const cases = await Promise.all(chosen.map(({ host }) => examineHost(world, doors, look, host)))
  const ways = new Map(cases.flatMap(({ state, way }) => (way === null ? [] : [[state.host.name, way] as const])))
  const control = {
    exam: await doors.control(),
    ways,
    store: look.records === null ? null : ('read' as const),
    loop: await loopOf(world),
    witness: await witnessOf(world, look),
    anyHostAnswers: look.input.hosts.some(({ facts }) => facts !== null),
    shared: (await shownControl(world)) ?? null,
    deposed: deposedText(look.records, look.observation),
  }
  const reach = new Map(look.observation.hosts.map(({ host, provenVantages }) => [host, provenVantages]))
  const together = [...clusterFindings(look.input, names), ...reachFindings(look.input, names, reach)]
  return doctorView(
    names,
    [...controlFindings(control), ...cases.flatMap(hostFindings), ...together],
    cases.flatMap(({ state, exam }) => (exam === null ? [state.host.name] : [])),
  )
}

async function loopOf(world: World) {
  const { store, clock } = world
  const snapshot = await store.readLoop()
  const silentMs = snapshot === null ? null : Date.parse(clock.wall()) - Date.parse(snapshot.lastTick)
  return { held: await ticks(world), silentMs }
}

/** Who was asked, and does any of them answer? */
export async function witnessOf({ pinger }: World, { inventory }: Look) {
  const asked = inventory.settings.witnesses ?? (await pinger.gateways())
  const answers = await Promise.all(asked.map((address) => pinger.reaches(address, 0, WITNESS_MS)))
  return { asked, answers: answers.includes(true) }
}

async function examineHost(world: World, doors: DoctorDoors, look: Look, host: Host): Promise<HostCase> {
  const { input, decision, observation } = look
  const state = input.hosts.find((each) => each.host.name === host.name)
  if (!state) throw new Error('bug: a host without a state')
  const seen = observation.hosts.find((each) => each.host === host.name)
  const answers = state.facts !== null
  const others = input.hosts.filter((each) => each !== state && each.host.connection.kind === 'ssh')
  const [exam, way, fence] = await Promise.all([
    answers
      ? ask(
          world,
          host,
          others.map((each) => each.host.connection.address),
        )
      : null,
    wayOf(doors, host, answers),
    askFence(world, host),
  ])
  return {
    state,
    failure: seen?.failure ?? null,
    exam,
    way,
    fence,
    unclaimed: decision.plan.unclaimed.flatMap((each) => (each.host === host.name ? [each.slot] : [])),
    jobs: {
      cron: input.jobs.some(({ job }) => job.schedule !== null && job.timezone === null),
      exclusive: input.jobs.some(isUnderRule),
    },
  }
}

async function ask({ transport, clock }: World, host: Host, others: readonly string[]): Promise<HostExam | null> {
  const script = doctorScript(others)
  const result = await transport.run(host, { script, lane: 'look', timeoutMs: DOCTOR_TIMEOUT_MS })
  if (!result.ok) return null
  const zero = Date.parse(clock.wall()) - clock.now()
  return parseDoctor(result.output, zero + result.sentAt, zero + result.receivedAt)
}

async function wayOf(doors: DoctorDoors, host: Host, answers: boolean): Promise<WayExam | null> {
  if (host.connection.kind === 'local') {
    const none = { keys: [], namedKey: null, agent: null, agentAnswers: false, knownHosts: [], forwards: null }
    return { target: 'this machine', ...none }
  }
  try {
    const way = await doors.way(host)
    return { ...way, forwards: answers ? await doors.forwards(host) : null }
  } catch (error) {
    if (error instanceof UserError) return null
    throw error
  }
}

async function askFence({ fencer, sources }: World, host: Host): Promise<FenceExam | null> {
  if (!host.fence || !fencer) return null
  try {
    return { power: (await fencer.isOff(await openFence(host.fence, sources))) ? 'off' : 'on' }
  } catch (error) {
    return { error: messageOf(error) }
  }
}
