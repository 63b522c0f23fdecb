// Hosts as control machines: all that the loop needs there, sent where it is not there yet or is another.
import { createHash } from 'node:crypto'
import type { PackedProgram, StandbyFile, StandbyLook } from '../../model/control-group.js'
import { messageOf } from '../../model/errors.js'
import type { Host } from '../../model/host.js'
import { byName, type HostName } from '../../model/names.js'
import type { Records } from '../../model/records.js'
import {
  authorizeScript,
  CONTROL_FOLDER,
  filesScript,
  installScript,
  OWN_FOLDER,
  ownKeyOf,
  parseStandbyDone,
  parseStandbyLook,
  SOURCES,
  STANDBY_MS,
  standbyLookScript,
} from '../../remote/standby.js'
import { folderOf } from '../../spec/paths.js'
import type { Wiring } from '../desks/desk.js'
import type { Asked } from './ground.js'
import { GOES_ON, orStop } from './hands.js'
import type { Tools } from './members.js'
import { sendProgram } from './sending.js'

/** What every control machine has alike. */
export interface Kit {
  readonly program: PackedProgram
  /** Files by their path there: the inventory, host keys, the authority, sources of secrets. */
  readonly files: readonly StandbyFile[]
  readonly sources: readonly string[]
  readonly notes: readonly string[]
  /** inventory.yml there. */
  readonly inventory: string
}

/** Files of applied jobs that are read anew at a failover. */
export function sourcesOf(records: Records | null): readonly string[] {
  const jobs = Object.values(records?.jobs ?? {})
  const paths = jobs.flatMap(({ job }) => [
    ...job.envFiles,
    ...Object.values(job.secrets).flatMap((source) => (source.kind === 'file' ? [source.path] : [])),
  ])
  return [...new Set(paths)].sort(byName)
}

/** Everything that is sent, read once. Throws UserError. */
export async function makeKit(tools: Pick<Tools, 'wiring' | 'authority'>, records: Records | null): Promise<Kit> {
  const { wiring, authority } = tools
  const { reader, world, control } = wiring
  const { inventory } = await reader.read()
  const folder = folderOf(reader.file)
  const there = (path: string) => `${CONTROL_FOLDER}${path.slice(folder.length)}`
  const texts = Object.entries(reader.texts).filter(([path]) => path === reader.file || !isFolder(path, reader.texts))
  const keys = await Promise.all(inventory.hosts.map((host) => keysOf(wiring, host)))
  const own = (name: string, text: string) => fileOf(`${CONTROL_FOLDER}/${OWN_FOLDER}/${name}`, text, '0600')
  const sources: StandbyFile[] = []
  const notes: string[] = keys.flatMap(({ note }) => (note === null ? [] : [note]))
  for (const path of sourcesOf(records)) {
    await world.sources.readFile(path).then(
      (bytes) => sources.push({ path, bytes, mode: '0600' }),
      (error: unknown) => notes.push(`${messageOf(error)}: the other control machines do not have it`),
    )
  }
  for (const { job } of Object.values(records?.jobs ?? {}))
    for (const [name, { kind }] of Object.entries(job.secrets))
      if (kind !== 'file')
        notes.push(
          `secret ${name} of ${job.name} comes from ${kind === 'env' ? 'the environment' : 'a command'}: see to it that each control machine has it`,
        )
  return {
    program: await control.pack(),
    files: [
      ...texts.map(([path, text]) => fileOf(there(path), text, '0600')),
      ...keys.flatMap(({ name, text }) => (text === null ? [] : [own(`known/${name}`, text)])),
      own('ca.pem', authority.pair.cert),
      own('ca.key', authority.pair.key),
      own('sources', sources.map(({ path }) => `${path}\n`).join('')),
      ...sources,
    ],
    sources: sources.map(({ path }) => path),
    notes,
    inventory: there(reader.file),
  }
}

