// Files that are made, never overwritten: all of them or none.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { constants, copyFile, link, mkdir, open, rm, rmdir, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { messageOf, UserError } from '../model/errors.js'

/** A file to be made. */
export interface NewFile {
  /** Absolute. */
  readonly path: string
  readonly text: string
}

/**
 * Makes the files and the folders that they need. Each is written aside, and then given its name in one step that fails
 * where the name is taken; what was made by then is taken back. Throws UserError.
 */
export async function createFiles(files: readonly NewFile[], signal: AbortSignal | null = null): Promise<void> {
  const undo: (() => Promise<unknown>)[] = []
  const aside: string[] = []
  try {
    for (const { path, text } of files) {
      await makeFolder(dirname(path), undo)
      const file = join(dirname(path), `.hc-new-${randomBytes(6).toString('hex')}`)
      aside.push(file)
      const handle = await open(file, 'wx', 0o644)
      await handle.writeFile(text).finally(() => handle.close())
    }
    for (const [index, { path }] of files.entries()) {
      if (signal?.aborted)
        throw new UserError('interrupted: nothing was written', { code: 'interrupted', exitCode: 130 })
      await giveName(aside[index] ?? '', path)
      undo.push(() => unlink(path))
    }
    undo.length = 0
  } catch (error) {
    throw error instanceof UserError ? error : asUserError(error)
  } finally {
    for (const file of aside) await rm(file, { force: true }).catch(() => {})
    for (const step of undo.reverse()) await step().catch(() => {})
  }
}

/** Makes a folder and those above it; only what was made here is taken back. */
async function makeFolder(folder: string, undo: (() => Promise<unknown>)[]): Promise<void> {
  if (existsSync(folder)) return
  await makeFolder(dirname(folder), undo)
  await mkdir(folder)
  undo.push(() => rmdir(folder))
}

/** Fails where the name is taken. File systems without hard links (a stick, some shares) get a copy. */
async function giveName(from: string, path: string): Promise<void> {
  try {
    await link(from, path)
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error))) throw error
    await copyFile(from, path, constants.COPYFILE_EXCL)
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function asUserError(error: unknown): UserError {
  const dest = error instanceof Error && 'dest' in error ? String(error.dest) : 'a file'
  if (codeOf(error) === 'EEXIST') return new UserError(`${dest} is there already, and nothing was written`)
  return new UserError(`nothing was written: ${messageOf(error)}`)
}
