// Composition root of `hc import`: files of other programs become job files. No cluster, no store, no contact.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf, UserError } from './model/errors.js'
import type { ImportedFile, ImportView } from './model/import.js'
import { importCompose } from './spec/compose/compose.js'
import { parseDotenv } from './spec/compose/dotenv.js'
import type { ComposeDoor } from './spec/compose/project.js'
import { nearestInventory } from './system/inventory-file.js'
import { createFiles } from './system/new-files.js'

/** What `hc import compose` can say. */
export interface ImportOptions {
  /** -i/--inventory. */
  readonly inventory: string | undefined
  readonly files: readonly string[]
  /** Folder of the job files; else jobs/ beside the inventory, or here. */
  readonly out: string | undefined
  readonly project: string | undefined
  readonly profiles: readonly string[]
  /** Else .env beside the first file. */
  readonly envFile: string | undefined
  readonly driver: 'podman' | 'docker' | undefined
  /** Replaces files that are there. */
  readonly force: boolean
  /** Writes nothing. */
  readonly dryRun: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
}

const HINT = 'name a Compose file: hc import compose compose.yml'

/** Reads, translates and writes. Throws UserError; nothing is written then. */
export async function importComposeFiles(
  options: ImportOptions,
): Promise<ImportView & { texts: readonly ImportedFile[] }> {
  const files = options.files.map((name) => ({ name, path: resolve(name) }))
  for (const { name, path } of files) {
    const kind = door.kind(path)
    if (kind === null) throw new UserError(`${name} does not exist`, { code: 'not-found', missing: name, hint: HINT })
    if (kind !== 'file') throw new UserError(`${name} is no file`, { hint: HINT })
    if (door.read(path) === null) throw new UserError(`${name} can't be read`)
  }
  const out = outFolder(options)
  const variables = variablesOf(options, dirname(files[0]?.path ?? '/'))
  const schema = schemaFrom(out)
  const made = importCompose({
    files,
    out,
    outName: shown(out),
    variables,
    door,
    project: options.project ?? null,
    driver: options.driver ?? null,
    profiles: [...options.profiles, ...(variables.get('COMPOSE_PROFILES') ?? '').split(',')].filter(
      (each) => each !== '',
    ),
    schema,
  })
  if ('faults' in made) {
    const count = made.faults.length
    const what = count === 1 ? 'there is a fault' : `there are ${count} faults`
    throw new UserError(`${what} in what is to be imported; nothing was written`, { faults: made.faults })
  }
  if (!options.dryRun) await write(made.files, options.force)
  const { project, jobs, remarks } = made
  const paths = made.files.map(({ path }) => path)
  return { project, folder: out, written: !options.dryRun, jobs, files: paths, remarks, texts: made.files }
}

const door: ComposeDoor = {
  read(path) {
    try {
      return statSync(path).isFile() ? readFileSync(path, 'utf8') : null
    } catch {
      return null
    }
  },
  kind(path) {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined) return null
    return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other'
  },
  executable: (path) => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o100) !== 0,
}

function outFolder({ out, inventory }: ImportOptions): string {
  if (out !== undefined) return resolve(out)
  const file = inventory === undefined ? nearestInventory(process.cwd()) : resolve(inventory)
  return join(file === null ? process.cwd() : dirname(file), 'jobs')
}

function shown(path: string): string {
  const here = relative(process.cwd(), path)
  return here === '' ? '.' : here.startsWith('..') ? path : here
}

/** The environment wins over .env, as in Compose. */
function variablesOf({ envFile, environment }: ImportOptions, folder: string): ReadonlyMap<string, string> {
  const own = new Map(
    Object.entries(environment).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
  const text = door.read(envFile === undefined ? join(folder, '.env') : resolve(envFile))
  if (text === null && envFile !== undefined) {
    throw new UserError(`${envFile} can't be read`, { code: 'not-found', missing: envFile })
  }
  return text === null ? own : new Map([...parseDotenv(text, own), ...own])
}

/** The schema as a file in `out` names it; null: not known. */
function schemaFrom(out: string): string | null {
  const here = dirname(fileURLToPath(import.meta.url))
  const found = [join(here, '..', 'schema'), join(here, '..', '..', 'schema')].find((each) => existsSync(each))
  if (found === undefined) return null
  const file = join(found, 'job.schema.json')
  return dirname(out) === dirname(found) ? '../schema/job.schema.json' : file
}

async function write(files: readonly ImportedFile[], force: boolean): Promise<void> {
  const changed = files.filter(({ path, text }) => door.read(path) !== text)
  const there = changed.filter(({ path }) => existsSync(path)).map(({ path }) => shown(path))
  if (there.length > 0 && !force) {
    throw new UserError(
      `${there.join(', ')} ${there.length === 1 ? 'is' : 'are'} there already, and nothing was written`,
      {
        hint: '--force replaces what is there; --out FOLDER writes elsewhere; --project NAME gives other names',
      },
    )
  }
  await createFiles(changed.filter(({ path }) => !existsSync(path)))
  for (const { path, text } of changed.filter((each) => existsSync(each.path) && door.read(each.path) !== each.text)) {
    try {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(`${path}.hc-new`, text)
      await rename(`${path}.hc-new`, path)
    } catch (error) {
      throw new UserError(`${shown(path)} can't be replaced: ${messageOf(error)}`)
    }
  }
}