/** Folders of variables stand among the texts with an empty text of their own. */
function isFolder(path: string, texts: Readonly<Record<string, string>>): boolean {
  return texts[path] === '' && Object.keys(texts).some((other) => other.startsWith(`${path}/`))
}

function fileOf(path: string, text: string, mode: string): StandbyFile {
  return { path, bytes: new TextEncoder().encode(text), mode }
}

/** known_hosts of one host, by the keys that it shows on a connection whose key was judged. */
async function keysOf({ world, control }: Wiring, host: Host) {
  const script = { script: standbyLookScript(), lane: 'act', timeoutMs: STANDBY_MS } as const
  const said = await world.transport.run(host, script)
  const look = said.ok ? parseStandbyLook(said.output) : null
  const settings = await control.settings(host)
  if (look === null || settings === null || look.hostKeys.length === 0) {
    const why = said.ok ? 'shows no keys of its own' : 'does not answer'
    return {
      name: host.name,
      text: null,
      note: `${host.name} ${why}: run the command again when it does, so that the others know it`,
    }
  }
  const { address, port, hostKeyAlias } = settings
  const name = hostKeyAlias ?? (port === 22 ? address : `[${address}]:${port}`)
  return { name: host.name, text: look.hostKeys.map((key) => `${name.toLowerCase()} ${key}\n`).join(''), note: null }
}

/** What a host lacks; all false: nothing. */
export interface Due {
  readonly files: readonly StandbyFile[]
  readonly program: boolean
  readonly certificate: boolean
  readonly loop: boolean
}

/** Compares. Another file at the place of a secret is left as it is. */
export function dueOn({ standby }: Pick<Asked, 'standby'>, kit: Kit): Due {
  const at = `${CONTROL_FOLDER}/${OWN_FOLDER}`
  const files = kit.files.filter(
    ({ path, bytes }) => standby.files[path] !== sha256(bytes) && !isForeign(standby, path, kit),
  )
  const otherCa = files.some(({ path }) => path === `${at}/ca.pem`)
  return {
    files,
    program: standby.program !== kit.program.digest,
    certificate: otherCa || !(`${at}/client.pem` in standby.files) || !(`${at}/client.key` in standby.files),
    loop: standby.loop !== 'active' || standby.ownKey === null,
  }
}

function isForeign({ files, sources }: StandbyLook, path: string, kit: Kit): boolean {
  return kit.sources.includes(path) && files[path] !== undefined && !sources.includes(path)
}

/** Files of a host that would have to be replaced and are not hc's. */
export function foreignOn({ standby, host }: Asked, kit: Kit): readonly string[] {
  const differ = kit.files.filter(
    ({ path, bytes }) => isForeign(standby, path, kit) && standby.files[path] !== sha256(bytes),
  )
  return differ.map(({ path }) => `${host.name} has another ${path}: it is left as it is`)
}

/** Is there anything to do? */
export function isDue({ files, program, certificate, loop }: Due): boolean {
  return files.length > 0 || program || certificate || loop
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
    filesScript(guard, [...list, ...files], keyName(cluster, host.name))
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
  tools: Tools,
  asked: readonly Asked[],
  keys: readonly string[],
  gone: readonly HostName[] = [],
): Promise<readonly string[]> {
  const { wiring, hands, onStep } = tools
  const { inventory } = await wiring.reader.read()
  if (gone.length > 0) onStep(null, `the key of ${gone.join(', ')} is taken out on ${inventory.hosts.length} hosts`)
  else onStep(null, `the keys of ${asked.length} control machines are let in on ${inventory.hosts.length} hosts`)
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
          settings?.user ?? 'root',
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
  onStep(host.name, 'the loop as hc-reconcile.service')
  const restart = standby.program !== kit.program.digest
  const make = (guard: Parameters<typeof installScript>[0]) =>
    installScript(guard, kit.program.digest, kit.inventory, restart)
  orStop(await hands.write(one, make, parseStandbyDone, STANDBY_MS), host, GOES_ON)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
