// Hosts as control machines: all that the loop needs there, sent where it is not there yet or is another.
import { createHash } from 'node:crypto'
import type { StandbyFile, StandbyLook } from '../../model/control-group.js'
import { UserError } from '../../model/errors.js'
import { type HostName, someOf } from '../../model/names.js'
import { count } from '../../model/words.js'
import { editedMend, editedText } from '../../planner/control-findings.js'
import {
  authorizeScript,
  CONTROL_FOLDER,
  filesScript,
  installScript,
  OWN_FOLDER,
  OWN_NAME,
  ownKeyOf,
  parseStandbyDone,
  parseStandbyLook,
  resumeScript,
  SENT,
  SOURCES,
  STANDBY_MS,
  standbyLookScript,
} from '../../remote/standby.js'
import type { Asked } from './ground.js'
import { GOES_ON, orStop } from './hands.js'
import { fileOf, type Kit } from './kit.js'
import type { Tools } from './members.js'
import { sendProgram } from './sending.js'

/** What a host lacks; all false: nothing. */
export interface Due {
  readonly files: readonly StandbyFile[]
  /** Files of the inventory that are not there here any more. */
  readonly gone: readonly string[]
  /** Files of the inventory that were changed there. */
  readonly edited: readonly string[]
  readonly program: boolean
  readonly certificate: boolean
  readonly loop: boolean
}

/** Compares. Another file at the place of a secret is left as it is. */
export function dueOn({ standby, host, ownLoop }: Pick<Asked, 'standby' | 'host' | 'ownLoop'>, kit: Kit): Due {
  if (ownLoop)
    return { files: [], gone: [], edited: [], program: false, certificate: false, loop: standby.loop !== 'active' }
  const at = `${CONTROL_FOLDER}/${OWN_FOLDER}`
  // What is not hc's stays so: it is in no list of what hc has put there.
  const sources = kit.sources.filter((path) => !isForeign(standby, path, kit))
  const own = [
    fileOf(`${CONTROL_FOLDER}/${OWN_NAME}`, `${host.name}\n`, '0600'),
    fileOf(`${CONTROL_FOLDER}/${SENT}`, sentText(kit), '0600'),
    fileOf(`${CONTROL_FOLDER}/${SOURCES}`, sources.map((path) => `${path}\n`).join(''), '0600'),
  ]
  const files = [...kit.files, ...own].filter(
    ({ path, bytes }) => standby.files[path] !== sha256(bytes) && !isForeign(standby, path, kit),
  )
  const otherCa = files.some(({ path }) => path === `${at}/ca.pem`)
  const texts = new Map(kit.texts.map(({ path, bytes }) => [path, sha256(bytes)]))
  const there = Object.keys(standby.files).filter((path) => texts.has(path) || VARIABLES.test(path))
  const gone = there.filter((path) => !texts.has(path)).sort()
  // Whoever was set up by an earlier hc has no list: all there is as it was brought.
  const isEdited = (path: string) =>
    standby.sent.length > 0 &&
    standby.files[path] !== texts.get(path) &&
    !standby.sent.includes(`${standby.files[path]} ${path}`)
  const edited = there.filter(isEdited).sort()
  const stays = (path: string) => !kit.overwrite && edited.includes(path)
  return {
    files: files.filter(({ path }) => !stays(path)),
    gone: gone.filter((path) => !stays(path)),
    edited,
    program: standby.program !== kit.program.digest,
    certificate: otherCa || !(`${at}/client.pem` in standby.files) || !(`${at}/client.key` in standby.files),
    loop: standby.loop !== 'active' || standby.ownKey === null,
  }
}

/** Variable files of a control machine. */
const VARIABLES = new RegExp(`^${CONTROL_FOLDER}/(?:group|host)_vars/`)

function sentText({ texts }: Kit): string {
  return texts.map(({ path, bytes }) => `${sha256(bytes)} ${path}\n`).join('')
}

/** What was changed on other machines is not written over. Throws UserError. */
export function refuseEdited(asked: readonly Asked[], kit: Kit): void {
  const found = asked.flatMap((one) => dueOn(one, kit).edited.map((path) => ({ name: one.host.name, path })))
  const [first] = found
  if (first === undefined || kit.overwrite) return
  const [others, hint] = [found.length - 1, `${editedMend(first.name, first.path)}; nothing was changed`]
  const more =
    others === 0
      ? ''
      : `; so ${others === 1 ? 'was' : 'were'} ${others} more (hc control check names ${others === 1 ? 'it' : 'them'})`
  throw new UserError(`${editedText(first.path)}${more}`, { host: first.name, exitCode: 1, hint })
}

function isForeign({ files, sources }: StandbyLook, path: string, kit: Kit): boolean {
  return kit.sources.includes(path) && files[path] !== undefined && !sources.includes(path)
}

/** Files of a host that would have to be replaced, and are not hc's or were changed there. */
export function leftOn(one: Asked, kit: Kit): readonly string[] {
  const edited = kit.overwrite || one.ownLoop ? [] : dueOn(one, kit).edited
  return [...foreignOn(one, kit), ...edited.map((path) => `${one.host.name}: ${editedText(path)}`)]
}

