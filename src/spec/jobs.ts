// All job files of one apply, and what they say about each other.
import type { Fault } from '../model/errors.js'
import type { Job } from '../model/job.js'
import { byName, type JobName } from '../model/names.js'
import type { JobLimits } from './exclusive-checks.js'
import { parseJob, type ReadJob } from './job.js'
import { isSameAddress } from './moving-address.js'
import { didYouMean } from './nearest.js'
import { faultAt, formatPlace, type Place, Report, Source } from './source.js'
import { written } from './value.js'
import { readYaml } from './yaml.js'

/** One file as it was read from disk. */
export interface JobFile {
  /** As it is to be named in faults. */
  readonly file: string
  readonly text: string
  /** Absolute folder that relative paths in it are seen from; by default that of `file`. */
  readonly folder?: string
}

/** One file with what became of it. */
export interface ParsedFile {
  readonly from: JobFile
  readonly read: ReadJob
}

/** A job with the file that it came from. */
export interface FiledJob {
  readonly file: string
  readonly job: Job
}

/** What became of all files: one fault anywhere, and there are no jobs. */
export type ReadJobs =
  | { readonly jobs: readonly FiledJob[]; readonly notes: readonly string[] }
  | { readonly faults: readonly Fault[] }

/** Where a field of a file stands; for faults that were found after reading. */
function placeOf(file: JobFile, field: string): Place {
  const read = readYaml(file.file, file.text, { dialect: 'yaml-1.2', duplicates: 'fault' }, new Report())
  const entry = read === null ? null : written(read.value, field)
  return entry?.place ?? { source: new Source(file.file, file.text), offset: null }
}

/** Reads one file by itself. */
export function parseFile(from: JobFile, limits: JobLimits = {}): ParsedFile {
  return { from, read: parseJob(from.file, from.text, from.folder, limits) }
}

/** Reads all files and checks them against each other, as `gatherJobs` does. */
export function parseJobs(files: readonly JobFile[], known: readonly JobName[] = [], limits: JobLimits = {}): ReadJobs {
  return gatherJobs(
    files.map((file) => parseFile(file, limits)),
    known,
  )
}

/**
 * Checks files against each other: no name twice. Names of jobs that none of the files has, and that are not in `known`
 * (applied earlier), give a note. Jobs come by name.
 */
export function gatherJobs(files: readonly ParsedFile[], known: readonly JobName[]): ReadJobs {
  const faults: Fault[] = []
  const notes: string[] = []
  const jobs: { readonly from: JobFile; readonly job: Job }[] = []
  const first = new Map<JobName, JobFile>()
  for (const { from, read } of [...files].sort((a, b) => byName(a.from.file, b.from.file))) {
    if ('faults' in read) {
      faults.push(...read.faults)
      continue
    }
    notes.push(...read.notes)
    const other = first.get(read.job.name)
    if (other !== undefined) {
      const message = `there is already a job "${read.job.name}" at ${formatPlace(placeOf(other, 'name'))}`
      faults.push(faultAt(placeOf(from, 'name'), message, 'give one of the two another name'))
    } else first.set(read.job.name, from)
    faults.push(...sameAddress(from, read.job, jobs))
    jobs.push({ from, job: read.job })
  }
  if (faults.length > 0) return { faults }
  const names = [...first.keys(), ...known]
  for (const { from, job } of jobs) notes.push(...strangers(from, job, names))
  const filed = jobs.map(({ from, job }) => ({ file: from.file, job }))
  return { jobs: filed.sort((a, b) => byName(a.job.name, b.job.name)), notes }
}

/** An address is at one place: two jobs that move with the same one would each take it from the other. */
function sameAddress(
  from: JobFile,
  job: Job,
  others: readonly { readonly from: JobFile; readonly job: Job }[],
): readonly Fault[] {
  const other = others.find((one) => isSameAddress(one.job, job))
  if (!other) return []
  const message = `the address ${job.address} moves with the job "${other.job.name}" already, at ${formatPlace(placeOf(other.from, 'address'))}`
  return [faultAt(placeOf(from, 'address'), message, 'give one of the two jobs another address')]
}

function strangers(from: JobFile, job: Job, names: readonly JobName[]): string[] {
  const fields: readonly (readonly [string, readonly JobName[]])[] = [
    ['with', job.with],
    ['conflicts', job.conflicts],
    ['depends_on', job.dependsOn],
  ]
  return fields.flatMap(([field, wanted]) =>
    wanted
      .filter((name) => !names.includes(name))
      .map((name) => {
        const near = didYouMean(name, names)
        return `${formatPlace(placeOf(from, field))}: ${field} names the job "${name}", which is not among these files${near === null ? '' : `: ${near}`}`
      }),
  )
}
