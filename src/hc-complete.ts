// Composition root of completion: what a shell asks for at each press of Tab. It reads the commands from the build's manifest, and names from
// the copy of the records and from the inventory; it connects to nothing, writes nothing, and where anything is wrong it says nothing.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { byName, jobOfSlot } from './model/names.js'
import type { Records } from './model/records.js'
import type { ReadInventory } from './spec/inventory.js'
import { nearestInventory } from './system/inventory-file.js'
import { splitLine } from './ui/completion/line.js'
import { type Names, offerAt, offerLines } from './ui/completion/offer.js'
import { type Candidate, placeOf } from './ui/completion/place.js'
import type { CommandTable } from './ui/completion/table.js'

/** What completion goes by. */
export interface CompleteOptions {
  /** Text of oclif.manifest.json, and of the package.json beside it. */
  readonly manifest: string
  readonly pjson: string
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** A file larger than this is no inventory and no state of a home, bytes. */
const LARGEST = 32 * 1024 * 1024

/** Lines for the script of a shell. `argv`: `bash LINE WORD`, else the shell, the words before the cursor, and the one at it. */
export async function completeLines(argv: readonly string[], options: CompleteOptions): Promise<readonly string[]> {
  try {
    const [shell, ...rest] = argv
    const words = shell === 'bash' ? splitLine(rest[0] ?? '').slice(1) : rest
    const before = words.slice(0, -1)
    const current = words.at(-1) ?? ''
    const { oclif } = JSON.parse(options.pjson) as { oclif: Pick<CommandTable, 'topics'> }
    const { commands } = JSON.parse(options.manifest) as Pick<CommandTable, 'commands'>
    const place = placeOf(before, current, { commands, topics: oclif.topics })
    const named = place.kind === 'words' ? undefined : place.flags.get('inventory')
    const offer = await offerAt(place, current, namesFor(named, options))
    // bash breaks words at = and : and completes the last piece only; a piece that is such a character stands for nothing.
    const piece = /^[=:]$/.test(rest[1] ?? '') ? '' : (rest[1] ?? '')
    const done = shell === 'bash' && current.endsWith(piece) ? current.length - piece.length : 0
    return offerLines(offer, done)
  } catch {
    return []
  }
}

/** Answers a shell on stdout, by the manifest beside the built program. Never rejects. */
export async function complete(argv: readonly string[]): Promise<void> {
  try {
    const beside = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')
    const [manifest, pjson] = [beside('oclif.manifest.json'), beside('package.json')]
    process.stdout.on('error', () => process.exit(0)) // a shell that has been interrupted reads no further
    const lines = await completeLines(argv, { manifest, pjson, folder: process.cwd(), environment: process.env })
    if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`)
  } catch {
    // whoever presses Tab has asked for no message
  }
}

function namesFor(named: string | undefined, { folder, environment }: CompleteOptions): Names {
  const wanted = named || environment.HC_INVENTORY
  const file = wanted ? resolve(folder, wanted) : nearestInventory(folder)
  const beside = file === null ? folder : dirname(file)
  const records = once(() => (file === null ? null : recordsBeside(file)))
  const inventory = once(() => readInventory(file, records))
  return {
    jobs: async () => jobsOf(await records()),
    writtenJobs: async () => writtenJobs(join(beside, 'jobs')),
    slots: async () => slotsOf(await records()),
    hosts: async () => hostsOf(await inventory(), await records()),
    groups: async () => groupsOf(await inventory()),
    versions: async (job) => versionsOf(job, await records()),
    ticks: async () => (file === null ? [] : ticksBeside((await storeBeside(file)).folder)),
    variables: async () => {
      const { clusterFields, hostFields } = await import('./spec/cluster-variables.js')
      return plain(Object.keys({ ...clusterFields, ...hostFields }).filter((name) => name.startsWith('hc_')))
    },
  }
}

function once<T>(make: () => T | Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () => {
    made ??= (async () => make())()
    return made
  }
}

/** The text of a file; a pipe or a device would be waited for. Throws where there is none. */
function textOf(file: string): string {
  const found = statSync(file)
  if (!found.isFile() || found.size > LARGEST) throw new Error('no file to be read')
  return readFileSync(file, 'utf8')
}

function textIfThere(file: string): string | null {
  try {
    return textOf(file)
  } catch {
    return null
  }
}

/** Where this machine keeps what it has of the store: the store itself, or the copies of one that is elsewhere. */
async function storeBeside(file: string): Promise<{ readonly folder: string; readonly elsewhere: boolean }> {
  const { writtenStoreAddress } = await import('./spec/store-address.js')
  const all = join(dirname(file), 'group_vars')
  const files = [file, ...['all', 'all.yml', 'all.yaml'].map((name) => join(all, name))]
  const speaking = files.map(textIfThere).find((text) => text?.includes('hc_store'))
  const address = speaking ? writtenStoreAddress(speaking) : null
  const folder = resolve(dirname(file), address?.kind === 'folder' ? address.path : '.hc')
  return { folder, elsewhere: address?.kind === 'etcd' }
}

/** The records as this machine has them: the store itself, or the copy for showing of one that is elsewhere. */
async function recordsBeside(file: string): Promise<Records | null> {
  const { parseRecords } = await import('./store/format.js')
  const { folder, elsewhere } = await storeBeside(file)
  try {
    if (!elsewhere) return parseRecords(textOf(join(folder, 'state.json')), 'state.json')
    const { records } = JSON.parse(textOf(join(folder, 'records-seen.json'))) as { records: unknown }
    return parseRecords(JSON.stringify(records), 'records-seen.json')
  } catch {
    return null
  }
}

/** Newest first: what is asked about is mostly what happened last. */
function ticksBeside(folder: string): readonly Candidate[] {
  const ids = readdirSync(join(folder, 'ticks')).flatMap((name) => /^([\d-]+)\.json\.gz$/.exec(name)?.[1] ?? [])
  return ids
    .sort(byName)
    .reverse()
    .map((word) => ({ word, about: '' }))
}

async function readInventory(
  file: string | null,
  records: () => Promise<Records | null>,
): Promise<ReadInventory['data']> {
  if (file === null) return null
  const { parseInventory } = await import('./spec/inventory.js')
  const read = (text: string | null | undefined) =>
    typeof text === 'string' ? parseInventory({ file, text }).data : null
  // One that is being edited may have faults just now: then the last one that had none.
  return read(textIfThere(file)) ?? read((await records())?.inventory?.[file])
}

function jobsOf(records: Records | null): readonly Candidate[] {
  return Object.values(records?.jobs ?? {})
    .map(({ job, version, stopped }) => {
      const many = job.type === 'service' ? `service, ${job.count} wanted` : job.type
      return { word: job.name, about: `${many}, version ${version}${stopped ? ', stopped' : ''}` }
    })
    .sort(byWord)
}

function slotsOf(records: Records | null): readonly Candidate[] {
  return Object.entries(records?.placements ?? {})
    .filter(([slot]) => records?.jobs[jobOfSlot(slot)] !== undefined)
    .map(([word, { host }]) => ({ word, about: `on ${host}` }))
    .sort(byWord)
}

function hostsOf(inventory: ReadInventory['data'], records: Records | null): readonly Candidate[] {
  const names = inventory === null ? Object.keys(records?.hosts ?? {}) : [...inventory.tree.hosts.keys()]
  return names.sort(byName).map((word) => {
    const known = records?.hosts[word]
    const state = known?.draining ? 'host, draining' : known?.cordoned ? 'host, cordoned' : 'host'
    return { word, about: state }
  })
}

function groupsOf(inventory: ReadInventory['data']): readonly Candidate[] {
  const names = [...(inventory?.tree.groups.keys() ?? [])]
  return names.sort(byName).map((word) => ({ word, about: 'group' }))
}

function versionsOf(job: string, records: Records | null): readonly Candidate[] {
  const list = records?.versions?.[job] ?? []
  return [...list].reverse().map(({ version, appliedAt, image }) => {
    const about = `applied ${appliedAt}${image === null ? '' : `, ${image}`}`
    return { word: String(version), about }
  })
}

function writtenJobs(folder: string): readonly Candidate[] {
  const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name))
  const names = files.flatMap(
    (name) => /^name:\s*["']?([a-z0-9-]+)/m.exec(textIfThere(join(folder, name)) ?? '')?.[1] ?? [],
  )
  return plain(names)
}

function plain(names: readonly string[]): readonly Candidate[] {
  return [...new Set(names)].sort(byName).map((word) => ({ word, about: '' }))
}

function byWord(a: Candidate, b: Candidate): number {
  return byName(a.word, b.word)
}