/** What of a host is not hc's, and is left as it is. */
export function foreignOn({ standby, host, ownLoop }: Asked, kit: Kit): readonly string[] {
  if (ownLoop)
    return [
      `the loop of ${host.name} goes by an inventory of its own, which is not written from here: bring it in line there`,
    ]
  const differ = kit.files.filter(
    ({ path, bytes }) => isForeign(standby, path, kit) && standby.files[path] !== sha256(bytes),
  )
  return differ.map(({ path }) => `${host.name} has another ${path}: it is left as it is`)
}

/** Is there anything to do? */
export function isDue({ files, gone, program, certificate, loop }: Due): boolean {
  return files.length > 0 || gone.length > 0 || program || certificate || loop
}

/** Sends what the host lacks; the public half of its key. Throws UserError. */
export async function equip(tools: Tools, one: Asked, kit: Kit): Promise<string> {
  const { hands, authority, wiring, cluster, onStep } = tools
  const { host } = one
  const due = dueOn(one, kit)
  if (due.program) await sendProgram(tools, one, kit.program)
  onStep(host.name, 'the inventory, certificates, a key of its own, the hosts it knows')
  const at = `${CONTROL_FOLDER}/${OWN_FOLDER}`
  const pair = due.certificate
    ? authority.issue({ subject: `hc on ${host.name}`, names: [] }, wiring.world.clock.wall())
    : null
  const certificate = pair
    ? [fileOf(`${at}/client.key`, pair.key, '0600'), fileOf(`${at}/client.pem`, pair.cert, '0600')]
    : []
  const files = [...due.files.filter(({ path }) => path !== `${CONTROL_FOLDER}/${SOURCES}`), ...certificate]
  const list = due.files.filter(({ path }) => path === `${CONTROL_FOLDER}/${SOURCES}`)
  const make = (guard: Parameters<typeof filesScript>[0]) =>
    filesScript(guard, [...list, ...files], keyName(cluster, host.name), due.gone)
  const written = await hands.write(one, make, parseStandbyDone, STANDBY_MS)
  orStop(written, host, GOES_ON)
  const key = ownKeyOf(written.output)
  orStop({ error: key === null ? 'it tells of no key of its own' : null, output: '' }, host, GOES_ON)
  return key ?? ''
}

/** What the key of a control machine is called in authorized_keys. */
export function keyName(cluster: string, host: HostName): string {
  return `hc-control:${cluster}:${host}`
}

/** Lets the keys in on every host of the inventory; remarks where that could not be done. */
export async function letIn(
  tools: Pick<Tools, 'wiring' | 'hands' | 'cluster' | 'onStep'>,
  asked: readonly Asked[],
  keys: readonly string[],
  gone: readonly HostName[] = [],
): Promise<readonly string[]> {
  const { wiring, hands, onStep } = tools
  const { inventory } = await wiring.reader.read()
  const on = count(inventory.hosts.length, 'host')
  if (gone.length > 0) onStep(null, `the key of ${someOf(gone)} is taken out on ${on}`)
  else
    onStep(
      null,
      `${asked.length === 1 ? 'the key' : 'the keys'} of ${count(asked.length, 'control machine')} ${asked.length === 1 ? 'is' : 'are'} let in on ${on}`,
    )
  const notes = await Promise.all(
    inventory.hosts.map(async (host): Promise<string | null> => {
      const settings = await wiring.control.settings(host)
      const { clock, transport } = wiring.world
      const script = { script: standbyLookScript(), lane: 'act', timeoutMs: STANDBY_MS } as const
      const at = clock.now()
      const said = await transport.run(host, script)
      const look = said.ok ? parseStandbyLook(said.output) : null
      const again = 'run the command again when it does, so that the others may log in there'
      if (look === null) return `${host.name} does not answer: ${again}`
      const make = (guard: Parameters<typeof authorizeScript>[0]) =>
        authorizeScript(
          guard,
          settings?.user ?? host.connection.user ?? 'root',
          keys,
          gone.map((name) => keyName(tools.cluster, name)),
        )
      const etcd = { bootId: look.bootId, uptimeMs: look.uptimeMs }
      const { error } = await hands.write({ host, etcd, at }, make, parseStandbyDone, STANDBY_MS)
      return error && `${host.name}: ${error}`
    }),
  )
  return notes.filter((note) => note !== null)
}

/** The loop there. Throws UserError. */
export async function startLoop(tools: Tools, one: Asked, kit: Kit): Promise<void> {
  const { hands, onStep } = tools
  const { host, standby } = one
  if (one.ownLoop) {
    onStep(host.name, 'its own loop ticks on')
    orStop(await hands.write(one, resumeScript, parseStandbyDone, STANDBY_MS), host, GOES_ON)
    return
  }
  onStep(host.name, 'the loop as hc-reconcile.service')
  const restart = standby.program !== kit.program.digest
  const make = (guard: Parameters<typeof installScript>[0]) => installScript(guard, kit.program, kit.inventory, restart)
  orStop(await hands.write(one, make, parseStandbyDone, STANDBY_MS), host, GOES_ON)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
