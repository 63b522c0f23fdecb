// Members of etcd on hosts: brought up together, or one more that joins those that run.
import type { MemberState } from '../../model/control-group.js'
import { messageOf, UserError } from '../../model/errors.js'
import type { Millis } from '../../model/names.js'
import {
  asideName,
  CLIENT_PORT,
  ETCD_FOLDER,
  ETCD_UNIT,
  type EtcdPlan,
  etcdInstallScript,
  etcdJournalScript,
  etcdSetUpScript,
  etcdUrl,
  INSTALL_MS,
  LOOK_MS,
  PEER_PORT,
  parseEtcdDone,
  parseEtcdInstall,
  SET_UP_MS,
} from '../../remote/etcd.js'
import { printableLine } from '../../remote/printable.js'
import type { Wiring } from '../desks/desk.js'
import type { MemberDoors, OpenAuthority } from './doors.js'
import { type Asked, askHost, type Place } from './ground.js'
import { GOES_ON, type Hands, orStop } from './hands.js'

/** How long members may take until more than half of them answer, ms: on SD cards a disk takes seconds for each step. */
const QUORUM_MS: Millis = 90_000
const ASK_EVERY_MS: Millis = 500

/** What all of it is made with. */
export interface Tools {
  readonly wiring: Wiring
  readonly hands: Hands
  readonly authority: OpenAuthority
  readonly cluster: string
  /** Tells of a step before it is done. */
  onStep(host: string | null, text: string): void
  /** Throws UserError where a person has interrupted it: at places from which the same command goes on. */
  goesOn(): void
}

/** Installs etcd from the distribution where it is missing; what the hosts say then. Throws UserError. */
export async function installed(tools: Tools, asked: readonly Asked[]): Promise<readonly Asked[]> {
  const { wiring, onStep } = tools
  return Promise.all(
    asked.map(async (one) => {
      if (one.etcd.program !== null) return one
      const { host } = one
      onStep(host.name, `etcd is installed by ${one.etcd.manager}`)
      const script = { script: etcdInstallScript(), lane: 'act', timeoutMs: INSTALL_MS } as const
      const said = await wiring.world.transport.run(host, script)
      const error = said.ok ? parseEtcdInstall(said.output) : said.failure.message
      orStop({ error: error && `etcd could not be installed: ${error}`, output: '' }, host, GOES_ON)
      const again = await askHost(wiring, host)
      if (typeof again !== 'string' && again.etcd.program !== null) return again
      throw new UserError(typeof again === 'string' ? again : 'etcd is not there after its installation', {
        host: host.name,
        exitCode: 1,
        hint: GOES_ON,
      })
    }),
  )
}

/** Does the member there run, with a certificate? */
export function runs({ etcd }: Asked, cluster: string): boolean {
  return etcd.cluster === cluster && etcd.data && etcd.certificate !== null && etcd.unit === 'active'
}

/** A time as the name of a folder: `20261127T022506Z`. */
export function stampOf(wall: string): string {
  return wall.replace(/[-:]|\.\d+/g, '')
}

/**
 * Writes a member and starts it. `aside`: what data is there is of nobody any more, and is put into a folder of that name; null: it
 * stays. Throws UserError.
 */
export async function setUp(
  tools: Tools,
  one: Asked,
  beginning: Pick<EtcdPlan, 'members' | 'state' | 'token'>,
  aside: string | null,
): Promise<void> {
  const { hands, authority, cluster, onStep, wiring } = tools
  const { host, member, etcd } = one
  onStep(host.name, `a member of etcd as ${ETCD_UNIT}`)
  const names = [...new Set([member.name, member.address, '127.0.0.1', 'localhost'])]
  const pair = authority.issue({ subject: member.name, names }, wiring.world.clock.wall())
  const { program = '', machine } = etcd
  const plan = { ...beginning, own: member, cluster, program: program ?? '', machine }
  const tls = { ca: authority.pair.cert, ...pair }
  const make = (guard: Parameters<typeof etcdSetUpScript>[0]) => etcdSetUpScript(guard, plan, tls, aside)
  orStop(await hands.write(one, make, parseEtcdDone, SET_UP_MS), host, GOES_ON)
}

/** Waits until etcd can be written. Throws UserError, with what the members say of themselves. */
export async function untilQuorum({ wiring, goesOn }: Tools, place: Place, asked: readonly Asked[]): Promise<void> {
  const { clock } = wiring.world
  const end = clock.now() + QUORUM_MS
  for (;;) {
    try {
      await place.store.loopHeld()
      return
    } catch (error) {
      if (clock.now() >= end) throw await notUp(wiring, asked, messageOf(error))
    }
    goesOn()
    await clock.sleep(ASK_EVERY_MS)
  }
}

/** Waits until the member of that name answers and has what the others have. Throws UserError. */
export async function untilIn({ wiring, goesOn }: Tools, doors: MemberDoors, one: Asked): Promise<void> {
  const { clock } = wiring.world
  const end = clock.now() + QUORUM_MS
  for (;;) {
    const list = await doors.list().catch((): readonly MemberState[] => [])
    if (list.some(({ name, answers }) => name === one.member.name && answers)) return
    if (clock.now() >= end) throw await notUp(wiring, [one], `${one.member.name} has not come`)
    goesOn()
    await clock.sleep(ASK_EVERY_MS)
  }
}

async function notUp({ world }: Wiring, asked: readonly Asked[], why: string): Promise<UserError> {
  const journals = await Promise.all(
    asked.map(async ({ host }) => {
      const said = await world.transport.run(host, { script: etcdJournalScript(), lane: 'act', timeoutMs: LOOK_MS })
      const last = said.ok ? (said.output.trim().split('\n').at(-1) ?? '') : said.failure.message
      return `${host.name}: ${printableLine(last) || 'says nothing'}`
    }),
  )
  const open = `do the hosts reach each other and this machine reach them on the ports ${CLIENT_PORT} and ${PEER_PORT}?`
  return new UserError(`etcd did not come up within ${QUORUM_MS / 1000} s: ${why}`, {
    exitCode: 1,
    code: 'store',
    hint: `${open} ${journals.join('; ')}. ${GOES_ON}`,
  })
}

/** One more member, among those that run. `token`: of their beginning. Throws UserError. */
export async function join(
  tools: Tools,
  one: Asked,
  present: readonly MemberState[],
  doors: MemberDoors,
  token: string,
): Promise<void> {
  const { member } = one
  const old = present.find(({ name }) => name === member.name)
  // It was a member, and its disk is new: etcd takes nobody back whose log is gone.
  const gone = old !== undefined && !old.answers && !one.etcd.data
  if (gone) await doors.remove(old.id)
  const waits = present.some(({ name, address }) => name === '' && address === member.address)
  if (!waits && (gone || old === undefined)) await doors.add(etcdUrl(member.address, PEER_PORT))
  const others = present.filter(({ name, id }) => name !== '' && name !== member.name && id !== old?.id)
  const members = [...others.map(({ name, address }) => ({ name, address })), member]
  const isOfNobody = one.etcd.data && old === undefined && !waits
  const aside = isOfNobody ? asideName(stampOf(tools.wiring.world.clock.wall())) : null
  if (aside) tools.onStep(member.name, `what an earlier member held is put aside: ${ETCD_FOLDER}/${aside}`)
  await setUp(tools, one, { members, state: 'existing', token }, aside)
  await untilIn(tools, doors, one)
}
