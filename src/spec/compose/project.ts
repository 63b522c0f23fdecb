// Compose files -> one project: variables put in, files laid over each other, `extends` carried out.

import { folderOf, normalizePath, resolvePath } from '../paths.js'
import { Report } from '../source.js'
import { type Entry, entryOf, isNull, type Value } from '../value.js'
import { readYaml } from '../yaml.js'
import { parseDotenv } from './dotenv.js'
import { beside, type Included, includedBy } from './include.js'
import { interpolateAll, type Variables } from './interpolate.js'
import { merge } from './merge.js'
import type { Teller } from './teller.js'

/** What is asked of the control machine's disk; paths are absolute. */
export interface ComposeDoor {
  /** The text of a file, or null where there is none to be read. */
  read(path: string): string | null
  /** `other` is a socket or device; null: nothing there. */
  kind(path: string): 'file' | 'folder' | 'other' | null
  /** True for a file that may be run. */
  executable(path: string): boolean
}

/** One service, with all that it extends. */
export interface Service {
  readonly name: string
  readonly entry: Entry
}

/** A project as Compose sees it. */
export interface Project {
  /** The value of the top-level `name`. */
  readonly name: string | null
  readonly services: readonly Service[]
  readonly top: Value
  /** Absolute folder that relative paths of a file are seen from, by the file's name in places. */
  readonly folders: ReadonlyMap<string, string>
}

const NOTHING_ELSE = 'hc import compose takes Compose files: a mapping with services'
const MOST_EXTENDED = 30
const MOST_INCLUDED = 20
const SEEN_FROM = 'include is seen from the folder of the project'

/** Reads a project. Faults are in the report, and the project is null then. */
export class ProjectReader {
  private readonly read = new Map<string, Value | null>()

  constructor(
    private readonly door: ComposeDoor,
    private readonly variables: Variables,
    private readonly report: Report,
    private readonly teller: Teller,
    private readonly folders = new Map<string, string>(),
  ) {}

  /** `files`: as the person named them, with their absolute paths; the first one's folder is the project's. */
  project(files: readonly { readonly name: string; readonly path: string }[]): Project | null {
    const top = this.layers(files, folderOf(files[0]?.path ?? '/'), 0)
    if (top === null || this.report.faults.length > 0) return null
    const services = entryOf(top, 'services')?.value
    if (services?.kind !== 'map' || services.entries.length === 0) {
      this.report.add(top.place, 'there are no services in it', NOTHING_ELSE)
      return null
    }
    const found = services.entries.filter(({ key, value, place }) => {
      if (key.startsWith('x-')) return false
      if (value.kind !== 'map') this.report.add(place, `the service ${key} is no mapping`, NOTHING_ELSE)
      return value.kind === 'map'
    })
    if (this.report.faults.length > 0) return null
    const name = entryOf(top, 'name')?.value
    return {
      name: name?.kind === 'scalar' && name.text !== '' ? name.text : null,
      services: found.map((entry) => ({ name: entry.key, entry })),
      top,
      folders: this.folders,
    }
  }

  /** Files laid over each other, and beside them what they include. */
  private layers(files: Included['files'], folder: string, depth: number): Value | null {
    let top: Value | null = null
    const included: Included[] = []
    for (const { name, path } of files) {
      const value = this.file(name, path, folder)
      if (value === null) continue
      const extended = this.extendAll(value, path, name)
      top = top === null ? extended : merge(top, extended)
      included.push(...includedBy(extended, folder, name, this.report))
    }
    for (const group of included) {
      const other = this.group(group, depth)
      if (top !== null && other !== null) top = beside(top, other, this.report)
    }
    return top
  }

