// What every control machine has alike: this program, the inventory, what its settings and jobs name, host keys, the authority.
import type { PackedProgram, StandbyFile } from '../../model/control-group.js'
import { messageOf } from '../../model/errors.js'
import type { Host } from '../../model/host.js'
import type { Records } from '../../model/records.js'
import { CONTROL_FOLDER, OWN_FOLDER, parseStandbyLook, STANDBY_MS, standbyLookScript } from '../../remote/standby.js'
import { folderOf } from '../../spec/paths.js'
import type { Wiring } from '../desks/desk.js'
import type { Tools } from './members.js'
import { elsewhere, type Named, namedFiles } from './named.js'

/** All of it, read once. */
export interface Kit {
  readonly program: PackedProgram
  /** Files by their path there. */
  readonly files: readonly StandbyFile[]
  /** Those among them that are the inventory: itself, and its variable files. */
  readonly texts: readonly StandbyFile[]
  /** Those among them that lie outside of the control machine's own folder. */
  readonly sources: readonly string[]
  readonly notes: readonly string[]
  /** Files of the inventory that were edited on another machine are replaced. */
  readonly overwrite: boolean
  /** inventory.yml there. */
  readonly inventory: string
}

/** Paths outside of the inventory's folder that hosts are asked about. Throws UserError. */
export async function sourcesOf(wiring: Wiring, records: Records | null): Promise<readonly string[]> {
  return elsewhere((await namedFiles(wiring, records)).files)
}

/** Everything that is sent. Throws UserError. */
export async function makeKit(
  tools: Pick<Tools, 'wiring' | 'authority'>,
  records: Records | null,
  overwrite = false,
): Promise<Kit> {
  const { wiring, authority } = tools
  const { reader, control } = wiring
  const { inventory } = await reader.read()
  const folder = folderOf(reader.file)
  const there = (path: string) => `${CONTROL_FOLDER}${path.slice(folder.length)}`
  // A folder of variables stands among the texts with a slash at its end.
  const texts = Object.entries(reader.texts)
    .filter(([path]) => !path.endsWith('/'))
    .map(([path, text]) => fileOf(there(path), text, '0600'))
  const keys = await Promise.all(inventory.hosts.map((host) => keysOf(wiring, host)))
  const own = (name: string, text: string) => fileOf(`${CONTROL_FOLDER}/${OWN_FOLDER}/${name}`, text, '0600')
  const named = await namedFiles(wiring, records)
  const read = await Promise.all(named.files.map((one) => readNamed(wiring, one)))
  const found = read.filter((one) => typeof one !== 'string')
  return {
    program: await control.pack(),
    files: [
      ...texts,
      ...keys.flatMap(({ name, text }) => (text === null ? [] : [own(`known/${name}`, text)])),
      own('ca.pem', authority.pair.cert),
      own('ca.key', authority.pair.key),
      ...found,
    ],
    texts,
    sources: elsewhere(named.files).filter((path) => found.some((one) => one.path === path)),
    notes: [
      ...keys.flatMap(({ note }) => (note === null ? [] : [note])),
      ...read.filter((one) => typeof one === 'string'),
      ...named.notes,
    ],
    overwrite,
    inventory: there(reader.file),
  }
}

async function readNamed({ world }: Wiring, { here, path, mode }: Named): Promise<StandbyFile | string> {
  return world.sources.readFile(here).then(
    (bytes) => ({ path, bytes, mode }),
    (error: unknown) => `${messageOf(error)}: the other control machines do not have it`,
  )
}

/** A text as a file. */
export function fileOf(path: string, text: string, mode: string): StandbyFile {
  return { path, bytes: new TextEncoder().encode(text), mode }
}

/** known_hosts of one host, by the keys that it shows on a connection whose key was judged. */
async function keysOf({ world, control }: Wiring, host: Host) {
  const script = { script: standbyLookScript(), lane: 'act', timeoutMs: STANDBY_MS } as const
  const said = await world.transport.run(host, script)
  const look = said.ok ? parseStandbyLook(said.output) : null
  const settings = await control.settings(host)
  if (look === null || look.hostKeys.length === 0) {
    const why = said.ok ? 'shows no keys of its own' : 'does not answer'
    return {
      name: host.name,
      text: null,
      note: `${host.name} ${why}: run the command again when it does, so that the others know it`,
    }
  }
  // This machine is reached by no ssh from here, but by the others.
  const { address, port } = settings ?? { address: host.connection.address, port: host.connection.port ?? 22 }
  const name = settings?.hostKeyAlias ?? (port === 22 ? address : `[${address}]:${port}`)
  return { name: host.name, text: look.hostKeys.map((key) => `${name.toLowerCase()} ${key}\n`).join(''), note: null }
}
