// Job files from the control machine's disk.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { UserError } from '../model/errors.js'
import type { JobName } from '../model/names.js'
import type { Sources } from '../ports.js'
import type { JobLimits } from '../spec/exclusive-checks.js'
import { gatherJobs, type ParsedFile, parseFile } from '../spec/jobs.js'
import { folderOf, resolvePath } from '../spec/paths.js'
import type { JobToApply } from './apply.js'

/** All that the paths name. */
export interface ReadJobFiles {
  readonly jobs: readonly JobToApply[]
  /** As they are named to the person. */
  readonly files: readonly string[]
  /** Absolute folders that were named as folders: what `--prune` compares with. */
  readonly folders: readonly string[]
  readonly notes: readonly string[]
}

const IS_JOB_FILE = /\.ya?ml$/

/**
 * Reads jobs. A folder means its *.yml and *.yaml, not deeper; no path means jobs/ beside the inventory. One fault
 * anywhere and none is applied: throws UserError with all faults.
 */
export async function readJobFiles(
  sources: Sources,
  paths: readonly string[],
  around: {
    readonly workingFolder: string
    readonly inventoryFile: string
    readonly known: readonly JobName[]
    readonly limits?: JobLimits
  },
): Promise<ReadJobFiles> {
  const named = paths.length > 0 ? paths : [resolvePath(folderOf(around.inventoryFile), 'jobs')]
  const files: ParsedFile[] = []
  const folders: string[] = []
  for (const path of named) {
    const absolute = resolvePath(around.workingFolder, path)
    const found = await sources.stamp(absolute)
    if (found === null) throw missing(path, paths.length === 0)
    if (found.kind === 'file') {
      files.push(parsed(path, folderOf(absolute), await sources.readFile(absolute), around.limits))
      continue
    }
    folders.push(absolute)
    const names = (await sources.list(absolute, 0)).filter((name) => IS_JOB_FILE.test(name) && !name.startsWith('.'))
    if (names.length === 0) throw new UserError(`${path} holds no job file (*.yml, *.yaml)`, { hint: EXAMPLE_HINT })
    const texts = await Promise.all(names.map((name) => sources.readFile(resolvePath(absolute, name))))
    for (const [index, bytes] of texts.entries()) {
      const shown = shownAs(path, names[index] ?? '', around.workingFolder)
      files.push(parsed(shown, absolute, bytes, around.limits))
      // Hosts are asked meanwhile: what they answer is not to wait for all files.
      await nextTurn()
    }
  }
  const unique = [...new Map(files.map((file) => [`${file.from.folder}/${file.from.file}`, file])).values()]
  const read = gatherJobs(unique, around.known)
  if ('faults' in read) {
    const count = read.faults.length
    const message =
      count === 1
        ? 'a job file has a fault; nothing was applied'
        : `job files have ${count} faults; nothing was applied`
    throw new UserError(message, { faults: read.faults })
  }
  const folderByFile = new Map(unique.map(({ from }) => [from.file, from.folder ?? '']))
  return {
    jobs: read.jobs.map(({ file, job }) => ({ job, folder: folderByFile.get(file) ?? '' })),
    files: unique.map(({ from }) => from.file),
    folders,
    notes: read.notes,
  }
}

const EXAMPLE = '{name: hello, command: [/usr/bin/sleep, infinity]}'
const EXAMPLE_HINT = `a first one: ${EXAMPLE}`

function missing(path: string, byDefault: boolean): UserError {
  return byDefault
    ? new UserError(`there is no folder ${path}`, {
        hint: `make it, with a job such as ${EXAMPLE} in hello.yml; or name files: hc apply web.yml`,
      })
    : new UserError(`${path} does not exist`, { missing: path, hint: 'name a job file, or a folder of them' })
}

function parsed(file: string, folder: string, bytes: Uint8Array, limits: JobLimits | undefined): ParsedFile {
  return parseFile({ file, text: new TextDecoder().decode(bytes), folder }, limits)
}

/** Faults name files as the person did: relative where the working folder is above them. */
function shownAs(path: string, name: string, workingFolder: string): string {
  const full = resolvePath(path, name)
  return full.startsWith(`${workingFolder}/`) ? full.slice(workingFolder.length + 1) : full
}
