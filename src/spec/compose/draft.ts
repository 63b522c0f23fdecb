// What a service becomes: the fields of a job file, and what the services of a project share.
import type { Json } from '../../model/host.js'
import type { JobName } from '../../model/names.js'
import { folderOf, resolvePath } from '../paths.js'
import type { Place } from '../source.js'
import type { Value } from '../value.js'
import type { Variables } from './interpolate.js'
import type { ComposeDoor } from './project.js'
import type { Fields, Teller } from './teller.js'

/** A file of the job's own that is written beside it: path from the folder of the job files. */
export interface OwnFile {
  readonly path: string
  readonly text: string
}

/** One job in the making. */
export interface Draft {
  readonly job: JobName
  readonly service: string
  readonly fields: Record<string, Json>
  /** Above the field of that name. */
  readonly comments: Record<string, string>
  readonly files: { source: string; target: string; mode?: string }[]
  readonly volumes: { source: string; target: string; read_only?: true; shared?: true }[]
  readonly own: OwnFile[]
}

/** What all services of a project share. */
export interface Shared {
  /** As Compose calls it. */
  readonly project: string
  /** Absolute folder of the job files. */
  readonly out: string
  readonly top: Value
  readonly folders: ReadonlyMap<string, string>
  readonly variables: Variables
  readonly door: ComposeDoor
  /** Job of each service that is imported. */
  readonly jobs: ReadonlyMap<string, JobName>
  /** Services that others wait for to end. */
  readonly ending: ReadonlySet<string>
  /** Services with a health check of their own. */
  readonly checked: ReadonlySet<string>
  /** Absolute folder of this machine -> name of the volume that takes its place. */
  readonly folderVolumes: Map<string, string>
}

/** One service being translated. */
export interface Work {
  readonly from: Fields
  readonly draft: Draft
  readonly shared: Shared
  readonly teller: Teller
  /** Where the service stands. */
  readonly place: Place
}

/** A path of the Compose file as an absolute one of this machine. */
export function absolutePath(shared: Shared, path: string, place: Place): string {
  const home = shared.variables.get('HOME')
  if (home !== undefined && /^~(?:\/|$)/.test(path)) return resolvePath(home, `.${path.slice(1)}`)
  return resolvePath(shared.folders.get(place.source.file) ?? '/', path)
}

/** An absolute path as the job file names it: from its own folder where it lies beside or below that, else as it is. */
export function sourceOf(shared: Shared, path: string): string {
  const above = folderOf(shared.out)
  if (path.startsWith(`${shared.out}/`)) return `.${path.slice(shared.out.length)}`
  return above !== '/' && path.startsWith(`${above}/`) ? `..${path.slice(above.length)}` : path
}

/** Letters, digits and single dashes, as names of jobs are: `My_App` -> `my-app`. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
}