  /** Included files are a project of their own: its folder, and variables over those of its `.env`. */
  private group(group: Included, depth: number): Value | null {
    const { files, folder, at } = group
    const missing = files.find(({ path }) => this.door.kind(path) !== 'file')
    if (missing !== undefined) this.report.add(at.place, `the file ${missing.name} does not exist`, SEEN_FROM)
    else if (depth >= MOST_INCLUDED) this.report.add(at.place, 'the file includes itself in the end')
    else {
      const envFiles = group.envFiles ?? [resolvePath(folder, '.env')]
      let variables = this.variables
      for (const path of envFiles) {
        const found = parseDotenv(this.door.read(path) ?? '', this.variables)
        variables = new Map([...variables, ...found, ...this.variables])
      }
      const reader = new ProjectReader(this.door, variables, this.report, this.teller, this.folders)
      return reader.layers(files, folder, depth + 1)
    }
    return null
  }

  private file(name: string, path: string, folder: string): Value | null {
    const before = this.read.get(path)
    if (before !== undefined) return before
    this.folders.set(name, folder)
    const text = this.door.read(path)
    const own = new Report()
    const yaml =
      text === null ? null : readYaml(name, text, { dialect: 'yaml-1.2', duplicates: 'fault', merges: true }, own)
    this.report.take(own)
    const value = yaml === null ? null : this.withVariables(yaml.value)
    if (value !== null && value.kind !== 'map') this.report.add(value.place, 'this is no Compose file', NOTHING_ELSE)
    this.read.set(path, value?.kind === 'map' ? value : null)
    return value?.kind === 'map' ? value : null
  }

  private withVariables(value: Value): Value {
    return interpolateAll(value, this.variables, this.report, (name, { place }) => {
      const text = `the variable ${name} is not set, and counts as empty`
      this.teller.differs(`\${${name}}`, place, text, `set ${name} in the environment or in .env, and import again`)
    })
  }

  private extendAll(top: Value, path: string, file: string): Value {
    if (top.kind !== 'map') return top
    const entries = top.entries.map((entry): Entry => {
      if (entry.key !== 'services' || entry.value.kind !== 'map') return entry
      const services = entry.value.entries.map((service) => ({
        ...service,
        value: this.extended(service, { top, path, file }, []),
      }))
      return { ...entry, value: { ...entry.value, entries: services } }
    })
    return { ...top, entries }
  }

  private extended(
    service: Entry,
    from: { readonly top: Value; readonly path: string; readonly file: string },
    way: readonly string[],
  ): Value {
    const extending = entryOf(service.value, 'extends')
    if (extending === null || isNull(extending.value) || service.value.kind !== 'map') return service.value
    const here = { ...service.value, entries: service.value.entries.filter(({ key }) => key !== 'extends') }
    const textOf = (key: string) => {
      const found = entryOf(extending.value, key)?.value
      return found?.kind === 'scalar' ? found.text : null
    }
    const name = extending.value.kind === 'scalar' ? extending.value.text : textOf('service')
    const file = textOf('file')
    if (name === null) {
      this.report.add(extending.place, 'extends must name a service', 'write extends: {service: NAME}')
      return here
    }
    let source = from
    if (file !== null) {
      const path = resolvePath(folderOf(from.path), file)
      const shown = normalizePath(file.startsWith('/') ? file : `${folderOf(from.file)}/${file}`)
      if (this.door.kind(path) !== 'file') {
        this.report.add(
          extending.place,
          `the file ${file} does not exist`,
          'extends is seen from the file it stands in',
        )
        return here
      }
      const top = this.file(shown, path, folderOf(path))
      if (top === null) return here
      source = { top, path, file: shown }
    }
    const base = entryOf(entryOf(source.top, 'services')?.value ?? null, name)
    const step = `${source.path} ${name}`
    if (base === null) {
      this.report.add(extending.place, `there is no service ${name}${file === null ? '' : ` in ${file}`} to extend`)
      return here
    }
    if (way.includes(step) || way.length > MOST_EXTENDED) {
      this.report.add(extending.place, `${name} extends itself in the end`)
      return here
    }
    return merge(this.extended(base, source, [...way, step]), here)
  }
}
