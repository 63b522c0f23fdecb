// A Compose project in memory.
import { expect } from 'vitest'
import type { ImportRemark } from '../../../src/model/import.js'
import { type Composed, importCompose } from '../../../src/spec/compose/compose.js'
import { parseJobs } from '../../../src/spec/jobs.js'
import { lines } from '../support.js'

interface World {
  readonly variables?: Readonly<Record<string, string>>
  /** Files of the disk by absolute path; a path that ends with / is a folder. */
  readonly disk?: Readonly<Record<string, string>>
  readonly project?: string
  readonly driver?: 'docker'
  readonly profiles?: readonly string[]
  /** Beside compose.yml, which comes first. */
  readonly more?: readonly string[]
}

/** Imports `text` as /srv/app/compose.yml into /srv/cluster/jobs. */
export function compose(text: string, world: World = {}): Composed {
  const disk: Readonly<Record<string, string>> = { ...world.disk, '/srv/app/compose.yml': text }
  return importCompose({
    files: ['compose.yml', ...(world.more ?? [])].map((name) => ({ name, path: `/srv/app/${name}` })),
    out: '/srv/cluster/jobs',
    outName: 'jobs',
    variables: new Map(Object.entries(world.variables ?? {})),
    door: {
      read: (path) => disk[path] ?? null,
      executable: (path) => path.endsWith('.sh'),
      kind: (path) => (disk[path] !== undefined ? 'file' : disk[`${path}/`] !== undefined ? 'folder' : null),
    },
    project: world.project ?? null,
    profiles: world.profiles ?? [],
    driver: world.driver ?? null,
    schema: null,
  })
}

/** What came of it, read by hc's own reader: faults of the import, or of a job file, fail the test. */
export function imported(text: string, world: World = {}) {
  const made = compose(text, world)
  if ('faults' in made) throw new Error(lines(made.faults).join('\n'))
  const files = made.files.filter(({ path }) => path.endsWith('.yml'))
  const read = parseJobs(files.map(({ path, text: job }) => ({ file: path, text: job })))
  if ('faults' in read)
    throw new Error(`${lines(read.faults).join('\n')}\n${files.map((each) => each.text).join('\n')}`)
  expect(read.notes).toEqual([])
  const jobs = new Map(read.jobs.map(({ job }) => [job.name, job]))
  return {
    ...made,
    jobs: made.jobs,
    job: (name: string) => {
      const job = jobs.get(name)
      if (job === undefined) throw new Error(`no job ${name} among ${[...jobs.keys()].join(', ')}`)
      return job
    },
    text: (name: string) => made.files.find(({ path }) => path.endsWith(name))?.text ?? '',
    told: made.remarks.map(remarkLine),
  }
}

/** `left-out web privileged 4:5: text`. */
export function remarkLine({ kind, service, key, at, text }: ImportRemark): string {
  return `${kind} ${service ?? '-'} ${key} ${at.line}:${at.column}: ${text}`
}

/** The faults of an import that is refused. */
export function refused(text: string, world: World = {}): readonly string[] {
  const made = compose(text, world)
  return 'faults' in made ? lines(made.faults) : ['nothing was refused']
}
