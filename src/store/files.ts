// Files that are replaced whole: a reader finds the old bytes or the new ones, whatever is killed or full meanwhile.
import { randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { chmod, link, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { errnoOf } from './errors.js'

/** How a file is replaced. */
export interface ReplaceOptions {
  /** True: file and folder are synced, the bytes survive a power cut. False: they survive the death of the process. `bytes`: whoever calls syncs the folder. */
  readonly durable: boolean | 'bytes'
  /** Keeps the old file under this path, where the file system has hard links. */
  readonly previous?: string
}

const TEMP_NAME = /^\.(.+)\.(\d+)\.[0-9a-f]{8}\.tmp$/

function tempOf(file: string): string {
  return join(dirname(file), `.${basename(file)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`)
}

/**
 * Replaces `file` by rename, mode 0600. When it rejects, the old file is whole and no temporary file is left; the one
 * exception is a failed sync of the folder, after which the new file stands but may not survive a power cut.
 */
export async function replaceFile(file: string, data: string | Uint8Array, options: ReplaceOptions): Promise<void> {
  const temp = tempOf(file)
  try {
    await writeNew(temp, data, options.durable !== false)
    if (options.previous !== undefined) await keepPrevious(file, options.previous)
    await rename(temp, file)
  } catch (error) {
    await rm(temp, { force: true })
    throw error
  }
  if (options.durable === true) await syncFolder(dirname(file))
}

async function writeNew(path: string, data: string | Uint8Array, durable: boolean): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    await handle.writeFile(data) // goes on after a short write, so that a full disk is an error and no truncated file
    if (durable) await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A hard link costs no bytes of the disk. Without one hc works on: the copy is a convenience for a broken disk. */
async function keepPrevious(file: string, previous: string): Promise<void> {
  const temp = tempOf(previous)
  try {
    await link(file, temp)
    await rename(temp, previous)
  } catch {
    // the first write, a full folder, or a file system without hard links
  } finally {
    await rm(temp, { force: true }) // rename(2) leaves both names where they are already links of one file
  }
}

/** Names in the folder survive a power cut from then on. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Makes the folder (0700), or closes one that others can read. It holds a key, and inventories lie in git as often as
 * not: a new one keeps itself out of it.
 */
export async function makePrivateFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (made !== undefined) await writeFile(join(folder, '.gitignore'), '*\n', { mode: 0o600 })
  const { mode } = await stat(folder)
  if ((mode & 0o077) !== 0) await chmod(folder, 0o700)
}

/** Removes temporary files, but where `mayWrite(name of the file, pid)` says that their writer may be at work. */
export async function removeStaleTemps(
  folder: string,
  mayWrite: (file: string, pid: number) => boolean,
): Promise<void> {
  for (const name of await namesIn(folder)) {
    const [, file = '', pid = ''] = TEMP_NAME.exec(name) ?? []
    if (file === '' || mayWrite(file, Number(pid))) continue
    await rm(join(folder, name), { force: true })
  }
}

/** Names in the folder, sorted; none where it does not exist. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
}

/** Opens for reading; null where there is no such file. */
export async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
}

/** The whole file; null where there is none. */
export async function readIfThere(path: string): Promise<Buffer | null> {
  const handle = await openIfThere(path)
  try {
    return handle === null ? null : await handle.readFile()
  } finally {
    await handle?.close()
  }
}
