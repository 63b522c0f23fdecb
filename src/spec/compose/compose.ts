// A Compose project -> job files, and what a person has to know of them.
import type { Fault } from '../../model/errors.js'
import { formatAt } from '../../model/errors.js'
import type { Json } from '../../model/host.js'
import type { ImportedFile, ImportedJob, ImportRemark } from '../../model/import.js'
import { parseJob } from '../job.js'
import { folderOf, resolvePath } from '../paths.js'
import { Report } from '../source.js'
import { entryOf } from '../value.js'
import { ABSENT, ABSENT_TOP } from './absent.js'
import { companyOf, tellNames } from './company.js'
import { commandOf, environmentOf, imageOf } from './container.js'
import type { Draft, Shared, Work } from './draft.js'
import type { Variables } from './interpolate.js'
import { countOf, dependsOf, healthOf, restartOf, stopOf, updateOf } from './life.js'
import { filesOf, volumesOf } from './mounts.js'
import { jobNames, servicesToImport } from './names.js'
import { entrypointOf, optionsOf } from './options.js'
import { portsOf } from './ports.js'
import { type ComposeDoor, type Project, ProjectReader, type Service } from './project.js'
import { placementOf, resourcesOf } from './resources.js'
import { Fields, Teller } from './teller.js'
import { commentLines, jobLines } from './text.js'

/** What is imported, and into where. */
export interface ComposeInput {
  /** As the person named them, with their absolute paths; not empty. */
  readonly files: readonly { readonly name: string; readonly path: string }[]
  /** Absolute folder of the job files, and as it is named to the person. */
  readonly out: string
  readonly outName: string
  /** Environment over .env. */
  readonly variables: Variables
  readonly door: ComposeDoor
  /** --project; null: as Compose finds it. */
  readonly project: string | null
  readonly profiles: readonly string[]
  /** What runs the containers; null: podman, as hc has it. */
  readonly driver: 'podman' | 'docker' | null
  /** Path of the schema of job files, for editors; null: none. */
  readonly schema: string | null
}

/** What came of it. */
export type Composed =
  | {
      readonly project: string
      readonly jobs: readonly ImportedJob[]
      /** Job files, then what they bring. */
      readonly files: readonly ImportedFile[]
      readonly remarks: readonly ImportRemark[]
    }
  | { readonly faults: readonly Fault[] }

/** The order in which fields stand in a job file. */
const ORDER = [
  'name',
  'type',
  'count',
  'driver',
  'image',
  'pull',
  'command',
  'container',
  'user',
  'workdir',
  'env',
  'env_file',
  'files',
  'volumes',
  'ports',
  'resources',
  'cpu_max',
  'memory_max',
  'constraints',
  'spread',
  'max_per_host',
  'with',
  'restart',
  'reschedule',
  'health',
  'update',
  'depends_on',
  'stop',
] as const

/** Translates a whole project; one fault anywhere and there are no jobs. */
export function importCompose(input: ComposeInput): Composed {
  const report = new Report()
  const remarks: ImportRemark[] = []
  const teller = new Teller(null, remarks)
  const project = new ProjectReader(input.door, input.variables, report, teller).project(input.files)
  if (project === null || report.faults.length > 0) return { faults: report.faults }
  const name = projectName(input, project)
  const chosen = servicesToImport(project.services, input.profiles, remarks)
  const shared: Shared = {
    project: name,
    out: input.out,
    top: project.top,
    folders: project.folders,
    variables: input.variables,
    door: input.door,
    jobs: jobNames(name, chosen),
    ending: endingServices(project),
    checked: new Set(chosen.filter(({ entry }) => hasCheck(entry.value)).map((service) => service.name)),
    folderVolumes: new Map(),
  }
  const drafts = chosen.map((service) => translate(service, shared, remarks))
  for (const { fields } of drafts) if (input.driver !== null) fields.driver ??= input.driver
  companyOf(drafts)
  tellNames(chosen, shared, remarks)
  tellTop(project, drafts, teller)
  const jobs = drafts.map(({ job, service }) => ({ name: job, service, file: `${input.outName}/${job}.yml` }))
  const files = drafts.map((draft) => ({
    path: resolvePath(input.out, `${draft.job}.yml`),
    text: fileText(
      draft,
      chosen.find((each) => each.name === draft.service),
      remarks,
      input.schema,
    ),
  }))
  verify(drafts, files, chosen, report)
  if (report.faults.length > 0) return { faults: report.faults }
  const own = drafts.flatMap((draft) =>
    draft.own.map(({ path, text }) => ({ path: resolvePath(input.out, path), text })),
  )
  return { project: name, jobs, files: [...files, ...own], remarks: sorted(remarks) }
}

/** What was made is read as hc reads it: what would be refused by hc validate is a fault of the service. */
function verify(
  drafts: readonly Draft[],
  files: readonly ImportedFile[],
  services: readonly Service[],
  report: Report,
): void {
  for (const [index, { service }] of drafts.entries()) {
    const file = files[index]
    const place = services.find(({ name }) => name === service)?.entry.place
    if (file === undefined || place === undefined) continue
    const read = parseJob(file.path, file.text)
    for (const { message } of 'faults' in read ? read.faults : []) {
      report.add(place, `the service ${service} can't be a job: ${message}`, 'change it there, and import again')
    }
  }
}

