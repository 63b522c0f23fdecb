// Composition root of `hc export`: job files become those of other programs. No cluster, no store, no contact.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { readJobFiles } from './controller/job-files.js'
import { messageOf, UserError } from './model/errors.js'
import type { ExportedJob, ExportRemark, ExportView } from './model/export.js'
import type { Job } from './model/job.js'
import { didYouMean } from './spec/nearest.js'
import { exportNomad } from './spec/nomad/export.js'
import { jobHcl } from './spec/nomad/hcl.js'
import { nearestInventory } from './system/inventory-file.js'
import { createSources } from './system/sources.js'

/** What `hc export nomad` can say. */
export interface ExportOptions {
  /** -i/--inventory. */
  readonly inventory: string | undefined
  /** Names of jobs; all if there is none. */
  readonly jobs: readonly string[]
  /** Job files or folders; jobs/ beside the inventory if there is none. */
  readonly from: readonly string[]
  readonly format: 'hcl' | 'json'
  /** A file for each job in this folder; undefined: they are printed. */
  readonly out: string | undefined
  /** Replaces files that are there. */
  readonly force: boolean
  /** All jobs are given back as data, and nothing is printed. */
  readonly asData: boolean
}

/** Reads, translates and writes. `text` is what is to be printed. Throws UserError; nothing is written then. */
export async function exportNomadJobs(options: ExportOptions): Promise<ExportView & { readonly text: string }> {
  const jobs = await jobsOf(options)
  const made = jobs.map((job) => ({ name: job.name, ...exportNomad(job, readIfThere) }))
  const remarks = made.flatMap((each) => each.remarks)
  const texts = made.flatMap(({ name, job }) =>
    job === null ? [] : [{ name, job, text: textOf(job, options.format) }],
  )
  if (texts.length === 0) throw noneLeft(remarks)
  if (texts.length > 1 && options.out === undefined && !options.asData) {
    throw new UserError(`there are ${texts.length} jobs, and a job file of Nomad holds one`, {
      code: 'usage',
      hint: `name one (hc export nomad ${texts[0]?.name}), or write a file for each: --out FOLDER`,
    })
  }
  const folder = options.out === undefined ? null : resolve(options.out)
  const files = texts.map(({ name }) => (folder === null ? null : join(folder, `${name}.nomad.${options.format}`)))
  if (folder !== null)
    await write(
      folder,
      texts.map(({ text }, index) => [files[index] ?? '', text] as const),
      options.force,
    )
  const exported: ExportedJob[] = texts.map(({ name, job }, index) => ({
    name,
    nomad: { Job: job },
    file: files[index] ?? null,
  }))
  return { jobs: exported, remarks, text: folder === null ? (texts[0]?.text ?? '') : '' }
}

function textOf(job: Parameters<typeof jobHcl>[0], format: ExportOptions['format']): string {
  return format === 'hcl' ? jobHcl(job) : `${JSON.stringify({ Job: job }, null, 2)}\n`
}

function noneLeft(remarks: readonly ExportRemark[]): UserError {
  const [first] = remarks
  return new UserError(first === undefined ? 'there is no job' : `${first.job}: ${first.text}`, {
    hint: first?.hint ?? null,
  })
}

async function jobsOf({ inventory, jobs, from }: ExportOptions): Promise<readonly Job[]> {
  const workingFolder = process.cwd()
  const found = inventory === undefined ? nearestInventory(workingFolder) : resolve(inventory)
  const around = { workingFolder, inventoryFile: found ?? join(workingFolder, 'inventory.yml'), known: [] }
  const read = await readJobFiles(createSources(workingFolder), from, around)
  const all = read.jobs.map(({ job }) => job)
  if (jobs.length === 0) return all
  return [...new Set(jobs)].map((name) => {
    const job = all.find((each) => each.name === name)
    if (job !== undefined) return job
    const names = all.map((each) => each.name)
    throw new UserError(`there is no job ${name} in the job files`, {
      code: 'not-found',
      hint: didYouMean(name, names) ?? `there are ${names.join(', ')}; other files: --from PATH`,
    })
  })
}

function readIfThere(path: string): Uint8Array | null {
  try {
    return statSync(path).isFile() ? readFileSync(path) : null
  } catch {
    return null
  }
}

async function write(
  folder: string,
  files: readonly (readonly [path: string, text: string])[],
  force: boolean,
): Promise<void> {
  const there = files.filter(([path, text]) => existsSync(path) && readIfThere(path)?.toString() !== text)
  if (there.length > 0 && !force) {
    const names = there.map(([path]) => relative(process.cwd(), path))
    throw new UserError(
      `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} there already, and nothing was written`,
      {
        hint: '--force replaces what is there; --out FOLDER writes elsewhere',
      },
    )
  }
  try {
    await mkdir(folder, { recursive: true })
    for (const [path, text] of files) await writeFile(path, text)
  } catch (error) {
    throw new UserError(
      `${relative(process.cwd(), dirname(files[0]?.[0] ?? folder)) || '.'} can't be written to: ${messageOf(error)}`,
    )
  }
}