function projectName({ project, variables, files }: ComposeInput, { name }: Project): string {
  const folder = folderOf(files[0]?.path ?? '/')
  const raw = project ?? variables.get('COMPOSE_PROJECT_NAME') ?? name ?? folder.slice(folder.lastIndexOf('/') + 1)
  const plain = raw
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '')
  return plain === '' ? 'app' : plain
}

function hasCheck(service: Service['entry']['value']): boolean {
  const check = entryOf(service, 'healthcheck')?.value ?? null
  const off = entryOf(check, 'disable')?.value
  return entryOf(check, 'test') !== null && !(off?.kind === 'scalar' && off.text === 'true')
}

/** Services of which others wait for the end. */
function endingServices(project: Project): ReadonlySet<string> {
  const found = project.services.flatMap(({ entry }) => {
    const value = entryOf(entry.value, 'depends_on')?.value
    if (value?.kind !== 'map') return []
    return value.entries
      .filter(({ value: how }) => {
        const condition = entryOf(how, 'condition')?.value
        return condition?.kind === 'scalar' && condition.text === 'service_completed_successfully'
      })
      .map(({ key }) => key)
  })
  return new Set(found)
}

function translate(service: Service, shared: Shared, remarks: ImportRemark[]): Draft {
  const teller = new Teller(service.name, remarks)
  const from = new Fields(service.entry.value, '', teller)
  const job = shared.jobs.get(service.name) ?? service.name
  const draft: Draft = {
    job,
    service: service.name,
    fields: { name: job },
    comments: {},
    files: [],
    volumes: [],
    own: [],
  }
  const work: Work = { from, draft, shared, teller, place: service.entry.place }
  const deploy = from.below('deploy')
  from.take('profiles')
  from.take('init')
  countOf(work, deploy)
  imageOf(work)
  commandOf(work)
  entrypointOf(work)
  optionsOf(work)
  environmentOf(work)
  filesOf(work)
  volumesOf(work)
  portsOf(work)
  resourcesOf(work, deploy)
  placementOf(work, deploy)
  restartOf(work, deploy)
  healthOf(work)
  dependsOf(work)
  stopOf(work)
  updateOf(work, deploy)
  from.rest(ABSENT)
  if (draft.files.length > 0) draft.fields.files = draft.files.map((file): Json => ({ ...file }))
  if (draft.volumes.length > 0) draft.fields.volumes = draft.volumes.map((volume): Json => ({ ...volume }))
  return draft
}

function tellTop(project: Project, drafts: readonly Draft[], teller: Teller): void {
  const top = new Fields(project.top, '', teller)
  for (const key of ['version', 'name', 'include', 'services', 'volumes', 'configs', 'secrets']) top.take(key)
  top.rest(ABSENT_TOP)
  if (drafts.some(({ volumes }) => volumes.some(({ source }) => !source.startsWith('/')))) {
    const place = entryOf(project.top, 'volumes')?.place ?? project.top.place
    const text =
      'a new volume of hc is an empty folder of root: what the volume of Compose holds stays where it is, nor is it filled with what the image has there'
    teller.differs(
      'volumes',
      place,
      text,
      'bring that to /var/lib/hc/volumes/NAME on its host before it starts (docker volume inspect NAME shows where the old one lies)',
    )
  }
}

/** By place in the files, as they were met. */
function sorted(remarks: readonly ImportRemark[]): readonly ImportRemark[] {
  const files = [...new Set(remarks.map(({ at }) => at.file))]
  return [...remarks].sort(
    (a, b) =>
      files.indexOf(a.at.file) - files.indexOf(b.at.file) ||
      (a.at.line ?? 0) - (b.at.line ?? 0) ||
      (a.at.column ?? 0) - (b.at.column ?? 0),
  )
}

function fileText(
  draft: Draft,
  service: Service | undefined,
  remarks: readonly ImportRemark[],
  schema: string | null,
): string {
  const place = service?.entry.place
  const at = place === undefined ? '' : formatAt(place.source.at(place.offset))
  const own = sorted(remarks.filter((each) => each.service === draft.service))
  const say = (kind: ImportRemark['kind'], title: string) => {
    const some = own.filter((remark) => remark.kind === kind)
    return some.length === 0 ? [] : ['#', `# ${title}`, ...some.flatMap((remark) => commentLines(remarkText(remark)))]
  }
  const fields = Object.fromEntries(
    ORDER.flatMap((key): [string, Json][] => {
      const value = draft.fields[key]
      return value === undefined ? [] : [[key, value]]
    }),
  )
  return `${[
    ...(schema === null ? [] : [`# yaml-language-server: $schema=${schema}`, '#']),
    ...commentLines(`The service ${draft.service} at ${at}, made by hc import compose.`),
    ...say('differs', 'What means something else than there:'),
    ...say('left-out', 'What has no counterpart:'),
    ...jobLines(fields, draft.comments),
  ].join('\n')}\n`
}

function remarkText({ key, at, text, hint }: ImportRemark): string {
  return `- ${key} (${formatAt(at)}): ${text}${hint === null ? '' : `; ${hint}`}`
}
